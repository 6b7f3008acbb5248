"""The blocks of a document and its notes -> its text, and where each page starts in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.loading.layout import Part, laid_out
from assistant.loading.pdf.lines import Line
from assistant.loading.pdf.paragraphs import Piece
from assistant.types import Block


@dataclass(frozen=True, slots=True)
class Remark:
    """A note, and the line that refers to it; or what a page's margin says, which nothing refers to."""

    text: str
    page: int
    on: Line | None = None
    at_top: bool = False


def placed(
    pieces: Sequence[Piece], remarks: Sequence[Remark], pages: int
) -> tuple[str, tuple[Block, ...], tuple[int, ...]]:
    """The text, its blocks, and where each of the pages starts.

    A note stands right after the block that refers to it; before it, if that runs over to the next page.
    """
    before: dict[int, list[tuple[Remark, int | None]]] = {}
    places = {line: at for at, piece in enumerate(pieces) for line in piece.lines}
    for remark in remarks:
        on = places.get(remark.on) if remark.on else None
        before.setdefault(_place(pieces, remark, on), []).append((remark, on))
    parts: list[Part] = []
    starts: list[tuple[tuple[int, int], ...]] = []
    numbers = _numbers(pieces, before)
    for at in range(len(pieces) + 1):
        for remark, on in before.get(at, []):
            hangs_on = len(parts) - numbers[on] if on is not None else None
            parts.append(Part("note", remark.text, hangs_on=hangs_on))
            starts.append(((remark.page, 0),))
        if at < len(pieces):
            parts.append(pieces[at].part)
            starts.append(pieces[at].starts)
    text, blocks = laid_out(parts)
    firsts = [(page, block.start + at) for block, of in zip(blocks, starts, strict=True) for page, at in of]
    return text, blocks, tuple(_page_starts(firsts, pages, len(text)))


def _place(pieces: Sequence[Piece], remark: Remark, on: int | None) -> int:
    """The number of the piece before which the remark stands."""
    if remark.at_top:
        return next((at for at, p in enumerate(pieces) if p.starts[0][0] >= remark.page), len(pieces))
    if on is None:
        return max((at + 1 for at, p in enumerate(pieces) if p.last_page <= remark.page), default=0)
    if pieces[on].last_page > remark.page:
        return on
    after = on + 1
    while (
        after < len(pieces)
        and pieces[on].part.kind == pieces[after].part.kind == "row"
        and not pieces[after].part.opens
        and pieces[after].last_page <= remark.page
    ):
        after += 1
    return after


def _numbers(pieces: Sequence[Piece], before: dict[int, list[tuple[Remark, int | None]]]) -> list[int]:
    """What number among the parts each piece will have."""
    noted = 0
    numbers = []
    for at in range(len(pieces)):
        noted += len(before.get(at, []))
        numbers.append(at + noted)
    return numbers


def _page_starts(firsts: Sequence[tuple[int, int]], pages: int, end: int) -> Iterator[int]:
    """A page without words starts where the next one does."""
    starts = [end] * pages
    for page, at in firsts:
        starts[page] = min(starts[page], at)
    for page in range(pages - 2, -1, -1):
        starts[page] = min(starts[page], starts[page + 1])
    yield from starts
