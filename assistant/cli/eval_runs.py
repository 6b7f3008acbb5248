"""`assistant eval runs` and `assistant eval show`: the runs that are kept."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from assistant.cli.console import Corpus, Index, out, settings_for
from assistant.settings import load_settings


def runs() -> None:
    """List the kept runs, the newest first."""
    from evals.runs import counts_of, kept_runs

    root = load_settings().evaluations / "runs"
    found = kept_runs(root)
    if not found:
        out.print(Text(f"No run is kept in {root} yet; `assistant eval CASES` makes one."), soft_wrap=True)
        return
    table = Table(
        "run", "cases of", "n", "with an answer: right, wrong, not answered", "without one", "generation"
    )
    for run in found:
        told = ["stopped", ""]
        if run.done:
            answerable, not_there = counts_of(run, "with"), counts_of(run, "without")
            told = [f"{answerable.right}, {answerable.wrong}, {answerable.not_answered}"]
            told += [f"{not_there.right}, {not_there.wrong}"]
        pack = f"{run.pack}, tag {run.tag}" if run.tag else run.pack
        table.add_row(*map(Text, (run.name, pack, str(run.cases), *told, run.generation)))
    out.print(table)


def show(
    run: Annotated[str, typer.Argument(help="Its name, or `last`.")],
    compare: Annotated[str | None, typer.Option(help="Another kept run to compare it with.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write report.html here.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every metric, and every tag.")] = False,
    corpus: Corpus = None,
    index: Index = None,
) -> None:
    """Show a kept run, scored anew over the documents as they are now; nothing is asked."""
    from assistant.storage import IndexReader
    from evals.cases import Corpus as Texts
    from evals.runs import find_run, rescored, write_report
    from evals.runs import show as print_result

    settings = settings_for(corpus, index)
    root = settings.evaluations / "runs"
    wanted, other = find_run(root, run), find_run(root, compare) if compare else None
    catalog = IndexReader(settings.index).current().catalog
    texts = {document.id: document.text for document in catalog.documents()}
    result = rescored(wanted, texts, compared=other)
    print_result(result, out, everything=everything)
    if report:
        write_report(result, Texts(texts), report)
        out.print(Text(f"report: {report / 'report.html'}"), soft_wrap=True)
