"""What the styles of a Word file say of the paragraphs and runs that have them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.loading.office.xml import W, is_on, number, value

HEADING = re.compile(r"heading ([1-9])")
OUTLINE = 9  # levels, from 0 on; the last but this says "body text"


@dataclass(frozen=True, slots=True)
class Style:
    """`heading` is its level from 1 on, 0 where it is none; `list` and `level` are of the list that it numbers."""

    id: str = ""
    name: str = ""  # in small letters, in English for what Word brings along
    heading: int = 0
    list: str | None = None
    level: int | None = None
    is_hidden: bool | None = None


PLAIN = Style()


class Styles:
    """By their ids; what a style does not say is said by the one on which it is based."""

    def __init__(self, root: Any) -> None:
        self._nodes: Mapping[str, Any] = {node.get(W + "styleId"): node for node in root.iter(W + "style")}
        defaults = (
            id
            for id, node in self._nodes.items()
            if node.get(W + "type") == "paragraph" and node.get(W + "default") in ("1", "true", "on")
        )
        self._default = next(defaults, None)
        self._styles: dict[str | None, Style] = {}

    def __getitem__(self, id: str | None) -> Style:
        if id not in self._styles:
            self._styles[id] = self._read(id)
        return self._styles[id]

    def of(self, properties: Any) -> Style:
        """The style of a paragraph, by its `pPr`, or None where it has none."""
        return self[value(properties, W + "pStyle") or self._default]

    def _read(self, id: str | None, below: frozenset[str] = frozenset()) -> Style:
        """`below`: the styles that are based on it."""
        if id is None or id not in self._nodes or id in below:
            return PLAIN
        node = self._nodes[id]
        base = self._read(value(node, W + "basedOn"), below | {id})
        name = (value(node, W + "name") or "").lower()
        named = HEADING.fullmatch(name)
        properties = node.find(W + "pPr")
        outline = outline_level(properties)
        level = number(properties, f"{W}numPr/{W}ilvl")
        hidden = is_on(node, f"{W}rPr/{W}vanish") if node.find(f"{W}rPr/{W}vanish") is not None else None
        return Style(
            id=id,
            name=name,
            heading=outline if outline is not None else int(named[1]) if named else base.heading,
            list=first_stated(value(properties, f"{W}numPr/{W}numId"), base.list),
            level=first_stated(level, base.level),
            is_hidden=first_stated(hidden, base.is_hidden),
        )


def outline_level(properties: Any) -> int | None:
    """The level of a heading, from 1 on, that the `pPr` of a style or a paragraph states; 0 for body text."""
    outline = number(properties, W + "outlineLvl")
    if outline is None:
        return None
    return outline + 1 if outline < OUTLINE else 0


def first_stated(own: Any, other: Any) -> Any:
    return other if own is None else own
