"""A PowerPoint file -> a Document of slides."""

import contextlib
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Inches

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.loading.normalising import placed
from assistant.loading.office.powerpoint.document import load_powerpoint
from assistant.loading.office.xml import A, P
from assistant.text.places import place_of
from tests.files import changed, labelled, read, reason

BOX = (Inches(1), Inches(3), Inches(4), Inches(1))


def saved(presentation: Any) -> bytes:
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def deck(title: str = "Ferry plans", body: str = "The ferry leaves at six.") -> Any:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = title
    slide.placeholders[1].text = body
    return presentation


def test_a_slide_has_its_title_texts_tables_and_notes_in_order(tmp_path: Path) -> None:
    presentation = deck(body="one thing\nanother")
    slide = presentation.slides[0]
    table = slide.shapes.add_table(2, 2, *BOX).table
    for number, text in enumerate(["Year", "Rate", "2025", "4 %"]):
        table.cell(*divmod(number, 2)).text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(*BOX).text_frame.text = "Words in\u00a0a group."
    slide.notes_slide.notes_text_frame.text = "Say it slowly.\nThen wait."
    assert read(tmp_path / "a.pptx", saved(presentation)).text == (
        "Ferry plans\n\n- one thing\n- another\n\nYear | Rate\n2025 | 4 %\n\nWords in a group.\n\n"
        "Speaker notes: Say it slowly.\nThen wait."
    )


def test_blocks_say_what_a_slide_is_made_of(tmp_path: Path) -> None:
    presentation = deck(body="one thing\nmore of it\nanother")
    slide = presentation.slides[0]
    slide.placeholders[1].text_frame.paragraphs[1].level = 1
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    document = read(tmp_path / "a.pptx", saved(presentation))
    assert [(block.kind, block.level) for block in document.blocks] == [
        ("heading", 1), ("item", 0), ("item", 1), ("item", 0), ("note", 0),
    ]  # fmt: skip
    assert document.blocks[-1].hangs_on == 0


def test_rows_of_a_table_have_its_header_and_what_merged_cells_say(tmp_path: Path) -> None:
    presentation = deck()
    table = presentation.slides[0].shapes.add_table(4, 3, *BOX).table
    words = ["Region", "Depot", "Vans", "North", "Bodo", "14", "", "Narvik", "9", "West", "closed", ""]
    for number, text in enumerate(words):
        table.cell(*divmod(number, 3)).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 1).merge(table.cell(3, 2))
    assert labelled(read(tmp_path / "a.pptx", saved(presentation)))[2:] == [
        "Region | Depot | Vans", "Region: North | Depot: Bodo | Vans: 14", "Region: North | Depot: Narvik | Vans: 9",
        "Region: West | Depot, Vans: closed",
    ]  # fmt: skip


def test_numbered_paragraphs_have_their_numbers(tmp_path: Path) -> None:
    presentation = deck(body="pack\nbox\ntape\nsend\nDone")
    for at, paragraph in enumerate(presentation.slides[0].placeholders[1].text_frame.paragraphs):
        properties = paragraph._p.get_or_add_pPr()
        if at in (1, 2):
            paragraph.level = 1
        kind = "buNone" if at == 4 else "buAutoNum"
        style = {} if at == 4 else {"type": "alphaLcParenBoth" if paragraph.level else "arabicPeriod"}
        properties.append(properties.makeelement(A + kind, style))
    assert read(tmp_path / "a.pptx", saved(presentation)).text == (
        "Ferry plans\n\n1. pack\n(a) box\n(b) tape\n2. send\n\nDone"
    )


def test_what_a_chart_says_in_words_is_read(tmp_path: Path) -> None:
    presentation = deck()
    data = CategoryChartData()
    data.categories = ["Spring", "Summer"]
    data.add_series("Guests", (3, 4))
    chart = presentation.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Guests of 2025"
    (tmp_path / "a.pptx").write_bytes(saved(presentation))
    loaded = load(tmp_path / "a.pptx", root=tmp_path)
    assert loaded.documents[0].text.endswith("Guests of 2025\n\nGuests\nSpring | Summer")
    assert [(part.what, part.text) for part in loaded.left_out] == [("the data of a chart", "3 4")]


