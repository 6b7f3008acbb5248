"""A slide -> its parts: the title, the other shapes in the order in which a screen reader has them, then notes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.loading.layout import Part, row
from assistant.loading.loaded import LeftOut
from assistant.loading.normalising import one_line
from assistant.loading.office.powerpoint.comments import comments_on
from assistant.loading.office.powerpoint.paragraphs import text_parts
from assistant.loading.office.xml import DIAGRAM, A, C, P, R, children, root_of, words_of
from assistant.loading.tables.merging import Cell, spread
from assistant.loading.tables.parts import row_parts

YES = {"1", "true"}
TITLES = {"title", "ctrTitle"}
BODY = {"body", "obj"}  # placeholders whose layout sets bullets
NOT_READ = {"dt": "a date of a slide", "sldNum": "a slide number", "sldImg": "a picture"}
MARGINS = {"ftr": "footer", "hdr": "header"}
VALUES = (C + "val", C + "xVal", C + "yVal", C + "bubbleSize")
MOST_MERGED = 1000  # rows or columns that one cell may cover


@dataclass(slots=True)
class Deck:
    """What the slides of a file share: who commented, what their footers said, what is left out."""

    authors: Mapping[str, str]
    left_out: list[LeftOut] = field(default_factory=list)
    margins: set[str] = field(default_factory=set)

    def leave_out(self, what: str, text: str) -> None:
        if text:
            self.left_out.append(LeftOut(what, text))


def slide_parts(slide: Any, deck: Deck) -> list[Part]:
    """Those that have words; notes and comments hang on the first."""
    shapes = sorted(_shapes(slide.element, deck), key=lambda shape: _placeholder(shape) not in TITLES)
    found = (part for shape in shapes for part in _shape(shape, slide.part, deck))
    parts = [part for part in found if part.text.strip()]
    first = len(parts)
    notes = [*_notes(slide, deck), *comments_on(slide.part, deck.authors)]
    for at, note in enumerate(notes):
        parts.append(Part("note", note, hangs_on=first + at if first else None))
    return parts


def _notes(slide: Any, deck: Deck) -> Iterator[str]:
    if slide.has_notes_slide:
        page = slide.notes_slide
        shapes = _shapes(page.element, deck)
        parts = [part for shape in shapes for part in _shape(shape, page.part, deck, lists=())]
        if text := "\n".join(part.text for part in parts if part.text):
            yield f"Speaker notes: {text}"


def _shapes(slide: Any, deck: Deck) -> Iterator[Any]:
    return _seen(slide.find(f"{P}cSld/{P}spTree"), deck)


def _seen(group: Any, deck: Deck) -> Iterator[Any]:
    """The shapes that are not hidden, those of groups in their place."""
    for shape in children(group):
        named = shape.find(f"*/{P}cNvPr")
        if named is not None and named.get("hidden") in YES:
            deck.leave_out("a hidden shape", words_of(shape))
        elif shape.tag == P + "grpSp":
            yield from _seen(shape, deck)
        else:
            yield shape


def _placeholder(shape: Any) -> str:
    """The kind of placeholder that a shape is; empty where it is none."""
    found = shape.find(f"*/{P}nvPr/{P}ph")
    return "" if found is None else str(found.get("type", "obj"))


def _shape(shape: Any, part: Any, deck: Deck, *, lists: Collection[str] = BODY) -> Iterator[Part]:
    """`part` is the part of the package that it is in; `lists`: the placeholders with bullets."""
    if shape.tag == P + "pic":
        deck.left_out.append(LeftOut("a picture", one_line(shape.find(f"*/{P}cNvPr").get("descr", ""))))
    elif shape.tag == P + "graphicFrame":
        data = shape.find(f"{A}graphic/{A}graphicData")
        for node in () if data is None else children(data):
            yield from _graphic(node, part, deck)
    elif shape.tag == P + "sp" and (body := shape.find(P + "txBody")) is not None:
        placeholder = _placeholder(shape)
        in_list = placeholder in lists and len(body.findall(A + "p")) > 1
        yield from _text(list(text_parts(body, in_list=in_list)), placeholder, deck)


def _text(parts: Sequence[Part], placeholder: str, deck: Deck) -> Iterator[Part]:
    words = " ".join(part.text for part in parts).replace("\n", " ")
    if placeholder in TITLES:
        yield Part("heading", words, level=1)
    elif placeholder in NOT_READ:
        deck.leave_out(NOT_READ[placeholder], words)
    elif placeholder in MARGINS and words in deck.margins:
        deck.leave_out(f"a repeated {MARGINS[placeholder]}", words)
    elif placeholder in MARGINS:
        deck.margins.add(words)
        yield Part("note", words)
    else:
        yield from parts


def _graphic(node: Any, part: Any, deck: Deck) -> Iterator[Part]:
    """A table, what a chart or a diagram says; nothing of a file within the file."""
    if node.tag == A + "tbl":
        yield from _table(node, deck)
    elif node.tag == P + "oleObj":
        deck.left_out.append(LeftOut("an embedded file", node.get("progId", "")))
    elif node.tag in (C + "chart", DIAGRAM):
        related = part.rels.get(node.get(R + ("id" if node.tag == C + "chart" else "dm")))
        if related is not None and not related.is_external:
            root = root_of(related.target_part)
            yield from _chart(root, deck) if node.tag != DIAGRAM else _diagram(root)


def _diagram(root: Any) -> Iterator[Part]:
    return (Part("paragraph", words_of(paragraph)) for paragraph in root.iter(A + "p"))


def _chart(root: Any, deck: Deck) -> Iterator[Part]:
    """Its titles, the names of its series and of its categories; most charts do not show their values as text."""
    titles = filter(None, map(words_of, root.iter(A + "p")))
    yield from (Part("caption", title) for title in titles)
    series = list(root.iter(C + "ser"))
    names = [[words for node in one.iterchildren(C + "tx") for words in _points(node)] for one in series]
    yield replace(row([name for own in names for name in own]), opens=True)
    categories = [
        tuple(words for node in one.iterchildren(C + "cat") for words in _points(node)) for one in series
    ]
    yield from (row(own) for own in dict.fromkeys(categories))
    values = [words for one in series for node in one.iterchildren(*VALUES) for words in _points(node)]
    deck.leave_out("the data of a chart", " ".join(values))


def _points(node: Any) -> Iterator[str]:
    return (one_line(value.text or "") for value in node.iter(C + "v"))


def _table(table: Any, deck: Deck) -> Iterator[Part]:
    """A row each; that the first row looks like a header is the usual style, and no more than a sign of one."""
    properties = table.find(A + "tblPr")
    marked = properties is not None and properties.get("firstRow") in YES
    rows = [
        replace(line, bold=marked and at == 0)
        for at, line in enumerate(spread(_cells(line, deck) for line in table.iterchildren(A + "tr")))
    ]
    for at, part in enumerate(row_parts(rows)):
        yield replace(part, opens=at == 0)


def _cells(line: Any, deck: Deck) -> list[Cell]:
    cells = []
    for node in line.iterchildren(A + "tc"):
        if node.get("hMerge") in YES or node.get("vMerge") in YES:
            deck.leave_out("a cell behind a merged one", words_of(node))
            continue
        body = node.find(A + "txBody")
        words = "" if body is None else one_line(" ".join(part.text for part in text_parts(body)))
        across, down = (
            min(max(int(node.get(name, "1")), 1), MOST_MERGED) for name in ("gridSpan", "rowSpan")
        )
        cells.append(Cell(words, across, down))
    return cells
