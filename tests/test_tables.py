"""Excel, CSV and TSV files -> Documents of rows."""

import contextlib
import io
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.loading.tables import rows
from assistant.text.places import place_of
from assistant.types import Document
from tests.files import changed, read, reason

SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: Any, title: str = "Rates") -> Any:
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    return made


def saved(made: Any) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def place(document: Document, words: str) -> str:
    return place_of(document.text.index(words), document.unit, document.pages)


# CSV and TSV


def test_a_row_has_its_headers_so_that_it_can_be_understood_alone(tmp_path: Path) -> None:
    document = read(tmp_path / "ferry-rates.csv", 'Name,Rate,Note\nAnn,4.5,\n\n"Lee, Bob",5,"two\nlines"\n')
    assert document.text == (
        "Name | Rate | Note\nName: Ann | Rate: 4.5\nName: Lee, Bob | Rate: 5 | Note: two lines"
    )
    assert document.source.title == "ferry rates"
    assert document.source.published is None


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    document = read(tmp_path / "a.csv", 'Name,Rate\nAnn,4.5\n\n,,\n"Bob\nLee",5\nEve,6\n\n')
    places = [place(document, words) for words in ("Name |", "Name: Ann", "Name: Bob", "Name: Eve")]
    assert places == ["row 1", "row 2", "row 5", "row 6"]
    assert len(document.pages) == 6


def test_rows_without_a_header_stay_as_they_are(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "1,Ann\n2,Bob\n").text == "1 | Ann\n2 | Bob"
    assert read(tmp_path / "a.csv", "one\ntwo\n").text == "one\ntwo"


def test_a_line_above_the_header_is_no_header(tmp_path: Path) -> None:
    text = read(tmp_path / "a.csv", "Rates in 2025,\n\nName,Rate\nAnn,5\n").text
    assert text == "Rates in 2025\nName | Rate\nName: Ann | Rate: 5"


@pytest.mark.parametrize(
    ("name", "mark"), [("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.tsv", "\t"), ("a.tsv", ",")]
)
def test_the_mark_between_cells_is_found(tmp_path: Path, name: str, mark: str) -> None:
    content = "\n".join(mark.join(row) for row in (["Name", "Rate"], ["Ann", "4.5"], ["Bob", "5"]))
    assert "Name: Bob | Rate: 5" in read(tmp_path / name, content).text


def test_commas_in_the_words_of_cells_do_not_mislead(tmp_path: Path) -> None:
    text = read(tmp_path / "a.csv", "Name;Said\nAnn;Well, no, never\nBob;Yes, but\n").text
    assert "Name: Ann | Said: Well, no, never" in text


def test_a_table_is_read_in_the_encoding_it_is_written_in(tmp_path: Path) -> None:
    text = "Name;Ort\nMüller;Köln am Rhein\nGroß;Nürnberg – Fürth\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        assert "Name: Müller | Ort: Köln am Rhein" in read(tmp_path / "a.csv", text.encode(encoding)).text


def test_a_quotation_mark_that_is_never_closed_is_told(tmp_path: Path) -> None:
    content = 'a,b\n1,"two\n' + "1,2\n" * 60_000
    assert "never closed" in reason(tmp_path / "a.csv", content.encode())


def test_a_table_of_very_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_CELLS", 1_000)
    assert "1,000 cells" in reason(tmp_path / "a.csv", b"1,2\n" * 501)
    many = saved(workbook(*([1, 2] for _ in range(501))))
    assert "1,000 cells" in reason(tmp_path / "a.xlsx", many)


@given(st.text(alphabet=st.sampled_from("ab1,;\t|\n\r\"' é"), min_size=1, max_size=200).filter(str.strip))
def test_any_text_is_read_as_a_table_or_reported(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode())
    with contextlib.suppress(UnreadableFile):
        (document,) = load(path, root=path.parent).documents
        assert list(document.pages) == sorted(document.pages)
        assert all(0 <= start <= len(document.text) for start in document.pages)


# Excel


def test_values_are_shown_as_excel_shows_them(tmp_path: Path) -> None:
    made = workbook(
        ["Name", "Sum", "Day", "Hour", "Done", "Share"],
        ["Ann", 5.0, datetime(2025, 1, 2), time(10, 30), True, 0.045],
        ["Bob", 0.1 + 0.2, datetime(2025, 1, 2, 10, 30), None, False, 1],
        ["Eve", 10**12, date(2025, 1, 2), None, None, None],
    )
    for row in (2, 3):
        made.active.cell(row, 6).number_format = "0.0%"
    assert read(tmp_path / "a.xlsx", saved(made)).text == (
        "Rates\n\nName | Sum | Day | Hour | Done | Share\n"
        "Name: Ann | Sum: 5 | Day: 2025-01-02 | Hour: 10:30:00 | Done: TRUE | Share: 4.5%\n"
        "Name: Bob | Sum: 0.3 | Day: 2025-01-02 10:30 | Done: FALSE | Share: 100%\n"
        "Name: Eve | Sum: 1000000000000 | Day: 2025-01-02"
    )


