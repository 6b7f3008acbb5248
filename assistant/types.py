"""What flows through the program: Document -> Chunk -> Passage -> Answer of Statements with Citations.

Every `start` and `end` is an offset in characters into the text of a document: `[start, end)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:  # what reads a file has no use for numpy
    import numpy as np
    import numpy.typing as npt

Vectors: TypeAlias = "npt.NDArray[np.float32]"
Mode = Literal["quote", "write"]


@dataclass(frozen=True, slots=True)
class Source:
    """What is known about a document besides its text; `document` is its id, unique in an index."""

    document: str
    title: str = ""
    publisher: str | None = None
    author: str | None = None
    published: date | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()  # a user's own words for what belongs together

    def to_json(self) -> dict[str, Any]:
        published = self.published.isoformat() if self.published else None
        return {
            "document": self.document,
            "title": self.title,
            "publisher": self.publisher,
            "published": published,
            "url": self.url,
            "tags": list(self.tags),
        }


@dataclass(frozen=True, slots=True)
class Document:
    """A source file, or one record of it, as normalised text."""

    source: Source
    text: str
    path: str = ""  # the file it came from, relative to the corpus
    pages: tuple[int, ...] = ()  # where each page starts in `text`; empty where the format has no pages
    unit: str = "page"  # what a page is called: "slide", "row", "chapter"

    @property
    def id(self) -> str:
        return self.source.document


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document that is embedded; `text == document.text[start:end]`."""

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found for a question; a higher score is better, `scores` has one entry a signal.

    `copies`: passages of other documents that say the same, which were not given a place of their own.
    """

    source: Source
    start: int
    end: int
    text: str
    score: float
    scores: Mapping[str, float] = field(default_factory=dict)
    copies: "tuple[Passage, ...]" = ()

    @property
    def document(self) -> str:
        return self.source.document

    def to_json(self) -> dict[str, Any]:
        copies = [copy.document for copy in self.copies]
        place = {"document": self.document, "start": self.start, "end": self.end, "score": self.score}
        return {**place, "scores": dict(self.scores), "copies": copies}


@dataclass(frozen=True, slots=True)
class Citation:
    """A pointer to evidence, shown as [marker]; `quote == document.text[start:end]`.

    `speaker`: whose words it relays, `relayed`: through whom ("reported by"); both as the document names them.
    """

    marker: int
    source: Source
    start: int
    end: int
    quote: str
    speaker: str | None = None
    relayed: str | None = None

    @property
    def document(self) -> str:
        return self.source.document

    def to_json(self) -> dict[str, Any]:
        span = {"start": self.start, "end": self.end, "quote": self.quote}
        said = {"speaker": self.speaker, "relayed": self.relayed}
        return {"marker": self.marker, **self.source.to_json(), **said, **span}


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer; `reasons` say why it is not supported by what it cites.

    `bold`: spans of the text that are the answer itself. `lead` announces it and is no part of the quotation; `heading`
    is what it stands under where things are compared.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    supported: bool = True
    reasons: tuple[str, ...] = ()
    lead: str = ""
    heading: str = ""
    bold: tuple[tuple[int, int], ...] = ()

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
            "supported": self.supported,
            "reasons": list(self.reasons),
            "citations": [citation.to_json() for citation in self.citations],
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included; `date.min` and `date.max` leave an end open."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that was made of a question; by its `key` the user takes it away, and `applied` is false."""

    key: str
    label: str  # a few words, for a button
    note: str  # one sentence
    applied: bool = True

    def to_json(self) -> dict[str, Any]:
        return {"key": self.key, "label": self.label, "note": self.note, "applied": self.applied}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and of what.

    `within` limits the search to these document ids (None: all, empty: none); nothing published after
    `as_of` is used; passages must have the `phrases`; `mode` None leaves the choice to the settings.
    `without` names what the user does not want to be made of the text, by the keys of its hints.
    """

    text: str
    history: tuple[Turn, ...] = ()
    within: tuple[str, ...] | None = None
    as_of: date | None = None
    mode: Mode | None = None
    phrases: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SubQuestion:
    """One of the questions in a question, as it can be read on its own; `label` names it in a few words.

    `heading`: what its answer stands under, where things are compared side by side.
    """

    query: str
    label: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question made ready: `query` says it in full, `hints` tell what was made of it.

    `queries` are what is searched, each with its weight: the text as it is, and with the conversation. `parts` are the
    questions in it; mostly there is one, the query itself.

    `newest`: it asks for the state of things, so of two passages alike the newer one is wanted.
    `periods`: what was published then, or tells of it, is preferred. `names`: (short, long) forms to search both of.
    """

    question: Question
    query: str
    queries: tuple[tuple[str, float], ...]
    parts: tuple[SubQuestion, ...]
    choices: tuple[str, ...] = ()  # the answers to choose from, where the question gives them
    newest: bool = False
    periods: tuple[Period, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    hints: tuple[Hint, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back for a question; while it is streamed, `complete` is false and nothing is checked."""

    question: str
    mode: Mode
    generation: str
    statements: tuple[Statement, ...] = ()
    passages: tuple[Passage, ...] = ()
    abstained: bool = False
    confidence: float | None = (
        None  # the probability that a sentence found answers; below a threshold it abstains
    )
    abstention: str = ""  # when abstained: what was searched, and what to try
    hints: tuple[Hint, ...] = ()  # what was made of the question; each can be taken away
    notes: tuple[str, ...] = ()  # what else the user should know: a filter left out, a model that failed
    model: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds a step
    complete: bool = True

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
            "abstained": self.abstained,
            "confidence": self.confidence,
            "answer": self.text,
            "statements": [statement.to_json() for statement in self.statements],
            "passages": [passage.to_json() for passage in self.passages],
            "hints": [hint.to_json() for hint in self.hints],
            "notes": list(self.notes),
            "generation": self.generation,
            "timings": dict(self.timings),
        }


class Embedder(Protocol):
    """Turns texts into vectors of unit length."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its weights; two embedders with one fingerprint give equal vectors."""

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads, its special tokens not counted."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension), float32, unit length."""

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""
