"""The body of `assistant eval`: read, ask, score, show. Knows nothing of how it was called."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant.errors import UserError
from assistant.types import Answer, Question
from evals.cases import EvalCase, read_cases, resolve
from evals.comparison import compare
from evals.corpus import Corpus
from evals.metrics import score_cases
from evals.predictions import Prediction, PredictionFile, read_predictions
from evals.report import write_report
from evals.results import Result
from evals.runner import run
from evals.tables import table, tag_table


def evaluate(
    case_files: Sequence[Path],
    *,
    texts: Mapping[str, str],
    answer: Callable[[Question], Answer],
    console: Console,
    predictions: Path | None = None,
    report: Path | None = None,
    vs: Path | None = None,
    with_intervals: bool = False,
) -> Result:
    """Asks every case, prints the metrics, and writes what it was asked to write.

    `texts` by document id; `predictions`: the file to write; `report`: the folder for report.html and
    metrics.json; `vs`: another system's predictions for the same cases. UserError on a broken case file.
    """
    cases = [resolve(case, texts) for case in gather(case_files)]
    others = read_predictions(vs) if vs else None
    given = ask(cases, answer, predictions=predictions, console=console)
    corpus = Corpus(texts)
    result = Result.of(pack_name(case_files), cases, {made.id: made for made in given}, corpus)
    if others is not None:
        result = replace(result, compared=compare(result.rows, score_cases(cases, others, corpus)))
    show(result, console, with_intervals=with_intervals)
    if report:
        write_report(result, corpus, report)
        console.print(f"report: {report / 'report.html'}", markup=False, highlight=False, soft_wrap=True)
    return result


def gather(case_files: Sequence[Path]) -> list[EvalCase]:
    """The cases of all files; where two files share an id, every id is prefixed with its file's name."""
    if not case_files:
        raise UserError("No case file was given; name one, for example evals/cases/news.jsonl.")
    read = {path: read_cases(path) for path in dict.fromkeys(case_files)}
    ids = [case.id for cases in read.values() for case in cases]
    if len(set(ids)) == len(ids):
        return [case for cases in read.values() for case in cases]
    names = {path: path.stem for path in read}
    if len(set(names.values())) < len(names):
        names = {path: f"{path.resolve().parent.name}/{path.stem}" for path in read}
    if len(set(names.values())) < len(names):
        raise UserError("Two case files share their names and ids; rename one of the files.")
    return [replace(case, id=f"{names[path]}:{case.id}") for path, cases in read.items() for case in cases]


def pack_name(case_files: Sequence[Path]) -> str:
    """The folder of files called cases*.jsonl, as public packs have it, else the name of the file itself."""
    names = (
        path.resolve().parent.name if path.stem.startswith("cases") else path.stem for path in case_files
    )
    return "+".join(dict.fromkeys(names))


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


def show(result: Result, console: Console, *, with_intervals: bool) -> None:
    console.print(table(result, with_intervals=with_intervals))
    if result.tags:
        console.print(tag_table(result))
