"""Excel files -> Documents of what their sheets show."""

import contextlib
import io
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.loading.tables import rows
from assistant.text.places import place_of
from assistant.types import Document
from tests.files import changed, labelled, read, reason

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


def test_values_are_shown_as_excel_shows_them(tmp_path: Path) -> None:
    made = workbook(
        ["Name", "Sum", "Day", "Hour", "Done", "Share"],
        ["Ann", 5.0, datetime(2025, 1, 2), time(10, 30), True, 0.045],
        ["Bob", 0.1 + 0.2, datetime(2025, 1, 2, 10, 30), None, False, 1],
        ["Eve", 10**12, date(2025, 1, 2), None, None, None],
    )
    for row in (2, 3):
        made.active.cell(row, 6).number_format = "0.0%"
    made.active["C2"].number_format, made.active["B4"].number_format = "d mmm yyyy", "#,##0.00 €"
    assert read(tmp_path / "a.xlsx", saved(made)).text == (
        "Rates\n\nName | Sum | Day | Hour | Done | Share\n"
        "Ann | 5 | 2 Jan 2025 | 10:30:00 | TRUE | 4.5%\n"
        "Bob | 0.3 | 2025-01-02 10:30:00 | FALSE | 100.0%\n"
        "Eve | 1,000,000,000,000.00 € | 2025-01-02"
    )


def test_a_workbook_that_counts_its_days_from_1904_has_the_same_dates(tmp_path: Path) -> None:
    made = workbook(["Day", "Sum"], [date(2025, 1, 2), 1])
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert "2025-01-02 | 1" in read(tmp_path / "a.xlsx", saved(made)).text


def test_rows_of_a_sheet_keep_their_numbers_wherever_the_table_begins(tmp_path: Path) -> None:
    made = workbook()
    for cell, value in {"C5": "Name", "D5": "Rate", "C7": "Ann", "D7": 4, "C9": "Bob", "D9": 5}.items():
        made.active[cell] = value
    document = read(tmp_path / "a.xlsx", saved(made))
    assert [place(document, words) for words in ("Name |", "Ann", "Bob")] == ["row 5", "row 7", "row 9"]
    assert place(document, "Rates") == ""
    assert labelled(document)[-1] == "Name: Bob | Rate: 5"


def test_a_merged_value_stands_on_every_row_it_covers_and_once_in_each(tmp_path: Path) -> None:
    made = workbook(
        ["Group", "Shop", "Mon", "Tue", "Wed"],
        ["North", "Bodo", "9-17", "closed", None],
        [None, "Alta", "9-17", "9-17", "9-15"],
    )
    made.active.merge_cells("A2:A3")
    made.active.merge_cells("D2:E2")
    assert labelled(read(tmp_path / "a.xlsx", saved(made)))[2:] == [
        "Group: North | Shop: Bodo | Mon: 9-17 | Tue, Wed: closed",
        "Group: North | Shop: Alta | Mon: 9-17 | Tue: 9-17 | Wed: 9-15",
    ]


def test_a_header_of_two_rows_names_each_column_whole(tmp_path: Path) -> None:
    for corner, merged in ((None, ()), ("Article", ("A1:A2",))):
        made = workbook(
            [corner, 2024, None, 2025, None], ["Article", "Q1", "Q2", "Q1", "Q2"], ["Oak", 1, 2, 3, 4]
        )
        if corner:
            made.active["A2"] = None
        for cells in ("B1:C1", "D1:E1", *merged):
            made.active.merge_cells(cells)
        last = labelled(read(tmp_path / "a.xlsx", saved(made)))[-1]
        assert last == "Article: Oak | 2024 Q1: 1 | 2024 Q2: 2 | 2025 Q1: 3 | 2025 Q2: 4"


def test_the_name_of_a_group_over_the_whole_width_is_a_heading(tmp_path: Path) -> None:
    made = workbook(["Article", "Price"], ["Shelves"], ["Oak shelf", 3], ["Desks"], ["Oak desk", 4])
    for cells in ("A2:B2", "A4:B4"):
        made.active.merge_cells(cells)
    document = read(tmp_path / "a.xlsx", saved(made))
    kinds = [block.kind for block in document.blocks]
    assert kinds == ["heading", "row", "heading", "row", "heading", "row"]
    assert labelled(document)[2:4] == ["Shelves", "Article: Oak shelf | Price: 3"]


