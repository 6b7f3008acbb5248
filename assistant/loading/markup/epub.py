"""An EPUB book -> a Document with a chapter map: the parts of its reading order that have text."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from assistant.errors import UnreadableFile
from assistant.loading.markup.html import plain_text
from assistant.loading.metadata import clean_value, parse_date, title_from_name
from assistant.loading.normalising import placed
from assistant.loading.office.package import opening
from assistant.text.decoding import decode
from assistant.types import Document, Source

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
FONT_SCHEMES = {  # they make only the fonts unusable elsewhere; the text is readable
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
}
DC = "{http://purl.org/dc/elements/1.1/}"
EVENT = "{http://www.idpf.org/2007/opf}event"
EARLIEST = date(1400, 1, 1)  # programs write the year 101 or 1 where they do not know it


def load_epub(data: bytes, name: str) -> list[Document]:
    """The one document of a book; a chapter is a file with text in the book's reading order."""
    with opening(data, kind="EPUB book", program="Calibre", suffix=".epub"):
        return [_document(data, name)]


def _document(data: bytes, name: str) -> Document:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_open(archive)
        (root,) = _xml(archive, CONTAINER).iterfind(".//{*}rootfile[1]")
        path = root.get("full-path")
        package = _xml(archive, path)
        text, starts = placed(text for text in _chapters(archive, package, posixpath.dirname(path)) if text)
    return Document(_source(package, name), text, name, starts, "chapter")


def _check_open(archive: zipfile.ZipFile) -> None:
    if ENCRYPTION not in archive.namelist():
        return
    methods = _xml(archive, ENCRYPTION).iterfind(".//{*}EncryptedData/{*}EncryptionMethod")
    if any(method.get("Algorithm") not in FONT_SCHEMES for method in methods):
        raise UnreadableFile(
            "The book is encrypted (DRM), so only its shop's program opens it; get a copy without DRM."
        )


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(archive.read(name), parser)


def _chapters(archive: zipfile.ZipFile, package: Any, folder: str) -> Iterator[str]:
    """The text of each file in the reading order, without the book's own table of contents."""
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items[reference.get("idref")]
        if "html" in item.get("media-type", "") and "nav" not in item.get("properties", "").split():
            address = unquote(item.get("href").partition("#")[0])
            yield plain_text(decode(archive.read(posixpath.normpath(posixpath.join(folder, address)))))


def _source(package: Any, name: str) -> Source:
    def stated(field: str) -> list[Any]:
        return list(package.iterfind(f"{{*}}metadata//{DC}{field}"))

    def first(field: str) -> str | None:
        return next((value for node in stated(field) if (value := clean_value(node.text))), None)

    days = (
        parse_date(node.text) for node in stated("date") if node.get(EVENT, "publication") == "publication"
    )
    addresses = [node.text or "" for field in ("source", "identifier") for node in stated(field)]
    return Source(
        document=name,
        title=first("title") or title_from_name(Path(name)),
        publisher=first("publisher"),
        author=clean_value([node.text for node in stated("creator") if node.text]),
        published=next((day for day in days if day and day > EARLIEST), None),
        url=next((address for address in addresses if address.startswith(("http://", "https://"))), None),
    )
