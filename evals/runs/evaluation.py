"""The body of `assistant eval`: read, ask, score, show, keep, judge. Knows nothing of how it was called."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
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
    doubtful,
    gather,
    pack_name,
    read_predictions,
    resolve_all,
)
from evals.runs.changes import Changes
from evals.runs.gate import Gate, judge
from evals.runs.keeping import Run, about, begin, find_run, finish
from evals.runs.opinions import Judge, with_kept_opinions, with_opinions
from evals.runs.report import write_report
from evals.runs.results import Result
from evals.runs.runner import run
from evals.runs.scores import Scored, is_scores, read_scores, scores_of, write_scores
from evals.runs.tables import against, changes_table, folded, headline, summary, table, tag_table

GATED = ("right_overall", "wrong_overall", "right", "unanswerable_recall", "hit_rate@5", "quote_exact")


@dataclass(frozen=True, slots=True)
class System:
    """What is measured: what answers, over which documents (texts by id), and what a kept run says of it."""

    answer: Callable[[Question], Answer]
    texts: Mapping[str, str]
    generation: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an evaluation is asked to do besides showing its headline.

    `tag`: ask only cases that have it. Files to write: `predictions`, the folder `report` (report.html, metrics.json),
    `baseline` (scores small enough to be committed). `runs`: the folder of kept runs; with `keep` this one is put
    there, as `name`; `resume`: the run to go on with. `compare`: a kept run, or a file of predictions or scores.
    `everything`: show every metric. `judge`: asked for its opinion of each answer.
    """

    tag: str | None = None
    predictions: Path | None = None
    report: Path | None = None
    baseline: Path | None = None
    runs: Path | None = None
    keep: bool = True
    name: str | None = None
    resume: str | None = None
    compare: str | None = None
    gates: Sequence[Gate] = ()
    everything: bool = False
    judge: Judge | None = None


def evaluate(
    case_files: Sequence[Path], system: System, console: Console, wanted: Wanted | None = None
) -> Result:
    """Asks every case, prints what came of it, and writes what is wanted.

    UserError on a broken case file, before anything is asked; and at the end where a gate does not pass.
    """
    wanted = wanted or Wanted()
    if wanted.gates and not wanted.compare and any(gate.floor is None for gate in wanted.gates):
        raise UserError("--gate NAME needs --compare RUN to compare with, or a floor: --gate NAME=0.6.")
    cases, stale = chosen(case_files, system.texts, wanted.tag)
    for sentence in doubtful(gather(case_files), system.texts):
        console.print(f"note: {sentence}", markup=False, highlight=False, soft_wrap=True)
    corpus = Corpus(system.texts)
    earlier = _earlier(wanted, cases, corpus) if wanted.compare else None
    kept = _kept(case_files, cases, system, wanted)
    predictions = kept.predictions_file if kept else wanted.predictions
    made = kept.predictions() if kept else {}
    with _told_how_to_go_on(kept, console):
        given = ask(cases, system.answer, predictions=predictions, console=console, made=made)
    result = Result.of(pack_name(case_files), cases, {each.id: each for each in given}, corpus)
    if wanted.judge:
        result = with_opinions(result, wanted.judge)
    changes = Changes.of(earlier[0], list(_each(result)), earlier[1]) if earlier else None
    result = replace(result, changes=changes, stale=stale)
    show(result, console, everything=wanted.everything)
    _write(result, corpus, wanted, kept, console)
    _judge(result, wanted.gates, console)
    return result


def rescored(kept: Run, texts: Mapping[str, str], *, compared: Run | None = None) -> Result:
    """What a kept run found, by its predictions and the documents as they are now; nothing is asked."""
    cases, stale = resolve_all(kept.read_cases(), texts)
    result = Result.of(kept.pack, cases, kept.predictions(), Corpus(texts))
    result = with_kept_opinions(result, kept.scores()) if kept.done else result
    changes = Changes.of(compared.name, list(_each(result)), compared.scores()) if compared else None
    return replace(result, changes=changes, stale=stale)


def chosen(
    case_files: Sequence[Path], texts: Mapping[str, str], tag: str | None = None
) -> tuple[list[EvalCase], list[str]]:
    """The cases to ask, resolved, and a sentence on each that is stale; UserError where nothing is left to ask."""
    wanted = [case for case in gather(case_files) if tag is None or tag in case.tags]
    if not wanted:
        raise UserError(f"No case has the tag {tag!r}." if tag else "The case files have no cases.")
    cases, stale = resolve_all(wanted, texts)
    if not cases:
        raise UserError(f"No case is left to ask. {stale[0]}")
    return cases, stale


