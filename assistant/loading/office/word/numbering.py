"""The numbers that Word gives to paragraphs: "3.2", "(a)", "Article IV"; a bullet is "- "."""

import re
from dataclasses import dataclass
from typing import Any

from assistant.loading.normalising import one_line
from assistant.loading.office.word.numerals import written
from assistant.loading.office.word.styles import Style, Styles, first_stated
from assistant.loading.office.xml import COMPATIBLE, W, is_on, number, value

LEVELS = 9
NOT_NUMBERED = (None, "", "0")
BULLET = "- "
PLACE = re.compile(r"%([1-9])")  # of the number of a level, in the text of a label


@dataclass(frozen=True, slots=True)
class Level:
    """How a list numbers the paragraphs of one level; `restarts`: after how many of the upper levels it does."""

    start: int = 0
    format: str = "decimal"
    text: str = ""
    gap: str = " "
    in_figures: bool = False  # the numbers of the upper levels too
    restarts: int = LEVELS
    style: str | None = None

    @property
    def bullet(self) -> str:
        """What stands for it where it is a bullet; one of several letters is a word: "Note"."""
        words = one_line(self.text)
        return words + " " if len(words) > 1 and words.isalpha() else BULLET


@dataclass(frozen=True, slots=True)
class NumberedList:
    """`scheme` names what its numbers are counted by: two lists of one scheme go on from one another."""

    scheme: str
    levels: dict[int, Level]
    starts: dict[int, int]  # of the levels that begin anew where the list does


class Lists:
    """The lists that a file defines, by their ids."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._schemes = {node.get(W + "abstractNumId"): node for node in root.iterchildren(W + "abstractNum")}
        self._nodes = {node.get(W + "numId"): node for node in root.iterchildren(W + "num")}
        self._lists: dict[str, NumberedList | None] = {}

    def __getitem__(self, id: str) -> NumberedList | None:
        if id not in self._lists:
            self._lists[id] = self._read(id)
        return self._lists[id]

    def _read(self, id: str) -> NumberedList | None:
        if id not in self._nodes:
            return None
        node = self._nodes[id]
        scheme = self._scheme(value(node, W + "abstractNumId"))
        if scheme is None:
            return None
        levels, starts = _levels(scheme), {}
        for override in node.iterchildren(W + "lvlOverride"):
            levels |= _levels(override)
            start, at = number(override, W + "startOverride"), override.get(W + "ilvl", "")
            if start is not None and at.isdecimal():
                starts[int(at)] = start
        return NumberedList(scheme.get(W + "abstractNumId"), levels, starts)

    def _scheme(self, id: str | None) -> Any:
        """The node of a scheme; one may say that it is the scheme of a style of lists."""
        node = self._schemes.get(id)
        style = value(node, W + "numStyleLink") if node is not None else None
        linked = self._nodes.get(self._styles[style].list) if style else None
        return node if linked is None else self._schemes.get(value(linked, W + "abstractNumId"))


def _levels(node: Any) -> dict[int, Level]:
    levels = {level.get(W + "ilvl", ""): level for level in node.iterchildren(W + "lvl")}
    return {int(at): _level(level) for at, level in levels.items() if at.isdecimal() and int(at) < LEVELS}


def _level(node: Any) -> Level:
    format = value(node, W + "numFmt")
    custom = node.find(f"{COMPATIBLE}AlternateContent/{COMPATIBLE}Choice/{W}numFmt")
    if format is None and custom is not None:
        format = custom.get(W + "format") or custom.get(W + "val")
    return Level(
        start=number(node, W + "start") or 0,
        format=format or "decimal",
        text=value(node, W + "lvlText") or "",
        gap="" if value(node, W + "suff") == "nothing" else " ",
        in_figures=is_on(node, W + "isLgl"),
        restarts=first_stated(number(node, W + "lvlRestart"), LEVELS),
        style=value(node, W + "pStyle"),
    )


class Counter:
    """Counts the numbered paragraphs of a text, from first to last."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}  # of a scheme, by level
        self._begun: set[str] = set()

    def label(self, properties: Any, style: Style) -> tuple[str, int] | None:
        """The next number of the list of a paragraph, with the gap after it, and its level there.

        None where it is not numbered. `properties` is its `pPr`, or None.
        """
        own = None if properties is None else properties.find(W + "numPr")
        stated = value(own, W + "numId")
        id = first_stated(stated, style.list)
        numbered = None if id in NOT_NUMBERED else self._lists[id]
        if numbered is None:
            return None
        linked = (at for at, level in numbered.levels.items() if level.style == style.id)
        level = number(own, W + "ilvl")
        if level is None:
            level = next(linked, (style.level or 0) if stated is None else 0)
        level = min(level, LEVELS - 1)
        return self._next(id, numbered, level), level

    def _next(self, id: str, numbered: NumberedList, level: int) -> str:
        counts = self._counts.setdefault(numbered.scheme, {})
        levels = {at: numbered.levels.get(at, Level()) for at in range(LEVELS)}
        starts = {at: levels[at].start for at in levels} | numbered.starts
        if id not in self._begun:
            self._begun.add(id)
            for at in numbered.starts:
                counts.pop(at, None)
        for at in range(level):  # a level that was passed over counts as begun
            counts.setdefault(at, starts[at])
        counts[level] = counts[level] + 1 if level in counts else starts[level]
        for at in range(level + 1, LEVELS):
            if level < levels[at].restarts:
                counts.pop(at, None)
        return _label(levels, counts, level)


def _label(levels: dict[int, Level], counts: dict[int, int], level: int) -> str:
    own = levels[level]
    if own.format == "bullet":
        return own.bullet

    def shown(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        spelled = levels[at].format not in ("decimalZero", "none", "bullet")
        format = "decimal" if own.in_figures and spelled else levels[at].format
        return written(counts[at], format) if at in counts else ""

    label = one_line(PLACE.sub(shown, own.text))
    return label + own.gap if label else ""
