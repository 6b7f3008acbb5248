"""The words of a paragraph as Word shows them, and what hangs on it: notes, text boxes, drawings."""

import re
from dataclasses import dataclass, field
from typing import Any

from assistant.loading.loaded import LeftOut
from assistant.loading.normalising import clean, one_line
from assistant.loading.office.word.formulas import linear
from assistant.loading.office.word.styles import Styles
from assistant.loading.office.word.symbols import symbol
from assistant.loading.office.xml import DIAGRAM, A, C, M, W, children, is_on, number, raw_text, value

PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
POSITION = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
V = "{urn:schemas-microsoft-com:vml}"
OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"

BREAKS = {W + "tab": " ", W + "ptab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
NOTES = {
    W + "footnoteReference": "footnote",
    W + "endnoteReference": "endnote",
    W + "commentReference": "comment",
}
BOXES = (W + "txbxContent", A + "txBody", V + "textpath", DIAGRAM, C + "chart")
GONE = {
    W + "del": "a tracked deletion",
    W + "moveFrom": "a moved passage at its old place",
    W + "rt": "a phonetic guide",
}
PROPERTIES = {W + "pPr", W + "rPr", W + "sdtPr", W + "sdtEndPr", W + "fldData"}
PRIVATE_USE = re.compile("[\uf020-\uf0ff]")
TICKED, UNTICKED = "☒", "☐"


@dataclass(slots=True)
class Field:
    """A field of which the beginning was met: its code starts at a piece of the line, what it shows after that."""

    start: int
    shows: str = ""  # that nothing else in the line does
    has_code: bool = True


@dataclass(slots=True)
class Gone:
    """What is left out of a line before its piece `at`; None for what is no text, as a picture."""

    what: str
    text: str
    at: int | None


@dataclass(slots=True)
class Line:
    """Filled by `add`, a paragraph at a time: those whose marks were deleted are one."""

    styles: Styles
    pieces: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(
        default_factory=list
    )  # "footnote", "endnote" or "comment", and its id
    boxes: list[Any] = field(default_factory=list)  # nodes whose words stand beside or below the paragraph
    _gone: list[Gone] = field(default_factory=list)
    _fields: list[Field] = field(default_factory=list)
    _is_hidden: bool = False

    @property
    def text(self) -> str:
        lines = clean("".join(self.pieces)).split("\n")
        return "\n".join(" ".join(line.split()) for line in lines)

    @property
    def left_out(self) -> list[LeftOut]:
        """Also what has no words, as a picture without a description."""
        return [
            LeftOut(gone.what, text) for gone in self._gone if (text := one_line(gone.text)) or not gone.text
        ]

    def add(self, paragraph: Any, *, is_hidden: bool) -> None:
        """`is_hidden`: by its style."""
        self._is_hidden = is_hidden
        self._fields = []
        if self._gone:
            self._gone[-1].text += " "
        self._walk(paragraph)

    def _walk(self, node: Any) -> None:
        for child in children(node):
            self._take(child)

    def _take(self, node: Any) -> None:
        tag = node.tag
        if tag in (W + "t", A + "t"):
            self.pieces.append(_plain(node))
        elif tag in BREAKS:
            self.pieces.append(BREAKS[tag])
        elif tag in GONE:
            self._leave_out(GONE[tag], raw_text(node))
        elif tag in NOTES:
            self.notes.append((NOTES[tag], node.get(W + "id", "")))
        elif tag in BOXES:
            self.boxes.append(node)
        elif tag == M + "oMath":
            self.pieces.append(linear(node))
            for deleted in node.iter(W + "del"):
                self._leave_out(GONE[W + "del"], raw_text(deleted))
        elif tag == W + "fldChar":
            self._take_field(node)
        elif tag == W + "sym":
            self._take_symbol(node)
        elif tag == W + "r" and self._hides(node):
            self._leave_out("a hidden passage", raw_text(node))
        elif tag == W + "sdt" and is_on(node, f"{W}sdtPr/{W}showingPlcHdr"):
            self._leave_out("a prompt in an empty field", raw_text(node))
        elif tag not in PROPERTIES:
            self._note_picture(node)
            self._walk(node)

    def _leave_out(self, what: str, text: str) -> None:
        """What follows on another of its kind belongs to it: a word may be cut by the borders of runs."""
        last = self._gone[-1] if self._gone else None
        if last and (last.what, last.at) == (what, len(self.pieces)):
            last.text += text
        elif text:
            self._gone.append(Gone(what, text, len(self.pieces)))

    def _hides(self, run: Any) -> bool:
        properties = run.find(W + "rPr")
        if value(properties, W + "vanish") is not None:
            return is_on(properties, W + "vanish")
        style = value(properties, W + "rStyle")
        by_style = self.styles[style].is_hidden if style else None
        return self._is_hidden if by_style is None else by_style

    def _take_field(self, node: Any) -> None:
        """Of a field what it shows; its code is left out where both its ends are in the paragraph."""
        kind = node.get(W + "fldCharType")
        if kind == "begin":
            self._fields.append(Field(len(self.pieces), _form_value(node)))
        elif self._fields and kind in ("separate", "end"):
            last = self._fields[-1]
            if last.has_code:
                self._leave_out("the code of a field", "".join(self.pieces[last.start :]))
                del self.pieces[last.start :]
                last.has_code = False
            if kind == "end":
                self._fields.pop()
                if last.shows and not "".join(self.pieces[last.start :]).strip():
                    self.pieces.append(last.shows)

    def _take_symbol(self, node: Any) -> None:
        font, code = node.get(W + "font", ""), node.get(W + "char", "")
        character = symbol(font, code)
        if character is None:
            self._leave_out("a symbol", f"{font} {code} ")
        else:
            self.pieces.append(character)

    def _note_picture(self, node: Any) -> None:
        said = None
        if node.tag == W + "drawing" and next(node.iter(PICTURE), None) is not None:
            position = next(node.iter(POSITION), node)
            said = "a picture", position.get("descr") or position.get("title") or ""
        elif node.tag == V + "imagedata":
            said = "a picture", ""
        elif node.tag == OLE:
            said = "an embedded file", node.get("ProgID", "")
        if said:
            self._gone.append(Gone(*said, at=None))


def _plain(node: Any) -> str:
    """The text of a node; what it has of a font of symbols, by the font of its run."""

    def known(match: re.Match[str]) -> str:
        fonts = node.getparent().find(f"{W}rPr/{W}rFonts")
        font = "" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""
        return symbol(font, f"{ord(match[0]):X}") or match[0]

    return PRIVATE_USE.sub(known, (node.text or "").replace("\n", " "))


def _form_value(node: Any) -> str:
    """What a box to tick or a list to choose from shows, in forms of the old kind."""
    box = node.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        states = [box.find(W + name) for name in ("checked", "default")]
        stated = [
            W + name for name, state in zip(("checked", "default"), states, strict=True) if state is not None
        ]
        return TICKED if stated and is_on(box, stated[0]) else UNTICKED
    choices = node.find(f"{W}ffData/{W}ddList")
    if choices is None:
        return ""
    entries = [entry.get(W + "val", "") for entry in choices.iterchildren(W + "listEntry")]
    chosen = number(choices, W + "result") or 0
    return entries[chosen] if chosen < len(entries) else ""
