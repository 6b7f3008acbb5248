"""What is asked and what is right, and where in the documents the evidence stands."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from assistant.errors import UserError
from assistant.types import Question, Turn
from evals.cases.spans import Span

LONG_ANSWER = "long_answer"  # the tag of cases whose answers are compared by overlap only


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
    """One question and the behaviour that is right; `answers` None: no accepted answer is on record.

    `follows`: the id of the turn before it in its conversation, whose real answer is part of the history.
    `place`: where it was read.
    """

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
    follows: str | None = None
    place: str = field(default="", compare=False)

    @property
    def has_short_answers(self) -> bool:
        """Its answers can be looked for word for word."""
        return self.answers is not None and LONG_ANSWER not in self.tags

    @property
    def quotes(self) -> tuple[Evidence, ...]:
        return tuple(item for item in self.evidence if item.quote is not None)


def to_question(case: EvalCase) -> Question:
    """The case as the assistant is asked it; a person's rewrite is not given away."""
    return Question(case.question, history=case.history, within=case.documents, as_of=case.as_of)


class Stale(UserError):
    """A case's evidence is no longer in its document: nothing can be said of the answer by it."""


def resolve_all(cases: Iterable[EvalCase], texts: Mapping[str, str]) -> tuple[list[EvalCase], list[str]]:
    """The cases resolved, and one sentence on each that is stale, which is set aside.

    UserError for a missing document, as `resolve`: then the cases are of another corpus.
    """
    resolved, stale = [], []
    set_aside: set[str] = set()
    for case in cases:
        try:
            if case.follows in set_aside:
                raise Stale(f"{where(case)}: the turn before it is stale.")
            resolved.append(resolve(case, texts))
        except Stale as error:
            set_aside.add(case.id)
            stale.append(str(error))
    return resolved, stale


def resolve(case: EvalCase, texts: Mapping[str, str]) -> EvalCase:
    """The case with each quote in its document's own words and place.

    Quotes are found whatever their white space; of several places the one nearest to `start` (default: the
    first) is taken. Stale when a quote is not there, UserError when a document is not.
    """
    for document in [*(item.document for item in case.evidence), *(case.documents or ())]:
        if document not in texts:
            raise UserError(
                f"{where(case)}: the corpus has no document {document!r}; add it or correct the case."
            )
    return replace(case, evidence=tuple(_located(item, case, texts) for item in case.evidence))


def doubtful(cases: Iterable[EvalCase], texts: Mapping[str, str]) -> list[str]:
    """A sentence on each quote that stands several times in its document, where no `start` says which is meant."""
    told = []
    for case in cases:
        for item in case.quotes:
            times = texts.get(item.document, "").count(item.quote or "")
            if item.start is None and times > 1:
                told.append(
                    f"{where(case)}: {item.quote!r} stands {times} times in {item.document!r}; the first is taken. "
                    "Give its `start`, or more of its words."
                )
    return told


def where(case: EvalCase) -> str:
    """The case and the line it was read from, for a sentence to a person."""
    return f"{case.place}, case {case.id!r}" if case.place else f"case {case.id!r}"


def _located(item: Evidence, case: EvalCase, texts: Mapping[str, str]) -> Evidence:
    if item.quote is None:
        return item
    text, near = texts[item.document], item.start or 0
    if text.startswith(item.quote, near) and item.start is not None:
        return item
    pattern = r"\s+".join(map(re.escape, item.quote.split()))
    places = [found.span() for found in re.finditer(pattern, text)]
    if not places:
        raise Stale(
            f"{where(case)}: {item.document!r} does not contain {item.quote!r}; copy the words as they stand."
        )
    start, end = min(places, key=lambda place: abs(place[0] - near))
    return Evidence(item.document, text[start:end], start)
