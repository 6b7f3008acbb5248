"""Scanned pages -> Documents: what is recognised, where it stands, and what is said where it cannot be."""

import io
import socket
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pypdfium2
import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import UnreadableFile, UserError
from assistant.indexing.pipeline import build
from assistant.indexing.planning import BuildOptions
from assistant.loading import LoadOptions, load
from assistant.loading.loaded import Loaded
from assistant.loading.pdf import ocr
from assistant.settings import Settings, load_settings
from tests.conftest import WordEmbedder
from tests.files import reason

FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
FIRST = ["The harbour office opened in March 1931 and was", "closed after the flood of 1954."]
SECOND = ["Its clock stands in the town museum."]


def scan(lines: Sequence[str]) -> Image.Image:
    """An A4 page of printed lines at 150 dpi; an empty line parts paragraphs."""
    page = Image.new("RGB", (1240, 1754), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 28)
    for number, line in enumerate(lines):
        draw.text((130, 200 + 40 * number), line, fill="black", font=font)
    return page


def pdf(pages: Sequence[str | Image.Image]) -> bytes:
    """Pages of text, and pages that are one image."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for page in pages:
        if isinstance(page, str):
            canvas.drawString(72, 700, page)
        else:
            canvas.drawImage(ImageReader(page), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def recognised(path: Path, content: bytes) -> Loaded:
    path.write_bytes(content)
    return load(path, root=path.parent, options=LoadOptions(ocr=True))


@pytest.fixture
def fresh_engine() -> Iterator[None]:
    ocr._engine.cache_clear()
    yield
    ocr._engine.cache_clear()


def test_a_scan_is_read_in_paragraphs(tmp_path: Path) -> None:
    content = pdf([scan([*FIRST, "", *SECOND])])
    loaded = recognised(tmp_path / "a.pdf", content)
    (document,) = loaded.documents
    assert document.text == f"{' '.join(FIRST)}\n\n{SECOND[0]}"
    assert (document.pages, document.unit) == ((0,), "scanned page")
    assert (
        loaded.failure == "The words of page 1 were recognised from an image and may differ from the print."
    )
    assert recognised(tmp_path / "b.pdf", content).documents[0].text == document.text


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_lies_on_its_side_or_its_head_is_read(tmp_path: Path, degrees: int) -> None:
    page = scan([*FIRST, *SECOND * 3]).rotate(degrees, expand=True)
    (document,) = recognised(tmp_path / "a.pdf", pdf([page])).documents
    assert document.text.startswith(FIRST[0])
    assert document.text.endswith(SECOND[0])


def test_only_pages_without_text_are_recognised_and_page_numbers_hold(tmp_path: Path) -> None:
    loaded = recognised(tmp_path / "a.pdf", pdf(["Chapter one.", scan(FIRST), "The end.", scan(SECOND)]))
    (document,) = loaded.documents
    starts = (*document.pages, len(document.text))
    pages = [document.text[start:end].strip() for start, end in pairwise(starts)]
    assert pages == ["Chapter one.", " ".join(FIRST), "The end.", SECOND[0]]
    assert document.unit == "page"
    assert loaded.notes == (
        "The words of 2 pages (2, 4) were recognised from an image and may differ from the print.",
    )


def test_a_build_recognises_where_the_setting_says_so(tmp_path: Path, words_embedder: WordEmbedder) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.pdf").write_bytes(pdf([scan(FIRST)]))
    (tmp_path / "notes" / "b.txt").write_text("Words.")
    settings = load_settings(corpus=tmp_path / "notes", index=tmp_path / "index", ocr=True)
    without = build(settings.corpus, settings.index, embedder=words_embedder)
    assert "setting ocr" in without.failures["a.pdf"]
    options = BuildOptions.from_settings(settings)
    report = build(settings.corpus, settings.index, embedder=words_embedder, options=options)
    assert report.documents == 2
    assert "recognised" in report.failures["a.pdf"]
    assert not Settings().ocr


def test_without_the_setting_a_scan_is_told_how_to_be_read(tmp_path: Path) -> None:
    assert "setting ocr" in reason(tmp_path / "a.pdf", pdf([scan(FIRST)]))


@pytest.mark.usefixtures("fresh_engine")
def test_without_the_extra_the_user_is_told_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(UserError, match=r"pip install 'rapidocr>=") as error:
        recognised(tmp_path / "a.pdf", pdf([scan(FIRST)]))
    assert not isinstance(error.value, UnreadableFile)  # which a build would only report
    assert recognised(tmp_path / "a.pdf", pdf(["A page of text."])).documents[0].text == "A page of text."


@pytest.mark.usefixtures("fresh_engine")
def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", pytest.fail)
    monkeypatch.setattr(socket.socket, "connect", pytest.fail)
    assert recognised(tmp_path / "a.pdf", pdf([scan(SECOND)])).documents[0].text == SECOND[0]


def test_a_page_without_words_and_a_damaged_image_are_told(tmp_path: Path) -> None:
    whole = pdf([scan(FIRST)])
    start = whole.index(b"stream", whole.index(b"/Image"))
    damaged = whole[: start + 40] + b"x" * 4000 + whole[start + 4040 :]
    for content in (pdf([scan([])]), damaged):
        with pytest.raises(UnreadableFile, match="No words were recognised"):
            recognised(tmp_path / "a.pdf", content)


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 3), (3, 14_400), (1, 1)])
def test_a_page_of_any_size_is_rendered_small(size: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument.new()
    image, scale = ocr._rendered(document.new_page(*size))
    assert image.shape[0] * image.shape[1] <= 1.1 * ocr.MOST_PIXELS
    assert max(image.shape[:2]) <= (ocr.NARROWEST + 1) * min(image.shape[:2])
    assert scale > 0


# the order of lines, from boxes as the models give them: (left, top, right, bottom) in pixels, and the text

Box = tuple[tuple[int, int, int, int], str]


def lines_of(boxes: Sequence[Box], monkeypatch: pytest.MonkeyPatch, score: float = 0.99) -> list[str]:
    corners = np.array([[(a, b), (c, b), (c, d), (a, d)] for (a, b, c, d), _ in boxes], dtype=float)
    found = SimpleNamespace(boxes=corners, txts=tuple(text for _, text in boxes), scores=[score] * len(boxes))
    monkeypatch.setattr(ocr, "_engine", lambda: lambda _: found)
    monkeypatch.setattr(ocr, "_rendered", lambda _: (np.arange(3_000_000).reshape(1000, 1000, 3), 1.0))
    page: Any = None
    return [line.text for line in ocr.recognised_lines(page)]


def test_columns_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    title: Box = ((100, 50, 900, 80), "A title across both columns")
    left: list[Box] = [((100, 100 + 30 * n, 480, 120 + 30 * n), f"left {n}") for n in range(5)]
    right: list[Box] = [((520, 103 + 30 * n, 900, 123 + 30 * n), f"right {n}") for n in range(5)]
    mixed = [title, *(box for pair in zip(left, right, strict=True) for box in pair)]
    assert lines_of(mixed, monkeypatch) == [text for _, text in [title, *left, *right]]


def test_words_that_the_models_are_not_sure_of_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes: list[Box] = [((100, 100, 300, 120), "mii rs oro")]
    assert lines_of(boxes, monkeypatch, score=0.7) == []


def test_the_cells_of_a_row_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes: list[Box] = [
        (box, text)
        for n in range(5)
        for box, text in [
            ((100, 100 + 30 * n, 180, 120 + 30 * n), f"Year {n}"),
            ((520, 103 + 30 * n, 600, 123 + 30 * n), f"{n} %"),
        ]
    ]
    assert lines_of(boxes, monkeypatch) == [f"Year {n} | {n} %" for n in range(5)]


def test_chinese_lines_are_joined_without_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes: list[Box] = [((100, 100, 300, 120), "香港金融"), ((305, 101, 500, 121), "管理局")]
    assert lines_of(boxes, monkeypatch) == ["香港金融管理局"]
