"""The lines of each page -> those without running heads and page numbers, and what names each page."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from assistant.loading.loaded import LeftOut
from assistant.loading.pdf.lines import Line

EDGE_LINES = 3  # lines at the top and at the bottom of a page that may be a running head
MOST_PAGES = 0.6
LONGEST_TITLE = 12  # words
FIGURES = re.compile(r"\d+", re.ASCII)
PAGE_NUMBER = re.compile(
    r"(?:page|seite|página|p\.)? ?[-–—]? ?#+ ?[-–—]?(?: ?(?:of|/|von|de) ?#+)?", re.IGNORECASE
)
STOPS = tuple(".!?:;,…。")


@dataclass(slots=True)
class Bodies:
    """The pages without their running heads; a line that names its page comes first on it, with `title`.

    `once`: running heads that say something, with the number of the page on which they are first, from 0 on, and
    whether they stand at its top.
    """

    pages: list[list[Line]] = field(default_factory=list)
    once: list[tuple[int, Line, bool]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def without_running_heads(pages: Sequence[list[Line]]) -> Bodies:
    """A running head stands at top or bottom of most pages, at one height, in the same words.

    Its figures are the same too, or count the pages.
    """
    least = max(2, MOST_PAGES * sum(bool(lines) for lines in pages))
    heads: list[set[Line]] = [set() for _ in pages]
    firsts: set[tuple[int, Line]] = set()
    for found in _by_form(pages).values():
        alike = _at_one_height(found)
        if len({number for number, _ in alike}) >= least and _only_counts(alike):
            for number, line in alike:
                heads[number].add(line)
            if len({line.text for _, line in alike}) == 1 and not _is_page_number(_masked(alike[0][1])):
                firsts.add(min(alike, key=lambda place: place[0]))
    for number, line in _page_numbers(pages):
        heads[number].add(line)
        firsts.discard((number, line))
    result = Bodies()
    titles = _titles(pages, heads, least)
    for number, (lines, running) in enumerate(zip(pages, heads, strict=True)):
        body = [line for line in lines if line not in running]
        if body:
            middle = median(line.bottom for line in lines)
            for line in (line for line in lines if line in running):
                if (number, line) in firsts:
                    result.once.append((number, line, line.bottom > middle))
                else:
                    result.left_out.append(LeftOut("a running head", line.text))
        title = titles.get(number)
        named = [replace(title, title=True)] if title else []
        result.pages.append([*named, *(line for line in body or lines if line != title)])
    return result


def _by_form(pages: Sequence[list[Line]]) -> dict[str, list[tuple[int, Line]]]:
    places = defaultdict(list)
    for number, lines in enumerate(pages):
        for line in _edges(lines):
            places[_masked(line)].append((number, line))
    return places


def _titles(pages: Sequence[list[Line]], heads: Sequence[set[Line]], least: float) -> dict[int, Line]:
    """By page the line near its top that is of one form on most pages, and different on each: "Report for May"."""
    tops = [
        sorted((line for line in lines if line not in running), key=lambda line: -line.top)[:EDGE_LINES]
        for lines, running in zip(pages, heads, strict=True)
    ]
    for first in next(filter(None, tops), []):
        found = [
            (number, line)
            for number, lines in enumerate(tops)
            for line in lines
            if abs(line.bottom - first.bottom) < line.size and abs(line.left - first.left) < line.size
        ]
        if len(found) >= least and len({n for n, _ in found}) == len(found) and _name(found):
            return dict(found)
    return {}


def _name(found: Sequence[tuple[int, Line]]) -> bool:
    """Whether lines share at least half of their words, and differ in a word, or in the number at their end."""
    texts = [line.text.split() for _, line in found]
    first = texts[0]
    if len({" ".join(text) for text in texts}) < len(texts) or {len(text) for text in texts} != {len(first)}:
        return False
    if any(line.text.endswith(STOPS) or ":" in line.text or line.cells for _, line in found):
        return False
    odd = [at for at in range(len(first)) if len({text[at] for text in texts}) > 1]
    last = len(first) - 1
    words = all(
        text[at].isalpha() or (at == last and text[at].isdecimal()) or (text[at].isalnum() and at == last)
        for text in texts
        for at in odd
    )
    return words and 2 * len(odd) <= len(first) <= LONGEST_TITLE and first[0][:1].isupper()


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
