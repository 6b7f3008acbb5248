"""The blocks of a document -> what each span of it takes to be understood by itself."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, TypeVar

from assistant.text.language import sentences
from assistant.types import Block, Context, Document, Heading

Placed = TypeVar("Placed", bound=tuple[int, Any] | tuple[int, int, int, int])


class Outline:
    """Of one document."""

    def __init__(self, document: Document) -> None:
        title = document.source.title
        headings = (
            Heading(block.start, block.level, " ".join(document.text[block.start : block.end].split()))
            for block in document.blocks
            if block.kind == "heading"
        )
        self._headings = [heading for heading in headings if heading.words != title]
        self._highest = min((heading.level for heading in self._headings), default=0)
        self._columns = [column for block in document.blocks for column in block.columns]
        self._lists = list(_lists(document.text, document.blocks))
        self._notes = sorted(_notes(document.blocks))

    def context(self, start: int, end: int) -> Context:
        """Without the document's title; a list is in it if it starts in the span, a note if all of it does."""
        first, last = (
            bisect_left(self._headings, at, key=lambda heading: heading.start) for at in (start, end)
        )
        inside = self._headings[first:last]
        level = inside[0].level if inside and inside[0].start == start else None
        above: list[Heading] = []
        for heading in reversed(self._headings[:first]):
            if level is None or heading.level < level:
                above, level = [heading, *above], heading.level
            if level == self._highest:
                break
        return Context(
            (*above, *inside),
            self.columns(start, end),
            tuple((opens, min(closes, end)) for opens, closes in _within(self._lists, start, end)),
            tuple(note for note in _within(self._notes, start, end) if start <= note[2] and note[3] <= end),
        )

    def columns(self, start: int, end: int) -> tuple[tuple[int, str], ...]:
        """The cells that start in the span, and what their columns are called."""
        return tuple(_within(self._columns, start, end))


def _within(found: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those that start in the span."""
    first, last = (bisect_left(found, at, key=lambda one: one[0]) for at in (start, end))
    return found[first:last]


def _notes(blocks: Sequence[Block]) -> Iterator[tuple[int, int, int, int]]:
    """Where the block that each hangs on starts and ends, and where the note does."""
    ends = {block.start: block.end for block in blocks}
    for block in blocks:
        if block.kind == "note" and block.hangs_on in ends:
            yield block.hangs_on, ends[block.hangs_on], block.start, block.end


def _lists(text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """From the start of a sentence that opens a list ("These are:"), else of its first item, to the end of its last."""
    runs = [(kind, list(run)) for kind, run in groupby(blocks, key=lambda block: block.kind)]
    for (_, before), (kind, items) in pairwise([("", []), *runs]):
        if kind != "item" or len(items) < 2:
            continue
        opening = text[before[-1].start : before[-1].end].rstrip() if before else ""
        if opening.endswith(":"):
            yield before[-1].start + sentences(opening)[-1][0], items[-1].end
        else:
            yield items[0].start + sentences(text[items[0].start : items[0].end])[0][0], items[-1].end
