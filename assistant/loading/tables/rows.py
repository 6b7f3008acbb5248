"""Rows of cells as a program shows them, and how many of them there may be."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from assistant.errors import UnreadableFile
from assistant.loading.loaded import MOST_CHARACTERS, TOO_LONG

MOST_CELLS = 1_000_000  # with a value, in one sheet
MOST_PLACES = 20_000_000  # for cells, empty ones included: a file can make many of them out of nothing
MOST_ROWS = 1_048_576  # what Excel has


@dataclass(frozen=True, slots=True)
class Row:
    """A row that shows something: its number, and what its cells show, each of one line, by column from left to right.

    `spans`: of a cell that is merged with those to its right, the column of the last. `apart`: the row above is empty.
    """

    number: int
    cells: Mapping[int, str]
    spans: Mapping[int, int] = field(default_factory=dict)
    apart: bool = False
    bold: bool = False  # all of its cells
    is_header: bool = False  # as the file says
    notes: tuple[tuple[int, str], ...] = ()  # comments, with the column of the cell

    @property
    def columns(self) -> set[int]:
        """Those that have a value, a merged one too."""
        if not self.spans:
            return set(self.cells)
        covered = (range(first, last + 1) for first, last in self.spans.items())
        return set(self.cells).union(*covered)


def bands_of(rows: Iterable[Row]) -> list[list[Row]]:
    """The rows between empty ones."""
    bands: list[list[Row]] = []
    for row in rows:
        if row.apart or not bands:
            bands.append([])
        bands[-1].append(row)
    return bands


class Allowance:
    """What is left of the limits of one sheet."""

    def __init__(self) -> None:
        self._cells = self._places = self._characters = 0

    def take(self, cells: Collection[str], *, number: int, places: int) -> None:
        """For the values of one row; UnreadableFile where the sheet has too many."""
        self._cells += len(cells)
        self._places += places
        self._characters += sum(map(len, cells))
        if self._cells > MOST_CELLS or self._places > MOST_PLACES or number > MOST_ROWS:
            raise UnreadableFile(
                f"A table has more than {MOST_CELLS:,} cells or {MOST_ROWS:,} rows; split it, "
                "or keep only the part that questions will be about."
            )
        if self._characters > MOST_CHARACTERS:
            raise UnreadableFile(TOO_LONG)