def test_rows_of_a_sheet_keep_their_numbers_wherever_the_table_begins(tmp_path: Path) -> None:
    made = workbook()
    for cell, value in {"C5": "Name", "D5": "Rate", "C7": "Ann", "D7": 4, "C9": "Bob", "D9": 5}.items():
        made.active[cell] = value
    document = read(tmp_path / "a.xlsx", saved(made))
    assert [place(document, words) for words in ("Name |", "Name: Ann", "Name: Bob")] == [
        "row 5",
        "row 7",
        "row 9",
    ]
    assert place(document, "Rates") == ""


def test_each_sheet_is_a_document_so_that_its_rows_keep_their_numbers(tmp_path: Path) -> None:
    made = workbook(["Name", "Rate"], ["Ann", 4])
    made.create_sheet("Empty")
    made.create_sheet("Tolls").append(["The bridge is free."])
    (tmp_path / "a.xlsx").write_bytes(saved(made))
    first, second = load(tmp_path / "a.xlsx", root=tmp_path).documents
    assert (first.id, second.id) == ("a.xlsx#Rates", "a.xlsx#Tolls")
    assert {first.path, second.path} == {"a.xlsx"}
    assert second.source.title == "a: Tolls"
    assert second.text == "Tolls\n\nThe bridge is free."
    assert place(second, "The bridge") == "row 1"


def test_a_workbooks_properties_are_its_metadata_and_no_date_is_invented(tmp_path: Path) -> None:
    made = workbook(["Words."])
    source = read(tmp_path / "ferry-rates.xlsx", saved(made)).source
    assert (source.title, source.author, source.published) == ("ferry rates", None, None)
    made.properties.title, made.properties.creator = "T", "A"
    source = read(tmp_path / "a.xlsx", saved(made)).source
    assert (source.title, source.author) == ("T", "A")


def test_formulas_without_results_are_told(tmp_path: Path) -> None:
    assert "formulas" in reason(tmp_path / "a.xlsx", saved(workbook(["=1+1", "=A1"])))


def test_what_is_no_workbook_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert "old format" in reason(path, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "web page" in reason(path, b"<html><table><tr><td>1</td></tr></table></html>")
    assert "not a valid Excel workbook" in reason(path, b"Name,Rate\nAnn,4\n")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95, 0.999])
def test_a_truncated_workbook_is_reported(tmp_path: Path, share: float) -> None:
    whole = saved(workbook(["Name", "Rate"], ["Ann", 4]))
    assert "damaged" in reason(tmp_path / "a.xlsx", whole[: int(len(whole) * share)])


def test_entities_of_a_sheet_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    whole = saved(workbook(["Name", "Rate"], ["Ann", 4]))
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    for entities, used in (
        (f'<!ENTITY a12 SYSTEM "file://{tmp_path}/secret">', b"&a12;"),
        (laughs, b"&a12;"),
    ):
        head = f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]>'.encode()
        poisoned = changed(
            whole, SHEET, lambda part, head=head, used=used: head + part.replace(b"<v>4", b"<v>" + used)
        )
        reason(tmp_path / "a.xlsx", poisoned)


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="999999999999"><c r="A999999999999"><v>1</v></c></row>',
        '<row r="9"><c r="ZZZZZ9"><v>1</v></c></row>',
        '<row r="x"><c r="A9"><v>1</v></c></row>',
        '<row r="9"><c r="A9" t="s"><v>77</v></c></row>',
        "<a>" * 50_000 + "</a>" * 50_000 + '<row r="9"><c r="A9" s="77"><v>1.5</v></c></row>',
    ],
)
def test_impossible_cells_are_reported(tmp_path: Path, cell: str) -> None:
    whole = saved(workbook(["Name", "Rate"], ["Ann", 4]))
    reason(
        tmp_path / "a.xlsx",
        changed(whole, SHEET, lambda part: part.replace(b"</sheetData>", cell.encode() + b"</sheetData>")),
    )


def test_a_cell_of_millions_of_letters_is_read(tmp_path: Path) -> None:
    whole = saved(workbook(["Name", "HUGE"]))
    huge = changed(whole, SHEET, lambda part: part.replace(b"HUGE", b"word " * 400_000))
    assert len(read(tmp_path / "a.xlsx", huge).text) > 1_900_000


WHOLE = saved(workbook(["Name", "Rate"], ["Ann", 4]))  # once: it holds the time


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_workbook_with_any_byte_changed_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    broken = bytearray(WHOLE)
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=20)):
        broken[position] ^= 0x55
    path = tmp_path_factory.getbasetemp() / "changed.xlsx"
    path.write_bytes(bytes(broken))
    with contextlib.suppress(UnreadableFile):
        load(path, root=path.parent)


def test_a_workbook_of_a_zip_version_that_no_program_writes_is_reported(tmp_path: Path) -> None:
    broken = bytearray(WHOLE)
    broken[broken.index(b"PK\x01\x02") + 6] = 65  # the version needed to unpack it: 6.5
    assert "damaged" in reason(tmp_path / "a.xlsx", bytes(broken))
