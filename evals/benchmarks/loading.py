"""Prints what reading files costs, against the libraries alone that read them.

    python -m evals loading [--files 1000]

A third each PDF, Word and Excel, made from fixed seeds in a temporary folder: prose with headings and tables. Each file
is read by ours and by pypdfium2, python-docx or openpyxl alone, in one process and in turns of which goes first; what
counts is the time of the processor, as the machine may be busy.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from assistant.loading import load
from evals.targets import LOADING

WORDS = "harbour ferry bridge toll council budget river winter engine ticket depot officer report school market".split()
PARAGRAPHS, ROWS, PAGES = 40, 60, 4  # of a file; pages of a PDF
TRIED_FIRST = 3  # files of each format, so that imports do not count


def sentence(generator: random.Random) -> str:
    words = [generator.choice(WORDS) for _ in range(generator.randint(8, 20))]
    return f"The {' '.join(words)} of {generator.randint(1, 9_999):,} euros."


def paragraph(generator: random.Random) -> str:
    return " ".join(sentence(generator) for _ in range(generator.randint(2, 5)))


def write_pdf(path: Path, generator: random.Random) -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

    style = getSampleStyleSheet()
    story: list[object] = []
    for page in range(PAGES):
        story.append(Paragraph(f"Part {page + 1}", style["Heading1"]))
        story += [Paragraph(paragraph(generator), style["BodyText"]) for _ in range(6)]
        rows = [[generator.choice(WORDS), f"{generator.randint(1, 999)}", "open"] for _ in range(12)]
        story += [Table([["Place", "Sum", "State"], *rows]), PageBreak()]
    SimpleDocTemplate(str(path), invariant=True).build(story)


def write_word(path: Path, generator: random.Random) -> None:
    import docx

    document = docx.Document()
    for number in range(PARAGRAPHS):
        if number % 10 == 0:
            document.add_heading(f"Part {number // 10 + 1}", 1)
        style = "List Bullet" if number % 4 == 3 else None
        document.add_paragraph(paragraph(generator), style=style)
    table = document.add_table(rows=ROWS // 3, cols=4)
    for at, cell in enumerate(table._cells):
        cell.text = ("Place", "Sum", "Day", "State")[at] if at < 4 else f"{generator.choice(WORDS)} {at}"
    document.save(str(path))


def write_excel(path: Path, generator: random.Random) -> None:
    import openpyxl

    workbook = openpyxl.Workbook()
    for sheet in (workbook.active, workbook.create_sheet("Second")):
        sheet.append(["Place", "Sum", "Share", "Note", "State"])
        for number in range(ROWS):
            share = round(generator.random(), 3)
            sheet.append([f"Place {number}", generator.randint(1, 9_999), share, sentence(generator), "open"])
            sheet.cell(number + 2, 3).number_format = "0.0%"
    workbook.save(path)


def by_pdfium(path: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def by_python_docx(path: Path) -> str:
    import docx

    document = docx.Document(str(path))
    lines = [paragraph.text for paragraph in document.paragraphs]
    rows = (" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows)
    return "\n".join([*lines, *rows])


def by_openpyxl(path: Path) -> str:
    import openpyxl

    workbook = openpyxl.load_workbook(path, data_only=True)
    rows = (row for sheet in workbook for row in sheet.iter_rows(values_only=True))
    return "\n".join(" | ".join(str(value) for value in row if value is not None) for row in rows)


FORMATS: Mapping[str, tuple[Callable[[Path, random.Random], None], Callable[[Path], str], str]] = {
    ".pdf": (write_pdf, by_pdfium, "pypdfium2"),
    ".docx": (write_word, by_python_docx, "python-docx"),
    ".xlsx": (write_excel, by_openpyxl, "openpyxl"),
}


def write_files(folder: Path, count: int) -> list[Path]:
    """So many files, the formats in turn."""
    paths = []
    for number, suffix in zip(range(count), list(FORMATS) * count, strict=False):
        path = folder / f"{number:04}{suffix}"
        FORMATS[suffix][0](path, random.Random(number))
        paths.append(path)
    return paths


def seconds_of(read: Callable[[], object]) -> float:
    started = time.process_time()
    read()
    return time.process_time() - started


def measured(paths: list[Path]) -> tuple[dict[str, float], dict[str, float]]:
    """By format the seconds that ours took, and those of the library."""
    ours, theirs = dict.fromkeys(FORMATS, 0.0), dict.fromkeys(FORMATS, 0.0)
    for number, path in enumerate(paths):
        ways: list[tuple[dict[str, float], Callable[[], object]]] = [
            (ours, partial(load, path, root=path.parent)),
            (theirs, partial(FORMATS[path.suffix][1], path)),
        ]
        for seconds, read in ways[:: 1 if number % 2 else -1]:
            seconds[path.suffix] += seconds_of(read)
    return ours, theirs


def lines(counts: Counter[str], ours: Mapping[str, float], theirs: Mapping[str, float]) -> Iterator[str]:
    yield "| files | ours, s | library, s | ratio | target |"
    yield "|---|--:|--:|--:|--:|"
    for suffix, (_, _, name) in FORMATS.items():
        ratio = ours[suffix] / theirs[suffix]
        what = f"{counts[suffix]:,} {suffix}, {name}"
        yield f"| {what} | {ours[suffix]:.1f} | {theirs[suffix]:.1f} | {ratio:.2f} | |"
    own, plain = sum(ours.values()), sum(theirs.values())
    yield f"| all {counts.total():,} | {own:.1f} | {plain:.1f} | {own / plain:.2f} | {LOADING:g} |"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--files", type=int, default=1_000)


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = write_files(Path(folder), max(options.files, len(FORMATS)))
        measured(paths[: TRIED_FIRST * len(FORMATS)])
        ours, theirs = measured(paths)
        counts = Counter(path.suffix for path in paths)
    sys.stdout.write("\n".join(lines(counts, ours, theirs)) + "\n")
