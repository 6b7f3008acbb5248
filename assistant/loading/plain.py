"""A text whose format tells no blocks apart -> its blocks, judged by its lines; the text stays as it is."""

import re
from collections.abc import Iterator

from assistant.text.language import BETWEEN_CELLS
from assistant.types import Block, BlockKind

HEADING_WORDS = 16  # at most
LINE_OF_PROSE = 8  # words that the line below a heading has at least
ITEM = re.compile(r"[ \t]*(?:[-*•–]|\(?\d{1,2}[.)])[ \t]+\S")
_NO_HEADING = re.compile(r"\d|: |[.!]\s")  # a figure, a value, a sentence before
_STOP = re.compile(r"[.!…:;,|。！；：][\"”’')\]]?$")
_LINE = re.compile(r"[^\n]*\S[^\n]*")


def plain_blocks(text: str) -> tuple[Block, ...]:
    """A block a line: a heading stands alone in a short line without a stop at its end, above a line of prose."""
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    lines = list(_LINE.finditer(text))
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        kind: BlockKind = "paragraph"
        if ITEM.match(line[0]):
            kind = "item"
        elif BETWEEN_CELLS in line[0]:
            kind = "row"
        elif below and is_heading(line[0].strip(), below[0].strip()):
            kind = "heading"
        yield Block(*line.span(), kind, level=int(kind == "heading"))


def is_heading(line: str, below: str) -> bool:
    if len(line.split()) > HEADING_WORDS or _STOP.search(line) or _NO_HEADING.search(line):
        return False
    return bool(_STOP.search(below)) and len(below.split()) > LINE_OF_PROSE
