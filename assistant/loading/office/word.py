"""A Word file -> a Document: paragraphs, lists and tables in the order of the page."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.loading.normalising import clean, laid_out, one_line
from assistant.loading.office.package import office_source, opening
from assistant.types import Document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
CONTAINERS = {W + name for name in ("sdt", "sdtContent", "ins", "smartTag", "customXml")}
BREAKS = {W + "tab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
UNSEEN = (W + "del", W + "moveFrom", W + "pPr", COMPATIBLE + "Fallback")


def load_word(data: bytes, name: str) -> list[Document]:
    """The one document of a Word file; `name` is its id."""
    from docx.opc.exceptions import OpcError

    with opening(data, kind="Word document", program="Word", suffix=".docx", errors=(OpcError,)):
        return [_document(data, name)]


def _document(data: bytes, name: str) -> Document:
    import docx

    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    blocks = list(_blocks(document.element.body, styles))
    title = next((text for kind, text in blocks if kind == "title"), None)
    source = office_source(name, document.core_properties, title=title)
    return Document(source=source, text=laid_out(blocks), path=name)


def _blocks(parent: Any, styles: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """("title", "item", "table" or "paragraph", its text) for what a body holds, in order."""
    for node in parent:
        if node.tag == W + "p":
            kind, text = _kind(node, styles), _words(node)
            if text.strip():
                yield kind, "- " + text.replace("\n", " ") if kind == "item" else text
        elif node.tag == W + "tbl":
            yield "table", "\n".join(row for row in map(_row, node.iter(W + "tr")) if row)
        elif node.tag in CONTAINERS:
            yield from _blocks(node, styles)


def _kind(paragraph: Any, styles: Mapping[str, str]) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = styles.get(style.get(W + "val"), "") if style is not None else ""
    if name in ("Title", "Heading 1"):
        return "title"
    listed = paragraph.find(f"{W}pPr/{W}numPr") is not None and not name.startswith("Heading")
    return "item" if listed or name.startswith("List") else "paragraph"


def _row(row: Any) -> str:
    cells = (
        one_line(" ".join(map(_words, cell.iter(W + "p")))) for cell in row.iterchildren(W + "tc", W + "sdt")
    )
    return " | ".join(cells).strip(" |")


def _words(paragraph: Any) -> str:
    """A paragraph as Word would show it: insertions taken, deletions and alternative drawings left out."""
    pieces = (
        BREAKS.get(node.tag) or node.text or ""
        for node in paragraph.iter(W + "t", *BREAKS)
        if next(node.iterancestors(*UNSEEN), None) is None
    )
    lines = clean("".join(pieces)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines)