def test_what_is_hidden_or_at_the_edge_is_left_out_and_said_so(tmp_path: Path) -> None:
    presentation = deck()
    for at in range(2):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"Slide {at + 2}"
        for kind, text in (("ftr", "Valid until May"), ("sldNum", str(at + 2)), ("dt", "5 March")):
            box = slide.shapes.add_textbox(*BOX)
            box.text_frame.text = text
            place = box.element.nvSpPr.find(P + "nvPr")
            place.append(place.makeelement(P + "ph", {"type": kind}))
    hidden = presentation.slides.add_slide(presentation.slide_layouts[5])
    hidden.shapes.title.text = "Secret"
    hidden.element.set("show", "0")
    secret = presentation.slides[0].shapes.add_textbox(*BOX)
    secret.text_frame.text = "Not seen."
    secret.element.nvSpPr.cNvPr.set("hidden", "1")
    last = presentation.slides.add_slide(presentation.slide_layouts[5])
    last.shapes.title.text = "The end"
    (tmp_path / "a.pptx").write_bytes(saved(presentation))
    loaded = load(tmp_path / "a.pptx", root=tmp_path)
    (document,) = loaded.documents
    assert document.text.endswith("Slide 2\n\nValid until May\n\nSlide 3\n\nThe end")
    assert place_of(document.text.index("The end"), "slide", document.pages) == "slide 5"
    assert [(part.what, part.text) for part in loaded.left_out] == [
        ("a hidden shape", "Not seen."), ("a slide number", "2"), ("a date of a slide", "5 March"),
        ("a repeated footer", "Valid until May"), ("a slide number", "3"), ("a date of a slide", "5 March"),
        ("a hidden slide", "Secret"),
    ]  # fmt: skip


def test_the_map_cuts_the_text_into_its_slides(tmp_path: Path) -> None:
    presentation = deck()
    presentation.slides.add_slide(presentation.slide_layouts[6])  # an empty one
    last = presentation.slides.add_slide(presentation.slide_layouts[6])
    last.shapes.add_textbox(*BOX).text_frame.text = "The last slide."
    document = read(tmp_path / "a.pptx", saved(presentation))
    assert document.unit == "slide"
    assert len(document.pages) == 3
    assert document.text[document.pages[2] :] == "The last slide."


def test_an_empty_part_starts_where_the_next_one_does() -> None:
    assert placed(["", "a", "", "bc", ""], between="\n") == ("a\nbc", (0, 0, 2, 2, 4))
    assert placed([]) == ("", ())


def test_a_presentations_properties_are_its_metadata(tmp_path: Path) -> None:
    presentation = deck()
    properties = presentation.core_properties
    properties.title, properties.author, properties.created = "T", "A", datetime(2026, 3, 5)
    source = read(tmp_path / "a.pptx", saved(presentation)).source
    assert (source.title, source.author, source.published) == ("T", "A", date(2026, 3, 5))


def test_the_title_of_the_first_slide_is_the_title_and_no_date_is_invented(tmp_path: Path) -> None:
    source = read(tmp_path / "a.pptx", saved(deck())).source
    assert (source.title, source.author, source.publisher) == ("Ferry plans", None, None)
    assert source.published is None
    bare = pptx.Presentation()
    slide = bare.slides.add_slide(bare.slide_layouts[6])
    slide.shapes.add_textbox(*BOX).text_frame.text = "Words."
    assert read(tmp_path / "ferry-plans.pptx", saved(bare)).source.title == "ferry plans"


def test_a_presentation_without_slides_holds_no_text(tmp_path: Path) -> None:
    assert "no text" in reason(tmp_path / "a.pptx", saved(pptx.Presentation()))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95, 0.999])
def test_a_truncated_presentation_is_reported(tmp_path: Path, share: float) -> None:
    whole = saved(deck())
    assert "damaged" in reason(tmp_path / "a.pptx", whole[: int(len(whole) * share)])


def test_what_is_no_presentation_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.pptx"
    assert "old format" in reason(path, bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert "web page" in reason(path, b"\n<!DOCTYPE html><html><p>Words.</p></html>")
    assert "not a valid PowerPoint presentation" in reason(path, b"Only words.")


def test_entities_are_not_expanded_and_name_no_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden")
    entities = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    head = f'<!DOCTYPE x [<!ENTITY a0 "lol"><!ENTITY x SYSTEM "file://{tmp_path}/secret">{entities}]>'

    def poison(part: bytes) -> bytes:
        declaration, body = part.split(b"?>", 1)
        return declaration + b"?>" + head.encode() + body.replace(b"Ferry", b"Ferry &x; &a12;")

    path = tmp_path / "a.pptx"
    path.write_bytes(changed(saved(deck()), "ppt/slides/slide1.xml", poison))
    with contextlib.suppress(UnreadableFile):
        (document,) = load(path, root=tmp_path).documents
        assert "hidden" not in document.text
        assert "lol" not in document.text


def test_a_small_file_that_unpacks_to_very_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.loading.office.package.LARGEST", 1_000_000)
    bomb = changed(saved(deck()), "ppt/slides/slide1.xml", lambda part: part + b" " * 2_000_000)
    assert "500 MB" in reason(tmp_path / "a.pptx", bomb)


def test_groups_within_groups_do_no_harm(tmp_path: Path) -> None:
    def nest(part: bytes) -> bytes:
        inner = b"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr/>" * 5_000 + b"</p:grpSp>" * 5_000
        return part.replace(b"</p:spTree>", inner + b"</p:spTree>")

    assert "damaged" in reason(tmp_path / "a.pptx", changed(saved(deck()), "ppt/slides/slide1.xml", nest))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_presentation_with_any_byte_changed_is_read_or_reported(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    broken = bytearray(saved(deck()))
    for position in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=20)):
        broken[position] ^= 0x55
    path = tmp_path_factory.getbasetemp() / "changed.pptx"
    path.write_bytes(bytes(broken))
    with contextlib.suppress(UnreadableFile):
        load(path, root=path.parent)


