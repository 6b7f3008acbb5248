"""The paragraphs of a shape -> parts: items of lists with their bullets or numbers, and others."""

import re
from collections.abc import Iterator
from typing import Any

from assistant.loading.layout import Part
from assistant.loading.normalising import clean
from assistant.loading.office.word.formulas import linear
from assistant.loading.office.word.numerals import written
from assistant.loading.office.xml import A, M, children

BULLET = "- "
BULLETS = {A + "buChar", A + "buBlip"}
NUMBER, NO_BULLET = A + "buAutoNum", A + "buNone"
STYLE = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)(Period|ParenR|ParenBoth|Plain)")
NUMERALS = {
    "arabic": "decimal", "alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
}  # fmt: skip
AROUND = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}


def text_parts(body: Any, *, in_list: bool = False) -> Iterator[Part]:
    """The paragraphs that have words; `in_list`: they are items unless they say that they have no bullet."""
    numbers, opens = _Numbers(), True
    for paragraph in body.iterchildren(A + "p"):
        text = words(paragraph)
        if not text:
            continue
        stated = paragraph.find(A + "pPr")
        level = int((None if stated is None else stated.get("lvl")) or 0)
        bullet = _bullet(body, stated, level)
        mark = BULLET if bullet is None and in_list else numbers.mark(bullet, level)
        if mark:
            yield Part("item", mark + text.replace("\n", " "), level=level, opens=opens)
        else:
            yield Part("paragraph", text)
        opens = False


def words(paragraph: Any) -> str:
    """What it says; lines broken on purpose stay apart."""
    lines = (" ".join(line.split()) for line in clean("".join(_pieces(paragraph))).split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(node: Any) -> Iterator[str]:
    for child in children(node):
        if child.tag == A + "t":
            yield (child.text or "").replace("\n", " ")
        elif child.tag == A + "br":
            yield "\n"
        elif child.tag == M + "oMath":
            yield linear(child)
        else:
            yield from _pieces(child)


def _bullet(body: Any, stated: Any, level: int) -> Any:
    """The node that says what stands before a paragraph: its own, or that of its level in the shape."""
    for place in (stated, body.find(f"{A}lstStyle/{A}lvl{level + 1}pPr")):
        found = None if place is None else next(place.iterchildren(*BULLETS, NUMBER, NO_BULLET), None)
        if found is not None:
            return found
    return None


class _Numbers:
    """Counts the numbered paragraphs of a shape."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[str, int]] = {}  # by level: the style, and the last number

    def mark(self, bullet: Any, level: int) -> str:
        """What stands before the next paragraph; "" where nothing does."""
        self._counts = {at: count for at, count in self._counts.items() if at <= level}
        style = (
            STYLE.fullmatch(bullet.get("type", "")) if bullet is not None and bullet.tag == NUMBER else None
        )
        if style is None:
            self._counts.pop(level, None)
            return "" if bullet is None or bullet.tag == NO_BULLET else BULLET
        before = self._counts.get(level)
        goes_on = before is not None and before[0] == style[0]
        number = before[1] + 1 if before and goes_on else int(bullet.get("startAt", "1"))
        self._counts[level] = style[0], number
        return AROUND[style[2]].format(written(number, NUMERALS[style[1]])) + " "
