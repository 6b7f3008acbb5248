"""The place that is told of a quote (page, slide, row, chapter) leads to the same words in the original file."""

import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import pypdfium2
import pytest
from openpyxl.comments import Comment
from pptx.util import Inches

from assistant.loading import load
from assistant.text.places import page_of
from assistant.types import Document
from tests.test_epub import NOTED, book

FILES = 10  # of each format
LEAST = 0.98  # of the words are found again
BOX = (Inches(1), Inches(3), Inches(4), Inches(1))
TAG = re.compile(r"<[^>]+>")

Places = dict[int, str]  # the words at each page, slide, row or chapter


class Words:
    """ "w0 w1", "w2" …: each word occurs once."""

    def __init__(self, seed: int) -> None:
        self.random, self.count = random.Random(seed), 0

    def __call__(self, most: int = 6) -> str:
        size = self.random.randint(1, most)
        self.count += size
        return " ".join(f"w{at}" for at in range(self.count - size, self.count))

    def times(self, most: int) -> range:
        return range(self.random.randint(1, most))


def pdf(words: Words) -> bytes:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

    style, story = getSampleStyleSheet(), []
    for _ in words.times(5):
        story += [Paragraph(words(), style["Heading1"])]
        story += [Paragraph(words(60), style["BodyText"]) for _ in words.times(12)]
        story += [Table([[words(1), words(1)] for _ in range(3)]), PageBreak()]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build(story)
    return buffer.getvalue()


def pdf_places(path: Path) -> Places:
    document = pypdfium2.PdfDocument(path)
    return {at: page.get_textpage().get_text_range() for at, page in enumerate(document, start=1)}


def excel(words: Words) -> bytes:
    made = openpyxl.Workbook()
    for name in ["One", "Two"][: words.random.randint(1, 2)]:
        sheet = made.active if name == "One" else made.create_sheet(name)
        sheet.title = name
        row = words.random.randint(1, 3)
        for _ in words.times(3):
            for _ in words.times(12):
                for column in range(1, 5):
                    if words.random.random() < 0.8:
                        sheet.cell(row, column, words(2))
                if words.random.random() < 0.1:
                    sheet.cell(row, 2).comment = Comment(words(), "Ann")
                sheet.row_dimensions[row].hidden = words.random.random() < 0.1
                row += 1
            row += words.random.randint(1, 3)
        sheet.cell(row, 1, words())
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def excel_places(path: Path, document: Document) -> Places:
    book = openpyxl.load_workbook(path)
    sheet = book[document.id.partition("#")[2].partition("!")[0] or book.sheetnames[0]]
    return {row[0].row: " ".join(_shown(row)) for row in sheet.iter_rows()}


def _shown(row: Any) -> Iterator[str]:
    for cell in row:
        yield str(cell.value or "")
        yield cell.comment.text if cell.comment else ""


def comma(words: Words) -> bytes:
    rows = []
    for _ in words.times(40):
        rows.append([words(2) if words.random.random() < 0.8 else "" for _ in range(4)])
        rows += [[]] * (words.random.random() < 0.1)
    return "\r\n".join(",".join(row) for row in [["w", "x", "y", "z"], *rows]).encode()


def comma_places(path: Path) -> Places:
    with path.open(newline="") as lines:
        return {at: " ".join(row) for at, row in enumerate(csv.reader(lines), start=1)}


def slides(words: Words) -> bytes:
    made = pptx.Presentation()
    for _ in words.times(8):
        slide = made.slides.add_slide(made.slide_layouts[words.random.choice([1, 5, 6])])
        for placeholder in slide.placeholders:
            placeholder.text = "\n".join(words() for _ in words.times(3))
        slide.shapes.add_textbox(*BOX).text_frame.text = words()
        table = slide.shapes.add_table(2, 2, *BOX).table
        for cell in table.iter_cells():
            cell.text = words(2)
        if words.random.random() < 0.5:
            slide.notes_slide.notes_text_frame.text = words()
        if words.random.random() < 0.2:
            slide.element.set("show", "0")
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = words()
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def slide_places(path: Path) -> Places:
    places = {}
    for at, slide in enumerate(pptx.Presentation(str(path)).slides, start=1):
        nodes = [slide.element, *([slide.notes_slide.element] if slide.has_notes_slide else [])]
        places[at] = " ".join(text for node in nodes for text in node.xpath(".//a:t/text()"))
    return places


def chapters(words: Words) -> bytes:
    def page() -> str:
        paragraphs = "".join(f"<p>{words(40)}</p>" for _ in words.times(5))
        return NOTED.format(f"<h1>{words()}</h1>{paragraphs}<ul><li>{words()}</li><li>{words()}</li></ul>")

    return book({"OEBPS/text/chapter one.xhtml": page(), "OEBPS/text/two.xhtml": page()})


def chapter_places(path: Path) -> Places:
    with zipfile.ZipFile(path) as archive:
        names = ["OEBPS/text/chapter one.xhtml", "OEBPS/text/two.xhtml"]
        return {at: TAG.sub(" ", archive.read(name).decode()) for at, name in enumerate(names, start=1)}


FORMATS: dict[str, tuple[Callable[[Words], bytes], Callable[..., Places]]] = {
    "a.pdf": (pdf, pdf_places), "a.xlsx": (excel, excel_places), "a.csv": (comma, comma_places),
    "a.pptx": (slides, slide_places), "a.epub": (chapters, chapter_places),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_the_place_of_a_word_leads_to_it_in_the_original(tmp_path: Path, name: str) -> None:
    write, read_places = FORMATS[name]
    right = wrong = 0
    path = tmp_path / name
    for seed in range(FILES):
        path.write_bytes(write(Words(seed)))
        for document in load(path, root=tmp_path).documents:
            places = read_places(path, document) if name == "a.xlsx" else read_places(path)
            words = {at: set(text.split()) for at, text in places.items()}
            for found in re.finditer(r"\bw\d+\b", document.text):
                place = page_of(found.start(), document.pages)
                right += found[0] in words.get(place, ())
                wrong += found[0] not in words.get(place, ())
    assert right > 100
    assert right / (right + wrong) >= LEAST
    assert name == "a.pdf" or not wrong
