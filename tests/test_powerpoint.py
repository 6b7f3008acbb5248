"""A PowerPoint file -> a Document of slides."""

import contextlib
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.util import Inches

from assistant.errors import UnreadableFile
from assistant.loading import load
from assistant.loading.normalising import placed
from tests.files import changed, read, reason

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
        "Notes:\n\nSay it slowly.\n\nThen wait."
    )


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
