"""A Word file -> a Document: paragraphs, lists and tables in the order of the page."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.metadata import clean_value, parse_date, title_from_name
from assistant.loading.normalising import clean, one_line
from assistant.types import Document, Source

DAMAGED = "The file is damaged or no Word document; open it in Word, save it again as .docx and try again."
LOCKED = "The file is protected by a password or in Word's old format; save it without one as .docx."
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .doc files, and of encrypted .docx files
LARGEST = 500_000_000  # bytes unpacked; a small file that unpacks to more is a trap
# What python-docx raises beside its own errors when parts, names or attributes are missing in the package.
MALFORMED = (KeyError, ValueError, AttributeError, TypeError, IndexError, EOFError, OSError)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
CONTAINERS = {W + name for name in ("sdt", "sdtContent", "ins", "smartTag", "customXml")}
BREAKS = {W + "tab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
UNSEEN = (W + "del", W + "moveFrom", W + "pPr", COMPATIBLE + "Fallback")
TEMPLATE_DATE = datetime(2013, 12, 23, 23, 15)  # of python-docx's own template: no date of the document


def load_word(data: bytes, name: str) -> list[Document]:
    """The one document of a Word file; `name` is its id."""
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    if data.startswith(OLD_OFFICE):
        raise UnreadableFile(LOCKED)
    try:
        return [_document(data, name)]
    except (
        RuntimeError
    ) as error:  # zipfile's word for an entry with a password, or a packing it does not know
        raise UnreadableFile(LOCKED if "password" in str(error) else DAMAGED) from None
    except (zipfile.BadZipFile, zlib.error, OpcError, LxmlError, *MALFORMED):
        raise UnreadableFile(DAMAGED) from None


def _document(data: bytes, name: str) -> Document:
    import docx

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise UnreadableFile("The file unpacks to more than 500 MB; split it into smaller documents.")
    document = docx.Document(io.BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    blocks = list(_blocks(document.element.body, styles))
    stated = document.core_properties
    title = clean_value(stated.title) or next((text for kind, text in blocks if kind == "title"), None)
    created = stated.created
    source = Source(
        document=name,
        title=title or title_from_name(Path(name)),
        publisher=_publisher(stated),
        author=clean_value(stated.author),
        published=None if created and created.replace(tzinfo=None) == TEMPLATE_DATE else parse_date(created),
        url=next(iter(re.findall(r"https?://\S+", f"{stated.identifier} {stated.comments}")), None),
    )
    return Document(source=source, text=_text(blocks), path=name)


def _publisher(stated: Any) -> str | None:
    """Word has no field for a publisher: the category, subject or comment, unless it is an address."""
    values = (clean_value(value) for value in (stated.category, stated.subject, stated.comments))
    return next((value for value in values if value and "://" not in value), None)


def _text(blocks: list[tuple[str, str]]) -> str:
    """The blocks as one text: a blank line between them, none between the items of one list."""
    text = ""
    for (before, _), (kind, block) in pairwise([("", ""), *blocks]):
        text += ("\n" if before == kind == "item" else "\n\n") + block
    return text.strip("\n")


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
