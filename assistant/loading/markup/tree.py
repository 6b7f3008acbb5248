"""An element tree of HTML -> the parts of a document; rows know what their columns are called."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.loading.layout import Part, row
from assistant.loading.normalising import one_line

SILENT = ("script", "style", "template", "noscript", "svg", "title", "iframe", "object", "select", "button")
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "blockquote",
    "body",
    "ul",
    "ol",
    "dl",
    "pre",
    "figure",
}
BLOCKS |= {"figcaption", "hr", "address", "nav", "footer", "aside", "form", "fieldset", "details", "summary"}
BLOCKS |= {
    "caption",
    "center",
    "list",
    "quote",
    "code",
    *HEADINGS,
    "head",
}  # the last ones are trafilatura's names
LISTS = {"ul", "ol", "list"}
ITEMS = {"li", "item"}
ROWS = {"tr", "row"}
CELLS = {"td", "th", "cell"}
BREAKS = {"br", "lb"}
LINES = {"dt", "dd"}
MOST_SPANNED = 1000  # rows or columns that one cell may cover


def parts_of(tree: Any, leave_out: tuple[str, ...] = SILENT) -> Iterator[Part]:
    """What a tree says, in order; empty parts are left out."""
    walk = _Walk(leave_out)
    walk.node(tree)
    walk.flush()
    return (part for part in walk.parts if part.text.strip("- \n"))


@dataclass
class _Walk:
    """Collects words until a block ends; `depth`: how many lists it is in."""

    leave_out: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    kind: str = "paragraph"
    level: int = 0
    opens: bool = False

    def node(self, node: Any, *, depth: int = 0, in_item: bool = False) -> None:
        tag = node.tag
        if not isinstance(tag, str) or tag in self.leave_out:  # a comment has no name
            return
        if tag == "table":
            self.flush()
            self.parts += _table(node, self.leave_out)
            return
        level = HEADINGS.get(tag) or (int((node.get("rend") or "h2")[-1]) if tag == "head" else 0)
        if tag in ITEMS:
            self._begin("item", depth - 1, opens=depth == 1 and node.getprevious() is None)
        elif level:
            self._begin("heading", level)
        elif tag in BLOCKS and not (in_item and tag not in LISTS):
            self.flush()
        elif tag in BLOCKS or tag in LINES or tag in BREAKS:
            self.words.append("\n")
        verbatim = tag in ("pre", "code")
        self._say(node.text, verbatim=verbatim)
        for child in node:
            self.node(
                child, depth=depth + (tag in LISTS), in_item=tag in ITEMS or (in_item and tag not in LISTS)
            )
            self._say(child.tail, verbatim=verbatim)
        if tag in ITEMS or level or (tag in BLOCKS and not (in_item and tag not in LISTS)):
            self.flush()
        elif tag in BLOCKS or tag in LINES:
            self.words.append("\n")

    def flush(self) -> None:
        """The words so far are a part; what follows is a paragraph."""
        lines = (one_line(line) for line in "".join(self.words).split("\n"))
        text = "\n".join(filter(None, lines))
        if text:
            mark = "- " if self.kind == "item" else ""
            self.parts.append(Part(self.kind, mark + text, self.level, opens=self.opens))  # type: ignore[arg-type]
            self.opens = False
        self.words, self.kind, self.level = [], "paragraph", 0

    def _begin(self, kind: str, level: int, *, opens: bool = False) -> None:
        self.flush()
        self.kind, self.level, self.opens = kind, level, opens

    def _say(self, text: str | None, *, verbatim: bool) -> None:
        self.words.append((text or "") if verbatim else re.sub(r"\s*\n\s*", " ", text or ""))


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    is_head: bool
    goes_on: bool = False  # of one that covers several columns: not the first of them


def _table(table: Any, leave_out: tuple[str, ...]) -> Iterator[Part]:
    """Its rows; those of headers above the others name the columns. What is nested in a cell is words of it."""
    caption = next((one_line(_flat(node, leave_out)) for node in table.iter("caption")), "")
    if caption:
        yield Part("caption", caption)
    grid = _grid(table, leave_out)
    heads = 0
    while heads < len(grid) and all(cell.is_head or not cell.text for cell in grid[heads]):
        heads += 1
    if heads == len(grid):
        heads = 0
    named = grid[:heads] if heads else grid[:1] if _names_columns(grid) else []
    names = [_name([cells[at].text for cells in named if at < len(cells)]) for at in range(_width(named))]
    for number, cells in enumerate(grid):
        shown = row(
            ["" if cell.goes_on else cell.text for cell in cells], names if number >= len(named) else ()
        )
        yield Part("row", shown.text, columns=shown.columns, opens=number == 0)


def _grid(table: Any, leave_out: tuple[str, ...]) -> list[list[_Cell]]:
    """The rows, as wide as they are with all columns; what covers several rows stands in each of them."""
    hanging: dict[int, tuple[_Cell, int]] = {}  # column -> what stands there from above, in how many rows
    grid = []
    for node in table.iter(*ROWS):
        if next(node.iterancestors("table")) is not table:
            continue
        cells: list[_Cell] = []
        below: dict[int, tuple[_Cell, int]] = {}

        def put(cell: _Cell, rows: int, cells: list[_Cell] = cells, below: Any = below) -> None:
            if rows > 1:
                below[len(cells)] = cell, rows - 1
            cells.append(cell)

        for found in node.iterchildren(*CELLS):
            while len(cells) in hanging:
                put(*hanging[len(cells)])
            text, head = one_line(_flat(found, leave_out)), found.tag == "th" or found.get("role") == "head"
            for number in range(_span(found, "colspan")):
                put(_Cell(text, head, goes_on=number > 0), _span(found, "rowspan"))
        while len(cells) in hanging:
            put(*hanging[len(cells)])
        hanging = below
        grid.append(cells)
    return [cells for cells in grid if any(cell.text for cell in cells)]


def _names_columns(grid: Sequence[Sequence[_Cell]]) -> bool:
    """Whether a first row without header cells is one all the same: it is all words, and those below have figures."""
    if len(grid) < 2 or len(grid[0]) < 2:
        return False
    first = [cell.text for cell in grid[0]]
    below = any(any(map(str.isdigit, cell.text)) for cells in grid[1:] for cell in cells)
    return below and all(text and not any(map(str.isdigit, text)) for text in first)


def _name(texts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, texts)))


def _width(rows: Sequence[Sequence[_Cell]]) -> int:
    return max(map(len, rows), default=0)


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MOST_SPANNED) if value.isascii() and value.isdigit() else 1


def _flat(node: Any, leave_out: tuple[str, ...]) -> str:
    """All words of a node in one line; what stands in several blocks or lines is apart."""
    if not isinstance(node.tag, str) or node.tag in leave_out:
        return ""
    apart = " " if node.tag in BLOCKS | ITEMS | ROWS | CELLS | BREAKS | LINES else ""
    inner = "".join(_flat(child, leave_out) + (child.tail or "") for child in node)
    return f"{apart}{node.text or ''}{inner}{apart}"
