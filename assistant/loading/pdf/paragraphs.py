"""The lines of a document, page after page -> its blocks, judged by where the lines stand; knows nothing of pdfium."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median

from assistant.loading.hyphens import continued, words_of
from assistant.loading.layout import Part
from assistant.loading.normalising import MARKER, clean, tidy
from assistant.loading.pdf.grids import runs, table_parts
from assistant.loading.pdf.lines import Line
from assistant.types import BlockKind

OTHER_SIZE = 1.12  # a line this many times larger or smaller is a heading, or ends one
SAME_SIZE = 1.06
NARROW = 9  # times the type size: the lines of a narrower column were broken on purpose
EXTRA_LEADING = 1.25  # lines this many times further apart than usual are two paragraphs
HEADING_WORDS, HEADING_LINES = 20, 3
LOWEST = 6  # level of a heading
STOPS = (".", ",", ";", "。", "，", "；")
CLOSED = tuple('.!?:;。！？：；…"”’)]')


@dataclass(frozen=True, slots=True)
class Piece:
    """A part and its lines; `starts`: of the pages in it, by their numbers, where they begin in the part's text."""

    part: Part
    lines: tuple[Line, ...]
    starts: tuple[tuple[int, int], ...]

    @property
    def last_page(self) -> int:
        return self.starts[-1][0]


class Type:
    """What is usual in the type of a document: its size, weight and leading, its words."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        self._pages = pages
        sizes: Counter[float] = Counter()
        bold = letters = 0
        for line in (line for lines in pages for line in lines):
            sizes[round(line.size * 2) / 2] += len(line.text)
            bold += line.bold * len(line.text)
            letters += len(line.text)
        self.size = sizes.most_common(1)[0][0] if sizes else 1.0
        self.is_bold = 2 * bold > letters
        self._edges: dict[tuple[int, int, int, float], float] = {}
        self._columns: dict[tuple[int, int], list[Line]] = defaultdict(list)
        for line in (line for lines in pages for line in lines):
            self._columns[line.page, line.column].append(line)

    @cached_property
    def known(self) -> Set[str]:
        return words_of(line.text for lines in self._pages for line in lines)

    @cached_property
    def leading(self) -> float:
        """How far apart the lines of a paragraph stand, in type sizes."""
        steps = [
            (before.bottom - line.bottom) / line.size
            for lines in self._pages
            for before, line in pairwise(lines)
            if 0.5 < (before.bottom - line.bottom) / line.size < 2.5
        ]
        return median(steps) if steps else 1.2

    def edge(self, line: Line) -> float:
        """How far to the right the lines of this one's column and type size reach."""
        key = line.page, line.column, round(line.left), round(line.size, 1)
        if key not in self._edges:
            self._edges[key] = max(
                other.right
                for other in (*self._columns[key[:2]], line)
                if abs(other.left - line.left) < 3 * line.size
                and abs(other.size - line.size) < 0.1 * line.size
                and (other is line or not other.cells)
            )
        return self._edges[key]


def blocks(flow: Sequence[Line], usual: Type) -> list[Piece]:
    """Headings, paragraphs, items of lists, rows of tables."""
    found: list[Piece] = []
    at = 0
    for start, end in [*runs(flow), (len(flow), len(flow))]:
        found += _text(flow[at:start], usual)
        for lines, part in table_parts(flow[start:end], usual.known) if end > start else []:
            page = lines[0].page
            found.append(Piece(part, tuple(lines), ((page, 0),)))
        at = end
    return list(_levelled(found, usual))


def one_block(lines: Sequence[Line], usual: Type) -> str:
    """The text of lines that are known to be one paragraph."""
    return _joined(lines, usual)[0]


def _text(lines: Sequence[Line], usual: Type) -> Iterator[Piece]:
    """Those of lines that are no rows."""
    group: list[Line] = []
    listed = False  # whether the block before is an item of a list
    for line in [*lines, None]:
        if group and (line is None or _is_new_block(group, line, usual)):
            kind = _kind(group, usual)
            text, starts = _joined(group, usual)
            part = Part(kind, text, opens=kind == "item" and not listed)
            listed = kind == "item"
            yield Piece(part, tuple(group), starts)
            group = []
        if line is not None:
            group.append(line)


def _kind(group: Sequence[Line], usual: Type) -> BlockKind:
    if group[0].title or _is_heading(group, usual):
        return "heading"
    return "item" if MARKER.match(group[0].text) else "paragraph"


