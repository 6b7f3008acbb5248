"""CSV and TSV files -> Documents of rows, and which rows are the header of the others."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.loading.tables import rows
from assistant.text.places import place_of
from assistant.types import Document
from tests.files import labelled, read, reason


def place(document: Document, words: str) -> str:
    return place_of(document.text.index(words), document.unit, document.pages)


def test_a_row_has_its_headers_so_that_it_can_be_understood_alone(tmp_path: Path) -> None:
    document = read(tmp_path / "ferry-rates.csv", 'Name,Rate,Note\nAnn,4.5,\n\n"Lee, Bob",5,"two\nlines"\n')
    assert document.text == ("Name | Rate | Note\nAnn | 4.5\nLee, Bob | 5 | two lines")
    assert labelled(document)[1:] == ["Name: Ann | Rate: 4.5", "Name: Lee, Bob | Rate: 5 | Note: two lines"]
    assert document.source.title == "ferry rates"
    assert document.source.published is None


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path: Path) -> None:
    document = read(tmp_path / "a.csv", 'Name,Rate\nAnn,4.5\n\n,,\n"Bob\nLee",5\nEve,6\n\n')
    places = [place(document, words) for words in ("Name |", "Ann", "Bob", "Eve")]
    assert places == ["row 1", "row 2", "row 5", "row 6"]
    assert len(document.pages) == 6


def test_rows_without_a_header_stay_as_they_are(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "1,Ann\n2,Bob\n").text == "1 | Ann\n2 | Bob"
    assert read(tmp_path / "a.csv", "one\ntwo\n").text == "one\ntwo"


def test_a_line_above_the_header_is_no_header(tmp_path: Path) -> None:
    text = read(tmp_path / "a.csv", "Rates in 2025,\n\nName,Rate\nAnn,5\n").text
    assert text == "Rates in 2025\n\nName | Rate\nAnn | 5"


@pytest.mark.parametrize(
    ("name", "mark"), [("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.tsv", "\t"), ("a.tsv", ",")]
)
def test_the_mark_between_cells_is_found(tmp_path: Path, name: str, mark: str) -> None:
    content = "\n".join(mark.join(row) for row in (["Name", "Rate"], ["Ann", "4.5"], ["Bob", "5"]))
    assert "\nBob | 5" in read(tmp_path / name, content).text


def test_commas_in_the_words_of_cells_do_not_mislead(tmp_path: Path) -> None:
    text = read(tmp_path / "a.csv", "Name;Said\nAnn;Well, no, never\nBob;Yes, but\n").text
    assert "\nAnn | Well, no, never" in text


def test_a_table_is_read_in_the_encoding_it_is_written_in(tmp_path: Path) -> None:
    text = "Name;Ort\nMüller;Köln am Rhein\nGroß;Nürnberg – Fürth\n"
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        assert "\nMüller | Köln am Rhein" in read(tmp_path / "a.csv", text.encode(encoding)).text


def test_a_quotation_mark_that_is_never_closed_is_told(tmp_path: Path) -> None:
    content = 'a,b\n1,"two\n' + "1,2\n" * 60_000
    assert "never closed" in reason(tmp_path / "a.csv", content.encode())


def test_a_table_of_very_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_CELLS", 1_000)
    assert "1,000 cells" in reason(tmp_path / "a.csv", b"1,2\n" * 501)


@given(st.text(alphabet=st.sampled_from("ab1,;\t|\n\r\"' é"), min_size=1, max_size=200).filter(str.strip))
def test_any_text_is_read_as_a_table_or_reported(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode())
    with contextlib.suppress(UnreadableFile):
        (document,) = load(path, root=path.parent).documents
        assert list(document.pages) == sorted(document.pages)
        assert all(0 <= start <= len(document.text) for start in document.pages)


def test_the_line_that_names_the_mark_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('sep=|\nName;s|Rate\n"Ann"|4,5\n')
    loaded = load(tmp_path / "a.csv", root=tmp_path)
    (document,) = loaded.documents
    assert document.text == "Name;s | Rate\nAnn | 4,5"
    assert place(document, "Ann") == "row 2"
    assert [(part.what, part.text) for part in loaded.left_out] == [("a sep= line", "sep=|")]


@pytest.mark.parametrize(
    "content", ["Ann;1,5\nBob;2,5\n", "1.410.250,75;2,5\n1.410,75;3,5\n", "1,5;2;3\n2,5;3;4\n"]
)
def test_a_decimal_comma_parts_no_cells(tmp_path: Path, content: str) -> None:
    assert read(tmp_path / "a.csv", content).text == content.strip().replace(";", " | ")


# Headers


def table(tmp_path: Path, *rows: str) -> list[str]:
    """The rows, written as "a|b", with the names of their columns."""
    return labelled(read(tmp_path / "a.csv", "sep=|\n" + "\n".join(rows)))


@pytest.mark.parametrize(
    ("rows", "last"),
    [
        (["Price list", "Article|Price", "Oak|3"], "Article: Oak | Price: 3"),
        (
            ["Price list||", "Contact|Ann", "", "Article|Price|In stock", "Oak|3|TRUE"],
            "Article: Oak | Price: 3 | In stock: TRUE",
        ),
        (
            ["From|May|To|June", "Article|Price|Made|Maker|Note", "Oak|3|4|R|-"],
            "Article: Oak | Price: 3 | Made: 4 | Maker: R | Note: -",
        ),
        (["Article|Price", "", "Oak|3"], "Article: Oak | Price: 3"),
        (["Article|Price", "Oak|3", "", "Total|3"], "Article: Total | Price: 3"),
        (["Region|2024|2025", "North|10|12"], "Region: North | 2024: 10 | 2025: 12"),
        (["Zone|2 kg|5 kg", "A|3.50|4.50"], "Zone: A | 2 kg: 3.50 | 5 kg: 4.50"),
        (["|Mon|Tue", "Ann|early|late"], "Ann | Mon: early | Tue: late"),
        (["Room|2026-03-01|2026-03-02", "R1|Ann|Bob"], "Room: R1 | 2026-03-01: Ann | 2026-03-02: Bob"),
        (["Depot|Manager", "Odda|Eli", "", "Alta|Sara"], "Depot: Alta | Manager: Sara"),
        (["Price (EUR)|Name:", "3|Oak", "4|Fir"], "Price (EUR): 4 | Name: Fir"),
        (["Article|Price", "Oak|3", "Fir|on request", "Elm|5"], "Article: Elm | Price: 5"),
        (["Article|Price", "Oak|3", "", "Name|Phone", "Ann|0471"], "Name: Ann | Phone: 0471"),
    ],
)
def test_the_header_is_found_where_it_is(tmp_path: Path, rows: list[str], last: str) -> None:
    assert table(tmp_path, *rows)[-1] == last


@pytest.mark.parametrize("units", ["|EUR|kg|", "|(EUR)|[kg]|", "-|EUR|kg|-"])
def test_units_below_the_header_belong_to_the_names(tmp_path: Path, units: str) -> None:
    shown = table(tmp_path, "Article|Price|Weight|Maker", units, "Oak|1.50|3|Ravn", "Fir|2|4|Ravn")
    assert shown[1] == " | ".join(filter(None, units.split("|")))
    assert shown[2] == "Article: Oak | Price (EUR): 1.50 | Weight (kg): 3 | Maker: Ravn"


@pytest.mark.parametrize(
    "rows",
    [
        ["Name|Acme Ltd", "City|Oslo", "Employees|15"],
        ["Name:|Acme", "City:|Oslo"],
        ["1|Ann|3", "2|Bob|4"],
        ["Ann|TRUE", "Bob|FALSE"],
    ],
)
def test_rows_that_name_no_columns_are_no_header(tmp_path: Path, rows: list[str]) -> None:
    assert table(tmp_path, *rows) == [row.replace("|", " | ") for row in rows]


def test_titles_and_the_names_of_groups_are_headings_and_remarks_are_not(tmp_path: Path) -> None:
    rows = [
        "Prices",
        "Spring",
        "Article|Price|Maker",
        "Shelves",
        "Oak shelf|3|R",
        "Desks",
        "Oak desk|4|R",
        "",
        "All without tax.",
    ]
    document = read(tmp_path / "a.csv", "sep=|\n" + "\n".join(rows))
    kinds = [(block.kind, block.level) for block in document.blocks]
    assert kinds[:4] == [("heading", 2), ("heading", 3), ("row", 0), ("heading", 4)]
    assert labelled(document)[4:] == [
        "Article: Oak shelf | Price: 3 | Maker: R",
        "Desks",
        "Article: Oak desk | Price: 4 | Maker: R",
        "All without tax.",
    ]
    assert document.blocks[-1].kind == "row"


def test_the_header_once_more_is_no_row_of_values(tmp_path: Path) -> None:
    assert table(tmp_path, "Name|Rate", "Ann|1", "Name|Rate", "Bob|2")[2:] == [
        "Name | Rate",
        "Name: Bob | Rate: 2",
    ]


WORDS = st.sampled_from(["Oak", "Name", "3", "4,50", "2026-03-01", "TRUE", "kg", "All of it.", "", ""])


@given(st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=12))
def test_every_word_of_a_table_is_in_its_text_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "words.csv"
    path.write_text("sep=;\n" + "\n".join(";".join(row) for row in rows))
    words = [word for row in rows for cell in row for word in cell.split()]
    if not words:
        return
    (document,) = load(path, root=path.parent).documents
    assert document.text.replace("|", " ").split() == words
    for number, row in enumerate(rows, start=1):
        end = document.pages[number] if number < len(document.pages) else len(document.text)
        shown = document.text[document.pages[number - 1] : end] if number <= len(document.pages) else ""
        assert shown.replace("|", " ").split() == " ".join(row).split()
