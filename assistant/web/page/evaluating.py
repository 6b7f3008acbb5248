"""One evaluation at a time, in a thread of the server: it goes on when the browser is closed, and can be stopped."""

import logging
import threading
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import evals.cases as case_files
from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.settings import Settings
from evals.cases import Corpus, EvalCase, Prediction, PredictionFile, pack_name, read_cases
from evals.runs import Result, Run, Why, about, begin, chosen, find_run, finish, kept_runs, reasons, rescored
from evals.runs import run as ask_each

OURS = frozenset({"2023/2023-02-21-beijing-quiet-backing.md"})  # the sample corpus has it
RUNS, CASES = "runs", "cases"  # folders in `evaluations`
PATTERNS = ("*.jsonl", "*.yaml", "*.yml")
UNEXPECTED = "Something went wrong. The details are in the server's log; what was answered is kept."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class State:
    """What the evaluation that runs has done so far, or the last one did; `problem` says why it ended early."""

    name: str = ""
    done: int = 0
    total: int = 0
    running: bool = False
    problem: str = ""


class _Stopped(Exception):
    """The user has pressed Stop."""


class Evaluating:
    """What can be evaluated, what runs, and what is kept."""

    def __init__(self, chain: AnswerChain, settings: Settings) -> None:
        self._chain = copy(chain)
        self._chain.records = None  # what is measured is no answer to anybody
        self._settings = settings
        self._one = threading.Lock()
        self._stop = threading.Event()
        self.folder = settings.evaluations
        self.state = State()

    @property
    def runs(self) -> Path:
        return self.folder / RUNS

    def sets(self) -> dict[str, Path]:
        """Case files by name: those in `evaluations/cases`, beside the corpus, and ours if they are over it."""
        own = [path for pattern in PATTERNS for path in sorted((self.folder / CASES).glob(pattern))]
        beside = self._settings.corpus.parent / "cases.jsonl"
        found = {path.stem: path for path in own}
        if self._settings.corpus.is_file() and beside.is_file():
            found[self._settings.corpus.parent.name] = beside
        packaged = sorted(Path(case_files.__file__).parent.glob("*.jsonl"))
        documents = self._documents()
        return found | {path.stem: path for path in packaged if _is_over(path, documents)}

    def start(self, names: Sequence[str]) -> None:
        """Begins to ask the cases of these sets; UserError where that cannot be."""
        there = self.sets()
        paths = [there[name] for name in names if name in there]
        if not paths:
            raise UserError("Choose at least one set of cases first.")
        if not self._one.acquire(blocking=False):
            raise UserError("An evaluation is running already; stop it, or wait until it has ended.")
        try:
            texts = {each.id: each.text for each in self._chain.index.current().catalog.documents()}
            cases, stale = chosen(paths, texts)
            run = begin(self.runs, self._about(paths, cases), cases)
        except BaseException:
            self._one.release()
            raise
        self._stop.clear()
        self.state = State(run.name, 0, len(cases), running=True)
        work = (run, cases, stale, Corpus(texts))
        threading.Thread(target=self._work, args=work, daemon=True).start()

    def stop(self) -> None:
        """The case that is being answered is the last."""
        self._stop.set()

    def result(self, name: str, against: str | None = None) -> tuple[Result, dict[str, Why]]:
        """Of a kept run, against another where one is named, and why cases failed. UserError if one is missing."""
        other = find_run(self.runs, against) if against else None
        texts = {each.id: each.text for each in self._chain.index.current().catalog.documents()}
        result = rescored(find_run(self.runs, name), texts, compared=other)
        return result, reasons(result, Corpus(texts))

    def finished(self) -> list[Run]:
        """The newest first."""
        return [run for run in kept_runs(self.runs) if run.done]

    def _about(self, paths: Sequence[Path], cases: Sequence[EvalCase]) -> Run:
        known = {name: str(getattr(self._settings, name)) for name in ("corpus", "embedding_model", "reader")}
        return about(
            pack_name(paths),
            cases,
            files=tuple(map(str, paths)),
            generation=self._chain.index.current().name,
            settings=known | {"model": str(self._chain.model_name or "none, quoting")},
        )

    def _work(self, run: Run, cases: list[EvalCase], stale: list[str], corpus: Corpus) -> None:
        problem = ""
        try:
            with PredictionFile(run.predictions_file) as file:
                made = ask_each(cases, self._chain.invoke, on_progress=lambda each: self._note(each, file))
            result = Result.of(run.pack, cases, {each.id: each for each in made}, corpus)
            finish(run, replace(result, stale=stale))
        except _Stopped:
            done = self.state.done
            problem = (
                f"Stopped after {done} of {len(cases)} cases. `assistant eval … --resume {run.name}` goes on."
            )
        except UserError as error:
            problem = str(error)
        except Exception:  # the outermost layer of the thread
            log.exception("An evaluation failed")
            problem = UNEXPECTED
        self.state = replace(self.state, running=False, problem=problem)
        self._one.release()

    def _note(self, prediction: Prediction, file: PredictionFile) -> None:
        file.add(prediction)
        self.state = replace(self.state, done=self.state.done + 1)
        if self._stop.is_set() and self.state.done < self.state.total:
            raise _Stopped

    def _documents(self) -> set[str]:
        try:
            return {source.document for source in self._chain.index.current().sources.values()}
        except UserError:
            return set()


def _is_over(path: Path, documents: set[str]) -> bool:
    """Whether packaged cases are about these documents; those that name none are about the sample corpus."""
    named = {item.document for case in read_cases(path) for item in case.evidence}
    return bool(documents) and named <= documents and (bool(named) or documents >= OURS)
