"""Runs that are kept: a folder each, with what was asked, of what, by what, and what came of it.

NAME/run.json            when, which cases (and their fingerprint), generation, settings, versions, counts, metrics
NAME/cases.jsonl         the cases as they were asked
NAME/predictions.jsonl   what was answered, written as it is made
NAME/scores.jsonl        what came of each case; not there while the run is unfinished
"""

import json
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from typing import Any

from assistant.errors import UserError
from evals.cases import EvalCase, Prediction, fingerprint_of_set, read_cases, read_predictions, write_cases
from evals.runs.outcomes import Counts
from evals.runs.results import Result
from evals.runs.scores import Scored, read_scores, scores_of, write_scores

ABOUT, CASES, PREDICTIONS, SCORES = "run.json", "cases.jsonl", "predictions.jsonl", "scores.jsonl"
PACKAGES = (
    "assistant",
    "chromadb",
    "onnxruntime",
    "tokenizers",
    "numpy",
    "langchain-core",
)  # whose versions matter
LAST = "last"  # names the newest finished run
NAME = re.compile(r"[\w.-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Run:
    """A kept run; `counts` and `metrics` are empty while it is unfinished."""

    folder: Path
    made: str  # ISO 8601, UTC
    pack: str
    files: tuple[str, ...]
    cases: int
    fingerprint: str  # of the cases
    generation: str = ""
    tag: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def done(self) -> bool:
        return bool(self.counts)

    @property
    def predictions_file(self) -> Path:
        return self.folder / PREDICTIONS

    def read_cases(self) -> list[EvalCase]:
        """As they were asked."""
        return read_cases(self.folder / CASES)

    def predictions(self) -> dict[str, Prediction]:
        """Those made so far."""
        path = self.folder / PREDICTIONS
        return read_predictions(path) if path.exists() else {}

    def scores(self) -> dict[str, Scored]:
        """UserError for an unfinished run."""
        if not self.done:
            raise UserError(f"The run {self.name} is not finished; go on with it by `--resume {self.name}`.")
        return read_scores(self.folder / SCORES)


def begin(root: Path, run: Run, cases: Sequence[EvalCase], *, name: str | None = None) -> Run:
    """A new folder in `root` for a run of these cases; by default it is named after the time."""
    if name is not None and not NAME.fullmatch(name):
        raise UserError(f"A run cannot be called {name!r}; use letters, digits, dots and hyphens.")
    run = replace(run, folder=root / (name or _by_time(root, run)))
    try:
        run.folder.mkdir(parents=True)
    except FileExistsError:
        raise UserError(f"There is a run {run.name} already; choose another name.") from None
    except OSError as error:
        raise UserError(f"{root}: cannot be written ({error.strerror}); choose another folder.") from None
    write_cases(run.folder / CASES, cases)
    _write(run)
    return run


def about(pack: str, cases: Sequence[EvalCase], **known: Any) -> Run:
    """A run that begins now; `known`: files, tag, generation, settings."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    run = Run(Path(), now, pack, known.pop("files", ()), len(cases), fingerprint_of_set(cases), **known)
    return replace(run, versions=versions())


def finish(run: Run, result: Result) -> Run:
    """Keeps what came of it."""
    write_scores(run.folder / SCORES, scores_of(result))
    counts = {"with": result.with_answer, "without": result.without_answer}
    metrics = {name: round(metric.value, 6) for name, metric in result.metrics.items()}
    done = replace(run, counts={name: asdict(each) for name, each in counts.items()}, metrics=metrics)
    _write(done)
    return done


def kept_runs(root: Path) -> list[Run]:
    """The newest first; a folder that holds no run is left out."""
    found = [_read(path.parent) for path in root.glob(f"*/{ABOUT}")]
    return sorted(found, key=lambda run: (run.made, run.name), reverse=True)


def find_run(root: Path, name: str) -> Run:
    """The run of that name, or the newest finished one for "last"; UserError names those there are."""
    runs = kept_runs(root)
    if name == LAST:
        found = next((run for run in runs if run.done), None)
    else:
        found = next((run for run in runs if run.name == name), None)
    if found:
        return found
    there = ", ".join(run.name for run in runs[:5]) or "none yet"
    raise UserError(f"{root} has no run {name!r}; there are: {there}. `assistant eval runs` lists them.")


def counts_of(run: Run, kind: str) -> Counts:
    """What came of the cases "with" an answer, or "without" one."""
    return Counts(**run.counts[kind])


def versions() -> dict[str, str]:
    """Of Python and of the packages that an answer depends on, those that are installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _by_time(root: Path, run: Run) -> str:
    """A name of its own, for a run that was given none."""
    name = wanted = run.made[:19].replace(":", "-")
    for number in count(2):
        if not (root / name).exists():
            break
        name = f"{wanted}-{number}"
    return name


def _write(run: Run) -> None:
    row = {name: value for name, value in asdict(run).items() if name != "folder"}
    try:
        (run.folder / ABOUT).write_text(json.dumps(row, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UserError(
            f"{run.folder}: cannot be written ({error.strerror}); choose another folder."
        ) from None


def _read(folder: Path) -> Run:
    path = folder / ABOUT
    try:
        row = json.loads(path.read_text("utf-8"))
        return Run(folder=folder, **{**row, "files": tuple(row["files"])})
    except (OSError, ValueError, TypeError, KeyError):
        raise UserError(f"{path}: cannot be read as a run; remove the folder {folder.name}.") from None
