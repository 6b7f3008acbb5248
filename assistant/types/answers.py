"""What comes back: an Answer of Statements with Citations.

Every `start` and `end` is an offset in characters into the text of a document: `[start, end)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from assistant.types.documents import Passage, Source
from assistant.types.questions import Hint, Mode


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer to evidence, shown as [marker]; `quote == document.text[start:end]`.

    `speaker`: whose words it gives, `reported_via`: through whom; both as the document names them.
    """

    marker: int
    source: Source
    start: int
    end: int
    quote: str
    speaker: str | None = None
    reported_via: str | None = None

    @property
    def document(self) -> str:
        return self.source.document

    def to_json(self) -> dict[str, Any]:
        span = {"start": self.start, "end": self.end, "quote": self.quote}
        said = {"speaker": self.speaker, "reported_via": self.reported_via}
        return {"marker": self.marker, **self.source.to_json(), **said, **span}


Outcome = Literal["supported", "unsupported", "connecting", "unchecked"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, and what became of it in the check; `reasons` say why it is not supported.

    "connecting": it claims nothing, so there is nothing to check. "unchecked": the check has not returned yet.
    `bold`: spans of the text that are the answer itself. `lead` announces it and is no part of the quotation; `heading`
    is what it stands under where things are compared. `computed`: by the program, from what the others quote.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    outcome: Outcome = "supported"
    reasons: tuple[str, ...] = ()
    lead: str = ""
    heading: str = ""
    bold: tuple[tuple[int, int], ...] = ()
    computed: bool = False

    @property
    def supported(self) -> bool:
        return self.outcome == "supported"

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text cut at the ends of what is bold, and whether each piece is."""
        cuts = [0, *(offset for span in self.bold for offset in span), len(self.text)]
        found = [
            (self.text[start:end], number % 2 == 1) for number, (start, end) in enumerate(pairwise(cuts))
        ]
        return [(text, bold) for text, bold in found if text]

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "lead": self.lead,
            "heading": self.heading,
            "bold": [list(span) for span in self.bold],
            "computed": self.computed,
            "citations": [citation.to_json() for citation in self.citations],
        }


State = Literal["answered", "unsure", "silent"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A further quotation that may answer, with the probability that it does; `quote == document.text[start:end]`."""

    source: Source
    start: int
    end: int
    quote: str
    probability: float

    def to_json(self) -> dict[str, Any]:
        span = {"document": self.source.document, "start": self.start, "end": self.end, "quote": self.quote}
        return {**span, "title": self.source.title, "probability": self.probability}


@dataclass(frozen=True, slots=True)
class Usage:
    """Of a chat model: tokens read and written, seconds until its first words, and what it cost where that is known."""

    read: int | None = None
    wrote: int | None = None
    first_words: float | None = None  # seconds
    cost: float | None = None  # US dollars

    def to_json(self) -> dict[str, Any]:
        return {"read": self.read, "wrote": self.wrote, "first_words": self.first_words, "cost": self.cost}


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question; while it is streamed, `complete` is false.

    `short`: the words that answer, with their place in the first statement's document; None where they can't be told.
    `also`: what else may answer, best first; where the state is unsure, all that may. Only "answered" has statements.
    """

    question: str
    mode: Mode
    generation: str
    statements: tuple[Statement, ...] = ()
    passages: tuple[Passage, ...] = ()
    state: State = "answered"
    short: Citation | None = None
    also: tuple[Candidate, ...] = ()
    confidence: float | None = (
        None  # the probability that a sentence found answers; below a threshold it abstains
    )
    abstention: str = ""  # when abstained: what was searched, and what to try
    hints: tuple[Hint, ...] = ()  # how the question was interpreted; each can be switched off
    notes: tuple[str, ...] = ()  # what else the user should know: a filter left out, a model that failed
    model: str | None = None
    usage: Usage | None = None  # of the chat model, also where its reply was of no use
    record: str | None = None  # by which `assistant replay` finds it again
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds a step
    complete: bool = True

    @property
    def abstained(self) -> bool:
        """Unsure, or silent."""
        return self.state != "answered"

    @property
    def text(self) -> str:
        """The answer as plain words, without what failed the check and without markers."""
        if self.abstained:
            return self.abstention
        return " ".join(s.text for s in self.statements if s.supported)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Each cited span once, in the order of the statements."""
        return tuple(dict.fromkeys(c for s in self.statements for c in s.citations))

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "mode": self.mode,
            "model": self.model,
            "state": self.state,
            "abstained": self.abstained,
            "short": self.short.to_json() if self.short else None,
            "confidence": self.confidence,
            "answer": self.text,
            "statements": [statement.to_json() for statement in self.statements if statement.supported],
            "struck": sum(statement.outcome == "unsupported" for statement in self.statements),
            "also": [candidate.to_json() for candidate in self.also],
            "passages": [passage.to_json() for passage in self.passages],
            "hints": [hint.to_json() for hint in self.hints],
            "notes": list(self.notes),
            "generation": self.generation,
            "usage": self.usage.to_json() if self.usage else None,
            "record": self.record,
            "timings": dict(self.timings),
        }
