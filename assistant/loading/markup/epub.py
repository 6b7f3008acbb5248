"""An EPUB book -> a Document with a chapter map: the parts of its reading order that have text, notes hung on."""

import io
import posixpath
import zipfile
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from assistant.errors import UnreadableFile
from assistant.loading.layout import laid_out
from assistant.loading.loaded import LeftOut, Loaded
from assistant.loading.markup.chapters import chapters_of, types_of
from assistant.loading.markup.html import parsed
from assistant.loading.markup.tree import parts_of
from assistant.loading.metadata import clean_value, parse_date, title_from_name
from assistant.loading.normalising import one_line
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


def load_epub(data: bytes, name: str) -> Loaded:
    """The one document of a book; a chapter is a file with text in the book's reading order."""
    with opening(data, kind="EPUB book", program="Calibre", suffix=".epub"):
        return _read(data, name)


def _read(data: bytes, name: str) -> Loaded:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_open(archive)
        (root,) = _xml(archive, CONTAINER).iterfind(".//{*}rootfile[1]")
        path = root.get("full-path")
        package = _xml(archive, path)
        files, left_out = _files(archive, package, posixpath.dirname(path))
    chapters = [parts for parts in chapters_of(files, left_out) if any(part.text for part in parts)]
    text, blocks = laid_out(part for parts in chapters for part in parts)
    firsts = accumulate((len(parts) for parts in chapters[:-1]), initial=0)
    starts = tuple(blocks[first].start for first in firsts) if chapters else ()
    document = Document(_source(package, name), text, name, starts, "chapter", blocks)
    return Loaded([document], left_out=tuple(left_out))


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


def _files(archive: zipfile.ZipFile, package: Any, folder: str) -> tuple[dict[str, Any], list[LeftOut]]:
    """The trees of the reading order by their names; covers and tables of contents are left out."""
    items = {item.get("id"): item for item in package.iterfind("{*}manifest/{*}item")}
    guide = {
        _name(folder, node.get("href", "")): node.get("type")
        for node in package.iterfind("{*}guide/{*}reference")
    }
    trees: dict[str, Any] = {}
    left_out: list[LeftOut] = []
    for reference in package.iterfind("{*}spine/{*}itemref"):
        item = items[reference.get("idref")]
        if "html" not in item.get("media-type", ""):
            continue
        name = _name(folder, item.get("href"))
        tree = parsed(decode(archive.read(name)))
        if tree is None or name in trees:
            continue
        what = _no_chapter(tree, guide.get(name), item.get("properties", ""))
        if what is None:
            trees[name] = tree
        elif words := one_line(" ".join(part.text for part in parts_of(tree))):
            left_out.append(LeftOut(what, words))
    return trees, left_out


def _name(folder: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(address.partition("#")[0])))


def _no_chapter(tree: Any, listed: str | None, properties: str) -> str | None:
    """What a file is that is no chapter: as the package lists it, or as it says of all that is in it."""
    body = next(tree.iter("body"), tree)
    inside = body[0] if len(body) == 1 else body
    stated = {listed, *types_of(body), *types_of(inside)}
    if "nav" in properties.split() or "toc" in stated:
        return "a table of contents"
    return "a cover page" if "cover" in stated else None


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
