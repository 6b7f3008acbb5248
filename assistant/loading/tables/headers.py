"""Which rows of a table are its header, and what its columns are called.

A header names most columns that the rows below fill; it is of words, or of years and the like above other values.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from assistant.loading.metadata import parse_date
from assistant.loading.tables.rows import Row

NEAR = 12  # rows from the top of a table, among which its header is
LOOKED_AT = 30  # rows below it
ENOUGH = 0.6  # of the columns, to be named
LONGEST_NAME = 120  # characters
LONGEST_UNIT = 12
LONGEST_VALUE = 40
SHORTEST_DATE = 3  # digits
NUMBER = re.compile(r"[^\w(]*\(?(?:[A-Z]{3} ?)?[^\w]*\d[\d.,'’ ]*(?: ?[^\W\d]{1,3}\d?)?\W*")
YEAR = re.compile(r"(?:19|20)\d\d(?:[/–-]\d\d(?:\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of some rows: where it starts and ends among them, and the name of each column.

    `evident`: it is bold or stands above values that are no words; a table of words alone may have such a row anywhere.
    """

    start: int
    end: int
    names: Mapping[int, str]
    evident: bool


def header_of(rows: Sequence[Row]) -> Header | None:
    """That of a table that stands in a text: as the file says, or else as its rows look."""
    stated = next((at for at, row in enumerate(rows) if not row.is_header), len(rows))
    if stated in (0, len(rows)):
        return find_header(rows)
    names = {column: name for column, name in _joined(rows[:stated]).items() if len(name) <= LONGEST_NAME}
    return Header(0, stated, names, evident=True)


def find_header(rows: Sequence[Row], following: Sequence[Row] = ()) -> Header | None:
    """That of rows without an empty one among them; `following` stand below them, apart."""
    best, most = None, 0
    for at, row in enumerate(rows[:NEAR]):
        below = rows[at + 1 : at + 1 + LOOKED_AT] or following[:LOOKED_AT]
        if not below or not _can_name(row, below):
            continue
        used, named = _used(below), row.columns
        if not used:
            continue
        if used - named == {min(used)}:  # of the names of the rows themselves the corner says nothing
            named |= used
        share = len(used & named) / len(used)
        if row.bold and not below[0].bold and share >= ENOUGH:
            best = at
            break
        if share >= ENOUGH and len(used & named) > most:
            best, most = at, len(used & named)
    return _header(rows, best, following) if best is not None else None


@lru_cache(maxsize=100_000)
def kind(cell: str) -> str:
    """ "number", "date", "truth" or "word"."""
    if len(cell) > LONGEST_VALUE:
        return "word"
    may_be_date = sum(map(str.isdigit, cell)) >= SHORTEST_DATE  # to parse one takes long
    if NUMBER.fullmatch(cell):
        return "number" if cell.isdecimal() or not may_be_date or parse_date(cell) is None else "date"
    if cell in ("TRUE", "FALSE"):
        return "truth"
    if may_be_date and parse_date(cell) is not None:
        return "date"
    return "word" if any(map(str.isalpha, cell)) else "number"


def _header(rows: Sequence[Row], at: int, following: Sequence[Row]) -> Header | None:
    start = end = at
    while start and _groups(rows[start - 1], rows[start]) and _names_groups(rows[start - 1], rows[start]):
        start -= 1
    while (
        end + 2 < len(rows)
        and _groups(rows[end], rows[end + 1])
        and _can_name(rows[end + 1], rows[end + 2 :])
    ):
        end += 1
    names = _joined(rows[start : end + 1])
    below = rows[end + 1 : end + 1 + LOOKED_AT] or following[:LOOKED_AT]
    units = _units(rows[end + 1 : end + 1 + LOOKED_AT])
    bold = rows[at].bold and not below[0].bold
    if not bold and not units and _is_form(rows[at], below):
        return None
    for column, unit in units.items():
        names[column] = f"{names[column]} {unit}" if column in names else unit
    values = below[1:] if units else below
    evident = bold or any(not _mostly_words(_cells(values, column)) for column in names)
    return Header(start, end + 1 + bool(units), names, evident)


