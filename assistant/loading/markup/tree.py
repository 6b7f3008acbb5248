"""An element tree of HTML -> the parts of a document; rows know what their columns are called."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.loading.layout import Part
from assistant.loading.normalising import one_line
from assistant.loading.tables.merging import Cell, spread
from assistant.loading.tables.parts import row_parts

NEVER_SHOWN = ("script", "style", "template", "title")
SILENT = (*NEVER_SHOWN, "noscript", "svg", "iframe", "object", "select", "button")
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
CONTROLS = {"button", "select", "option", "textarea", "legend", "img", "svg", "iframe", "object", "table"}
APART = (
    BLOCKS | ITEMS | ROWS | CELLS | BREAKS | LINES | CONTROLS
)  # not in one word with what stands beside them
MOST_SPANNED = 1000  # rows or columns that one cell may cover


def parts_of(
    tree: Any, leave_out: tuple[str, ...] = SILENT, note_of: Callable[[Any], str] = lambda _: ""
) -> Iterator[Part]:
    """What a tree says, in order; empty parts are left out. `note_of`: the note that a link refers to, if it does."""
    walk = _Walk(leave_out, note_of)
    walk.node(tree)
    walk.flush()
    return (part for part in walk.parts if part.text.strip("- \n"))


@dataclass
class _Walk:
    """Collects words until a block ends; `depth`: how many lists it is in."""

    leave_out: tuple[str, ...]
    note_of: Callable[[Any], str]
    parts: list[Part] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # to which these words refer
    kind: str = "paragraph"
    level: int = 0
    opens: bool = False

    def node(self, node: Any, *, depth: int = 0, in_item: bool = False) -> None:
        tag = node.tag
        if not isinstance(tag, str) or tag in self.leave_out:  # a comment has no name
            return
        if tag == "table":
            self.flush()
            self._table(node)
            return
        if tag == "a" and (note := self.note_of(node)):
            self.notes.append(note)
        level = HEADINGS.get(tag) or (int((node.get("rend") or "h2")[-1]) if tag == "head" else 0)
        if tag in ITEMS:
            self._begin("item", depth - 1, opens=depth == 1 and node.getprevious() is None)
        elif level:
            self._begin("heading", level)
        elif tag in BLOCKS and not (in_item and tag not in LISTS):
            self.flush()
        elif tag in BLOCKS or tag in BREAKS or tag in LINES:
            self.words.append("\n")
        elif tag in APART:  # a control, or a cell that its table was taken from
            self.words.append(" ")
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
        elif tag in APART and tag not in BREAKS:
            self.words.append(" ")

    def _table(self, table: Any) -> None:
        """Its rows; those of headers above the others name the columns. What is nested in a cell is words of it."""
        caption = next((one_line(_flat(node, self.leave_out)) for node in table.iter("caption")), "")
        if caption:
            self.parts.append(Part("caption", caption))
        lines = [node for node in table.iter(*ROWS) if next(node.iterancestors("table")) is table]
        rows = spread([_cell(node, self.leave_out) for node in line.iterchildren(*CELLS)] for line in lines)
        shown = [row for row in rows if row.cells]
        first = len(self.parts)
        for at, part in enumerate(row_parts(shown)):
            self.parts.append(replace(part, opens=at == 0))
        for at, row in enumerate(shown):
            for link in lines[row.number - 1].iter("a"):
                if note := self.note_of(link):
                    self.parts.append(Part("note", note, hangs_on=len(self.parts) - first - at))

    def flush(self) -> None:
        """The words so far are a part; what follows is a paragraph."""
        lines = (one_line(line) for line in "".join(self.words).split("\n"))
        text = "\n".join(filter(None, lines))
        if text:
            mark = "- " if self.kind == "item" else ""
            self.parts.append(Part(self.kind, mark + text, self.level, opens=self.opens))  # type: ignore[arg-type]
            self.opens = False
        for at, note in enumerate(self.notes, start=1):
            self.parts.append(Part("note", note, hangs_on=at if text else None))
        self.notes = []
        self.words, self.kind, self.level = [], "paragraph", 0

    def _begin(self, kind: str, level: int, *, opens: bool = False) -> None:
        self.flush()
        self.kind, self.level, self.opens = kind, level, opens

    def _say(self, text: str | None, *, verbatim: bool) -> None:
        self.words.append((text or "") if verbatim else re.sub(r"\s*\n\s*", " ", text or ""))


def _cell(node: Any, leave_out: tuple[str, ...]) -> Cell:
    is_header = node.tag == "th" or node.get("role") == "head"
    text = one_line(_flat(node, leave_out))
    return Cell(text, _span(node, "colspan"), _span(node, "rowspan"), is_header)


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), MOST_SPANNED) if value.isascii() and value.isdigit() else 1


def _flat(node: Any, leave_out: tuple[str, ...]) -> str:
    """All words of a node in one line; what stands in several blocks or lines is apart."""
    if not isinstance(node.tag, str) or node.tag in leave_out:
        return ""
    apart = " " if node.tag in APART else ""
    inner = "".join(_flat(child, leave_out) + (child.tail or "") for child in node)
    return f"{apart}{node.text or ''}{inner}{apart}"
