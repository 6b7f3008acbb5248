"""What is asked and what is right: one `EvalCase` a line of a case file.

The format is described in evals/cases/README.md; public packs use it too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Literal, cast

from assistant.errors import UserError
from assistant.types import Question, Turn
from evals.jsonl import Fields, read_objects
from evals.spans import Span

LONG_ANSWER = "long_answer"  # the tag of cases whose answers are compared by overlap only


OWN = Path("evals/cases")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of a document that answer, or (quote None) a document that is relevant as a whole.

    Once resolved, `text[start:start + len(quote)] == quote`.
    """

    document: str
    quote: str | None = None
    start: int | None = None

    @property
    def span(self) -> Span:
        """Where the quote stands; ValueError for a whole document or a quote not resolved yet."""
        if self.quote is None or self.start is None:
            raise ValueError(f"no span is known for {self}; resolve the case first")
        return self.start, self.start + len(self.quote)


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One question and the behaviour that is right; `answers` None: no accepted answer is on record."""

    id: str
    question: str
    answerable: bool = True
    history: tuple[Turn, ...] = ()
    rewrite: str | None = None
    answers: tuple[str, ...] | None = None
    match: Literal["any", "all"] = "any"
    wrong_answers: tuple[str, ...] = ()
    choices: tuple[str, ...] | None = None
    evidence: tuple[Evidence, ...] = ()
    documents: tuple[str, ...] | None = None
    as_of: date | None = None
    tags: tuple[str, ...] = ()

    @property
    def has_short_answers(self) -> bool:
        """Its answers can be looked for word for word."""
        return self.answers is not None and LONG_ANSWER not in self.tags

    @property
    def quotes(self) -> tuple[Evidence, ...]:
        return tuple(item for item in self.evidence if item.quote is not None)


FIELDS = frozenset(field.name for field in fields(EvalCase)) | {"note"}  # a note is for people


def read_cases(path: Path) -> list[EvalCase]:
    """The cases of a file, in its order; UserError names the file and line of the first that is wrong."""
    cases: dict[str, EvalCase] = {}
    for place, row in read_objects(path):
        case = _case(Fields(place, row))
        if case.id in cases:
            raise UserError(f"{place}: the id {case.id!r} is used twice; give each case its own id.")
        cases[case.id] = case
    if not cases:
        raise UserError(f"{path}: no cases; write one JSON object a line.")
    return list(cases.values())


def to_question(case: EvalCase) -> Question:
    """The case as the assistant is asked it; a person's rewrite is not given away."""
    return Question(case.question, history=case.history, within=case.documents, as_of=case.as_of)


def own_cases() -> list[EvalCase]:
    """All of ours, over the sample corpus."""
    return [case for path in sorted(OWN.glob("*.jsonl")) for case in read_cases(path)]


def resolve(case: EvalCase, texts: Mapping[str, str]) -> EvalCase:
    """The case with each quote in its document's own words and place.

    Quotes are found whatever their white space; of several places the one nearest to `start` (default: the
    first) is taken. UserError when a quote or a document is not there: a broken set must fail loudly.
    """
    for document in [*(item.document for item in case.evidence), *(case.documents or ())]:
        if document not in texts:
            raise UserError(
                f"case {case.id!r}: the corpus has no document {document!r}; add it or correct the case."
            )
    return replace(case, evidence=tuple(_located(item, case.id, texts) for item in case.evidence))


def _located(item: Evidence, case: str, texts: Mapping[str, str]) -> Evidence:
    if item.quote is None:
        return item
    text, near = texts[item.document], item.start or 0
    if text.startswith(item.quote, near) and item.start is not None:
        return item
    pattern = r"\s+".join(map(re.escape, item.quote.split()))
    places = [found.span() for found in re.finditer(pattern, text)]
    if not places:
        raise UserError(
            f"case {case!r}: {item.document!r} does not contain {item.quote!r}; copy the words as they stand."
        )
    start, end = min(places, key=lambda place: abs(place[0] - near))
    return Evidence(item.document, text[start:end], start)


def _case(row: Fields) -> EvalCase:
    unknown = sorted(row.row.keys() - FIELDS)
    if unknown:
        raise UserError(f"{row.place}: unknown field {unknown[0]!r}; the fields are {sorted(FIELDS)}.")
    return EvalCase(
        id=row.text("id"),
        question=row.text("question"),
        answerable=row.truth("answerable"),
        history=tuple(map(_turn, row.objects("history") or ())),
        rewrite=row.optional_text("rewrite"),
        answers=_answers(row),
        match=_match(row),
        wrong_answers=row.texts("wrong_answers") or (),
        choices=row.texts("choices"),
        evidence=tuple(map(_evidence, row.objects("evidence") or ())),
        documents=row.texts("documents"),
        as_of=_day(row),
        tags=row.texts("tags") or (),
    )


def _turn(row: Fields) -> Turn:
    role = row.text("role")
    if role not in ("user", "assistant"):
        raise row.wrong("role", '"user" or "assistant"')
    return Turn(cast(Literal["user", "assistant"], role), row.optional_text("content") or "")


def _answers(row: Fields) -> tuple[str, ...] | None:
    answers = row.texts("answers")
    if answers is not None and not any(answer.strip() for answer in answers):
        raise row.wrong("answers", "a list of at least one text, or left out")
    return answers


def _match(row: Fields) -> Literal["any", "all"]:
    match = row.row.get("match", "any")
    if match not in ("any", "all"):
        raise row.wrong("match", '"any" or "all"')
    return cast(Literal["any", "all"], match)


def _evidence(row: Fields) -> Evidence:
    if "quote" not in row.row:
        return Evidence(row.text("document"))
    return Evidence(row.text("document"), row.text("quote"), row.offset("start"))


def _day(row: Fields) -> date | None:
    value = row.optional_text("as_of")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise row.wrong("as_of", "a day like 2026-03-31") from None
