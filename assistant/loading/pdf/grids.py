"""Lines with several cells, one below the other -> the rows of a table, with the names of their columns."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from assistant.loading.hyphens import continued
from assistant.loading.layout import Part, row
from assistant.loading.pdf.lines import Line, is_right_to_left
from assistant.loading.tables.parts import parts_of
from assistant.loading.tables.rows import Row

TIGHT = 1.35  # times the type size are two lines of one cell apart, at most
LOOSE = 1.15  # times as far as those are rows
LOOKED_AT = 10  # rows above
FAR = 2.2  # times as far as others is a row of another table


@dataclass(slots=True)
class _Cells:
    """A row: its lines, and by column what it shows."""

    lines: list[Line]
    texts: dict[int, str]
    spans: dict[int, int]
    broken: set[int] = field(default_factory=set)


def runs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where tables start and end among the lines: at least one of several cells, and what is wrapped within one."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(lines):
        if not lines[at].cells:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and _goes_on(lines, at, end):
            end += 1
        found.append((at, end))
        at = end
    return found


def table_parts(lines: Sequence[Line], known: Set[str]) -> list[tuple[list[Line], Part]]:
    """Each with the lines that it consists of; rows without names where the cells stand in no columns."""
    bounds = _bounds(lines)
    rows = _rows(lines, bounds, known) if bounds is not None else None
    if rows is None:
        plain = [row([cell.text for cell in line.cells] or [line.text]) for line in lines]
        opened = [Part("row", part.text, opens=at == 0) for at, part in enumerate(plain)]
        return [([line], part) for line, part in zip(lines, opened, strict=True)]
    numbered = [
        Row(number, of.texts, of.spans, bold=all(line.bold for line in of.lines))
        for number, of in enumerate(rows)
    ]
    return [(rows[number].lines, part) for number, part in parts_of(numbered)]


def _goes_on(lines: Sequence[Line], first: int, at: int) -> bool:
    """Whether the line belongs to the table that starts at `first`."""
    line, before = lines[at], lines[at - 1]
    near_rows = lines[max(first, at - LOOKED_AT) : at]
    if line.title or line.turned:
        return False
    same_page = (line.page, line.column) == (before.page, before.column)
    step = before.bottom - line.bottom
    if line.cells:
        steps = [a.bottom - b.bottom for a, b in pairwise(near_rows) if a.page == b.page]
        return not same_page or step < FAR * max(median(steps) if steps else 0, 1.2 * line.size)
    widths = [cell.left for other in near_rows for cell in other.cells]
    inside = sum(left <= line.left + line.size for left in set(widths))
    wraps = line.left > min(widths) + line.size and inside > 0
    near = same_page and 0 < step <= TIGHT * line.size
    starts = line.text[:1]
    followed = at + 1 < len(lines) and lines[at + 1].cells and lines[at + 1].page == line.page
    return near and (wraps or bool(followed and starts.islower()))


def _span(line: Line, *, mirrored: bool) -> tuple[float, float]:
    return (-line.right, -line.left) if mirrored else (line.left, line.right)


def _bounds(lines: Sequence[Line]) -> list[float] | None:
    """Between which places the columns lie, as the rows with the most cells have them; None if they have none."""
    most = max(len(line.cells) for line in lines)
    full = [
        [_span(cell, mirrored=is_right_to_left(line.text)) for cell in line.cells]
        for line in lines
        if len(line.cells) == most
    ]
    bounds = []
    for at in range(1, most):
        left, right = [row[at - 1][1] for row in full], [row[at][0] for row in full]
        if max(left) < min(right):
            bounds.append((max(left) + min(right)) / 2)
        elif median(left) < median(right):
            bounds.append((median(left) + median(right)) / 2)
        else:
            return None
    return bounds


def _rows(lines: Sequence[Line], bounds: Sequence[float], known: Set[str]) -> list[_Cells] | None:
    """None where two cells of a line stand in one column."""
    rows: list[_Cells] = []
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if a.page == b.page and a.cells and b.cells]
    usual = median(steps) if steps else 0.0
    for at, line in enumerate(lines):
        found = _placed(line, bounds)
        if found is None:
            return None
        if at and rows and _wraps(rows[-1], found, line, lines[at - 1], usual):
            _append(rows[-1], found, line, known)
            continue
        rows.append(found)
    return rows


def _placed(line: Line, bounds: Sequence[float]) -> _Cells | None:
    found = _Cells([line], {}, {})
    for cell in line.cells or (line,):
        left, right = _span(cell, mirrored=is_right_to_left(line.text))
        first = sum(bound <= left for bound in bounds)
        last = max(first, sum(bound < right for bound in bounds))
        middle = sum(bound <= (left + right) / 2 for bound in bounds)
        if len(line.cells) == len(bounds) + 1:
            first = last = len(found.texts)
        elif len(line.cells) > 1 and last > first and first in found.texts:
            first = middle
        if first in found.texts or any(first <= end for end in found.spans.values()):
            return None
        found.texts[first] = cell.text
        if last > first:
            found.spans[first] = last
        if cell.broken:
            found.broken.add(first)
    return found


def _wraps(above: _Cells, found: _Cells, line: Line, before: Line, usual: float) -> bool:
    """Whether the line goes on with cells of the row above."""
    step = before.bottom - line.bottom
    if before.page != line.page or not 0 < step <= TIGHT * line.size or line.bold != before.bold:
        return False
    if not set(found.texts) < set(above.texts) and set(found.texts) != set(above.texts):
        return False
    lower = all(text[:1].islower() for text in found.texts.values())
    fewer = len(found.texts) < len(above.texts)
    return (fewer and (lower or usual > LOOSE * step)) or (lower and usual > LOOSE * step)


def _append(above: _Cells, found: _Cells, line: Line, known: Set[str]) -> None:
    above.lines.append(line)
    cells = line.cells or (line,)
    for (column, _), cell in zip(found.texts.items(), cells, strict=True):
        above.texts[column] = continued(above.texts[column], cell.text, known, broken=column in above.broken)
    above.broken = set(found.broken)