def ask(
    cases: Sequence[EvalCase],
    answer: Callable[[Question], Answer],
    *,
    predictions: Path | None,
    console: Console,
    made: Mapping[str, Prediction] | None = None,
) -> list[Prediction]:
    """Runs the cases behind a progress bar, each prediction written as soon as it is made; `made`: those there are."""
    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with ExitStack() as stack:
        file = stack.enter_context(PredictionFile(predictions, append=bool(made))) if predictions else None
        progress = stack.enter_context(Progress(*columns, console=console, transient=True))
        task = progress.add_task("asking", total=len(cases), completed=len(made or ()))

        def note(prediction: Prediction) -> None:
            if file:
                file.add(prediction)
            if prediction.error is not None:
                console.print(f"{prediction.id}: {prediction.error}", markup=False, highlight=False)
            progress.advance(task)

        return run(cases, answer, on_progress=note, made=made)


def show(result: Result, console: Console, *, everything: bool = False) -> None:
    """The headline, what changed, and the rest: folded, or with `everything` each metric and tag."""
    for sentence in result.stale:
        console.print(f"stale: {sentence}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{result.title}: {summary(result)}", markup=False, highlight=False, soft_wrap=True)
    console.print(headline(result))
    if result.changes:
        console.print(against(result.changes), markup=False, highlight=False, soft_wrap=True)
        console.print(changes_table(result.changes))
    if not everything:
        console.print(folded(result))
        return
    console.print(table(result))
    if result.tags:
        console.print(tag_table(result))


def _each(result: Result) -> Iterator[tuple[EvalCase, Scored]]:
    found = scores_of(result)
    return ((case, found[case.id]) for case in result.cases)


def _earlier(wanted: Wanted, cases: Sequence[EvalCase], corpus: Corpus) -> tuple[str, dict[str, Scored]]:
    """The name and the scores of what is compared with; UserError where there is no such run."""
    name = wanted.compare or ""
    path = Path(name)
    if not path.is_file():
        if wanted.runs is None or path.suffix == ".jsonl":
            raise UserError(f"{name}: there is no such file of predictions; check the path.")
        found = find_run(wanted.runs, name)
        return found.name, found.scores()
    if is_scores(path):
        return path.stem, read_scores(path)
    return path.stem, scores_of(Result.of("", cases, read_predictions(path), corpus))


def _kept(
    case_files: Sequence[Path], cases: Sequence[EvalCase], system: System, wanted: Wanted
) -> Run | None:
    """The run to write to: a new one, or that to go on with; None where none is to be kept."""
    if wanted.runs is None or not (wanted.keep or wanted.resume):
        return None
    now = about(
        pack_name(case_files),
        cases,
        files=tuple(map(str, case_files)),
        tag=wanted.tag,
        generation=system.generation,
        settings=dict(system.settings),
    )
    if wanted.resume is None:
        return begin(wanted.runs, now, cases, name=wanted.name)
    there = find_run(wanted.runs, wanted.resume)
    for what in ("fingerprint", "generation", "settings"):
        if getattr(there, what) != getattr(now, what):
            called = {"fingerprint": "cases", "generation": "index"}.get(what, what)
            raise UserError(
                f"The run {there.name} had other {called} than now; begin a new one without --resume."
            )
    return there


@contextmanager
def _told_how_to_go_on(kept: Run | None, console: Console) -> Iterator[None]:
    """What was answered before a stop is kept, and the user is told."""
    try:
        yield
    except BaseException:
        if kept:
            count = len(kept.predictions())
            told = f"Stopped after {count} of {kept.cases} cases, which are kept."
            console.print(f"{told} Go on with `--resume {kept.name}`.", markup=False, soft_wrap=True)
        raise


def _write(result: Result, corpus: Corpus, wanted: Wanted, kept: Run | None, console: Console) -> None:
    if kept:
        finish(kept, result)
        console.print(f"kept as {kept.name}", markup=False, highlight=False)
        if wanted.predictions:
            with PredictionFile(wanted.predictions) as file:
                for case in result.cases:
                    file.add(result.predictions[case.id])
    if wanted.baseline:
        write_scores(wanted.baseline, scores_of(result), only=GATED)
        console.print(f"baseline: {wanted.baseline}", markup=False, highlight=False, soft_wrap=True)
    if wanted.report:
        write_report(result, corpus, wanted.report)
        place = wanted.report / "report.html"
        console.print(f"report: {place}", markup=False, highlight=False, soft_wrap=True)


def _judge(result: Result, gates: Sequence[Gate], console: Console) -> None:
    verdicts = judge(result, gates)
    for verdict in verdicts:
        told = f"gate {'passed' if verdict.passed else 'FAILED'}: {verdict.sentence}"
        console.print(told, markup=False, highlight=False, soft_wrap=True)
    failed = [verdict.sentence for verdict in verdicts if not verdict.passed]
    if failed:
        raise UserError(f"The gate does not pass: {'; '.join(failed)}.")
