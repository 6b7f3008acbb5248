"""An EPUB book -> a Document of chapters."""

import contextlib
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.text.places import place_of
from tests.files import read, reason

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
<dc:title>The Ferry</dc:title><dc:creator>Ann Lee</dc:creator><dc:creator>Bob Ray</dc:creator>
<dc:publisher>River Press</dc:publisher><dc:language>en</dc:language>
<dc:date opf:event="modification">2026-01-01</dc:date><dc:date>2025-03-05</dc:date>
<dc:identifier>urn:uuid:1</dc:identifier><dc:source>https://river.example/ferry</dc:source></metadata>
<manifest><item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/chapter%20one.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="c"/><itemref idref="n"/><itemref idref="one"/><itemref idref="two"/></spine></package>"""
PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head><body>{}</body></html>'
BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/nav.xhtml": PAGE.format("<nav><ol><li>Chapter one</li></ol></nav>"),
    "OEBPS/cover.xhtml": PAGE.format('<img src="cover.jpg"/>'),
    "OEBPS/text/chapter one.xhtml": PAGE.format("<h1>The river</h1><p>The ferry leaves at <b>six</b>.</p>"),
    "OEBPS/text/two.xhtml": PAGE.format("<h1>The town</h1><p>Linden has a mill.</p>"),
}


def book(changes: Mapping[str, str | None] = {}) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {**BOOK, **changes}.items():
            if content is not None:
                archive.writestr(name, content)
    return buffer.getvalue()


def locked(method: str) -> bytes:
    data = f'<EncryptedData><EncryptionMethod Algorithm="{method}"/></EncryptedData>'
    return book({"META-INF/encryption.xml": f'<encryption xmlns="urn:x">{data}</encryption>'})


def test_a_book_is_read_chapter_by_chapter_in_its_reading_order(tmp_path: Path) -> None:
    document = read(tmp_path / "a.epub", book())
    assert document.text == "The river\n\nThe ferry leaves at six.\n\nThe town\n\nLinden has a mill."
    assert place_of(document.text.index("Linden"), document.unit, document.pages) == "chapter 2"


def test_what_a_book_says_of_itself_is_its_metadata(tmp_path: Path) -> None:
    source = read(tmp_path / "a.epub", book()).source
    assert (source.title, source.author, source.publisher) == ("The Ferry", "Ann Lee, Bob Ray", "River Press")
    assert (source.published, source.url) == (date(2025, 3, 5), "https://river.example/ferry")


@pytest.mark.parametrize("stated", ["2025", "0101-01-01T00:00:00+00:00", "soon", ""])
def test_a_date_that_is_none_is_left_out(tmp_path: Path, stated: str) -> None:
    package = PACKAGE.replace("2025-03-05", stated)
    assert read(tmp_path / "a.epub", book({"OEBPS/book.opf": package})).source.published is None


def test_a_book_without_metadata_is_titled_by_its_name(tmp_path: Path) -> None:
    start, end = PACKAGE.index("<metadata"), PACKAGE.index("<manifest")
    bare = book({"OEBPS/book.opf": PACKAGE[:start] + PACKAGE[end:]})
    assert read(tmp_path / "the-ferry.epub", bare).source.title == "the ferry"


def test_an_encrypted_book_is_told_and_one_with_hidden_fonts_is_read(tmp_path: Path) -> None:
    assert "DRM" in reason(tmp_path / "a.epub", locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    assert read(tmp_path / "b.epub", locked("http://www.idpf.org/2008/embedding")).text


@pytest.mark.parametrize("part", ["META-INF/container.xml", "OEBPS/book.opf", "OEBPS/text/two.xhtml"])
def test_a_book_that_lacks_a_part_is_reported(tmp_path: Path, part: str) -> None:
    assert "damaged" in reason(tmp_path / "a.epub", book({part: None}))


@pytest.mark.parametrize(
    "package",
    [
        "",
        "<package/>",
        "no XML",
        PACKAGE.replace("text/two.xhtml", "../../../../etc/passwd"),
        PACKAGE.replace("text/two.xhtml", "file:///etc/passwd"),
        PACKAGE.replace('idref="two"', 'idref="three"'),
        PACKAGE.replace('href="text/two.xhtml"', ""),
        "<a>" * 100_000,
    ],
)
def test_a_package_that_is_none_is_reported(tmp_path: Path, package: str) -> None:
    reason(tmp_path / "a.epub", book({"OEBPS/book.opf": package}))


def test_entities_name_no_files_and_are_not_expanded(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    head = f'<!DOCTYPE x [<!ENTITY a0 "lol"><!ENTITY x SYSTEM "file://{tmp_path}/secret">{laughs}]>'
    package = PACKAGE.replace("<package", head + "<package").replace("The Ferry", "The &x; &a12; Ferry")
    page = head + PAGE.format("<p>Linden &x; has &a12; a mill.</p>")
    path = tmp_path / "a.epub"
    for changes in ({"OEBPS/book.opf": package}, {"OEBPS/text/two.xhtml": page}):
        path.write_bytes(book(changes))
        with contextlib.suppress(UnreadableFile):
            (document,) = load(path, root=tmp_path).documents
            assert "hidden" not in document.source.title + document.text
            assert "lol" not in document.source.title + document.text


def test_very_deep_markup_does_no_harm(tmp_path: Path) -> None:
    page = PAGE.format("<div>" * 20_000 + "Linden has a mill." + "</div>" * 20_000)
    path = tmp_path / "a.epub"
    path.write_bytes(book({"OEBPS/text/two.xhtml": page}))
    with contextlib.suppress(UnreadableFile):
        load(path, root=tmp_path)


def test_what_is_no_book_is_named(tmp_path: Path) -> None:
    assert "not a valid EPUB book" in reason(tmp_path / "a.epub", b"%PDF-1.7 words")
    assert "web page" in reason(tmp_path / "a.epub", b"<!DOCTYPE html><html><p>Words.</p></html>")
    assert "damaged" in reason(tmp_path / "a.epub", book()[:-100])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_book_with_any_byte_changed_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    broken = bytearray(book())
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=20)):
        broken[position] ^= 0x55
    path = tmp_path_factory.getbasetemp() / "changed.epub"
    path.write_bytes(bytes(broken))
    with contextlib.suppress(UnreadableFile):
        load(path, root=path.parent)
