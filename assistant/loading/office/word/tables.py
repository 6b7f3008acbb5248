"""The rows of a table in a Word file, with what merged cells say on each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.loading.layout import Part
from assistant.loading.office.xml import W, is_on, number, value
from assistant.loading.tables.merging import repeated
from assistant.loading.tables.parts import row_parts
from assistant.loading.tables.rows import Row

MOST_COLUMNS = 63  # that Word allows


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell from column `start` on; `goes_on`: merged with the one above; notes and parts follow its row."""

    start: int
    span: int
    text: str
    goes_on: bool = False
    notes: list[str] = field(default_factory=list)
    after: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its cells, and whether it is one of the header."""

    cells: list[Cell]
    is_header: bool = False  # as the file says


def placed(row: Any, cells: Sequence[Any]) -> list[tuple[Any, int, int, bool]]:
    """The cells of a row, each with the column where it starts, how many it spans, and if it goes on from above."""
    at, found = min(number(row.find(W + "trPr"), W + "gridBefore") or 0, MOST_COLUMNS), []
    for cell in cells:
        span, merge = 1, None
        properties = cell.find(W + "tcPr")
        if properties is not None:
            span = min(max(number(properties, W + "gridSpan") or 1, 1), MOST_COLUMNS)
            merge = value(properties, W + "vMerge")
        found.append((cell, at, span, merge is not None and merge != "restart"))
        at += span
    return found


def gone(properties: Any, *, name: str) -> str | None:
    """Why a "row" or a "cell" of such properties is not shown, where it is not."""
    if properties is None or not len(properties):
        return None
    if next(properties.iterchildren(W + "del", W + "cellDel"), None) is not None:
        return f"a deleted {name}"
    return f"a hidden {name}" if is_on(properties, W + "hidden") else None


def table_parts(lines: Sequence[Line]) -> list[Part]:
    """A part for each row, followed by the tables and text boxes in it; then the notes of the table."""
    parts: list[Part] = []
    notes: list[tuple[int, str]] = []
    for line, part in zip(lines, row_parts(list(_rows(lines))), strict=True):
        notes += [(len(parts), note) for cell in line.cells for note in cell.notes]
        parts.append(replace(part, opens=not parts))
        for cell in line.cells:
            parts += cell.after
    for place, note in notes:
        parts.append(Part("note", note, hangs_on=len(parts) - place if parts[place].text else None))
    return parts


def _rows(lines: Sequence[Line]) -> Iterator[Row]:
    """What stands in each, with what a merged cell says on each row that it covers."""
    above: dict[int, str] = {}  # by the column where a cell starts
    for at, line in enumerate(lines):
        cells = {
            cell.start: above[cell.start] if cell.goes_on and cell.start in above else cell.text
            for cell in line.cells
        }
        above = {column: repeated(text) for column, text in cells.items()}
        shown = {column: text for column, text in cells.items() if text}
        spans = {cell.start: cell.start + cell.span - 1 for cell in line.cells if cell.span > 1}
        yield Row(
            at, shown, {one: last for one, last in spans.items() if one in shown}, is_header=line.is_header
        )
