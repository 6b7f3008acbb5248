"""A file -> Documents: what each format gives, and what is said of a file that cannot be read."""

import contextlib
import io
import json
import os
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from assistant.errors import UnreadableFile, UserError
from assistant.loading import FORMATS, Loaded, LoadOptions, Skipped, load, read_passwords, scan
from assistant.loading.metadata import parse_date
from assistant.loading.normalising import clean, normalise
from assistant.loading.tables.json_lines import load_json_lines
from assistant.text.decoding import decode
from assistant.text.labels import labelled
from tests.files import read, reason

SENTENCE = "The central bank lifted its rate to five percent, and its governor said more would follow. "


def pdf(story: Sequence[Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, **options).build(list(story))
    return buffer.getvalue()


def paragraph(text: str, style: str = "Normal") -> Paragraph:
    return Paragraph(text, getSampleStyleSheet()[style])


def printed(lines: Sequence[Sequence[str]]) -> bytes:
    """A PDF of pages of lines, 14 points apart."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for page in lines:
        for number, line in enumerate(page):
            canvas.drawString(72, 760 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def word(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


# finding files


def test_scan_gives_the_readable_files_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.TXT", "a/README.md", ".hidden.txt", ".git/x.txt", "~$b.docx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    files, skipped = scan(tmp_path)
    assert list(files) == ["a/z.TXT", "b.md"]
    assert skipped == []


def test_scan_says_why_a_file_of_an_unknown_kind_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "sheet.ods").write_text("x")
    files, (skipped,) = scan(tmp_path)
    assert files == {}
    assert isinstance(skipped, Skipped)
    assert skipped.path == "sheet.ods"
    assert skipped.reason == (
        "Files ending in '.ods' are not read; save it as .pdf, .docx, .txt or another format that is."
    )


def test_a_file_without_an_ending_and_one_without_text_are_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("x")
    _, (skipped,) = scan(tmp_path)
    assert skipped.reason.startswith("Files without an ending are not read; ")
    page = tmp_path / "page.html"
    page.write_text("<div id=root></div>")
    with pytest.raises(UnreadableFile, match=r"^The file holds no text; put text in it or remove it\.$"):
        load(page, root=tmp_path)


def test_scan_leaves_out_links_that_lead_out_of_the_folder(tmp_path: Path) -> None:
    corpus, outside = tmp_path / "corpus", tmp_path / "outside"
    corpus.mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("x")
    (corpus / "link.txt").symlink_to(outside / "secret.txt")
    (corpus / "folder").symlink_to(outside)
    (corpus / "gone.txt").symlink_to(corpus / "nothing.txt")
    files, skipped = scan(corpus)
    assert files == {}
    assert [item.path for item in skipped] == ["folder", "gone.txt", "link.txt"]


def test_scan_never_opens_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    files, skipped = scan(tmp_path)
    assert files == {}
    assert len(skipped) == 1


def test_a_single_file_is_a_corpus_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text("x")
    files, skipped = scan(path)
    assert list(files) == ["one.txt"]
    assert skipped == []


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        scan(tmp_path / "nowhere")


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert scan(tmp_path) == ({}, [])


def test_a_documents_id_is_its_path_in_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("Words.")
    (document,) = load(tmp_path / "a" / "b.txt", root=tmp_path).documents
    assert (document.id, document.path) == ("a/b.txt", "a/b.txt")


# files that cannot be read


@pytest.mark.parametrize("suffix", [suffix.removeprefix(".") for suffix in FORMATS])
def test_an_empty_file_is_reported(tmp_path: Path, suffix: str) -> None:
    assert "empty" in reason(tmp_path / f"a.{suffix}", b" \n")


@pytest.mark.parametrize("suffix", [suffix.removeprefix(".") for suffix in FORMATS])
def test_binary_junk_is_reported_whatever_it_is_named(tmp_path: Path, suffix: str) -> None:
    reason(tmp_path / f"a.{suffix}", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


def test_a_file_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        load(tmp_path / "gone.txt", root=tmp_path)


def test_an_encrypted_pdf_is_said_to_be_protected(tmp_path: Path) -> None:
    locked = pdf([paragraph("Secret.")], encrypt=StandardEncryption("password", canPrint=0))
    assert "password" in reason(tmp_path / "a.pdf", locked)


def test_a_pdf_is_opened_with_the_password_that_fits(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf([paragraph("Secret.")], encrypt=StandardEncryption("pass word", canPrint=0)))
    (tmp_path / "passwords.txt").write_text("wrong\n\npass word\n")
    passwords = read_passwords(tmp_path / "passwords.txt")
    assert passwords == ("wrong", "pass word")
    (document,) = load(path, root=tmp_path, options=LoadOptions(passwords)).documents
    assert document.text == "Secret."
    with pytest.raises(UnreadableFile, match="none of those in the list"):
        load(path, root=tmp_path, options=LoadOptions(("wrong", "\x00", "ü" * 500)))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, "inner.pdf")
    (inside,) = load(tmp_path / "a.zip", root=tmp_path, options=LoadOptions(passwords)).documents
    assert inside.text == "Secret."


def test_why_a_file_of_passwords_cannot_be_read_is_told_in_words(tmp_path: Path) -> None:
    assert read_passwords(None) == ()
    told = r"nowhere\.txt \(No such file or directory\); name a text file in the setting pdf_passwords"
    with pytest.raises(UserError, match=told):
        read_passwords(tmp_path / "nowhere.txt")


def test_a_pdf_without_text_is_said_to_be_a_scan(tmp_path: Path) -> None:
    assert "setting ocr" in reason(tmp_path / "a.pdf", printed([[]]))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95, 0.999])
def test_a_truncated_word_file_is_reported(tmp_path: Path, share: float) -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    whole = word(document)
    assert "damaged" in reason(tmp_path / "a.docx", whole[: int(len(whole) * share)])


def test_an_encrypted_word_file_is_said_to_be_protected(tmp_path: Path) -> None:
    assert "password" in reason(tmp_path / "a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_word_file_with_any_byte_changed_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    broken = bytearray(word(document))
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=20)):
        broken[position] ^= 0x55
    path = tmp_path_factory.getbasetemp() / "changed.docx"
    path.write_bytes(bytes(broken))
    with contextlib.suppress(UnreadableFile):
        load(path, root=path.parent)


# plain text


def test_the_block_at_the_top_of_a_text_file_is_metadata(tmp_path: Path) -> None:
    document = read(
        tmp_path / "a.txt",
        "Title: Rates rise\nDate: 5 March 2026\nPublisher: The Desk\nAuthor: A. Lee\nURL: https://x.org/1\n\nBody.\n",
    )
    assert document.text == "Body."
    source = document.source
    assert (source.title, source.published) == ("Rates rise", date(2026, 3, 5))
    assert (source.publisher, source.author, source.url) == ("The Desk", "A. Lee", "https://x.org/1")


def test_a_first_paragraph_that_only_begins_like_metadata_stays(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "Date: today\nwe met.\n\nMore.").text.startswith("Date: today")


def test_wrapped_lines_are_joined_and_an_address_stays_apart(tmp_path: Path) -> None:
    wrapped = (
        "The committee met on Monday and decided, after a long\ndiscussion, to leave the rate where it was."
    )
    text = read(tmp_path / "a.txt", f"{wrapped}\r\n\r\nAcme Ltd\n12 High Street\nLondon\n").text
    assert text == f"{wrapped.replace(chr(10), ' ')}\n\nAcme Ltd\n12 High Street\nLondon"


def test_list_items_stay_on_lines_of_their_own(tmp_path: Path) -> None:
    items = "• the first item is long enough to be wrapped by the\n  editor it was typed in\n• the second\n"
    lines = read(tmp_path / "a.txt", items).text.split("\n")
    assert lines == [
        "- the first item is long enough to be wrapped by the editor it was typed in",
        "- the second",
    ]


def test_a_text_file_is_titled_by_its_first_line_or_else_by_its_name(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "Annual report\n\nAll went well.").source.title == "Annual report"
    assert read(tmp_path / "rates-in-may.txt", "All went well.").source.title == "rates in may"


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" \n-•a.|\u00ad\u200d中")), max_size=300))
def test_cleaning_is_idempotent_and_leaves_nothing_odd(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not set(cleaned) & set("\r\t\u00a0\u00ad\u200b\ufeff\u2028")
    cleaned.encode()


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(["Rates", "rose", "by", "5 %", "co-", "-", "1.", "\n", "\n", "\n\n", "   ", "中文。"])
    )
)
def test_normalising_is_idempotent(words: list[str]) -> None:
    text = normalise(" ".join(words * 3))
    assert normalise(text) == text


# encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r"])
def test_text_is_read_in_the_encoding_it_is_written_in(encoding: str) -> None:
    text = "Центральный банк повысил ключевую ставку, сообщил его председатель в понедельник утром."
    assert decode(text.encode(encoding)) == text


def test_text_that_is_not_utf8_is_detected() -> None:
    text = "Der Zins stieg auf 5 % – das sagte Präsident Müller am Freitag."
    assert decode(text.encode("cp1252")) == text


# Markdown


def test_markdown_is_reduced_to_its_words(tmp_path: Path) -> None:
    markdown = (
        "# A *heading*\n\nA [link](https://x.org) and **bold**\nwords.\n\n- one\n- two `x`\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx  = 1\n\ny = 2\n```\n\n1. first\n2. second\n<!-- no -->\n"
    )
    assert read(tmp_path / "a.md", markdown).text == (
        "A heading\n\nA link and bold words.\n\n- one\n- two x\n\na | b\n1 | 2\n\nx  = 1\n\ny = 2\n\n"
        "1. first\n2. second"
    )


def test_front_matter_is_metadata(tmp_path: Path) -> None:
    matter = "---\ntitle: T\ndate: 2026-03-05\nsource: S\nauthors: [A, B]\nlink: https://x.org\n---\nText.\n"
    source = read(tmp_path / "a.md", matter).source
    assert (source.title, source.publisher, source.author) == ("T", "S", "A, B")
    assert (source.published, source.url) == (date(2026, 3, 5), "https://x.org")


def test_the_first_heading_is_the_title_where_none_is_stated(tmp_path: Path) -> None:
    assert read(tmp_path / "a.md", "Intro\n\n# Real title\n").source.title == "Real title"


def test_broken_front_matter_is_reported(tmp_path: Path) -> None:
    assert "YAML" in reason(tmp_path / "a.md", b"---\ntitle: a: b: [\n---\nText.\n")


def test_front_matter_that_unfolds_to_billions_of_values_does_no_harm(tmp_path: Path) -> None:
    steps = "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}, *a{n}]\n" for n in range(40))
    document = read(tmp_path / "a.md", f"---\na0: &a0 [x]\n{steps}author: *a40\n---\nText.\n")
    assert (document.text, document.source.author) == ("Text.", None)


# HTML

PAGE = f"""<html><head><title>Rates rise | Desk</title>
<meta property="og:site_name" content="The Desk"><meta name="author" content="Ann Lee">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "2026-03-05T10:00Z"}}</script>
</head><body><nav><a href="/">Home</a> <a href="/b">Business</a></nav><article><h1>Rates rise</h1>
<p>{SENTENCE * 3}</p><h2>Next steps</h2><p>It will meet again&nbsp;on <b>Monday</b>,
said <a href="x">Lee</a>.</p><ul><li>one thing</li><li>another</li></ul>
<table><tr><th>Year</th><th>Rate</th></tr><tr><td>2025</td><td>4 %</td></tr></table></article>
<script>alert("no")</script><footer>Copyright 2019 The Desk</footer></body></html>"""


def test_an_article_is_read_without_menu_and_footer(tmp_path: Path) -> None:
    text = read(tmp_path / "a.html", PAGE).text
    assert "Next steps\n\nIt will meet again on Monday, said Lee.\n\n- one thing\n- another" in text
    assert "\n\nYear | Rate\n2025 | 4 %" in text
    assert not any(word in text for word in ("Home", "Copyright", "alert"))


def test_an_article_is_read_without_what_else_there_is_to_read(tmp_path: Path) -> None:
    teasers = '<div class="bottom-links"><p>More from our kitchen: ten soups for the winter.</p></div>'
    body = f"<article><h1>Rates rise</h1><p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p>{teasers}</article>"
    text = read(tmp_path / "a.html", f"<html><body>{body}</body></html>").text
    assert "more would follow" in text
    assert "kitchen" not in text


def test_a_page_of_little_else_than_teasers_keeps_them(tmp_path: Path) -> None:
    teasers = '<div class="bottom-links"><p>More from our kitchen: ten soups for the winter.</p></div>'
    page = f"<html><body><article><p>{SENTENCE}</p>{teasers}</article></body></html>"
    assert "kitchen" in read(tmp_path / "a.html", page).text


def test_a_page_states_its_own_metadata(tmp_path: Path) -> None:
    source = read(tmp_path / "a.html", PAGE).source
    assert (source.title, source.publisher, source.author) == ("Rates rise", "The Desk", "Ann Lee")
    assert source.published == date(2026, 3, 5)


def test_a_date_in_the_text_of_a_page_is_not_its_date(tmp_path: Path) -> None:
    page = f"<html><body><p>Updated 3 May 2023. {SENTENCE * 4}</p></body></html>"
    assert read(tmp_path / "a.html", page).source.published is None


@pytest.mark.parametrize(
    "markup",
    [
        '<meta property="article:modified_time" content="2026-03-31T10:00Z">',
        '<meta property="og:image" content="https://desk.example/2026/03/31/a.jpg">',
        '<meta name="date" content="3/4/2026">',
        '<time datetime="2026-03-31">31 March</time>',
    ],
)
def test_what_is_no_full_date_of_publication_is_not_its_date_either(tmp_path: Path, markup: str) -> None:
    assert read(tmp_path / "a.html", f"{markup}<p>{SENTENCE * 4}</p>").source.published is None


def test_a_page_of_few_words_is_read_too(tmp_path: Path) -> None:
    page = "<body><nav>Home</nav><p>Only a line.</p><p>And<br>two.</p></body>"
    assert read(tmp_path / "a.html", page).text == "Only a line.\n\nAnd\ntwo."


def test_entities_that_name_files_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><p>Words &x; here.</p>'
    assert "hidden" not in read(tmp_path / "a.html", page).text


def loaded(path: Path, content: str) -> Loaded:
    path.write_text(content, "utf-8")
    return load(path, root=path.parent)


def test_questions_that_unfold_are_headings_over_their_answers(tmp_path: Path) -> None:
    page = (
        "<h1>Help</h1><details><summary>May I bring a dog?</summary><p>Dogs may be brought along on a lead on all "
        "days of the week, but not into the sauna or to the pool for children.</p></details>"
        "<h3><button aria-expanded=false>Where is the pier?</button></h3><div hidden><p>The pier lies at the end of "
        "the harbour road, ten minutes on foot from the station and two from the car park.</p></div>"
    )
    (document,) = loaded(tmp_path / "a.html", page).documents
    headings = [document.text[b.start : b.end] for b in document.blocks if b.kind == "heading"]
    assert headings == ["Help", "May I bring a dog?", "Where is the pier?"]


def test_a_notice_of_cookies_is_no_part_of_the_article_and_told(tmp_path: Path) -> None:
    page = (
        '<div id="cookie-banner"><p>We value your privacy and use cookies to make this site work for you.</p></div>'
        f"<main><p>{SENTENCE * 6}</p></main><footer>Imprint</footer>"
    )
    found = loaded(tmp_path / "a.html", page)
    assert "privacy" not in found.documents[0].text
    assert found.left_out_in_words == "a notice of cookies, a part of the page around the article"


def test_a_section_on_consent_is_no_notice_of_cookies(tmp_path: Path) -> None:
    section = '<div class="informed-consent"><p>Patients give consent in writing.</p></div>'
    found = loaded(tmp_path / "a.html", f"<main><p>{SENTENCE * 6}</p>{section}</main>")
    assert "a notice of cookies" not in found.left_out_in_words


def test_an_article_in_an_aside_is_read(tmp_path: Path) -> None:
    page = f"<div><p>Short.</p></div><aside><p>{SENTENCE * 4}</p><p>{SENTENCE * 4}</p></aside>"
    assert SENTENCE.strip() in loaded(tmp_path / "a.html", page).documents[0].text


def test_which_of_several_dates_was_taken_is_told(tmp_path: Path) -> None:
    page = (
        '<meta property="article:published_time" content="2024-05-03">'
        f'<time itemprop="datePublished" datetime="2024-05-05">5 May</time><p>{SENTENCE * 4}</p>'
    )
    found = loaded(tmp_path / "a.html", page)
    assert found.documents[0].source.published == date(2024, 5, 3)
    assert "3 May 2024 was taken, not 5 May 2024" in found.notes[0]


def test_a_cell_over_several_rows_stands_in_each_and_headers_name_the_columns(tmp_path: Path) -> None:
    page = (
        "<table><tr><th rowspan=2>Region</th><th colspan=2>Staff</th></tr><tr><th>Head</th><th>Vans</th></tr>"
        "<tr><td rowspan=2>North</td><td>Moe</td><td>14</td></tr><tr><td>Nilsen</td><td>11</td></tr></table>"
    )
    (document,) = loaded(tmp_path / "a.html", page).documents
    assert document.text == "Region | Staff\nRegion | Head | Vans\nNorth | Moe | 14\nNorth | Nilsen | 11"
    assert labelled(document.text, document.blocks[-1].columns).splitlines()[-1] == (
        "Region: North | Staff Head: Nilsen | Staff Vans: 11"
    )


# Word


def test_a_word_file_is_read_in_the_order_of_its_page(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Rates", 1)
    document.add_paragraph("Before the\u00a0table.")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Year", "Rate", "2025", "4 %"], strict=True):
        cell.text = text
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Bullet")
    document.add_paragraph("After.")
    text = read(tmp_path / "a.docx", word(document)).text
    assert text == "Rates\n\nBefore the table.\n\nYear | Rate\n2025 | 4 %\n\n- one\n- two\n\nAfter."


def test_a_word_files_properties_are_its_metadata(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    properties = document.core_properties
    properties.title, properties.author, properties.category = "T", "A", "The Desk"
    properties.created, properties.comments = datetime(2026, 3, 5), "Source: https://x.org/1"
    source = read(tmp_path / "a.docx", word(document)).source
    assert (source.title, source.author, source.publisher) == ("T", "A", "The Desk")
    assert (source.published, source.url) == (date(2026, 3, 5), "https://x.org/1")


def test_what_a_library_writes_by_itself_is_no_metadata(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Words.")
    source = read(tmp_path / "annual-report.docx", word(document)).source
    assert (source.title, source.author, source.publisher) == ("annual report", None, None)
    assert source.published is None


# PDF


def test_a_pdf_gives_paragraphs_list_items_and_rows(tmp_path: Path) -> None:
    story = [
        paragraph("Rates rise", "Title"),
        paragraph(SENTENCE * 4),
        paragraph("Second paragraph. " + SENTENCE * 2),
        paragraph("one thing", "Bullet"),
        Paragraph("one thing " * 20, getSampleStyleSheet()["Bullet"], bulletText="•"),
        Table([["Year", "Rate of growth"], ["2025", "4 %"]], colWidths=[150, 150]),
    ]
    text = read(tmp_path / "a.pdf", pdf(story)).text
    assert text.startswith(f"Rates rise\n\n{(SENTENCE * 4).strip()}\n\nSecond paragraph. ")
    assert f"\n\n- {('one thing ' * 20).strip()}\n\nYear | Rate of growth\n2025 | 4 %" in text


def test_the_page_map_cuts_the_text_into_its_pages(tmp_path: Path) -> None:
    story = [
        paragraph("One alone."),
        PageBreak(),
        paragraph("Two alone."),
        PageBreak(),
        paragraph("Three alone."),
    ]
    document = read(tmp_path / "a.pdf", pdf(story))
    ends = [*document.pages[1:], len(document.text)]
    pages = [document.text[start:end].strip() for start, end in zip(document.pages, ends, strict=True)]
    assert pages == ["One alone.", "Two alone.", "Three alone."]


def test_a_sentence_that_runs_over_a_page_stays_whole(tmp_path: Path) -> None:
    document = read(tmp_path / "a.pdf", printed([["The rate was lifted to five"], ["percent on Monday."]]))
    assert document.text == "The rate was lifted to five percent on Monday."
    assert document.text[document.pages[1] :] == "percent on Monday."


def test_running_heads_are_kept_once_and_page_numbers_left_out(tmp_path: Path) -> None:
    pages = [
        ["Annual Report 2025", "", f"Body of page {word}.", "", f"Page {number} of 3"]
        for number, word in enumerate(["one", "two", "three"], start=1)
    ]
    text = read(tmp_path / "a.pdf", printed(pages)).text
    assert text == "Annual Report 2025\n\nBody of page one.\n\nBody of page two.\n\nBody of page three."


def test_a_broken_word_is_mended_and_a_compound_kept(tmp_path: Path) -> None:
    lines = ["The statement that the govern-", "ment made about its long-", "term plans was brief."]
    assert read(tmp_path / "a.pdf", printed([lines])).text == (
        "The statement that the government made about its long-term plans was brief."
    )


def test_a_pdfs_properties_are_its_metadata(tmp_path: Path) -> None:
    made = pdf(
        [paragraph("Words.")],
        title="T",
        author="A",
        subject="The Desk",
        keywords="news, https://desk.example/1",
    )
    source = read(tmp_path / "a.pdf", made).source
    assert (source.title, source.author, source.publisher) == ("T", "A", "The Desk")
    assert source.url == "https://desk.example/1"
    assert source.published is None


def test_the_day_on_which_a_pdf_was_made_counts_if_it_opens_with_that_day(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    made = pdf([paragraph(f"Notice of {today.day} {today:%B %Y}")])
    assert read(tmp_path / "a.pdf", made).source.published == today


def test_lines_that_differ_in_their_figures_are_no_running_heads(tmp_path: Path) -> None:
    pages = [
        ["Statement 4471", "", f"Body of page {word}.", "", f"Balance due: {due} EUR", f"{number}"]
        for number, (word, due) in enumerate([("one", "412.50"), ("two", "398.20"), ("three", "17")], start=1)
    ]
    (tmp_path / "a.pdf").write_bytes(printed(pages))
    loaded = load(tmp_path / "a.pdf", root=tmp_path)
    text = loaded.documents[0].text
    assert [f"Balance due: {due} EUR" in text for due in ("412.50", "398.20", "17")] == [True] * 3
    assert [part.text for part in loaded.left_out] == [
        "1",
        "Statement 4471",
        "2",
        "Statement 4471",
        "3",
    ]


# JSON Lines


def test_a_record_keeps_its_id_and_every_character_of_its_text(tmp_path: Path) -> None:
    text = " Two\u2028lines\r\n\tand\u00a0odd  spaces e\u0301 "
    record = {"id": 7, "title": None, "text": text, "published": "2026-03-05", "publisher": "P"}
    document = read(tmp_path / "a.jsonl", json.dumps(record, ensure_ascii=False) + "\n\n")
    assert (document.id, document.path, document.text) == ("7", "a.jsonl", text)
    assert (document.source.published, document.source.publisher) == (date(2026, 3, 5), "P")


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=5))
def test_texts_of_records_are_exact(texts: list[str]) -> None:
    lines = [
        json.dumps({"id": str(number), "text": text}, ensure_ascii=number % 2 == 0)
        for number, text in enumerate(texts)
    ]
    documents = load_json_lines("\n".join(lines).encode(), "a.jsonl")
    assert [document.text for document in documents] == texts


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ('{"id": "b", "text": ', "JSON"),
        ('{"id": "a", "text": "y"}', 'id "a"'),
        ('{"text": "y"}', '"id"'),
        ('{"id": "b"}', '"text"'),
        ("[1]", "record"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_a_wrong_line_is_reported_with_its_number(tmp_path: Path, second: str, word: str) -> None:
    message = reason(tmp_path / "a.jsonl", ('{"id": "a", "text": "x"}\n' + second).encode())
    assert message.startswith("Line 2 ")
    assert word in message


# dates


def test_no_date_is_taken_from_the_file_system_or_an_archive(tmp_path: Path) -> None:
    contents = {
        "a.txt": "Words.",
        "a.md": "Words.",
        "a.html": "<p>Words.</p>",
        "a.csv": "Words,More\n1,2",
        "a.jsonl": '{"id": "w", "text": "Words."}',
        "a.eml": "Subject: S\n\nWords.",
    }
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in contents.items():
            (tmp_path / name).write_text(content)
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), content)
    for name in (*contents, "a.zip"):
        os.utime(tmp_path / name, (1_577_934_246, 1_577_934_246))
        documents = load(tmp_path / name, root=tmp_path).documents
        assert {document.source.published for document in documents} == {None}


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31",
        "2026-03-31T23:59:00+08:00",
        "2026/3/31",
        "20260331",
        "D:20260331090000+08'00'",
        "31 March 2026",
        "March 31, 2026",
        "Tue, 31 Mar 2026 10:00:00 GMT",
        "31/03/2026",
        "2026年3月31日",
    ],
)
def test_a_date_given_in_full_is_understood(text: str) -> None:
    assert parse_date(text) == date(2026, 3, 31)


@pytest.mark.parametrize(
    "text", ["2026", "March 2026", "2026-03", "3/4/2026", "31 March", "soon", "", "2026-13-45"]
)
def test_a_date_given_in_part_is_never_guessed(text: str) -> None:
    assert parse_date(text) is None