def test_what_is_hidden_is_left_out_and_said_so(tmp_path: Path) -> None:
    made = workbook(["Article", "Price", "Margin"], ["Oak", 3, 61], ["Fir", 4, 62], ["Elm", 5, 63])
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["C"].hidden = True
    made.active["B4"].number_format = ";;;"
    made.create_sheet("Old").append(["Oak", 2])
    made["Old"].sheet_state = "veryHidden"
    (tmp_path / "a.xlsx").write_bytes(saved(made))
    loaded = load(tmp_path / "a.xlsx", root=tmp_path)
    (document,) = loaded.documents
    assert document.text == "Rates\n\nArticle | Price\nOak | 3\nElm"
    assert place(document, "Elm") == "row 4"
    assert [(part.what, part.text) for part in loaded.left_out] == [
        ("a hidden value", "5"),
        ("a hidden row", "Fir | 4 | 62"),
        ("a hidden column", "Margin | 61 | 63"),
        ("a hidden sheet", "Old\nOak | 2"),
    ]


def test_a_merged_value_is_seen_where_its_first_row_and_column_are_hidden(tmp_path: Path) -> None:
    made = workbook(["", "", "Article", "Price"], ["North", None, "Oak", 3], [None, None, "Fir", 4])
    made.active.merge_cells("A2:B3")
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["A"].hidden = True
    assert "North | Fir | 4" in read(tmp_path / "a.xlsx", saved(made)).text


def test_values_under_a_merged_cell_are_left_out(tmp_path: Path) -> None:
    made = saved(workbook(["Article", "Price"], ["Oak", 3], ["Fir", 4]))
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    data = changed(made, SHEET, lambda part: part.replace(b"</sheetData>", merged))
    (tmp_path / "a.xlsx").write_bytes(data)
    loaded = load(tmp_path / "a.xlsx", root=tmp_path)
    assert loaded.documents[0].text.endswith("Oak | 3\nOak | 4")
    assert [(part.what, part.text) for part in loaded.left_out] == [("a covered value", "Fir")]


def test_comments_come_after_their_row_and_hang_on_it(tmp_path: Path) -> None:
    made = workbook(["Article", "Price"], ["Oak", 3], ["Fir", 4])
    made.active["B2"].comment = Comment("Ann:\nnot after May", "Ann")
    made.active["B9"].comment = Comment("Nobody knows", "tc={1}")
    document = read(tmp_path / "a.xlsx", saved(made))
    assert document.text.endswith(
        "Oak | 3\n\nComment by Ann: not after May\n\nFir | 4\n\nComment: Nobody knows"
    )
    oak, note = document.blocks[2:4]
    assert (note.kind, note.hangs_on) == ("note", oak.start)
    assert place(document, "Comment by Ann") == "row 2"


def test_tables_side_by_side_are_documents_with_rows_of_their_own(tmp_path: Path) -> None:
    made = workbook(
        ["Prices", None, None, "Contacts"],
        ["Article", "Price", None, "Name", "Phone"],
        ["Oak", 3, None, "Ann", "0471"],
        ["Fir", 4],
        ["Elm", 5, None, "Bob", "0472"],
    )
    (tmp_path / "a.xlsx").write_bytes(saved(made))
    first, second = load(tmp_path / "a.xlsx", root=tmp_path).documents
    assert (first.id, second.id) == ("a.xlsx", "a.xlsx#Rates!D:E")
    assert second.source.title == "a: Rates D:E"
    assert labelled(first)[-1] == "Article: Elm | Price: 5"
    assert labelled(second) == [
        "Contacts",
        "Name | Phone",
        "Name: Ann | Phone: 0471",
        "Name: Bob | Phone: 0472",
    ]
    assert place(second, "Bob") == "row 5"


def test_an_empty_column_within_a_table_does_not_part_it(tmp_path: Path) -> None:
    made = workbook(["Article", None, 2024, 2025], ["Oak", None, 3, 4], ["Fir", None, 5, 6])
    assert labelled(read(tmp_path / "a.xlsx", saved(made)))[-1] == "Article: Fir | 2024: 5 | 2025: 6"


