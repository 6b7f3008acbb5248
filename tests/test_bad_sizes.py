"""Files that are out of all proportion: read rightly, or refused in one sentence."""

import io
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pptx
import pytest
from pptx.util import Inches

from assistant.loading import load
from tests.files import read, reason
from tests.test_epub import NOTED, book
from tests.word_files import cell, p, tbl, tr, word_file

ROWS = 20_000
LETTERS = "word " * 200_000


def csv_file(rows: list[tuple[str, str]]) -> bytes:
    return "".join(f'"{one}","{other}"\n' for one, other in rows).encode()


def excel_file(rows: list[tuple[str, str]]) -> bytes:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("A")
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def word_table(rows: list[tuple[str, str]]) -> bytes:
    return word_file(tbl(*(tr(*row) for row in rows)))


def html_file(rows: list[tuple[str, str]]) -> bytes:
    lines = "".join(f"<tr><td>{one}</td><td>{other}</td></tr>" for one, other in rows)
    return f"<html><body><p>Before.</p><table>{lines}</table></body></html>".encode()


def markdown_file(rows: list[tuple[str, str]]) -> bytes:
    first, *others = [f"| {one} | {other} |\n" for one, other in rows]
    return f"{first}|---|---|\n{''.join(others)}".encode()


def epub_file(rows: list[tuple[str, str]]) -> bytes:
    lines = "".join(f"<tr><td>{one}</td><td>{other}</td></tr>" for one, other in rows)
    return book({"OEBPS/text/two.xhtml": NOTED.format(f"<table>{lines}</table>")})


def slides(rows: list[tuple[str, str]]) -> bytes:
    made = pptx.Presentation()
    box = (Inches(1), Inches(1), Inches(4), Inches(1))
    slide = made.slides.add_slide(made.slide_layouts[6])
    table = slide.shapes.add_table(len(rows), 2, *box).table
    for line, row in zip(table.rows, rows, strict=True):
        for place, text in zip(line.cells, row, strict=True):
            place.text = text
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


MAKERS = {
    "a.csv": csv_file, "a.xlsx": excel_file, "a.docx": word_table, "a.html": html_file, "a.md": markdown_file,
    "a.epub": epub_file, "a.pptx": slides,
}  # fmt: skip
Maker = Callable[[list[tuple[str, str]]], bytes]


@pytest.mark.parametrize(("name", "make"), MAKERS.items(), ids=MAKERS)
def test_a_very_long_table_is_read_to_its_end(tmp_path: Path, name: str, make: Maker) -> None:
    count = 300 if name == "a.pptx" else ROWS  # python-pptx takes its time to write one
    rows = [("Name", "Sum"), *((f"Row {at}", f"{at * 3}") for at in range(count))]
    (tmp_path / name).write_bytes(make(rows))
    (document,) = load(tmp_path / name, root=tmp_path).documents
    last = document.blocks[-1]
    assert document.text[last.start : last.end] == f"Row {count - 1} | {(count - 1) * 3}"
    assert [column for _, column in last.columns] == ["Name", "Sum"]


# openpyxl cuts what it writes; tests/test_excel.py has one of two million letters
@pytest.mark.parametrize("name", [name for name in MAKERS if name != "a.xlsx"])
def test_a_cell_of_a_million_letters_is_read_or_refused(tmp_path: Path, name: str) -> None:
    content = MAKERS[name]([("Name", "Text"), ("long", LETTERS), ("short", "end")])
    if name == "a.csv":
        assert "more than 131,072 characters" in reason(tmp_path / name, content)
        return
    document = read(tmp_path / name, content)
    assert document.text.count("word") == 200_000
    assert document.text.endswith("short | end")


def nested_html(depth: int) -> bytes:
    inner = "Deep."
    for at in range(depth):
        inner = f"<table><tr><td>Shop {at}</td><td>{inner}</td></tr></table>"
    return f"<html><body><p>Before.</p>{inner}</body></html>".encode()


def nested_word(depth: int) -> bytes:
    body = p("Deep.")
    for at in range(depth):
        body = tbl(tr(f"Shop {at}", cell(body)))
    return word_file(p("Before.") + body)


@pytest.mark.parametrize(("name", "make"), [("a.html", nested_html), ("a.docx", nested_word)])
@pytest.mark.parametrize("depth", [10, 60, 5_000])
def test_tables_in_tables_are_read_or_refused(
    tmp_path: Path, name: str, make: Callable[[int], bytes], depth: int
) -> None:
    if name == "a.docx" and depth > 60:
        assert "damaged" in reason(tmp_path / name, make(depth))
        return
    document = read(tmp_path / name, make(depth))
    assert sum(f"Shop {at}" in document.text for at in range(depth)) >= min(depth, 60)
    assert document.text.count("Deep.") == (depth <= 60)


@pytest.mark.parametrize("depth", [50, 300])
def test_mails_in_mails_are_read_or_named(tmp_path: Path, depth: int) -> None:
    made = b"Subject: Deep\nFrom: a@x.org\n\nThe pier is shut.\n"
    for at in range(depth):
        head = f"Subject: Mail {at}\nFrom: a@x.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b{at}\n"
        body = f"--b{at}\n\nWords {at}.\n--b{at}\nContent-Type: message/rfc822\n\n"
        made = f"{head}\n{body}".encode() + made + f"\n--b{at}--\n".encode()
    (tmp_path / "a.eml").write_bytes(made)
    loaded = load(tmp_path / "a.eml", root=tmp_path)
    if depth == 50:
        assert loaded.documents[-1].text == "The pier is shut."
    else:
        assert "messages deep" in loaded.skipped[0].reason


def test_a_mail_of_that_depth_made_by_python_is_read(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Subject"], made["From"] = "Deep", "a@x.org"
    made.set_content("The pier is shut.")
    for _ in range(10):
        outer = EmailMessage()
        outer["Subject"], outer["From"] = "Fwd", "a@x.org"
        outer.set_content("See below.")
        outer.add_attachment(made)
        made = outer
    (tmp_path / "a.eml").write_bytes(bytes(made))
    assert load(tmp_path / "a.eml", root=tmp_path).documents[-1].text == "The pier is shut."
