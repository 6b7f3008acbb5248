"""Rows of cells -> text in which a row can be understood alone: "Header: value | Header: value"."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from assistant.errors import UnreadableFile
from assistant.loading.metadata import parse_date
from assistant.loading.normalising import placed

MOST_CELLS = 1_000_000  # with a value, in one sheet
MOST_PLACES = 20_000_000  # for cells, empty ones included: a file can make many of them out of nothing
MOST_ROWS = 1_048_576  # what Excel has


def table_text(rows: Iterable[Sequence[str]]) -> tuple[str, tuple[int, ...]]:
    """The rows as lines, and where row 1, row 2, … starts: empty rows count, but have no line.

    The first row of two or more cells is taken for the header if all its cells are text.
    """
    header: Sequence[str] | None = None
    lines: list[str] = []
    for row in _limited(rows):
        if header is None and sum(map(bool, row)) > 1:
            is_header = all(_is_text(cell) for cell in row if cell)
            header = [cell.removesuffix(":") for cell in row] if is_header else ()
            lines.append(_line((), row))
        else:
            lines.append(_line(header or (), row))
    while lines and not lines[-1]:
        lines.pop()
    return placed(lines, between="\n")


def _line(header: Sequence[str], row: Sequence[str]) -> str:
    pairs = zip_longest(header[: len(row)], row, fillvalue="")
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def _is_text(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and parse_date(cell) is None


def _limited(rows: Iterable[Sequence[str]]) -> Iterable[Sequence[str]]:
    cells = places = 0
    for number, row in enumerate(rows, start=1):
        cells += sum(map(bool, row))
        places += len(row)
        if cells > MOST_CELLS or places > MOST_PLACES or number > MOST_ROWS:
            raise UnreadableFile(
                f"A table has more than {MOST_CELLS:,} cells or {MOST_ROWS:,} rows; split it, "
                "or keep only the part that questions will be about."
            )
        yield row
