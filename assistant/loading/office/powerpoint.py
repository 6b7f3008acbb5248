"""A PowerPoint file -> a Document with a slide map: titles, texts, tables and the speaker's notes."""

import io
from collections.abc import Iterator
from typing import Any

from assistant.loading.metadata import clean_value
from assistant.loading.normalising import clean, laid_out, one_line, placed
from assistant.loading.office.package import office_source, opening
from assistant.types import Document

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
BULLETS = {A + "buChar", A + "buAutoNum", A + "buBlip"}
NO_BULLET = A + "buNone"
RUNNING = {"DATE", "FOOTER", "HEADER", "SLIDE_NUMBER"}  # placeholders for what every slide repeats
BODY = {"BODY", "OBJECT", "VERTICAL_BODY", "VERTICAL_OBJECT"}  # placeholders whose layout sets bullets

Block = tuple[str, str]  # "item" or "paragraph", and its text


def load_powerpoint(data: bytes, name: str) -> list[Document]:
    """The one document of a presentation; `text[pages[i]:pages[i + 1]]` is slide i + 1."""
    from pptx.exc import PythonPptxError

    kind, errors = "PowerPoint presentation", (PythonPptxError,)
    with opening(data, kind=kind, program="PowerPoint", suffix=".pptx", errors=errors):
        return [_document(data, name)]


def _document(data: bytes, name: str) -> Document:
    import pptx

    presentation = pptx.Presentation(io.BytesIO(data))
    slides = list(presentation.slides)
    title = clean_value(_title(slides[0])) if slides else None
    text, starts = placed(laid_out(_blocks(slide)) for slide in slides)
    source = office_source(name, presentation.core_properties, title=title)
    return Document(source=source, text=text, path=name, pages=starts, unit="slide")


def _title(slide: Any) -> str:
    title = slide.shapes.title
    return "" if title is None else str(title.text_frame.text)


def _blocks(slide: Any) -> Iterator[Block]:
    """The title, then the other shapes in the order in which a screen reader has them, then the notes."""
    title = slide.shapes.title
    if title is not None:
        yield from _paragraphs(title)
    for shape in slide.shapes:
        if title is None or shape.element is not title.element:
            yield from _shape(shape)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and notes.text.strip():
        yield "paragraph", "Notes:"
        yield from (("paragraph", text) for text in map(_words, notes.paragraphs) if text)


def _shape(shape: Any) -> Iterator[Block]:
    from pptx.shapes.group import GroupShape

    if isinstance(shape, GroupShape):
        for inner in shape.shapes:
            yield from _shape(inner)
    elif shape.has_table:
        rows = (" | ".join(one_line(cell.text) for cell in row.cells).strip(" |") for row in shape.table.rows)
        yield "paragraph", "\n".join(row for row in rows if row)
    elif shape.has_text_frame and _placeholder(shape) not in RUNNING:
        yield from _paragraphs(shape)


def _placeholder(shape: Any) -> str:
    """The name of the kind of placeholder a shape is; empty where it is none."""
    return str(shape.placeholder_format.type.name) if shape.is_placeholder else ""


def _paragraphs(shape: Any) -> Iterator[Block]:
    paragraphs = [
        (paragraph, text) for paragraph in shape.text_frame.paragraphs if (text := _words(paragraph))
    ]
    in_list = len(paragraphs) > 1 and _placeholder(shape) in BODY
    for paragraph, text in paragraphs:
        if _is_item(paragraph, in_list=in_list):
            yield "item", "- " + text.replace("\n", " ")
        else:
            yield "paragraph", text


def _is_item(paragraph: Any, *, in_list: bool) -> bool:
    """Whether it has a bullet of its own, or that of its list."""
    marks = {node.tag for node in paragraph._p.iterfind(f"{A}pPr/*")}
    return NO_BULLET not in marks and (in_list or bool(marks & BULLETS))


def _words(paragraph: Any) -> str:
    lines = (" ".join(line.split()) for line in clean(paragraph.text).split("\n"))
    return "\n".join(line for line in lines if line)
