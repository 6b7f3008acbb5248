"""The pieces of a page's lines -> its lines in reading order: columns, blocks side by side, rows of tables."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, groupby, pairwise
from statistics import median

from assistant.loading.normalising import join_lines
from assistant.loading.pdf.lines import CELL_GAP, GLUED, RAISED, Line, is_right_to_left, raised
from assistant.loading.tables.headers import kind

FEWEST = 4  # lines in a column
COLUMN = 8  # times as wide as its lines are high is a column of text, at least; cells of a table are not
STRIP = 0.5  # times the type size, at least, is a strip without words high
RUNNING_ON = 0.3  # share of the lines of a column that begin within a sentence
TRIED = 8  # gaps
SPREAD = 3  # times the type size, at most, are words of a justified line apart
DEEPEST = 8  # columns within columns


def reading_order(pieces: Sequence[Line]) -> list[Line]:
    """What stands side by side in no columns is one line, "a | b", with its pieces as `cells`."""
    upright = [piece for piece in pieces if not piece.turned]
    rest = [piece for piece in pieces if piece.turned]
    groups = [*columns(upright), *([rest] if rest else [])]
    return [
        replace(line, column=number)
        for number, group in enumerate(groups)
        for line in (group if group is rest else _justified(list(rows(group))))
    ]


def columns(pieces: Sequence[Line], depth: int = 0) -> list[list[Line]]:
    """The pieces in groups that are read one after the other: columns, and what lies across them."""
    gap = _gap(pieces) if depth < DEEPEST else None
    if gap is None:
        return [list(pieces)] if pieces else []
    found: list[list[Line]] = []
    across: list[Line] = []
    for band in _bands(pieces, gap):
        left, right = _sides(band, gap)
        if not _are_columns(left, right):
            across += band
            continue
        found += [across] if across else []
        across = []
        sides = [left, right]
        if 2 * sum(is_right_to_left(piece.text) for piece in band) > len(band):
            sides.reverse()
        for side in sides:
            found += columns(side, depth + 1)
    return [*found, across] if across else found


def rows(pieces: Sequence[Line]) -> Iterator[Line]:
    """The lines from top to bottom: what stands side by side is one line."""
    row: list[Line] = []
    largest: Line | None = None
    for piece in sorted(pieces, key=lambda piece: -(piece.top + piece.bottom)):
        if row and not _is_beside(piece, largest or row[0]):
            yield _line(row)
            row, largest = [], None
        largest = piece if largest is None or piece.size > largest.size else largest
        row.append(piece)
    if row:
        yield _line(row)


def _justified(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines; one between others as wide as itself is no row, its words were only spread over the width."""
    for at, line in enumerate(lines):
        near = [other for other in lines[max(at - 1, 0) : at + 2] if other is not line and not other.cells]
        gaps = [abs(right.left - left.right) for left, right in pairwise(line.cells)]
        if line.cells and max(gaps) < SPREAD * line.size and any(_is_flush(line, other) for other in near):
            yield replace(line, text=" ".join(cell.text for cell in line.cells), cells=())
        else:
            yield line


def _is_flush(line: Line, other: Line) -> bool:
    edges = abs(line.left - other.left) < line.size / 2 and abs(line.right - other.right) < line.size / 2
    return edges and abs(line.bottom - other.bottom) < 2 * line.size


def _bands(pieces: Sequence[Line], gap: float) -> Iterator[list[Line]]:
    """From top to bottom, what lies across the gap, and what lies beside it; the latter in several bands, where a
    strip without words parts what is drawn first from what is drawn later."""
    band: list[Line] = []
    for piece in [*sorted(pieces, key=lambda piece: -piece.top), None]:
        if piece is not None and not piece.left < gap < piece.right:
            band.append(piece)
            continue
        yield from _strips(band)
        band = []
        if piece is not None:
            yield [piece]


def _strips(band: Sequence[Line]) -> Iterator[list[Line]]:
    """`band` from top to bottom."""
    start, low = 0, 0.0
    for at, piece in enumerate(band):
        if at > start and low - piece.top > STRIP * piece.size:
            above, below = band[start:at], band[at:]
            if max(other.order for other in above) < min(other.order for other in below):
                yield list(above)
                start = at
        low = min(low, piece.bottom) if at > start else piece.bottom
    if band:
        yield list(band[start:])


def _sides(band: Sequence[Line], gap: float) -> tuple[list[Line], list[Line]]:
    return [p for p in band if p.right <= gap], [p for p in band if p.left >= gap]


