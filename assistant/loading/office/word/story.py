"""A body of text in a Word file (its own, a header's, a note's) -> the parts of it, in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.loading.layout import Part
from assistant.loading.loaded import LeftOut, Skipped
from assistant.loading.normalising import one_line
from assistant.loading.office.word.line import Line, V
from assistant.loading.office.word.numbering import BULLET, Counter, Lists
from assistant.loading.office.word.plain import plain_words
from assistant.loading.office.word.styles import Styles, first_stated, outline_level
from assistant.loading.office.word.tables import Cell, gone, placed, table_parts
from assistant.loading.office.word.tables import Line as TableLine
from assistant.loading.office.xml import (
    DIAGRAM,
    A,
    C,
    R,
    W,
    is_on,
    root_of,
    within,
    words_of,
)

BLOCKS = {W + name for name in ("p", "tbl", "altChunk", "subDoc")}
CONTENTS = ("toc ", "table of figures")
LONGEST_HEADING = 150  # characters; what is longer is a clause that has the style of a heading
LONGEST_SENTENCE = 60  # characters of a heading that ends with a stop


@dataclass(slots=True)
class WordFile:
    """What the texts of a file share: styles, lists, notes by kind and id, and what is left out of them."""

    styles: Styles
    lists: Lists
    notes: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)  # the node, the part it is in
    left_out: list[LeftOut] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def leave_out(self, what: str, text: str) -> None:
        if text:
            self.left_out.append(LeftOut(what, text))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The part that it is, the texts of its notes, and what stands in its text boxes."""

    part: Part
    notes: list[str]
    boxes: list[Part]


