"""`assistant eval`: measure the answers to a set of cases."""

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.building import build_index
from assistant.cli.console import out, settings_for


def evaluate(
    cases: Annotated[list[Path], typer.Argument(help="Case files (.jsonl).")],
    corpus: Annotated[
        Path | None,
        typer.Option(help="Documents asked about. [default: corpus.jsonl beside the cases, else corpus]"),
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="Folder of their index. [default: made from the corpus]")
    ] = None,
    predictions: Annotated[Path | None, typer.Option(help="Write the answers here, one JSON a line.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write report.html and metrics.json to this folder.")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Ask only the cases with this tag.")] = None,
    versus: Annotated[Path | None, typer.Option("--vs", help="Earlier predictions to compare with.")] = None,
) -> None:
    """Answer a set of cases with the chain that the page uses, and measure how well."""
    from assistant.chain import make_chain
    from evals import runs
    from evals.cases import gather

    gather(cases)  # a broken case file is reported before anything is built
    beside = cases[0].parent / "corpus.jsonl"
    settings = settings_for(corpus or (beside if beside.exists() else None), index, answers_kept=0)
    build_index(settings)
    chain = make_chain(settings)
    texts = {document.id: document.text for document in chain.index.current().catalog.documents()}
    runs.evaluate(
        cases,
        texts=texts,
        answer=chain.invoke,
        predictions=predictions,
        report=report,
        vs=versus,
        tag=tag,
        console=out,
    )
