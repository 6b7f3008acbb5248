"""An EPUB book -> a Document of chapters."""

import contextlib
import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.loading.markup.epub import load_epub
from assistant.text.places import place_of
from tests.files import labelled, read, reason

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


NOTED = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>{}</body></html>"""


def test_blocks_say_what_a_chapter_is_made_of(tmp_path: Path) -> None:
    table = "<table><tr><th>Day</th><th>Fee</th></tr><tr><td>Sunday</td><td>4</td></tr></table>"
    page = PAGE.format(f"<h2>The town</h2><ul><li>a mill</li><li>a quay</li></ul>{table}<p>So it is.</p>")
    document = read(tmp_path / "a.epub", book({"OEBPS/text/two.xhtml": page}))
    kinds = [block.kind for block in document.blocks]
    assert kinds == ["heading", "paragraph", "heading", "item", "item", "row", "row", "paragraph"]
    assert labelled(document)[-2] == "Day: Sunday | Fee: 4"


def test_notes_come_where_they_are_referred_to_and_hang_on_that(tmp_path: Path) -> None:
    link = '<a epub:type="noteref" href="{}">{}</a>'.format
    back = '<a role="doc-backlink" href="#x">↩</a>'
    one = (
        f"<p>Two guests a day{link('#n1', 1)}.</p><table><tr><td>Fee</td><td>4{link('two.xhtml#n2', 2)}</td></tr>"
        f'</table><p>After.</p><aside epub:type="footnote" id="n1"><p>Not on holidays. {back}</p></aside>'
    )
    notes = '<ol epub:type="endnotes"><li id="n2">In cash.</li><li role="doc-endnote">Odd.</li></ol>'
    two = f"<h1>Town</h1><p>A mill.</p>{notes}"
    data = book(
        {"OEBPS/text/chapter one.xhtml": NOTED.format(one), "OEBPS/text/two.xhtml": NOTED.format(two)}
    )
    (tmp_path / "a.epub").write_bytes(data)
    loaded = load(tmp_path / "a.epub", root=tmp_path)
    (document,) = loaded.documents
    assert document.text == (
        "Two guests a day.\n\nNot on holidays.\n\nFee | 4\n\nIn cash.\n\nAfter.\n\nTown\n\nA mill.\n\nOdd."
    )
    notes = [block for block in document.blocks if block.kind == "note"]
    assert [note.hangs_on for note in notes] == [0, document.text.index("Fee"), None]
    assert [(part.what, part.text) for part in loaded.left_out] == [
        ("a table of contents", "- Chapter one"), ("a mark of a note", "1"), ("a mark of a note", "2"),
        ("a link back from a note", "↩"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("types", "guide"), [("cover", ""), ("toc", ""), ("", "cover"), ("", "toc"), ("titlepage", "")]
)
def test_covers_and_tables_of_contents_are_left_out_and_said_so(
    tmp_path: Path, types: str, guide: str
) -> None:
    listed = f'<guide><reference type="{guide}" href="cover.xhtml"/></guide></package>'
    cover = NOTED.format(f'<section epub:type="{types}"><p>The Ferry, a novel</p></section>')
    (tmp_path / "a.epub").write_bytes(
        book({"OEBPS/cover.xhtml": cover, "OEBPS/book.opf": PACKAGE.replace("</package>", listed)})
    )
    loaded = load(tmp_path / "a.epub", root=tmp_path)
    what = {"cover": "a cover page", "toc": "a table of contents"}.get(types or guide)
    assert ("novel" in loaded.documents[0].text) == (what is None)
    assert ((what, "The Ferry, a novel") in [(part.what, part.text) for part in loaded.left_out]) == bool(
        what
    )


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


# nothing lost, nothing doubled, nothing glued


@st.composite
def books(draw: st.DrawFn) -> tuple[bytes, int]:
    """A book of words "w0", "w1" … that occur once each; how many words merged cells say once more."""
    count = repeated = 0
    notes: list[str] = []

    def words(least: int = 1) -> str:
        nonlocal count
        size = draw(st.integers(least, 3))
        count += size
        return " ".join(f"w{at}" for at in range(count - size, count))

    def line(depth: int = 0) -> str:
        pieces = [words()]
        for kind in draw(st.lists(st.sampled_from(["b", "a", "br", "img", "svg", "note"]), max_size=3)):
            if kind == "note" and depth < 2:
                id = f"n{len(notes)}"
                notes.append("")
                kind, tag = draw(st.sampled_from([("footnote", "aside"), ("", "p"), ("endnote", "li")]))
                typed = f' epub:type="{kind}"' if kind else ""
                notes[int(id[1:])] = f'<{tag}{typed} id="{id}">{line(depth + 1)}</{tag}>'
                pieces.append(
                    f'<a epub:type="noteref" href="{draw(st.sampled_from(["", "two.xhtml"]))}#{id}">{words()}</a>'
                )
            elif kind == "img":
                pieces.append(f'<img alt="{words()}" src="x"/>')
            elif kind == "svg":
                pieces.append(f"<svg><text>{words()}</text></svg>")
            elif kind == "br":
                pieces += ["<br/>", words()]
            else:
                pieces.append(f" <{kind}>{words()}</{kind}> ")
        return "".join(pieces)

    def blocks(depth: int = 0) -> str:
        nonlocal repeated
        made = []
        for kind in draw(st.lists(st.sampled_from("p h2 ul table div nav pre".split()), max_size=4)):
            if kind == "table":
                over = draw(st.integers(1, 2))
                first = words()
                repeated += (over - 1) * len(first.split())
                rows = [f"<tr><td rowspan='{over}'>{first}</td><td>{line()}</td></tr>"]
                rows += [
                    f"<tr><td>{words(0)}<p>{line()}</p><p>{words()}</p></td></tr>" for _ in range(over - 1)
                ]
                made.append(f"<table>{''.join(rows)}</table>")
            elif kind == "ul":
                made.append(
                    f"<ul><li>{line()}{blocks(depth + 1) if depth < 2 else ''}</li><li>{line()}</li></ul>"
                )
            elif kind == "div" and depth < 2:
                made.append(f"<div>{words(0)}{blocks(depth + 1)}{words(0)}</div>")
            else:
                made.append(f"<{kind}>{line()}</{kind}>")
        return "".join(made)

    one, two = f"<p>{words()}</p>{blocks()}", f"<h1>{words()}</h1>{blocks()}"
    pages = {"OEBPS/text/chapter one.xhtml": NOTED.format(one + "".join(notes[::2]))}
    pages["OEBPS/text/two.xhtml"] = NOTED.format(two + "".join(notes[1::2]))
    pages["OEBPS/cover.xhtml"] = NOTED.format(f'<section epub:type="cover">{words()}</section>')
    return book({**pages, "OEBPS/nav.xhtml": PAGE.format(f"<nav>{words()}</nav>")}), repeated


def words_in(data: bytes) -> Counter[str]:
    """Of all pages, by an XML parser."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xhtml"):
                for node in ElementTree.fromstring(archive.read(name)).iter():
                    found.update(f"{node.get('alt', '')} {node.text or ''}".split())
                    found.update((node.tail or "").split())
    return found


@settings(max_examples=80, deadline=None)
@given(books())
def test_each_word_of_a_book_is_in_its_text_or_left_out_once(made: tuple[bytes, int]) -> None:
    data, repeated = made
    loaded = load_epub(data, "a.epub")
    (document,) = loaded.documents
    texts = [document.text, *(part.text for part in loaded.left_out)]
    found = Counter(word for text in texts for word in text.replace("|", " ").split() if word.startswith("w"))
    original = Counter({word: n for word, n in words_in(data).items() if word.startswith("w")})
    assert found.keys() == original.keys()
    assert not original - found
    assert (found - original).total() == repeated
