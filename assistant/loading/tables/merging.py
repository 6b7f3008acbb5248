"""Cells that cover several columns and rows -> rows, in each of which stands what covers it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.loading.tables.rows import Row

LONGEST_REPEATED = 300  # characters of a merged cell that are said on each of its rows


@dataclass(frozen=True, slots=True)
class Cell:
    """`across`, `down`: how many columns and rows it covers."""

    text: str
    across: int = 1
    down: int = 1
    is_header: bool = False


def spread(lines: Iterable[Sequence[Cell]]) -> Iterator[Row]:
    """A row for each line of cells, which stand where the cells above leave room."""
    above: dict[int, Cell] = {}  # what goes on from there, by column
    for number, cells in enumerate(lines, start=1):
        line: dict[int, Cell] = {}
        column = 0
        for cell in cells:
            while column in above:
                line[column] = above[column]
                column += above[column].across
            line[column] = cell
            column += cell.across
        line |= {at: cell for at, cell in above.items() if at >= column}
        above = {at: _going_on(cell) for at, cell in line.items() if cell.down > 1}
        shown = {at: cell for at, cell in sorted(line.items()) if cell.text}
        yield Row(
            number,
            {at: cell.text for at, cell in shown.items()},
            {at: at + cell.across - 1 for at, cell in shown.items() if cell.across > 1},
            is_header=all(cell.is_header for cell in shown.values()),
        )


def repeated(text: str) -> str:
    """What a merged cell says on its other rows."""
    return text if len(text) <= LONGEST_REPEATED else ""


def _going_on(cell: Cell) -> Cell:
    return replace(cell, text=repeated(cell.text), down=cell.down - 1)