class Story:
    """Reads one body; `part` is the part of the package that it is in."""

    def __init__(self, file: WordFile, part: Any) -> None:
        self._file, self._part = file, part
        self._counter = Counter(file.lists)
        usual = file.styles.of(None)  # the style of paragraphs that name none
        self._usual = not usual.is_hidden and usual.list is None

    def parts(self, body: Any) -> list[Part]:
        """Paragraphs, each followed by its notes and text boxes, and rows of tables."""
        parts: list[Part] = []
        for item in self._content(body):
            if isinstance(item, Paragraph):
                parts.append(item.part)
                for at, note in enumerate(item.notes, start=1):
                    parts.append(Part("note", note, hangs_on=at if item.part.text else None))
                parts += item.boxes
            else:
                parts += self._table(item)
        return parts

    def _content(self, body: Any) -> Iterator[Any]:
        """Paragraphs, and the nodes of tables; paragraphs are one where the mark between them was deleted."""
        line = properties = None
        for node in within(body, BLOCKS):
            if node.tag == W + "p":
                line, properties = line or Line(self._file.styles), node.find(W + "pPr")
                line.add(node, is_hidden=bool(self._file.styles.of(properties).is_hidden))
                if not _goes_on(properties):
                    yield self._paragraph(properties, line)
                    line = None
                continue
            if line:
                yield self._paragraph(properties, line)
                line = None
            if node.tag == W + "tbl":
                yield node
            else:
                self._skip_file(node.get(R + "id", ""))
        if line:
            yield self._paragraph(properties, line)

    def _skip_file(self, id: str) -> None:
        relation = self._part.rels.get(id)
        name = relation.target_ref if relation else id
        self._file.skipped.append(
            Skipped(name, "It is a file within the file; copy its text into the document.")
        )

    def _paragraph(self, properties: Any, line: Line) -> Paragraph:
        self._file.left_out += line.left_out
        notes = list(filter(None, map(self._note, line.notes)))
        boxes = [part for box in line.boxes for part in self._box(box)]
        style, text = self._file.styles.of(properties), line.text.strip("\n")
        label = None
        if text or not line.left_out:  # Word does not count one of which all words are hidden or deleted
            label = self._counter.label(properties, style)
        if style.name.startswith(CONTENTS):
            self._file.leave_out("an entry of the table of contents", text.replace("\n", " "))
            text = ""
        heading = first_stated(outline_level(properties), style.heading)
        return Paragraph(_part(text, label, style.name, heading), notes, boxes)

    def _note(self, key: tuple[str, str]) -> str:
        """The text of a note that is referred to for the first time."""
        if key not in self._file.notes:
            return ""
        node, part = self._file.notes.pop(key)
        text = "\n".join(filter(None, (part.text for part in Story(self._file, part).parts(node))))
        if key[0] != "comment" or not text:
            return text
        author = one_line(node.get(W + "author", ""))
        return f"Comment by {author}: {text}" if author else f"Comment: {text}"

    def _box(self, node: Any) -> list[Part]:
        """What stands in a text box or a drawing; no heading of the text around it."""
        if node.tag == V + "textpath":
            return [Part("paragraph", one_line(node.get("string", "")))]
        if node.tag == W + "txbxContent":
            parts = self.parts(node)
            return [replace(part, kind="paragraph") if part.kind == "heading" else part for part in parts]
        if node.tag == C + "chart":
            words = (words.text or "" for words in self._related(node, "id", C + "v", A + "t"))
            self._file.leave_out("a chart", one_line(" ".join(words)))
            return []
        paragraphs = self._related(node, "dm", A + "p") if node.tag == DIAGRAM else node.iter(A + "p")
        return [Part("paragraph", words_of(paragraph)) for paragraph in paragraphs]

    def _related(self, node: Any, name: str, *tags: str) -> Iterator[Any]:
        """The nodes of such names in the part of the package that a node refers to."""
        part = self._part.related_parts.get(node.get(R + name))
        return iter(()) if part is None else root_of(part).iter(*tags)

    def _table(self, table: Any) -> list[Part]:
        lines = []
        for line in within(table, {W + "tr"}):
            if why := gone(line.find(W + "trPr"), name="row"):
                self._file.leave_out(why, words_of(line))
            else:
                lines.append((line, list(within(line, {W + "tc"}))))
        if all(len(cells) == 1 for _, cells in lines) and (
            len(lines) == 1 or any(_has_blocks(cells[0]) for _, cells in lines)
        ):
            return [part for _, (cell,) in lines for part in self.parts(cell)]  # a frame around text
        return table_parts([self._row(line, cells) for line, cells in lines])

    def _row(self, line: Any, cells: list[Any]) -> TableLine:
        shown = []
        for cell, start, span, goes_on in placed(line, cells):
            if why := gone(cell.find(W + "tcPr"), name="cell"):
                self._file.leave_out(why, words_of(cell))
            elif goes_on:
                self._file.leave_out("a cell behind a merged one", words_of(cell))
                shown.append(Cell(start, span, "", goes_on=True))
            else:
                shown.append(self._cell(cell, start, span))
        return TableLine(shown, is_on(line.find(W + "trPr"), W + "tblHeader"))

    def _cell(self, node: Any, start: int, span: int) -> Cell:
        words = plain_words(node) if self._usual else None
        if words is not None:
            return Cell(start, span, words)
        texts: list[str] = []
        notes: list[str] = []
        after: list[Part] = []
        for item in self._content(node):
            if isinstance(item, Paragraph):
                texts.append(item.part.text)
                notes += item.notes
                after += item.boxes
            else:
                after += self._table(item)
        return Cell(start, span, " ".join(" ".join(texts).split()), notes=notes, after=after)


def _goes_on(properties: Any) -> bool:
    """Whether the mark at the end of a paragraph was deleted, or moved away."""
    mark = None if properties is None else properties.find(W + "rPr")
    return mark is not None and (mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None)


def _has_blocks(cell: Any) -> bool:
    """Whether a cell holds more than one paragraph."""
    blocks = list(within(cell, BLOCKS))
    return sum(2 if block.tag == W + "tbl" else bool(words_of(block)) for block in blocks) > 1


def _part(text: str, label: tuple[str, int] | None, style: str, heading: int) -> Part:
    mark, level = label or ("", 0)
    line = text.replace("\n", " ")
    is_clause = len(line) > (LONGEST_SENTENCE if line.endswith((".", ";")) else LONGEST_HEADING)
    if not text:
        return Part("paragraph", "")
    if style == "title" or (heading and not is_clause):
        return Part("heading", mark.removeprefix(BULLET) + line, level=heading or 1)
    if mark:
        return Part("item", mark + line, level=level)
    return Part("caption" if style == "caption" else "paragraph", text)
