"""A page of a PDF -> its printed lines and where they stand; knows nothing of paragraphs."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from assistant.loading.loaded import LeftOut
from assistant.loading.normalising import MARKER, clean, tidy

HYPHEN = "\x02"  # pdfium's mark for a hyphen at the end of a line, which it takes for a broken word
CELL_GAP = 1.5  # a gap wider than this many times the type size separates columns of a table
EDGE_LINES = 3  # lines at the top and at the bottom of a page that may be a running head
MOST_PAGES = 0.6
FIGURES = re.compile(r"\d+", re.ASCII)
PAGE_NUMBER = re.compile(
    r"(?:page|seite|página|p\.)? ?[-–—]? ?#+ ?[-–—]?(?: ?(?:of|/|von|de) ?#+)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, its box in points from the bottom left; `broken`: it ends in a hyphenated word."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    broken: bool = False

    @property
    def size(self) -> float:
        return max(self.top - self.bottom, 1.0)


@dataclass(slots=True)
class _Word:
    text: str
    left: float
    right: float
    bottom: float
    top: float


def page_lines(page: Any) -> list[Line]:
    """The lines of a page in reading order, "a | b" where columns of a table are set apart."""
    lines: list[Line] = []
    words: list[_Word] = []
    for word in [*_words(page.get_textpage()), None]:
        if words and (word is None or not _is_beside(word, words[-1])):
            lines.append(_line(words))
            words = []
        if word is not None:
            words.append(word)
    return [line for line in lines if line.text]


def _is_beside(word: _Word, other: _Word) -> bool:
    return word.top > other.bottom and word.bottom < other.top


def without_running_heads(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], list[LeftOut]]:
    """The pages without running heads and page numbers, and those.

    A running head stands at top or bottom of most pages, at one height, in the same words; its figures are the same
    too, or count the pages.
    """
    least = max(2, MOST_PAGES * sum(bool(lines) for lines in pages))
    places = defaultdict(list)
    for number, lines in enumerate(pages):
        for line in _edges(lines):
            places[_masked(line)].append((number, line))
    heads: list[set[Line]] = [set() for _ in pages]
    for found in places.values():
        alike = _at_one_height(found)
        if len({number for number, _ in alike}) >= least and _only_counts(alike):
            for number, line in alike:
                heads[number].add(line)
    for number, line in _page_numbers(pages):
        heads[number].add(line)
    bodies, left_out = [], []
    for lines, running in zip(pages, heads, strict=True):
        body = [line for line in lines if line not in running]
        bodies.append(body or lines)  # a page of one line keeps it
        left_out += [LeftOut("a running head", line.text) for line in lines if body and line in running]
    return bodies, left_out


def _at_one_height(found: Sequence[tuple[int, Line]]) -> list[tuple[int, Line]]:
    usual = median(line.bottom for _, line in found)
    return [(number, line) for number, line in found if abs(line.bottom - usual) < line.size]


def _only_counts(found: Sequence[tuple[int, Line]]) -> bool:
    """Whether each figure of the lines, which have one form, is the same on all pages, or goes up with them."""
    figures = [[int(figure) for figure in FIGURES.findall(line.text)] for _, line in found]
    steps = [[figure - number for figure in of] for (number, _), of in zip(found, figures, strict=True)]
    return all(
        len(set(same)) == 1 or len(set(counted)) == 1
        for same, counted in zip(zip(*figures, strict=True), zip(*steps, strict=True), strict=True)
    )


def _page_numbers(pages: Sequence[list[Line]]) -> Iterator[tuple[int, Line]]:
    """Lines at the very top or bottom that are a page number: they say so, or count the pages."""
    bare = []
    for number, lines in enumerate(pages):
        ends = (
            (max(lines, key=lambda line: line.top), min(lines, key=lambda line: line.bottom)) if lines else ()
        )
        for line in dict.fromkeys(ends):
            if not _is_page_number(_masked(line)):
                continue
            if any(map(str.isalpha, line.text)):
                yield number, line
            else:
                bare.append((number, line, int(FIGURES.findall(line.text)[0])))
    steps = Counter(figure - number for number, _, figure in bare)
    for number, line, figure in bare:
        if figure - number == 1 or steps[figure - number] >= max(2, len(bare) / 2):
            yield number, line


def _is_page_number(mask: str) -> bool:
    """Whether a line is a page number, or has one as its last column ("Report | Page 3")."""
    last = mask.rsplit(" | ", 1)[-1]
    return bool(PAGE_NUMBER.fullmatch(last)) and (last == mask or not last.startswith("#"))


def _edges(lines: list[Line]) -> list[Line]:
    by_height = sorted(lines, key=lambda line: -line.top)
    return [*by_height[:EDGE_LINES], *by_height[EDGE_LINES:][-EDGE_LINES:]]


def _masked(line: Line) -> str:
    return FIGURES.sub("#", line.text).strip()


def _words(textpage: Any) -> Iterator[_Word | None]:
    """The words of a page with their boxes; None where pdfium ends a line."""
    import pypdfium2.raw as pdfium

    rectangle = pdfium.FS_RECTF()

    def box(index: int) -> tuple[float, float, float, float]:
        pdfium.FPDFText_GetLooseCharBox(textpage, index, rectangle)
        return rectangle.left, rectangle.right, rectangle.bottom, rectangle.top

    characters = [chr(pdfium.FPDFText_GetUnicode(textpage, i)) for i in range(textpage.count_chars())]
    start = 0
    for end, character in enumerate([*characters, "\n"]):
        if character != HYPHEN and not character.isspace():
            continue
        if end > start:
            left, right, bottom, top = box(start)
            text = "".join(characters[start:end]) + (HYPHEN if character == HYPHEN else "")
            yield _Word(text, left, max(right, box(end - 1)[1]), bottom, top)
        if character in ("\r", "\n", HYPHEN):
            yield None
        start = end + 1


def _line(words: list[_Word]) -> Line:
    longest = max(words, key=lambda word: word.right - word.left)  # a bullet has a size of its own
    text = words[0].text
    for before, word in pairwise(words):
        is_label = before is words[0] and MARKER.match(before.text + " ")
        apart = word.left - before.right > CELL_GAP * max(word.top - word.bottom, 1.0)
        text += (" | " if apart and not is_label else " ") + word.text
    broken = text.endswith(HYPHEN)
    text = text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )  # pdfium gives rare letters as halves
    right = max(word.right for word in words)
    return Line(
        tidy(clean(text.replace(HYPHEN, "-"))), words[0].left, right, longest.bottom, longest.top, broken
    )
