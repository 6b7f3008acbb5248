"""A PDF -> a Document: notes, headings, columns, tables, forms, and text layers that cannot be quoted."""

from pathlib import Path

import pytest

from assistant.loading import Loaded, load
from assistant.text.places import place_of
from assistant.types import Block, Document
from tests.files import labelled, read, reason
from tests.pdf_files import BOLD, LEFT, Sheet, font_with, pages


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.pdf"


def loaded(path: Path, content: bytes) -> Loaded:
    path.write_bytes(content)
    return load(path, root=path.parent)


def texts(document: Document, *kinds: str) -> list[str]:
    return [
        document.text[block.start : block.end]
        for block in document.blocks
        if not kinds or block.kind in kinds
    ]


def of(document: Document, kind: str) -> list[Block]:
    return [block for block in document.blocks if block.kind == kind]


BODY = [
    "The yard opens at seven in the morning and closes at six in the evening on all",
    "days but one of the week, and whoever comes later has to ring the bell at the",
    "small gate beside the office and wait there until somebody comes to open it.",
]


# footnotes


def test_a_footnote_hangs_on_the_paragraph_that_refers_to_it(path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.lines([*BODY[:2], "The fee is 500^1^ euros a month.*"])
        sheet.y -= 20
        sheet.lines(["Whoever pays late is told so, and has to pay ten euros more than the others."])
        sheet.y = 100
        sheet.lines(["^1^ Of 2025; 480 in the", "year before."], size=8, gap=10)
        sheet.line("* Not in August.", size=8)

    found = loaded(path, pages(page))
    (document,) = found.documents
    first, *notes, last = document.blocks
    assert document.text[first.start : first.end] == " ".join([*BODY[:2], "The fee is 500 euros a month."])
    assert texts(document, "note") == ["Of 2025; 480 in the year before.", "Not in August."]
    assert [(note.kind, note.hangs_on) for note in notes] == [("note", first.start)] * 2
    assert document.text[last.start : last.end].startswith("Whoever")
    assert sorted((part.what, part.text) for part in found.left_out) == [
        ("the mark of a note", mark) for mark in "**11"
    ]


def test_a_sentence_runs_over_the_page_past_the_notes_at_its_foot(path: Path) -> None:
    def first(sheet: Sheet) -> None:
        sheet.line("A paragraph by itself stands here, at the top of the first page of the two.")
        sheet.y -= 14
        sheet.lines(["The fee^1^ is due on the third day of", "each month and is paid by the tenant who"])
        sheet.y = 90
        sheet.line("1 Of 2025.", size=8)

    def second(sheet: Sheet) -> None:
        sheet.line("signed the lease.")

    (document,) = loaded(path, pages(first, second)).documents
    assert texts(document) == [
        "A paragraph by itself stands here, at the top of the first page of the two.",
        "Of 2025.",
        "The fee is due on the third day of each month and is paid by the tenant who signed the lease.",
    ]
    (note,) = of(document, "note")
    assert note.hangs_on == document.blocks[-1].start
    assert place_of(note.start, document.unit, document.pages) == "page 1"
    assert place_of(document.text.index("signed"), document.unit, document.pages) == "page 2"


def test_a_note_in_a_table_follows_it_and_hangs_on_its_row(path: Path) -> None:
    def page(sheet: Sheet) -> None:
        for cells in (["Day", "Guests"], ["Sunday", "212^a^"], ["Monday", "37"]):
            sheet.row(cells, [LEFT, 300])
        sheet.y = 100
        sheet.line("^a^ In June only.", size=8)

    document = read(path, pages(page))
    assert document.text == "Day | Guests\nSunday | 212\nMonday | 37\n\nIn June only."
    assert document.blocks[-1].hangs_on == document.text.index("Sunday")


def test_what_is_raised_and_refers_to_no_note_is_an_exponent(path: Path) -> None:
    document = read(path, pages(lambda sheet: sheet.line("It covers 10^3^ m^2^ of land.")))
    assert document.text == "It covers 10³ m² of land."


# sentences and words


def test_ligatures_soft_hyphens_and_small_capitals_are_plain_letters(path: Path) -> None:
    def page(sheet: Sheet) -> None:
        font = font_with("ﬁﬃ\xad")
        sheet.lines(
            ["The oﬃce of the ﬁrm has wa\xadter and light, and the man\xad", "ager lives there."], font=font
        )
        sheet.y -= 20
        sheet.canvas.setFont("Helvetica", 11)
        sheet.canvas.drawString(LEFT, sheet.y, "S")
        sheet.canvas.setFont("Helvetica", 8)
        sheet.canvas.drawString(LEFT + 7.4, sheet.y, "MALL")

    assert texts(read(path, pages(page))) == [
        "The office of the firm has water and light, and the manager lives there.",
        "SMALL",
    ]


def test_words_and_sentences_are_joined_over_columns_and_pages(path: Path) -> None:
    lines = [
        f"and the {word} line of this story goes on here" for word in "first second third fourth".split()
    ]

    def first(sheet: Sheet) -> None:
        for x, part in (
            (LEFT, [*lines, "until it comes to the end of the col-"]),
            (320, ["umn; then", *lines, "Then, at last, he told us the whole long story of"]),
        ):
            sheet.y = 700
            sheet.lines(part, x=x)

    def second(sheet: Sheet) -> None:
        sheet.line("Berlin to them all.")

    document = read(path, pages(first, second))
    story = " ".join(lines)
    told = "Then, at last, he told us the whole long story of Berlin to them all."
    assert document.text == f"{story} until it comes to the end of the column; then {story} {told}"
    assert place_of(document.text.index("Berlin"), document.unit, document.pages) == "page 2"


# headings


def test_larger_and_bolder_lines_are_headings_with_a_level(path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.line("Rules of the yard", size=20, gap=30)
        sheet.line("1. Hours", size=14, gap=20)
        sheet.lines(BODY)
        sheet.line("On Sundays", font=BOLD)
        sheet.lines(["It is closed."])
        sheet.y -= 10
        sheet.line("2. What it costs in the months of the", size=14, gap=18)
        sheet.line("winter", size=14, gap=20)
        sheet.lines(
            [
                "Nothing at all.",
            ]
        )
        sheet.y -= 20
        sheet.line("This is in bold type but ends in a stop.", font=BOLD)

    document = read(path, pages(page))
    found = [(b.level, document.text[b.start : b.end]) for b in of(document, "heading")]
    assert found == [
        (1, "Rules of the yard"),
        (2, "1. Hours"),
        (3, "On Sundays"),
        (2, "2. What it costs in the months of the winter"),
    ]


def test_a_line_that_names_each_page_is_its_heading(path: Path) -> None:
    def page(month: str, due: str) -> None:
        def draw(sheet: Sheet) -> None:
            sheet.lines([f"Balance due: {due} EUR", f"Statement for {month} 2026", "", "Peat was delivered."])

        return draw

    document = read(path, pages(page("March", "412.50"), page("April", "398.20")))
    assert [(b.kind, b.level) for b in document.blocks[:2]] == [("heading", 1), ("paragraph", 0)]
    assert texts(document, "heading") == ["Statement for March 2026", "Statement for April 2026"]
    assert document.text.index("April") < document.text.index("398.20")


# columns and tables

COLUMNS = [
    ("The harbour office opened in March and", "Its clock, which had been made in Lyon"),
    ("was closed after the flood of the year", "by a man whose name nobody knows, was"),
    ("that followed, when the water came up", "taken to the town museum, where it has"),
    ("to the windows of the second floor and", "stood ever since on the stairs that go"),
    ("stayed there for more than three weeks.", "up to the rooms of the old painters."),
]


@pytest.mark.parametrize("by_rows", [True, False])
@pytest.mark.parametrize("right", [285, 320])
def test_columns_of_prose_are_read_one_after_the_other(path: Path, right: float, *, by_rows: bool) -> None:
    def page(sheet: Sheet) -> None:
        sheet.line("A title across the two columns of it", size=16, gap=30)
        if by_rows:
            for row in COLUMNS:
                sheet.row(row, [LEFT, right])
            return
        for x, column in zip((LEFT, right), zip(*COLUMNS, strict=True), strict=True):
            sheet.y = 700
            sheet.lines(column, x=x)

    first, second = (" ".join(column) for column in zip(*COLUMNS, strict=True))
    assert texts(read(path, pages(page)), "paragraph") == [first, second]


def test_rows_of_a_table_have_the_names_of_their_columns(path: Path) -> None:
    places = [LEFT, 220, 400]

    def page(sheet: Sheet) -> None:
        sheet.lines(BODY)
        sheet.y -= 14
        sheet.row(["Plan", "Who it is for", "Deposit"], places, font=BOLD, gap=20)
        sheet.row(["Gold", "those who come", "96"], places, gap=12)
        sheet.line("every day", x=220, gap=20)
        sheet.row(["Silver", "all others", "40"], places, gap=30)
        sheet.lines(BODY)

    document = read(path, pages(page))
    assert labelled(document)[1:4] == [
        "Plan | Who it is for | Deposit",
        "Plan: Gold | Who it is for: those who come every day | Deposit: 96",
        "Plan: Silver | Who it is for: all others | Deposit: 40",
    ]
    assert [block.kind for block in document.blocks] == ["paragraph", "row", "row", "row", "paragraph"]


def test_a_table_goes_on_over_the_page(path: Path) -> None:
    def first(sheet: Sheet) -> None:
        sheet.row(["Tree", "Height"], [LEFT, 300])
        sheet.row(["Oak", "31"], [LEFT, 300])

    def second(sheet: Sheet) -> None:
        sheet.row(["Lime", "24"], [LEFT, 300])

    document = read(path, pages(first, second))
    assert labelled(document) == ["Tree | Height", "Tree: Oak | Height: 31", "Tree: Lime | Height: 24"]
    assert document.text[document.pages[1] :] == "Lime | 24"


def test_blocks_side_by_side_are_told_from_rows_by_how_they_are_drawn(path: Path) -> None:
    seller, buyer = ["Seller", "Fernhill Garden", "2 Mill Lane"], ["Buyer", "Ada Brook", "7 High Street"]

    def apart(sheet: Sheet) -> None:
        for x, block in ((LEFT, seller), (350, buyer)):
            sheet.y = 700
            sheet.lines(block, x=x)

    assert read(path, pages(apart)).text == "\n\n".join("\n\n".join(block) for block in (seller, buyer))


# the order of letters, and noise

HEBREW = ["שלום לכל העולם בשנת 2026 (מחר)", "הדירה גדולה ויש בה שלושה חדרים וגם מטבחון קטן"]

ARABIC = ["مكتبة المدينة مفتوحة في عام 2026 (غدا)", "المتحف الكبير مغلق يوم الجمعة والمقهى مفتوح"]


def shown(text: str) -> str:
    """From left to right as it is printed."""
    turned = text[::-1].translate(str.maketrans("()", ")("))
    return turned.replace("6202", "2026")


@pytest.mark.parametrize("lines", [HEBREW, ARABIC])
@pytest.mark.parametrize("stored", [shown, str])
def test_right_to_left_text_is_quoted_in_the_order_in_which_it_is_read(
    path: Path, lines: list[str], stored: type[str]
) -> None:
    font = font_with("".join(lines))
    document = read(
        path, pages(lambda sheet: sheet.lines([stored(line) for line in lines], font=font, gap=40))
    )
    assert texts(document) == lines


@pytest.mark.parametrize("line", [HEBREW[1], ARABIC[1]])
def test_right_to_left_text_in_a_confused_order_is_refused(path: Path, line: str) -> None:
    font = font_with(line)
    lines = [shown(line), line]
    told = reason(path, pages(lambda sheet: sheet.lines(lines, font=font, gap=40)))
    assert "confused order" in told
    assert "setting ocr" in told


NOISE = (
    "7KH KDUERXU RIILFH RSHQHG LQ 0DUFK DQG ZDV FORVHG DIWHU WKH IORRG 7KH FORFN VWDQGV LQ WKH WRZQ PXVHXP"
)


@pytest.mark.parametrize("noise", [NOISE, "(cid:12)(cid:7)(cid:88)(cid:3)(cid:41) (cid:12)(cid:9)"])
def test_a_text_layer_of_glyph_codes_is_called_unreadable(path: Path, noise: str) -> None:
    told = reason(path, pages(lambda sheet: sheet.line(noise)))
    assert "unreadable" in told
    assert "turn on the setting ocr" in told
    found = loaded(path, pages(lambda sheet: sheet.line("Words."), lambda sheet: sheet.line(noise)))
    assert found.documents[0].text == "Words."
    assert [part.path for part in found.skipped] == ["a.pdf, page 2"]


def test_part_numbers_and_figures_are_no_noise(path: Path) -> None:
    lines = ["KVX-200 31.5 XLR7", "BTRQ 77 MNPS", "HDMI USB RS232 PCIX NVRAM"] * 3
    assert "HDMI" in read(path, pages(lambda sheet: sheet.lines(lines))).text


# forms and page labels


def test_what_is_filled_in_comes_with_its_name(path: Path) -> None:
    def page(sheet: Sheet) -> None:
        form = sheet.canvas.acroForm
        sheet.line("Surname:")
        form.textfield(name="surname", value="Miller", x=LEFT + 60, y=755, width=100, height=14, fontSize=10)
        form.textfield(name="iban", tooltip="Account", value="DE02 1203", x=LEFT, y=600, width=200, height=20)
        form.checkbox(name="breakfast", checked=True, x=LEFT, y=500, size=12)
        form.checkbox(name="dinner", checked=False, x=LEFT, y=450, size=12)

    text = read(path, pages(page)).text
    assert text == "Surname: Miller\n\nAccount: DE02 1203\n\nbreakfast: yes"


def test_page_labels_are_shown_with_the_number_of_the_page(path: Path) -> None:
    path.write_bytes(pages(*[lambda sheet: sheet.line("Words of a page.")] * 3))
    labels = "/PageLabels << /Nums [ 0 << /S /r /St 4 >> 1 << /P (A-) /S /D >> 2 << /S /D /St 3 >> ] >>"
    content = path.read_bytes().replace(b"/Type /Catalog", labels.encode() + b" /Type /Catalog")
    document = read(path, content)
    assert document.labels == ("iv", "A-1", "")
    places = [place_of(start, document.unit, document.pages, document.labels) for start in document.pages]
    assert places == ["page iv (1)", "page A-1 (2)", "page 3"]


def test_a_page_that_lies_on_its_side_is_read(path: Path) -> None:
    def page(sheet: Sheet) -> None:
        sheet.canvas.rotate(90)
        sheet.canvas.translate(0, -800)
        sheet.lines(BODY)

    assert read(path, pages(page)).text == " ".join(BODY)
