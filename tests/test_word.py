"""A Word file -> a Document of what Word shows, and what it does not show."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.loading.loaded import Loaded
from assistant.loading.office.word.document import load_word
from assistant.loading.office.word.numerals import written
from assistant.types import Block
from tests.files import reason
from tests.word_files import (
    box,
    cell,
    deleted,
    levels,
    list_of,
    note,
    p,
    ref,
    run,
    style,
    tbl,
    tr,
    word_file,
    words_in,
)

CLAUSES = (("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))
HEADINGS = (
    style("H1", "heading 1")
    + style("H2", "heading 2")
    + style("Quiet", "Quiet", "<w:rPr><w:vanish/></w:rPr>")
)


def loaded(body: str, **parts: str) -> Loaded:
    return load_word(word_file(body, **parts), "a.docx")


def lines(body: str, **parts: str) -> list[str]:
    """The text of each block."""
    (document,) = loaded(body, **parts).documents
    return [document.text[block.start : block.end] for block in document.blocks]


def blocks(body: str, **parts: str) -> tuple[str, tuple[Block, ...]]:
    (document,) = loaded(body, **parts).documents
    return document.text, document.blocks


def left_out(body: str, **parts: str) -> list[tuple[str, str]]:
    return [(part.what, part.text) for part in loaded(p("Shown.") + body, **parts).left_out]


# notes, boxes, margins


def test_notes_follow_the_paragraph_that_refers_to_them_and_hang_on_it() -> None:
    text, found = blocks(
        p("Two guests a day.", ref("footnote", 2), " They pay.", ref("endnote", 3), ref("comment", 0))
        + p("After."),
        footnotes=note("footnote", 2, p("Not on holidays.")),
        endnotes=note("endnote", 3, p("At the kiosk."), p("In cash.")),
        comments=note("comment", 0, p("Is that so?"), author="R. Lee"),
    )
    notes = ["Not on holidays.", "At the kiosk.\nIn cash.", "Comment by R. Lee: Is that so?"]
    assert [text[b.start : b.end] for b in found] == ["Two guests a day. They pay.", *notes, "After."]
    assert [b.kind for b in found] == ["paragraph", "note", "note", "note", "paragraph"]
    assert [b.hangs_on for b in found] == [None, 0, 0, 0, None]


def test_a_note_in_a_table_follows_the_table_and_hangs_on_its_row() -> None:
    body = tbl(tr("Day", "Guests"), tr("Sunday", cell(p("Two", ref("footnote", 1)))), tr("Monday", "Three"))
    text, found = blocks(body, footnotes=note("footnote", 1, p("In June only.")))
    assert text == "Day | Guests\nSunday | Two\nMonday | Three\n\nIn June only."
    assert found[-1].hangs_on == text.index("Sunday")


def test_a_text_box_is_not_in_the_words_of_its_paragraph() -> None:
    told = p(
        "Lockers are emptied ", box(p("In an emergency", style="H1"), p("Call the guard.")), "on Sunday."
    )
    text, found = blocks(told + p("After."), styles=HEADINGS)
    assert text == "Lockers are emptied on Sunday.\n\nIn an emergency\n\nCall the guard.\n\nAfter."
    assert {block.kind for block in found} == {"paragraph"}


def test_headers_and_footers_are_read_once_where_a_page_shows_them() -> None:
    header = '<w:headerReference w:type="{}" r:id="header{}"/>'
    section = header.format("default", 1) + header.format("first", 2) + header.format("even", 3)
    body = (
        p("Words.")
        + f'<w:sectPr>{section}<w:footerReference w:type="default" r:id="footer1"/><w:titlePg/></w:sectPr>'
    )
    page = "<w:fldSimple w:instr=' PAGE '/>"
    parts = {
        "header1": p("Valid from May"), "header2": p("Valid from May") + p("House rules"), "header3": p("Never seen"),
        "footer1": p(page, "- ", "2", " -") + p("Seabank"),
    }  # fmt: skip
    assert lines(body, **parts) == ["Valid from May", "House rules", "Words.", "Seabank"]
    assert sorted(left_out(body, **parts)) == [
        ("a page header that no page shows", "Never seen"),
        ("a page header that says the same", "Valid from May"),
        ("a page number", "- 2 -"),
    ]


def test_a_note_that_nothing_shown_refers_to_is_left_out() -> None:
    body = p("Words. ", f"<w:del>{ref('footnote', 1)}</w:del>")
    assert left_out(body, footnotes=note("footnote", 1, p("Gone."))) == [
        ("a footnote that nothing refers to", "Gone.")
    ]


# numbers


def test_headings_and_clauses_have_their_numbers() -> None:
    body = (
        p("Scope", style="H1", number=(1, 0)) + p("Term", style="H1", number=(1, 0))
        + p("Start", style="H2", number=(1, 1)) + p("Notice", style="H2", number=(1, 1))
        + p("in writing;", number=(1, 2)) + p("by post.", number=(1, 2)) + p("Between.")
        + p("End", style="H2", number=(1, 1)) + p("to both.", number=(1, 2))
    )  # fmt: skip
    text, found = blocks(body, styles=HEADINGS, numbering=levels(*CLAUSES))
    assert [text[b.start : b.end] for b in found] == [
        "1 Scope", "2 Term", "2.1 Start", "2.2 Notice", "(a) in writing;", "(b) by post.", "Between.", "2.3 End",
        "(a) to both.",
    ]  # fmt: skip
    assert [(b.kind, b.level) for b in found][2:6] == [
        ("heading", 2), ("heading", 2), ("item", 2), ("item", 2),
    ]  # fmt: skip


def test_a_style_numbers_its_paragraphs_and_a_paragraph_may_refuse() -> None:
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = style("Clause", "Clause", numbered) + style("Own", "Own", '<w:basedOn w:val="Clause"/>')
    body = p("One.", style="Clause") + p("Two.", style="Own") + p("None.", style="Own", number=(0, 0))
    assert lines(body, styles=styles, numbering=levels(*CLAUSES)) == ["1.1 One.", "1.2 Two.", "None."]


def test_a_level_is_that_of_the_style_that_it_is_linked_to() -> None:
    levels_of_styles = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:pStyle w:val="H{at + 1}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, text in enumerate(["%1.", "%1.%2."])
    )
    numbering = f'<w:abstractNum w:abstractNumId="1">{levels_of_styles}</w:abstractNum>{list_of(1, 1)}'
    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = style("H1", "heading 1", numbered) + style("H2", "heading 2", numbered)
    body = p("Scope", style="H1") + p("Place", style="H2")
    assert lines(body, styles=styles, numbering=numbering) == ["1. Scope", "1.1. Place"]


def test_lists_of_one_scheme_go_on_unless_they_begin_anew() -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    numbering = levels(("decimal", "%1.")) + list_of(2, 1) + list_of(3, 1, anew)
    body = "".join(p("x", number=(number, 0)) for number in (1, 2, 3, 3))
    assert lines(body, numbering=numbering) == ["1. x", "2. x", "5. x", "6. x"]


def test_bullets_are_dashes_and_bullets_of_letters_are_words() -> None:
    numbering = levels(("bullet", "\uf0b7"), ("bullet", "o"), ("none", "Note:"))
    body = p("one", number=(1, 0)) + p("two", number=(1, 1)) + p("three", number=(1, 2))
    text, found = blocks(body, numbering=numbering)
    assert text == "- one\n- two\nNote: three"
    assert [block.level for block in found] == [0, 1, 2]


def test_numbers_in_cells_are_part_of_their_text() -> None:
    body = tbl(*(tr(cell(p(run(""), number=(1, 0))), cell(p(f"Row {at}", number=(1, 0)))) for at in range(2)))
    assert lines(body, numbering=levels(("decimal", "%1."))) == ["2. Row 0", "4. Row 1"]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (28, "lowerLetter", "bb"), (1994, "upperRoman", "MCMXCIV"), (5000, "lowerRoman", "5000"),
        (7, "decimalZero", "07"), (12, "ordinal", "12th"), (22, "ordinal", "22nd"),
        (21, "cardinalText", "Twenty-one"), (20, "ordinalText", "Twentieth"), (32, "ordinalText", "Thirty-second"),
        (21, "chineseCounting", "二十一"), (10, "chineseCounting", "十"), (20, "decimalEnclosedCircle", "⑳"),
        (3, "001, 002, 003, ...", "003"), (4, "no such format", "4"),
    ],
)  # fmt: skip
def test_numbers_are_written_in_the_formats_of_word(number: int, form: str, expected: str) -> None:
    assert written(number, form) == expected


def test_a_clause_in_the_style_of_a_heading_is_a_clause() -> None:
    clause = "The tenant pays the rent on the first working day of each month, in advance."
    body = p("Rent", style="H1", number=(1, 0)) + p(clause, style="H2", number=(1, 1))
    _, found = blocks(body, styles=HEADINGS, numbering=levels(*CLAUSES))
    assert [block.kind for block in found] == ["heading", "item"]


# changes, and what is hidden


def test_changes_are_read_as_accepted() -> None:
    moved = f"<w:moveFrom>{run(' in May')}</w:moveFrom>"
    body = p("It costs ", deleted("40 "), f"<w:ins>{run('60 ')}</w:ins>", "euros", moved, ".")
    body += (
        p("In May", mark="del") + p(" it opens.") + tbl(tr("Old", properties="<w:del/>"), tr("New", "row"))
    )
    assert lines(body) == ["It costs 60 euros.", "In May it opens.", "New | row"]
    assert left_out(body) == [
        ("a tracked deletion", "40"), ("a moved passage at its old place", "in May"), ("a deleted row", "Old"),
    ]  # fmt: skip


def test_a_deleted_clause_takes_no_number() -> None:
    gone = p(deleted("Two."), number=(1, 0), mark="del")
    body = p("One.", number=(1, 0)) + gone + p("Three.", number=(1, 0))
    assert lines(body, numbering=levels(("decimal", "%1."))) == ["1. One.", "2. Three."]


def test_hidden_words_and_entries_of_a_table_of_contents_are_left_out() -> None:
    body = p("Price: ", run("30 before rebates", "<w:vanish/>"), "40") + p("Secret", style="Quiet")
    body += p("Notice\t4", style="TOC1") + tbl(tr("Hidden", properties="<w:hidden/>"), tr("Seen", "too"))
    styles = HEADINGS + style("TOC1", "toc 1")
    assert lines(body, styles=styles) == ["Price: 40", "Seen | too"]
    assert left_out(body, styles=styles) == [
        ("a hidden passage", "30 before rebates"), ("a hidden passage", "Secret"),
        ("an entry of the table of contents", "Notice 4"), ("a hidden row", "Hidden"),
    ]  # fmt: skip


def test_of_a_field_what_it_shows_is_read() -> None:
    mark = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>".format
    inner = mark("begin") + mark("separate") + run("12 May") + mark("end")
    body = p(mark("begin"), inner, mark("separate"), "In spring", mark("end"), " we open.")
    body += p("<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"
              "</w:fldChar></w:r>", mark("end"), " yes")  # fmt: skip
    assert lines(body) == ["In spring we open.", "☒ yes"]
    assert left_out(body) == [("the code of a field", "12 May")]


def test_signs_formulas_and_phonetic_guides_say_what_word_shows() -> None:
    sign = "<w:r><w:sym w:font='{}' w:char='{}'/></w:r>".format
    part = "<m:{0}><m:r><m:t>{1}</m:t></m:r></m:{0}>".format
    half = f"<m:oMath><m:f>{part('num', 1)}{part('den', 2)}</m:f></m:oMath>"
    square = f"<m:oMath><m:sSup>{part('e', 'm')}{part('sup', 2)}</m:sSup></m:oMath>"
    ruby = f"<w:r><w:ruby><w:rt>{run('とう')}</w:rt><w:rubyBase>{run('東')}</w:rubyBase></w:ruby></w:r>"
    body = p(sign("Symbol", "F0A3"), " 5 ", half, " ", square, " ", ruby) + p(
        "a", sign("Webdings", "F04E"), "b"
    )
    assert lines(body) == ["≤ 5 1/2 m^2 東", "ab"]
    assert left_out(body) == [("a phonetic guide", "とう"), ("a symbol", "Webdings F04E")]


# tables


def named(text: str, block: Block) -> list[tuple[str, str]]:
    """The cells of a row, each with the name of its column."""
    return [(text[start : block.end].split(" | ")[0], name) for start, name in block.columns]


def test_what_a_merged_cell_says_is_on_each_of_its_rows() -> None:
    body = tbl(
        tr("Region", "Depot", "Vans"), tr(cell("North", merge="restart"), "Bodo", "14"),
        tr(cell("", merge="continue"), "Narvik", "9"), tr("West", cell("closed", span=2)),
    )  # fmt: skip
    text, found = blocks(body)
    assert text == "Region | Depot | Vans\nNorth | Bodo | 14\nNorth | Narvik | 9\nWest | closed"
    assert named(text, found[2]) == [("North", "Region"), ("Narvik", "Depot"), ("9", "Vans")]
    assert named(text, found[3]) == [("West", "Region"), ("closed", "Depot, Vans")]


def test_a_header_of_two_rows_gives_each_column_its_whole_name() -> None:
    body = tbl(
        tr(cell("Day", merge="restart"), cell("Fee", span=2)),
        tr(cell("", merge="continue"), "Adult", "Child"), tr("Sunday", "9", "4"),
    )  # fmt: skip
    text, found = blocks(body)
    assert text == "Day | Fee\nDay | Adult | Child\nSunday | 9 | 4"
    assert named(text, found[2]) == [("Sunday", "Day"), ("9", "Fee Adult"), ("4", "Fee Child")]


def test_an_empty_first_column_moves_no_cell() -> None:
    text, found = blocks(tbl(tr("", "2024", "2025"), tr("Vans", "3", ""), tr("", "", "5"), tr("", "", "")))
    assert text == "2024 | 2025\nVans | 3\n5"
    assert [named(text, block) for block in found] == [[], [("3", "2024")], [("5", "2025")]]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([("Name:", "Bo"), ("Age:", "33")], []),
        ([("Name", "Bo"), ("Age", "33"), ("Town", "Oslo")], []),
        ([("Sunday", "9"), ("Monday", "4")], []),
        ([("Day", "Fee"), ("Monday", "4")], [("Monday", "Day"), ("4", "Fee")]),
        ([("Fees of 2026",), ("Day", "Fee"), ("Monday", "4")], [("Monday", "Day"), ("4", "Fee")]),
    ],
)
def test_the_header_is_the_first_row_that_names_columns(
    rows: list[tuple[str, ...]], names: list[tuple[str, str]]
) -> None:
    text, found = blocks(tbl(*(tr(*row) for row in rows)))
    assert named(text, found[-1]) == names


def test_a_row_that_the_file_marks_is_the_header() -> None:
    text, found = blocks(tbl(tr("1", "2", properties="<w:tblHeader/>"), tr("a", "b")))
    assert named(text, found[1]) == [("a", "1"), ("b", "2")]


def test_a_table_in_a_cell_follows_its_row_and_a_table_of_one_cell_is_a_frame() -> None:
    inner = tbl(tr("Plan", "Price"), tr("Gold", "96"))
    assert lines(tbl(tr("Shop", cell("Prices", inner)), tr("Bar", "None"))) == [
        "Shop | Prices", "Plan | Price", "Gold | 96", "Bar | None",
    ]  # fmt: skip
    text, found = blocks(tbl(tr(cell(p("Note", style="H1"), p("Closed."), inner))), styles=HEADINGS)
    assert text == "Note\n\nClosed.\n\nPlan | Price\nGold | 96"
    assert found[0].kind == "heading"


# bad input


def test_a_merge_of_a_long_cell_is_not_repeated_without_end() -> None:
    rows = [tr(cell("long " * 20_000, merge="restart"), "x"), *[tr(cell("", merge="continue"), "y")] * 2_000]
    (document,) = loaded(tbl(*rows)).documents
    assert len(document.text) < 200_000


@pytest.mark.parametrize("depth", [10, 100])
def test_tables_in_tables_are_read_or_refused(tmp_path: Path, depth: int) -> None:
    body = p("Deep.")
    for _ in range(depth):
        body = tbl(tr("Shop", cell(body)))
    data = word_file(body)
    if depth == 10:
        (document,) = load_word(data, "a.docx").documents
        assert document.text.count("Shop") == 10
        assert "Deep." in document.text
    else:
        assert "damaged" in reason(tmp_path / "a.docx", data)


def test_styles_and_notes_that_go_round_in_circles_end() -> None:
    styles = style("A", "A", '<w:basedOn w:val="B"/>') + style("B", "B", '<w:basedOn w:val="A"/>')
    footnotes = note("footnote", 1, p("See this.", ref("footnote", 1)))
    assert lines(p("Words.", ref("footnote", 1), style="A"), styles=styles, footnotes=footnotes) == [
        "Words.", "See this.",
    ]  # fmt: skip


# nothing lost, nothing doubled, nothing glued


@st.composite
def files(draw: st.DrawFn) -> tuple[str, dict[str, str], int]:
    """A body and parts, of words "w0", "w1" … that occur once each; how many words merged cells say once more."""
    count = 0
    notes: dict[str, list[str]] = {"footnote": [], "endnote": [], "comment": []}
    repeated = 0

    def words(least: int = 1) -> str:
        nonlocal count
        size = draw(st.integers(least, 4))
        count += size
        return " ".join(f"w{at}" for at in range(count - size, count))

    def runs() -> str:
        text = words()
        at = draw(st.integers(0, len(text)))
        return run(text[:at]) + run(text[at:])

    def paragraph(depth: int) -> str:
        looks = draw(st.sampled_from(["", "H1", "Quiet", "TOC1"]))
        pieces = [runs()]
        for kind in draw(
            st.lists(st.sampled_from(["more", "gone", "ins", "hidden", "note", "box"]), max_size=3)
        ):
            if kind == "note":
                kind = draw(st.sampled_from(list(notes)))
                notes[kind].append(note(kind, len(notes[kind]) + 1, p(words()), p(words())))
                pieces.append(ref(kind, len(notes[kind])))
            elif kind == "box" and depth < 2 and looks != "Quiet":  # which hides boxes too
                pieces += [box(*content(depth + 1)), run(" ")]
            else:
                made = {"gone": deleted, "hidden": lambda text: run(text, "<w:vanish/>")}.get(kind, run)(
                    words()
                )
                pieces += [run(" "), f"<w:ins>{made}</w:ins>" if kind == "ins" else made, run(" ")]
        number = draw(st.sampled_from([None, (1, 0), (1, 1), (1, 2)]))
        return p(*pieces, style=looks, number=number, mark=draw(st.sampled_from(["", "", "vanish"])))

    def table(depth: int) -> str:
        nonlocal repeated
        rows = []
        for _ in range(draw(st.integers(1, 3))):
            first = words()
            over = draw(st.integers(0, 2))
            repeated += over * len(first.split())
            wide = draw(st.sampled_from([1, 2]))
            seconds = [cell(*content(depth + 1), span=wide) for _ in range(over + 1)]
            rows.append(tr(cell(first, merge="restart"), seconds[0]))
            rows += [tr(cell("", merge="continue"), second) for second in seconds[1:]]
        return tbl(*rows)

    def content(depth: int) -> list[str]:
        kinds = draw(st.lists(st.sampled_from(["p", "p", "tbl"]), max_size=4 - depth))
        made = [table(depth) if kind == "tbl" and depth < 3 else paragraph(depth) for kind in kinds]
        return made or [p("")]

    body = p(words()) + "".join(content(0))
    references = '<w:headerReference w:type="default" r:id="header1"/><w:footerReference w:type="even" r:id="footer1"/>'
    parts = {kind + "s": "".join(made) for kind, made in notes.items()}
    parts |= {"header1": p(words()), "footer1": p(words())}
    styles = HEADINGS + style("TOC1", "toc 1")
    numbering = levels(("bullet", "•"), ("decimal", "%2."), ("lowerLetter", "(%3)"))
    parts |= {"styles": styles, "numbering": numbering}
    return f"{body}<w:sectPr>{references}</w:sectPr>", parts, repeated


@settings(max_examples=100, deadline=None)
@given(files())
def test_each_word_of_a_file_is_in_its_text_or_left_out_once(made: tuple[str, dict[str, str], int]) -> None:
    body, parts, repeated = made
    data = word_file(body, **parts)
    read = load_word(data, "a.docx")
    (document,) = read.documents
    texts = [document.text, *(part.text for part in read.left_out)]
    found = Counter(word for text in texts for word in text.split() if word.startswith("w"))
    original = words_in(data)
    assert found.keys() == original.keys()
    assert (found - original).total() == repeated
    assert all(document.text[block.start : block.end].strip() for block in document.blocks)
