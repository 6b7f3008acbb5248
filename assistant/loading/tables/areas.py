"""The rows of a sheet -> the areas of it that are read by themselves.

Tables that stand below each other, with empty rows between them, are of one area; tables side by side are of several.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.loading.tables.headers import find_header, kind
from assistant.loading.tables.rows import Row, bands_of

MOST_BESIDE = 30  # tables side by side
NEAR = 20  # bands from the top, in which their headers are
LOOKED_AT = 1_000  # rows, to tell them
Columns = tuple[int, int]  # the first and the last


def areas(rows: Sequence[Row]) -> dict[Columns, Sequence[Row]]:
    """The rows by the columns of their area, the leftmost area first; each area but one is a table with a header."""
    if not rows:
        return {}
    main, *others = _beside(rows)
    found = {piece: _within(rows, piece) for piece in others}
    first: list[Row] = []
    for band in bands_of(_within(rows, main) if others else rows):
        left, *right = _beside(band)
        first += _within(band, left) if right else band
        for piece in right:
            found.setdefault(piece, []).extend(_within(band, piece))
    return {main: first, **found}


def _beside(rows: Sequence[Row]) -> list[Columns]:
    """The columns of tables that stand side by side, each with a header of its own; else all columns."""
    last = max(max(line.columns) for line in rows)
    used = sorted(set().union(*(line.columns if len(line.cells) > 1 else line.cells for line in rows)))
    breaks = [at for at, (one, other) in enumerate(pairwise(used), start=1) if other > one + 1]
    if not 0 < len(breaks) < MOST_BESIDE:
        return [(used[0], last)]
    edges = [0, *breaks, len(used)]
    first, *pieces = [(used[one], used[other - 1]) for one, other in pairwise(edges)]
    rows, joined = rows[:LOOKED_AT], [first]
    for piece in pieces:
        left = _within(rows, joined[-1])
        if _is_table(left) and _is_table(_within(rows, piece), beside=left):
            joined.append(piece)
        else:
            joined[-1] = joined[-1][0], piece[1]
    return [*joined[:-1], (joined[-1][0], last)]


def _is_table(rows: Sequence[Row], *, beside: Sequence[Row] = ()) -> bool:
    """Whether they have a header; beside a table of the very same rows numbers alone are more columns of that."""
    for band in bands_of(rows)[:NEAR]:
        header = find_header(band)
        if header and len(header.names) > 1:
            first = min(header.names)
            body = [line.cells[first] for line in band[header.end :] if first in line.cells]
            same = [line.number for line in rows] == [line.number for line in beside]
            return not same or any(kind(cell) == "word" for cell in body)
    return False


def _within(rows: Iterable[Row], columns: Columns) -> list[Row]:
    """What the rows have in these columns."""
    first, last = columns
    kept: list[Row] = []
    gap = False
    for line in rows:
        cells = {column: cell for column, cell in line.cells.items() if first <= column <= last}
        gap = gap or line.apart
        if cells:
            spans = {column: min(end, last) for column, end in line.spans.items() if column in cells}
            notes = tuple(note for note in line.notes if first <= note[0] <= last)
            kept.append(replace(line, cells=cells, spans=spans, notes=notes, apart=gap))
        gap = not cells
    return kept
