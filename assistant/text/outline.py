"""The blocks of a document -> what each span of it takes to be understood by itself."""

from bisect import bisect_left

from assistant.types import Context, Document, Heading


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

    def context(self, start: int, end: int) -> Context:
        """The document's title is no part of it."""
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
        return Context((*above, *inside), self.columns(start, end))

    def columns(self, start: int, end: int) -> tuple[tuple[int, str], ...]:
        """The cells that start in the span, and what their columns are called."""
        first, last = (bisect_left(self._columns, at, key=lambda column: column[0]) for at in (start, end))
        return tuple(self._columns[first:last])