# nothing lost, nothing doubled, nothing glued


@st.composite
def decks(draw: st.DrawFn) -> tuple[bytes, int]:
    """A presentation of words "w0", "w1" … that occur once each; how many words merged cells say once more."""
    count = repeated = 0

    def words(least: int = 1) -> str:
        nonlocal count
        size = draw(st.integers(least, 3))
        count += size
        return " ".join(f"w{at}" for at in range(count - size, count))

    def text(frame: Any) -> None:
        frame.text = "\n".join(words() for _ in range(draw(st.integers(1, 3))))
        for paragraph in frame.paragraphs:
            paragraph.level = draw(st.integers(0, 2))
            for cut in draw(st.lists(st.sampled_from(["run", "break"]), max_size=2)):
                paragraph.add_line_break() if cut == "break" else None
                paragraph.add_run().text = f" {words()}" if cut == "run" else words()

    def table(shapes: Any) -> None:
        nonlocal repeated
        made = shapes.add_table(3, 3, *BOX).table
        for at in range(9):
            made.cell(*divmod(at, 3)).text = words(0)
        top, left = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        bottom, right = draw(st.integers(top, 2)), draw(st.integers(left, 2))
        if (top, left) != (bottom, right):
            made.cell(top, left).merge(made.cell(bottom, right))
            repeated += (bottom - top) * len(made.cell(top, left).text.split())

    def fill(shapes: Any, depth: int = 0) -> None:
        for kind in draw(st.lists(st.sampled_from(["box", "box", "table", "group", "chart"]), max_size=4)):
            if kind == "box":
                box = shapes.add_textbox(*BOX)
                text(box.text_frame)
                if draw(st.integers(0, 5)) == 0:
                    box.element.nvSpPr.cNvPr.set("hidden", "1")
            elif kind == "group" and depth < 2:
                fill(shapes.add_group_shape().shapes, depth + 1)
            elif kind == "table" and not depth:
                table(shapes)
            elif kind == "chart" and not depth:
                data = CategoryChartData()
                data.categories = [words(), words()]
                data.add_series(words(), (1, 2))
                data.add_series(words(), (3, 4))
                shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data)

    presentation = pptx.Presentation()
    for _ in range(draw(st.integers(1, 3))):
        slide = presentation.slides.add_slide(presentation.slide_layouts[draw(st.sampled_from([1, 5, 6]))])
        for placeholder in slide.placeholders:
            text(placeholder.text_frame)
        fill(slide.shapes)
        if draw(st.booleans()):
            text(slide.notes_slide.notes_text_frame)
        if draw(st.integers(0, 3)) == 0:
            slide.element.set("show", "0")
    presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = words()
    return saved(presentation), repeated


def words_in(data: bytes) -> Counter[str]:
    """Of all slides, hidden or not, as python-pptx has them."""

    def texts(shapes: Any) -> Iterator[str]:
        for shape in shapes:
            if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
                yield from texts(shape.shapes)
            elif shape.has_text_frame:
                yield shape.text_frame.text
            elif shape.has_table:
                yield from (cell.text for cell in shape.table.iter_cells())
            elif shape.has_chart:
                (plot,) = shape.chart.plots
                yield from (*plot.categories, *(series.name for series in plot.series))

    presentation = pptx.Presentation(io.BytesIO(data))
    notes = (
        slide.notes_slide.notes_text_frame.text for slide in presentation.slides if slide.has_notes_slide
    )
    slides = (text for slide in presentation.slides for text in texts(slide.shapes))
    return Counter(word for text in (*slides, *notes) for word in text.split())


@settings(max_examples=60, deadline=None)
@given(decks())
def test_each_word_of_a_presentation_is_in_its_text_or_left_out_once(made: tuple[bytes, int]) -> None:
    data, repeated = made
    loaded = load_powerpoint(data, "a.pptx")
    (document,) = loaded.documents
    texts = [document.text, *(part.text for part in loaded.left_out)]
    found = Counter(word for text in texts for word in text.split() if word.startswith("w"))
    original = words_in(data)
    assert found.keys() == original.keys()
    assert not original - found
    assert (found - original).total() == repeated
    assert all(document.text[block.start : block.end].strip() for block in document.blocks)