def _gap(pieces: Sequence[Line]) -> float | None:
    """Where two columns are parted, as few pieces as can be lie across it; None for one column."""
    if len(pieces) < FEWEST:
        return None
    low, high = min(p.left for p in pieces), max(p.right for p in pieces)
    steps = [0] * (int(high - low) + 3)
    for piece in pieces:
        steps[int(piece.left - low) + 1] += 1
        steps[int(piece.right - low) + 1] -= 1
    runs = [(cover, len(list(run))) for cover, run in groupby(accumulate(steps))]
    ends = list(accumulate(width for _, width in runs))
    valleys = [
        (runs[at][0], -runs[at][1], low + ends[at] - runs[at][1] / 2)
        for at in range(1, len(runs) - 1)
        if runs[at - 1][0] > runs[at][0] < runs[at + 1][0]
    ]
    for _, _, place in sorted(valleys)[:TRIED]:
        if any(_are_columns(*_sides(band, place)) for band in _bands(pieces, place)):
            return place
    return None


def _are_columns(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether each is read by itself: columns of running text, or blocks that are drawn one after the other."""
    if min(len(left), len(right)) < 2 or not _overlap(left, right):
        return False
    if _is_prose(left) and _is_prose(right):
        return not _in_rows(left, right)
    one, other = sorted((left, right), key=lambda side: side[0].order)
    drawn_apart = max(piece.order for piece in one) < min(piece.order for piece in other)
    return drawn_apart and not _are_pairs(left, right)


def _is_prose(pieces: Sequence[Line]) -> bool:
    if len(pieces) < FEWEST or median((p.right - p.left) / p.size for p in pieces) < COLUMN:
        return False
    on = sum(not p.text[0].isupper() and not p.text[0].isdecimal() for p in pieces if p.text)
    return on >= RUNNING_ON * len(pieces)


def _are_pairs(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether they are things and values of a table that is drawn by columns."""
    named = sum(piece.text.endswith(":") for piece in left)
    values = sum(kind(piece.text) != "word" for piece in right)
    return 2 * named > len(left) or 2 * values >= len(right)


def _in_rows(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Whether their paragraphs start beside each other, as those of cells do."""
    one, other = _starts(left), _starts(right)
    alike = sum(any(abs(a.bottom - b.bottom) < a.size / 2 for b in other) for a in one)
    return min(len(one), len(other)) > 2 and alike == len(one) == len(other)


def _starts(pieces: Sequence[Line]) -> list[Line]:
    """The pieces that stand apart from the one above."""
    by_height = sorted(pieces, key=lambda piece: -piece.bottom)
    steps = [before.bottom - piece.bottom for before, piece in pairwise(by_height)]
    usual = median(steps)
    return [by_height[0], *(p for p, step in zip(by_height[1:], steps, strict=True) if step > 1.25 * usual)]


def _overlap(left: Sequence[Line], right: Sequence[Line]) -> bool:
    shared = min(max(p.top for p in left), max(p.top for p in right)) - max(
        min(p.bottom for p in left), min(p.bottom for p in right)
    )
    return shared > 1.5 * left[0].size


def _is_beside(piece: Line, other: Line) -> bool:
    shared = min(piece.top, other.top) - max(piece.bottom, other.bottom)
    return shared > min(piece.size, other.size) / 2


def _line(row: Sequence[Line]) -> Line:
    """Pieces with hardly a gap between them are one cell."""
    if len(row) == 1:
        return row[0]
    base = max(row, key=lambda piece: len(piece.text) * piece.size)
    cells: list[Line] = []
    for piece in sorted(row, key=lambda piece: piece.left):
        gap = piece.left - cells[-1].right if cells else 0.0
        if cells and gap <= CELL_GAP * base.size:
            cells[-1] = _merged(cells[-1], piece, base, glued=gap < GLUED * base.size)
        else:
            cells.append(piece)
    if len(cells) == 1:
        return cells[0]
    if is_right_to_left(" ".join(cell.text for cell in cells)):
        cells.reverse()
    return replace(
        base,
        text=" | ".join(cell.text for cell in cells),
        left=min(cell.left for cell in cells),
        right=max(cell.right for cell in cells),
        broken=cells[-1].broken,
        bold=all(cell.bold for cell in cells),
        cells=tuple(cells),
    )


def _merged(one: Line, other: Line, base: Line, *, glued: bool) -> Line:
    if is_right_to_left(one.text) and is_right_to_left(other.text):
        first, second = other, one
    else:
        first, second = one, other
    texts = [part.text.join(RAISED) if raised(part, base) else part.text for part in (first, second)]
    is_mark = glued and (raised(one, base) or raised(other, base))
    text = "".join(texts) if is_mark else join_lines(*texts)
    larger = one if len(one.text) * one.size >= len(other.text) * other.size else other
    right = max(one.right, other.right)
    return replace(
        larger, text=text, left=one.left, right=right, broken=second.broken, bold=one.bold and other.bold
    )
