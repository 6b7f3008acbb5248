"""The body of `assistant eval`: read, ask, score, show. Knows nothing of how it was called."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant.errors import UserError
from assistant.types import Answer, Question
from evals.cases import (
    Corpus,
    EvalCase,
    Prediction,
    PredictionFile,
    gather,
    pack_name,
    read_predictions,
    resolve,
)
from evals.metrics import score_cases
from evals.runs.comparison import compare
from evals.runs.report import write_report
from evals.runs.results import Result
from evals.runs.runner import run
from evals.runs.tables import headline, table, tag_table


def evaluate(
    case_files: Sequence[Path],
    *,
    texts: Mapping[str, str],
    answer: Callable[[Question], Answer],
    console: Console,
    predictions: Path | None = None,
    report: Path | None = None,
    vs: Path | None = None,
    tag: str | None = None,
) -> Result:
    """Asks every case, prints the metrics, and writes what it was asked to write.

    `texts` by document id; `predictions`: the file to write; `report`: the folder for report.html and
    metrics.json; `vs`: another system's predictions for the same cases; `tag`: only cases that have it. UserError on a
    broken case file.
    """
    cases = [resolve(case, texts) for case in gather(case_files) if tag is None or tag in case.tags]
    if not cases:
        raise UserError(f"No case has the tag {tag!r}." if tag else "The case files have no cases.")
    others = read_predictions(vs) if vs else None
    given = ask(cases, answer, predictions=predictions, console=console)
    corpus = Corpus(texts)
    result = Result.of(pack_name(case_files), cases, {made.id: made for made in given}, corpus)
    if others is not None:
        result = replace(result, compared=compare(result.rows, score_cases(cases, others, corpus)))
    show(result, console)
    if report:
        write_report(result, corpus, report)
        console.print(f"report: {report / 'report.html'}", markup=False, highlight=False, soft_wrap=True)
    return result


def ask(
    cases: Sequence[EvalCase],
    answer: Callable[[Question], Answer],
    *,
    predictions: Path | None,
    console: Console,
) -> list[Prediction]:
    """Runs the cases behind a progress bar, each prediction written as soon as it is made."""
    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ExitStack() as stack:
        kept = stack.enter_context(PredictionFile(predictions)) if predictions else None
        progress = stack.enter_context(Progress(*columns, console=console, transient=True))
        task = progress.add_task("asking", total=len(cases))

        def note(prediction: Prediction) -> None:
            if kept:
                kept.add(prediction)
            if prediction.error is not None:
                console.print(f"{prediction.id}: {prediction.error}", markup=False, highlight=False)
            progress.advance(task)

        return run(cases, answer, on_progress=note)


def show(result: Result, console: Console) -> None:
    console.print(headline(result))
    console.print(table(result))
    if result.tags:
        console.print(tag_table(result))
