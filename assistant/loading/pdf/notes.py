"""The lines of a page -> those of its text, and the footnotes with the lines that refer to them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from assistant.loading.loaded import LeftOut
from assistant.loading.pdf.lines import RAISED, Line

SMALL = 0.94  # times the type size of the line that refers to it, and less, is that of a note
MOST_NOTES = 0.4  # share of a column's lines, where they are in its usual type
EXTRA_LEADING = 1.25
HIGH = re.compile(RAISED[0] + "([^" + "".join(RAISED) + "]*)" + RAISED[1])
SYMBOL = re.compile(r"(?<=[^\W_]|[.,;:!?)\]\"”’%€])([*†‡§¶]{1,3})(?![\w*†‡])")
START = re.compile(
    rf"(?:{RAISED[0]} ?([^{RAISED[1]}]+?) ?{RAISED[1]}|([*†‡§¶]{{1,3}})|(\d{{1,3}})(?= )) *(?=\S)"
)
NUMBER = re.compile(r"\d{1,3}|[a-z]|[*†‡§¶]{1,3}")
SUPERSCRIPTS = str.maketrans("0123456789+-()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱ")
MARK = "the mark of a note"


@dataclass(frozen=True, slots=True)
class Note:
    """`on`: the line that refers to it, as it is without the mark."""

    lines: tuple[Line, ...]
    on: Line | None = None


@dataclass(slots=True)
class Page:
    lines: list[Line] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def set_apart(lines: Sequence[Line]) -> Page:
    """The footnotes of one page. What is raised and refers to none of them, an exponent, is written as that: "10²"."""
    marks: dict[str, float] = {}  # and the size of the line that refers to them
    for line in lines:
        for mark in _references(line.text):
            marks.setdefault(mark, line.size)
    body: list[Line] = []
    tails: list[list[tuple[str, list[Line]]]] = []
    for _, group in groupby(lines, key=lambda line: line.column):
        column = list(group)
        at = _first_note(column, marks)
        body += column[:at]
        tails.append(list(_notes(column[at:], marks)))
    found = [note for tail in tails for note in tail]
    page = Page()
    known = {mark for mark, _ in found}
    places: dict[str, Line] = {}
    for line in body:
        referred, dropped = _without(line, known)
        page.lines.append(referred)
        page.left_out += [LeftOut(MARK, mark) for mark in dropped]
        for mark in _references(line.text):
            places.setdefault(mark, referred)
    for mark, of in found:
        first, *more = of
        start = START.match(first.text)
        kept = replace(first, text=first.text[start.end() :]) if start and mark else first
        whole = [_without(line, set())[0] for line in (kept, *more)]
        page.notes.append(Note(tuple(whole), places.get(mark)))
        page.left_out += [LeftOut(MARK, mark)] if mark else []
    return page


def _references(text: str) -> Iterator[str]:
    """The marks in a line that may refer to notes; one at its start is the note's own."""
    start = START.match(text)
    for found in HIGH.finditer(text):
        if not start or found.start() > 0:
            yield from (mark.strip() for mark in found[1].split(",") if NUMBER.fullmatch(mark.strip()))
    yield from (found[1] for found in SYMBOL.finditer(text))


def _mark(line: Line) -> str:
    found = START.match(line.text)
    return next(filter(None, found.groups())) if found else ""


def _first_note(column: Sequence[Line], marks: Mapping[str, float]) -> int:
    """Where the notes at the foot of a column begin; its length, if it has none."""
    for at, line in enumerate(column):
        tail = column[at:]
        if _mark(line) not in marks or line.cells or any(later.size > 1.05 * line.size for later in tail):
            continue
        if line.size <= SMALL * marks[_mark(line)]:
            return at
        is_marked = line.text.startswith((RAISED[0], "*", "†", "‡"))
        above = column[at - 1] if at else line
        apart = above.bottom - line.bottom > EXTRA_LEADING * 1.2 * line.size
        if is_marked and apart and len(tail) <= MOST_NOTES * len(column):
            return at
    return len(column)


def _notes(tail: Sequence[Line], marks: Mapping[str, float]) -> Iterator[tuple[str, list[Line]]]:
    """Each with its mark."""
    notes: list[tuple[str, list[Line]]] = []
    for line in tail:
        mark = _mark(line)
        raised = line.text.startswith(RAISED[0])
        if not notes or mark in marks or (raised and mark):
            notes.append((mark, []))
        notes[-1][1].append(line)
    yield from notes


def _without(line: Line, known: set[str]) -> tuple[Line, list[str]]:
    """The line without the marks of known notes, and those; others are written as exponents."""
    dropped: list[str] = []

    def high(found: re.Match[str]) -> str:
        if {mark.strip() for mark in found[1].split(",")} <= known:
            dropped.append(found[1])
            return ""
        return found[1].translate(SUPERSCRIPTS)

    def symbol(found: re.Match[str]) -> str:
        if found[1] in known:
            dropped.append(found[1])
            return ""
        return found[1]

    if RAISED[0] not in line.text and not SYMBOL.search(line.text):
        return line, []
    text = SYMBOL.sub(symbol, HIGH.sub(high, line.text))
    cells = tuple(_without(cell, known)[0] for cell in line.cells)
    return replace(line, text=" ".join(text.split()), cells=cells), dropped
