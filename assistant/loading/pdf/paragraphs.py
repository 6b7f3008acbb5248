"""The lines of each page -> its paragraphs, judged by where the lines stand; knows nothing of pdfium."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from assistant.loading.normalising import MARKER, clean, join_lines
from assistant.loading.pdf.lines import Line

OTHER_SIZE = 1.12  # a line this many times larger or smaller is a heading, or ends one
EXTRA_LEADING = 1.25  # lines this many times further apart than usual are two paragraphs
KEPT_HYPHENS = re.compile(
    r"(?:all|anti|co|cross|ex|first|follow|full|half|high|ill|inter|large|long|low|mid|multi|non|off|on|one|over|"
    r"post|pre|pro|re|real|second|self|semi|short|single|small|so|state|sub|third|two|three|four|up|well|year)",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[str]:
    """The text of each page: a blank line between paragraphs, none between items or rows."""
    leading = _usual_leading(pages)
    known = {word.lower() for lines in pages for line in lines for word in WORD.findall(line.text)}
    return [_page(lines, leading=leading, known=known) for lines in pages]


def _page(lines: Sequence[Line], *, leading: float, known: set[str]) -> str:
    if not lines:
        return ""
    text = lines[0].text
    for before, line in pairwise(lines):
        in_list = MARKER.match(text.rsplit("\n", 1)[-1]) is not None
        if " | " in before.text and " | " in line.text:
            text += "\n" + line.text
        elif MARKER.match(line.text):
            text += ("\n" if in_list else "\n\n") + line.text
        elif _is_new_block(before, line, leading) or _had_room(before, line, _right_edge(before, lines)):
            text += "\n\n" + line.text
        else:
            text = _continued(text, line.text, known) if before.broken else join_lines(text, line.text)
    return clean(text)


def _usual_leading(pages: Sequence[Sequence[Line]]) -> float:
    """How far apart the lines of a paragraph stand, in type sizes."""
    steps = [
        (before.bottom - line.bottom) / line.size
        for lines in pages
        for before, line in pairwise(lines)
        if 0.5 < (before.bottom - line.bottom) / line.size < 2.5
    ]
    return median(steps) if steps else 1.2


def _is_new_block(before: Line, line: Line, leading: float) -> bool:
    """Whether a gap, columns, another type size or a first-line indent set the line apart."""
    is_row = " | " in before.text or " | " in line.text
    if is_row or not 1 / OTHER_SIZE < line.size / before.size < OTHER_SIZE:
        return True
    if line.bottom > before.bottom + line.size / 2:  # the top of the next column
        return not line.text[0].islower()
    indented = 0.8 * line.size < line.left - before.left < 4 * line.size
    if indented and line.text[0].isupper() and not MARKER.match(before.text):
        return True
    return before.bottom - line.bottom > EXTRA_LEADING * leading * line.size


def _right_edge(line: Line, lines: Sequence[Line]) -> float:
    """How far to the right the lines of this one's column and type size reach."""
    return max(
        other.right
        for other in lines
        if abs(other.left - line.left) < 3 * line.size and abs(other.size - line.size) < 0.1 * line.size
    )


def _had_room(before: Line, line: Line, edge: float) -> bool:
    """Whether the line before was left short although the next word would have fitted."""
    width = (line.right - line.left) / max(len(line.text), 1)  # of one character
    needed = (len(line.text.split()[0]) + 2) * width
    return before.right + needed < edge and not line.text[0].islower() and not before.broken


def _continued(first: str, second: str, known: set[str]) -> str:
    """Two lines where the first ends in a hyphen: a broken word is mended, a compound keeps its hyphen."""
    head, tail = WORD.search(first.removesuffix("-")[::-1]), WORD.match(second)
    if not head or not tail:
        return join_lines(first, second)
    start, end = head[0][::-1], tail[0]
    if f"{start}-{end}".lower() in known:
        return first + second
    is_one_word = (start + end).lower() in known or (
        end.islower() and len(end) > 1 and not KEPT_HYPHENS.fullmatch(start) and "-" not in start
    )
    return first.removesuffix("-") + second if is_one_word else join_lines(first, second)