def _can_name(row: Row, below: Sequence[Row]) -> bool:
    """Whether all its cells can be names of columns: words, or values of a form that their columns do not have."""
    if len(row.cells) < 2 or any(len(cell) > LONGEST_NAME for cell in row.cells.values()):
        return False
    odd = {column for column, cell in row.cells.items() if kind(cell) != "word"}
    first = min(row.cells)
    if first in odd and first == min(_used(below[:LOOKED_AT]), default=first):
        return False
    return all(
        _is_heading_of(_cells(below, column), row.cells[column], alone=len(odd) == 1) for column in odd
    )


def _is_heading_of(cells: Sequence[str], cell: str, *, alone: bool) -> bool:
    """A year above sums, a weight above prices; `alone`: no other cell of its row is like that."""
    forms = set(map(_form, cells))
    return bool(cells) and _form(cell) not in forms and not (alone and "word" in map(kind, cells))


def _form(cell: str) -> str:
    """What kind of value it is: with which letters, if any; a year is one by itself."""
    if YEAR.fullmatch(cell):
        return "year"
    return "".join(filter(str.isalpha, cell)) if kind(cell) == "number" else kind(cell)


def _used(rows: Sequence[Row]) -> Set[int]:
    """The columns that at least half of the rows fill; those of a single cell do not count if there are others."""
    full = [row for row in rows if len(row.cells) > 1] or rows
    columns = [row.columns for row in full]
    return {
        column for column in set().union(*columns) if 2 * sum(column in own for own in columns) >= len(full)
    }


def _cells(rows: Iterable[Row], column: int) -> list[str]:
    return [row.cells[column] for row, _ in zip(rows, range(LOOKED_AT), strict=False) if column in row.cells]


def _mostly_words(cells: Sequence[str]) -> bool:
    return 2 * sum(kind(cell) == "word" for cell in cells) >= len(cells)


def _groups(row: Row, below: Row) -> bool:
    """Whether a cell of it stands above several of the next row; a title stands above all of them."""
    parted = any(len(below.columns & set(range(first, last + 1))) > 1 for first, last in row.spans.items())
    return parted and (len(row.cells) > 1 or not below.columns <= row.columns)


def _names_groups(row: Row, below: Row) -> bool:
    """A cell that is merged from the first column on is a title."""
    words = all(kind(cell) == "word" or YEAR.fullmatch(cell) for cell in row.cells.values())
    return words and min(below.columns) not in row.spans


def _joined(rows: Iterable[Row]) -> dict[int, str]:
    """A column's names from the top down, as "2025 Q1"; one that is merged over several rows counts once."""
    names: dict[int, list[str]] = {}
    for row in rows:
        for first, cell in row.cells.items():
            for column in range(first, row.spans.get(first, first) + 1):
                own = names.setdefault(column, [])
                own += [cell.removesuffix(":")] if cell.removesuffix(":") not in own[-1:] else []
    return {column: " ".join(own) for column, own in names.items()}


def _units(below: Sequence[Row]) -> dict[int, str]:
    """By column, in brackets, if the first row is one of units: short words, each above numbers."""
    if len(below) < 2:
        return {}
    cells = below[0].cells
    for column, cell in cells.items():
        if len(cell) > LONGEST_UNIT or any(map(str.isdigit, cell)) or cell in ("TRUE", "FALSE"):
            return {}
        under = _cells(below[1:], column)
        if any(map(str.isalpha, cell)) and (not under or _mostly_words(under)):
            return {}
    marks = {column: cell.strip("()[]") for column, cell in cells.items() if cell.strip("-–—")}
    return {column: f"({mark})" for column, mark in marks.items()}


def _is_form(row: Row, below: Sequence[Row]) -> bool:
    """Whether two columns are a thing and its value on each row, "City | Oslo", so that the first row names neither."""
    columns = sorted(_used(below))
    if len(columns) != 2:
        return False
    keys, values = (_cells(below, column) for column in columns)
    if 2 * sum(key.endswith(":") for key in keys) > len(keys):
        return True
    kinds = [kind(value) for value in values if value != row.cells.get(columns[1])]
    words = kinds.count("word")
    return len({*kinds} - {"word"}) > 1 or len(kinds) > words >= max(len(kinds) / 2, 1)
