"""The rows of an area -> its text, the blocks of that, and where each row starts in it."""

from collections.abc import Sequence

from assistant.loading.layout import Part, laid_out
from assistant.loading.tables.parts import parts_of
from assistant.loading.tables.rows import Row
from assistant.types import Block


def table_text(rows: Sequence[Row], *, heading: str = "") -> tuple[str, tuple[Block, ...], tuple[int, ...]]:
    """`heading` stands above row 1; a row that shows nothing starts where the next one does."""
    numbers, parts = zip(*parts_of(rows), strict=True)
    text, blocks = laid_out([Part("heading", heading, level=1), *parts] if heading else parts)
    starts: list[int] = []
    for number, block in zip(numbers, blocks[-len(parts) :], strict=True):
        starts += [block.start] * (number - len(starts))
    return text, blocks, tuple(starts)
