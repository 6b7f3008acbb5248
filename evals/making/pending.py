"""Feedback on an answer, kept until a person accepts it as a case, or drops it: one JSON object a line."""

import json
import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from assistant.errors import UserError
from assistant.types import Turn
from evals.cases import EvalCase, Evidence, read_cases, read_objects, write_cases

FILE, CASES = "pending.jsonl", "cases/feedback.jsonl"  # in the folder `evaluations`
MOST = 1000  # wait at a time; what is given beyond is refused, so that nobody fills the disk
LONGEST = 2000  # characters of a mark
SHORT = (
    80  # characters up to which marked words are taken for the answer itself, and not only for its evidence
)
RIGHT, SILENT = "right", "should have been silent"
KINDS = (RIGHT, "wrong", "not in the source", SILENT, "out of date", "missing")


@dataclass(frozen=True, slots=True)
class Marked:
    """Words of a document, in its own spelling, that somebody marked as the right ones."""

    document: str
    quote: str
    start: int


@dataclass(frozen=True, slots=True)
class Pending:
    """What was asked, what came back, and what somebody says of it, one of KINDS.

    `short`: the words that the answer led with; `cited`: what it quoted; `marked`: what is right instead.
    """

    id: str
    kind: str
    question: str
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    documents: tuple[str, ...] | None = None
    answer: str = ""
    short: str = ""
    cited: tuple[Marked, ...] = ()
    marked: tuple[Marked, ...] = ()
    generation: str = ""
    made: str = ""  # ISO 8601, UTC


def as_case(pending: Pending, *, answer: str = "") -> EvalCase:
    """The case that it becomes; `answer`: what is right, in a person's words. UserError where neither is known."""
    asked = EvalCase(
        pending.id,
        pending.question,
        history=pending.history,
        as_of=pending.as_of,
        documents=pending.documents,
        tags=("feedback", pending.kind.replace(" ", "_")),
    )
    if pending.kind == SILENT:
        return replace(asked, answerable=False)
    right = pending.cited[:1] if pending.kind == RIGHT and not pending.marked else pending.marked
    short = answer.strip() or (pending.short if pending.kind == RIGHT else "")
    if not short and right and len(right[0].quote) <= SHORT:
        short = right[0].quote
    if not short and not right:
        raise UserError(
            "What is right is not known yet: mark the right words, or write the answer, then accept."
        )
    wrong = pending.short if pending.kind != RIGHT else ""
    return replace(
        asked,
        answers=(short,) if short else None,
        wrong_answers=(wrong,) if wrong and wrong.casefold() not in short.casefold() else (),
        evidence=tuple(Evidence(each.document, each.quote, each.start) for each in right),
    )


def locate(quote: str, texts: Mapping[str, str], *, document: str = "") -> Marked:
    """Where the words stand, whatever their white space; `document`: where to look first. UserError if nowhere."""
    quote = quote.strip()[:LONGEST]
    pattern = re.compile(r"\s+".join(map(re.escape, quote.split())) or r"(?!)")
    for name in sorted(texts, key=lambda name: name != document):
        if found := pattern.search(texts[name]):
            return Marked(name, found[0], found.start())
    raise UserError(
        "These words stand in no document as they are; mark them in a source, or copy them from it."
    )


class PendingCases:
    """The file of what waits, and the file of cases that it goes to."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.cases = folder / CASES
        self._pending = TypeAdapter(Pending)

    def waiting(self) -> list[Pending]:
        """The newest first."""
        return list(reversed(self._read()))

    def find(self, id: str) -> Pending:
        for each in self._read():
            if each.id == id:
                return each
        raise UserError(f"No feedback {id!r} waits; it was accepted or dropped before.")

    def put(self, pending: Pending) -> None:
        """Adds it, or replaces the one with the same id. UserError if too many wait, or it cannot be written."""
        with self._locked():
            others = [each for each in self._read() if each.id != pending.id]
            if len(others) >= MOST:
                raise UserError(
                    f"{MOST} cases wait to be reviewed already; accept or drop some in the Evals tab."
                )
            self._write([*others, pending])

    def mark(self, id: str, marked: Marked) -> None:
        """Words of a document are the right ones, in place of those marked before."""
        self.put(replace(self.find(id), marked=(marked,)))

    def drop(self, id: str) -> None:
        with self._locked():
            self._write([each for each in self._read() if each.id != id])

    def accept(self, id: str, *, answer: str = "") -> EvalCase:
        """Puts it among the cases, then drops it; a second time changes nothing. UserError where it cannot be one."""
        case = as_case(self.find(id), answer=answer)
        with self._locked():
            there = {each.id for each in read_cases(self.cases)} if self.cases.exists() else set()
            if case.id not in there:
                write_cases(self.cases, [case], append=True)
        self.drop(id)
        return case

    def _locked(self) -> AbstractContextManager[object]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        return FileLock(self.path.with_suffix(".lock"))

    def _read(self) -> list[Pending]:
        if not self.path.exists():
            return []
        found = []
        for place, row in read_objects(self.path):
            try:
                found.append(self._pending.validate_python(row))
            except ValidationError:
                raise UserError(f"{place}: is no feedback; correct or remove the line.") from None
        return found

    def _write(self, all_of_them: list[Pending]) -> None:
        lines = (json.dumps(asdict(each), ensure_ascii=False, default=str) + "\n" for each in all_of_them)
        partial = self.path.with_suffix(".partial")
        try:
            partial.touch(mode=0o600)  # conversations are in it
            partial.write_bytes("".join(lines).encode("utf-8", "replace"))
            os.replace(partial, self.path)
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> UserError:
        return UserError(
            f"{self.path.parent}: cannot be written ({error.strerror}); set `evaluations` to another folder."
        )
