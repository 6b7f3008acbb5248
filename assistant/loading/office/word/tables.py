"""The rows of a table: what merged cells say on each of them, and which rows are the header of the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.loading.layout import Part, row
from assistant.loading.office.word.xml import W, is_on, number, value

MOST_COLUMNS = 63  # that Word allows
LONGEST_REPEATED = 300  # characters of a merged cell that are said on each of its rows
LONGEST_NAME = 80  # characters of a cell that may be the name of a column
YEAR = re.compile(r"(?:19|20)\d\d(?:[/–-]\d\d(?:\d\d)?)?")


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
class Row:
    cells: list[Cell]
    is_header: bool = False  # as the file says


def placed(row: Any, cells: Sequence[Any]) -> list[tuple[Any, int, int, bool]]:
    """The cells of a row, each with the column where it starts, how many it spans, and if it goes on from above."""
    at, found = min(number(row.find(W + "trPr"), W + "gridBefore") or 0, MOST_COLUMNS), []
    for cell in cells:
        properties = cell.find(W + "tcPr")
        span = min(max(number(properties, W + "gridSpan") or 1, 1), MOST_COLUMNS)
        merge = value(properties, W + "vMerge")
        found.append((cell, at, span, merge is not None and merge != "restart"))
        at += span
    return found


def gone(properties: Any, *, name: str) -> str | None:
    """Why a "row" or a "cell" of such properties is not shown, where it is not."""
    if properties is None:
        return None
    if properties.find(W + "del") is not None or properties.find(W + "cellDel") is not None:
        return f"a deleted {name}"
    return f"a hidden {name}" if is_on(properties, W + "hidden") else None


def filled(rows: Sequence[Row]) -> list[Row]:
    """The rows, with what a merged cell says on each row that it covers."""
    above: dict[int, str] = {}  # by the column where a cell starts
    found = []
    for line in rows:
        cells = [
            replace(cell, text=above[cell.start]) if cell.goes_on and cell.start in above else cell
            for cell in line.cells
        ]
        above = {cell.start: cell.text if len(cell.text) <= LONGEST_REPEATED else "" for cell in cells}
        found.append(replace(line, cells=cells))
    return found


def table_parts(rows: Sequence[Row]) -> list[Part]:
    """A part for each row, followed by the tables and text boxes in it; then the notes of the table."""
    first, last = _header(rows)
    names = _names(rows[first:last])
    parts: list[Part] = []
    notes: list[tuple[int, str]] = []
    for at, line in enumerate(rows):
        header = [_name(cell, names) for cell in line.cells] if at >= last else ()
        notes += [(len(parts), note) for cell in line.cells for note in cell.notes]
        parts.append(row([cell.text for cell in line.cells], header))
        for cell in line.cells:
            parts += cell.after
    for place, note in notes:
        parts.append(Part("note", note, hangs_on=len(parts) - place if parts[place].text else None))
    return parts


def _header(rows: Sequence[Row]) -> tuple[int, int]:
    """From which row up to which the header goes: as the file says, or the first that has names and no values."""
    marked = next((at for at, line in enumerate(rows) if not line.is_header), len(rows))
    if marked:
        return 0, marked
    first = next((at for at, line in enumerate(rows) if len(_words(line)) > 1), len(rows))
    below = rows[first + 1 :]
    if not below or not _may_be_names(rows[first]) or _states_one_thing(below):
        return 0, 0
    return first, first + (2 if len(below) > 1 and _divides(below[0], rows[first]) else 1)


def _may_be_names(line: Row) -> bool:
    """Whether its cells are short, all different, and none is an amount or has a colon that something follows."""
    words = _words(line)
    return len(set(words)) == len(words) and all(
        len(text) <= LONGEST_NAME
        and not text.endswith(":")
        and (YEAR.fullmatch(text) or any(map(str.isalpha, text)))
        for text in words
    )


def _states_one_thing(rows: Sequence[Row]) -> bool:
    """Whether each row of a table of two columns says something else of one thing: a form, not a list."""
    seconds = [line.cells[1].text for line in rows if len(line.cells) == 2 and line.cells[1].text]
    figures = [any(map(str.isdigit, text)) for text in seconds]
    return all(len(line.cells) <= 2 for line in rows) and any(figures) and not all(figures)


def _divides(line: Row, header: Row) -> bool:
    """Whether a row gives the columns names under those that span several, and nothing under the others."""
    spanned = {
        at for cell in header.cells if cell.span > 1 for at in range(cell.start, cell.start + cell.span)
    }
    others = [cell for cell in line.cells if cell.start not in spanned]
    if not spanned or any(cell.text and not cell.goes_on for cell in others):
        return False
    return bool(others) or _may_be_names(line)


def _words(line: Row) -> list[str]:
    return [cell.text for cell in line.cells if cell.text]


def _names(header: Sequence[Row]) -> dict[int, list[str]]:
    """What each column is called, from the top of the header down."""
    names: dict[int, list[str]] = {}
    for line in header:
        for cell in line.cells:
            for column in range(cell.start, cell.start + cell.span):
                own = names.setdefault(column, [])
                if cell.text and cell.text not in own and len(cell.text) <= LONGEST_NAME:
                    own.append(cell.text)
    return names


def _name(cell: Cell, names: dict[int, list[str]]) -> str:
    """ "Fee Adult"; where a cell spans columns, the names of all."""
    columns = [" ".join(names.get(at, [])) for at in range(cell.start, cell.start + cell.span)]
    return ", ".join(dict.fromkeys(filter(None, columns)))