def _joined(group: Sequence[Line], usual: Type) -> tuple[str, tuple[tuple[int, int], ...]]:
    text = tidy(group[0].text)
    starts = [(group[0].page, 0)]
    for before, line in pairwise(group):
        longer = continued(text, line.text, usual.known, broken=before.broken)
        if line.page != before.page:
            starts.append((line.page, len(longer) - len(line.text)))
        text = longer
    return clean(text), tuple(starts)


def _is_new_block(group: Sequence[Line], line: Line, usual: Type) -> bool:
    """Whether a gap, another type, a first-line indent or the mark of a list set the line apart."""
    before = group[-1]
    if MARKER.match(line.text) or line.title or before.title or line.turned != before.turned:
        return True
    if not 1 / OTHER_SIZE < line.size / before.size < OTHER_SIZE:
        return True
    if line.page != before.page or line.column != before.column:
        return not _runs_on(group, line, usual)
    if line.bold != before.bold and _changes(before, line, usual):
        return True
    indented = 0.8 * line.size < line.left - before.left < 4 * line.size
    if indented and line.text[0].isupper() and not MARKER.match(before.text):
        return True
    if before.bottom - line.bottom > EXTRA_LEADING * usual.leading * line.size:
        return True
    return _had_room(before, line, usual)


def _runs_on(group: Sequence[Line], line: Line, usual: Type) -> bool:
    """Whether a sentence goes on in the next column, or on the next page."""
    before = group[-1]
    if before.broken:
        return True
    if before.text.endswith(CLOSED) or line.bold != before.bold or _is_heading(group, usual):
        return False
    full = (
        before.right + 4 * line.size > usual.edge(before)
        and before.right - before.left > NARROW * before.size
    )
    return line.text[0].islower() or (full and len(group) > 1)


def _changes(before: Line, line: Line, usual: Type) -> bool:
    """Whether a line in bold type ends or begins a block, and is not only a part of one."""
    if before.text.endswith(CLOSED):
        return True
    return not line.text[0].islower() and before.right + 4 * line.size < usual.edge(before)


def _had_room(before: Line, line: Line, usual: Type) -> bool:
    """Whether the line before was left short although the next word would have fitted."""
    width = (line.right - line.left) / max(len(line.text), 1)  # of one character
    needed = (len(line.text.split()[0]) + 2) * width
    edge = usual.edge(before)
    short = before.right + needed < edge or edge - before.left < NARROW * before.size
    return short and not line.text[0].islower() and not before.broken


def _is_heading(group: Sequence[Line], usual: Type) -> bool:
    """Whether a few words in larger or bolder type than the text's end without a stop."""
    larger = all(line.size > OTHER_SIZE * usual.size for line in group)
    bolder = not usual.is_bold and all(line.bold for line in group)
    words = sum(len(line.text.split()) for line in group)
    text = group[-1].text
    plain = any(map(str.isalpha, text)) and not text.endswith(STOPS)
    smaller = group[0].size * SAME_SIZE < usual.size
    return (
        (larger or (bolder and not smaller))
        and plain
        and words <= HEADING_WORDS
        and len(group) <= HEADING_LINES
    )


def _levelled(pieces: Sequence[Piece], usual: Type) -> Iterator[Piece]:
    """The headings with their levels: what names a page is the highest, then the largest."""
    styles: list[tuple[bool, float, bool]] = []
    for style in sorted({_style(piece) for piece in pieces if _is_levelled(piece)}, reverse=True):
        near = styles and styles[-1][::2] == style[::2] and styles[-1][1] < SAME_SIZE * style[1]
        styles.append(styles[-1] if near else style)
    ranks: dict[tuple[bool, float, bool], int] = {}
    for kept, style in zip(
        styles, sorted({_style(p) for p in pieces if _is_levelled(p)}, reverse=True), strict=True
    ):
        ranks[style] = ranks.get(kept, len(set(ranks.values())) + 1)
    for at, piece in enumerate(pieces):
        if not _is_levelled(piece):
            yield piece
        elif at + 1 == len(pieces) and not piece.lines[0].title and at:
            yield replace(piece, part=replace(piece.part, kind="paragraph"))  # it heads nothing
        else:
            yield replace(piece, part=replace(piece.part, level=min(ranks[_style(piece)], LOWEST)))


def _is_levelled(piece: Piece) -> bool:
    return piece.part.kind == "heading" and piece.part.level == 0


def _style(piece: Piece) -> tuple[bool, float, bool]:
    first = piece.lines[0]
    return first.title, round(first.size, 1), first.bold
