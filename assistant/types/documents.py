"""What is read and found: Source, Document, Chunk, Passage, and what turns texts into vectors.

Every `start` and `end` is an offset in characters into the text of a document: `[start, end)`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:  # what reads a file has no use for numpy
    import numpy as np
    import numpy.typing as npt

Vectors: TypeAlias = "npt.NDArray[np.float32]"


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


BlockKind = Literal["heading", "paragraph", "item", "row", "note", "caption", "quoted", "code"]


@dataclass(frozen=True, slots=True)
class Block:
    """A span of a document's text, and what its format says that it is; blocks lie in order and do not overlap.

    `quoted`: of an older mail, in a newer one. `note`: a footnote, an endnote, a comment, what stands in a margin.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0  # of a heading from 1 on; of an item how deep its list lies, from 0 on
    columns: tuple[
        tuple[int, str], ...
    ] = ()  # of a row: where a cell starts in the text, what its column is called
    hangs_on: int | None = None  # of a note: where the block that refers to it starts


class PageMap(NamedTuple):
    """What the pages of a document are called, where each starts in its text, and what is printed on them."""

    unit: str = ""
    starts: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source file, or one record of it, as normalised text."""

    source: Source
    text: str
    path: str = ""  # the file it came from, relative to the corpus
    pages: tuple[int, ...] = ()  # where each page starts in `text`; empty where the format has no pages
    unit: str = "page"  # what a page is called: "slide", "row", "chapter"
    blocks: tuple[Block, ...] = ()  # empty where the format tells none apart
    labels: tuple[str, ...] = ()  # what is printed on the pages: "iv"; "" or none where it is their number

    @property
    def id(self) -> str:
        return self.source.document


@dataclass(frozen=True, slots=True)
class Heading:
    """`start`: where it stands in the document."""

    start: int
    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a span of a document takes to be understood by itself.

    `headings`: those above it, the highest first, then those in it. `columns`: of the rows in it, where a cell starts
    in the document's text, and what its column is called. `lists`: where one starts, with the sentence that opens it,
    and where it ends. `notes`: where the block that one hangs on starts and ends, and where the note does.
    """

    headings: tuple[Heading, ...] = ()
    columns: tuple[tuple[int, str], ...] = ()
    lists: tuple[tuple[int, int], ...] = ()
    notes: tuple[tuple[int, int, int, int], ...] = ()

    def above(self, place: int) -> tuple[str, ...]:
        """The headings that a place of the span stands under, the highest first."""
        path: list[Heading] = []
        for heading in self.headings:
            if heading.start < place:
                path = [*(higher for higher in path if higher.level < heading.level), heading]
        return tuple(heading.words for heading in path)

    def is_heading(self, place: int) -> bool:
        return any(heading.start <= place < heading.start + len(heading.words) for heading in self.headings)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document that is embedded; `text == document.text[start:end]`."""

    document: str
    start: int
    end: int
    text: str
    context: Context = Context()


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
    context: Context = Context()

    @property
    def document(self) -> str:
        return self.source.document

    @property
    def key(self) -> tuple[str, int]:
        """Its identity in an index, whatever its score."""
        return self.document, self.start

    def to_json(self) -> dict[str, Any]:
        copies = [copy.document for copy in self.copies]
        place = {"document": self.document, "start": self.start, "end": self.end, "score": self.score}
        return {**place, "scores": dict(self.scores), "copies": copies}


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