def test_a_bold_row_begins_a_new_table_of_words(tmp_path: Path) -> None:
    made = workbook(["Article", "Maker"], ["Oak", "Ravn"], [], ["Name", "City"], ["Ann", "Oslo"])
    for row in (1, 4):
        for cell in made.active[row]:
            cell.font = Font(bold=True)
    assert labelled(read(tmp_path / "a.xlsx", saved(made)))[-1] == "Name: Ann | City: Oslo"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_word_of_a_workbook_is_shown_or_left_out_once(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    made = openpyxl.Workbook()
    made.active.title = "First"
    repeated: Counter[str] = Counter()
    hidden = data.draw(st.sets(st.sampled_from(["Second", "Third"])))
    for title in data.draw(st.sampled_from([["Second"], ["Second", "Third"], []])):
        made.create_sheet(title).sheet_state = "hidden" if title in hidden else "visible"
    for number, sheet in enumerate(made):
        repeated += _filled(sheet, f"s{number}", data)
    made.active["P30"] = "seen"
    path = tmp_path_factory.getbasetemp() / "any.xlsx"
    path.write_bytes(saved(made))
    loaded = load(path, root=path.parent)
    texts = [document.text for document in loaded.documents] + [part.text for part in loaded.left_out]
    shown = Counter(" ".join(texts).replace("|", " ").split())
    again = openpyxl.load_workbook(path)  # all of it in memory: the other way in which openpyxl reads
    cells = [cell for sheet in again for row in sheet.iter_rows() for cell in row if cell.value is not None]
    notes = [
        cell.comment.text for sheet in again for row in sheet.iter_rows() for cell in row if cell.comment
    ]
    words = Counter(str(cell.value) for cell in cells) + Counter(notes)
    assert {word: n for word, n in shown.items() if word in words} == words + Counter(
        {word: shown[word] - 1 for word in repeated if shown[word]}
    )
    assert all(shown[word] <= n for word, n in repeated.items())
    assert shown.keys() - words.keys() <= {"First", "Second", "Third", "Comment", "by", "Ann:", "Comment:"}
    for document in loaded.documents:
        assert list(document.pages) == sorted(document.pages)
        for row in again[_sheet_of(document)].iter_rows():
            for cell in row:
                if (
                    cell.value is not None
                    and str(cell.value) not in repeated
                    and str(cell.value) in document.text.split()
                ):
                    at = document.text.index(str(cell.value))
                    assert place_of(at, "row", document.pages) == f"row {cell.row}"


def _sheet_of(document: Document) -> str:
    return document.id.partition("#")[2].partition("!")[0] or document.text.partition("\n")[0]


def _filled(sheet: Any, mark: str, data: st.DataObject) -> Counter[str]:
    """A sheet of words that are all different, some merged or hidden; how often those may be shown."""
    cells = st.tuples(st.integers(1, 12), st.integers(1, 8))
    for row, column in sorted(data.draw(st.sets(cells, min_size=1, max_size=50))):
        number = data.draw(st.booleans())
        sheet.cell(row, column, int(f"{mark[1:]}9{row:02d}{column}") if number else f"{mark}r{row}c{column}")
    for row, column in data.draw(st.sets(cells, max_size=2)):
        sheet.cell(row, column).comment = Comment(f"{mark}note{row}x{column}", "Ann")
    repeated: Counter[str] = Counter()
    taken: set[tuple[int, int]] = set()
    for row, column in data.draw(st.sets(cells, max_size=3)):
        height, width = data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))
        area = {(row + down, column + right) for down in range(height + 1) for right in range(width + 1)}
        if height + width and not area & taken and not any(sheet.cell(*at).comment for at in area):
            taken |= area
            sheet.merge_cells(
                start_row=row, end_row=row + height, start_column=column, end_column=column + width
            )
            if sheet.cell(row, column).value is not None:
                repeated[str(sheet.cell(row, column).value)] = height + 1
    for row in data.draw(st.sets(st.integers(1, 12), max_size=3)):
        sheet.row_dimensions[row].hidden = True
    for column in data.draw(st.sets(st.sampled_from("ABCDEFGH"), max_size=2)):
        sheet.column_dimensions[column].hidden = True
    return repeated


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


def test_a_table_of_very_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_CELLS", 1_000)
    assert "1,000 cells" in reason(tmp_path / "a.xlsx", saved(workbook(*([1, 2] for _ in range(501)))))


def test_merged_values_that_fill_a_sheet_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_CELLS", 1_000)
    made = workbook(["a", 1], *([None, 2] for _ in range(600)))
    made.active.merge_cells("A1:A601")
    assert "1,000 cells" in reason(tmp_path / "a.xlsx", saved(made))
