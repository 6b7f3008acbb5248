"""What a system gave for each case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assistant.types import Answer, Candidate, Citation, State


@dataclass(frozen=True, slots=True)
class CitedSpan:
    """A span of a document that was cited or found; `end` None: to the end of the document."""

    document: str
    start: int = 0
    end: int | None = None
    quote: str | None = None  # the words a citation claims to stand there
    probability: float | None = None  # that the quote answers, by the system

    @classmethod
    def of(cls, place: Citation | Candidate) -> "CitedSpan":
        """Where a citation or a candidate points, and its probability where it has one."""
        probability = place.probability if isinstance(place, Candidate) else None
        return cls(place.source.document, place.start, place.end, place.quote, probability)

    def to_json(self) -> dict[str, Any]:
        row = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in row.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement of an answer as its reader sees it, and the spans it cites."""

    text: str
    citations: tuple[CitedSpan, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "citations": [place.to_json() for place in self.citations]}


@dataclass(frozen=True, slots=True)
class Prediction:
    """A field is None where nothing is on record; `passages` are ranked, best first.

    Where a `state` is on record, so are `statements` and `also`, and `short` None says that there is no short answer.
    `error` says why the system failed on the case: it then counts as a wrong attempt, never as an abstention.
    """

    id: str
    abstained: bool = False
    answer: str | None = None
    citations: tuple[CitedSpan, ...] | None = None
    passages: tuple[CitedSpan, ...] | None = None
    seconds: float | None = None
    error: str | None = None
    confidence: float | None = None  # the probability, by the system, that the documents hold an answer
    state: State | None = None  # only what is "answered" counts as an answer
    short: CitedSpan | None = None  # the words that answer
    statements: tuple[ShownStatement, ...] | None = None
    also: tuple[CitedSpan, ...] | None = None  # what else may answer, best first

    @classmethod
    def from_answer(cls, case_id: str, answer: Answer, *, seconds: float | None = None) -> "Prediction":
        """What the reader of an answer gets: an abstention has no words, and only supported
        statements bring their citations."""
        supported = () if answer.abstained else tuple(s for s in answer.statements if s.supported)
        shown = tuple(ShownStatement(s.text, _spans(s.citations)) for s in supported)
        return cls(
            case_id,
            abstained=answer.abstained,
            answer="" if answer.abstained else answer.text,
            citations=tuple(dict.fromkeys(place for statement in shown for place in statement.citations)),
            passages=tuple(CitedSpan(p.document, p.start, p.end) for p in answer.passages),
            seconds=seconds,
            confidence=answer.confidence,
            state=answer.state,
            short=CitedSpan.of(answer.short) if answer.short and not answer.abstained else None,
            statements=shown,
            also=_spans(answer.also),
        )

    @classmethod
    def failed(cls, case_id: str, error: str, *, seconds: float | None = None) -> "Prediction":
        return cls(case_id, answer="", citations=(), passages=(), seconds=seconds, error=error)

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"id": self.id}
        if self.answer is not None:
            row |= {"abstained": self.abstained, "answer": self.answer}
        if self.state is not None:
            row |= {"state": self.state, "short": self.short and self.short.to_json()}
        for name in ("statements", "citations", "also", "passages"):
            items = getattr(self, name)
            if items is not None:
                row[name] = [item.to_json() for item in items]
        if self.confidence is not None:
            row["confidence"] = self.confidence
        if self.seconds is not None:
            row["seconds"] = round(self.seconds, 6)
        return row | ({"error": self.error} if self.error is not None else {})


def _spans(places: Iterable[Citation | Candidate]) -> tuple[CitedSpan, ...]:
    return tuple(map(CitedSpan.of, places))
