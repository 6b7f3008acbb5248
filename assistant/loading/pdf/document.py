"""A PDF -> a Document with its blocks and a page map; running heads are left out. pdfium allows one thread only."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile, UserError
from assistant.loading.loaded import LeftOut, Loaded, Skipped
from assistant.loading.metadata import clean_value, parse_date, title_from_name, title_from_text
from assistant.loading.normalising import one_line
from assistant.loading.pdf.columns import reading_order
from assistant.loading.pdf.forms import field_lines
from assistant.loading.pdf.heads import Bodies, without_running_heads
from assistant.loading.pdf.layer import ADVICE, fault, forwards
from assistant.loading.pdf.lines import Line, pieces
from assistant.loading.pdf.notes import set_apart
from assistant.loading.pdf.ocr import recognised_lines
from assistant.loading.pdf.paragraphs import Type, blocks, one_block
from assistant.loading.pdf.placing import Remark, placed
from assistant.loading.pdf.words import page_words
from assistant.text.days import dates_in
from assistant.text.decoding import decode
from assistant.types import Block, Document, Source

PROPERTIES = ("Title", "Author", "Publisher", "Subject", "Keywords", "CreationDate")
PASSWORD = 4  # pdfium's FPDF_ERR_PASSWORD
OF_A_PROGRAM = re.compile(
    r"^Microsoft (?:Word|PowerPoint|Excel) - |\.(?:docx?|indd|qxd|tex|dvi)$", re.IGNORECASE
)
OPENING = 1000  # characters in which a document says of which day it is
NAMED_PAGES = 10  # of those that were recognised
_Printed = tuple[list[Line], str | None]  # the lines of a page, and why they cannot be quoted
ADDRESS = re.compile(r"https?://[^\s,;]+")


@dataclass(slots=True)
class _File:
    """What is on each page, and what is told of the document itself; pages count from 0 here."""

    stated: dict[str, str] = field(default_factory=dict)
    pages: list[list[Line]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    scanned: list[int] = field(default_factory=list)  # those that were recognised
    faults: dict[int, str] = field(default_factory=dict)  # why those cannot be quoted


def load_pdf(data: bytes, name: str, *, passwords: Sequence[str] = (), ocr: bool = False) -> Loaded:
    """The one document of a PDF; `text[pages[i]:pages[i + 1]]` is page i + 1.

    `passwords` are tried in turn where it is protected; `ocr`: pages without text are recognised.
    """
    file = _read(data, passwords, ocr=ocr)
    body = without_running_heads(file.pages)
    text, blocks, starts, left_out = _laid_out(body)
    if not text and file.faults:
        raise UnreadableFile(f"{next(iter(file.faults.values()))}; {ADVICE}.")
    if ocr and not text:
        raise UnreadableFile("No words were recognised in the file; scan it again at 200 dpi or more.")
    prose = "\n\n".join(text[block.start : block.end] for block in blocks if block.kind != "note")
    source = _source(name, file.stated, prose or text)
    is_scan = all(not lines or number in file.scanned for number, lines in enumerate(file.pages))
    unit = "scanned page" if file.scanned and is_scan else "page"
    labels = tuple(file.labels) if any(file.labels) else ()
    document = Document(source, text, path=name, pages=starts, unit=unit, blocks=blocks, labels=labels)
    skipped = tuple(
        Skipped(f"{name}, page {number + 1}", f"{reason}; {ADVICE}.")
        for number, reason in file.faults.items()
    )
    notes = (_note([number + 1 for number in file.scanned]),) if file.scanned else ()
    return Loaded([document], skipped, (*body.left_out, *left_out), notes)


def _laid_out(body: Bodies) -> tuple[str, tuple[Block, ...], tuple[int, ...], list[LeftOut]]:
    """The text, its blocks, where the pages start in it, and the marks of notes, which are not in it."""
    pages = [set_apart(lines) for lines in body.pages]
    usual = Type([page.lines for page in pages])
    pieces = blocks([line for page in pages for line in page.lines if line.text], usual)
    remarks = [Remark(line.text, number, at_top=True) for number, line, at_top in body.once if at_top]
    for number, page in enumerate(pages):
        remarks += [Remark(one_block(note.lines, usual), number, note.on) for note in page.notes]
    remarks += [Remark(line.text, number) for number, line, at_top in body.once if not at_top]
    text, found, starts = placed(pieces, remarks, len(pages))
    return text, found, starts, [left for page in pages for left in page.left_out]


def _source(name: str, stated: Mapping[str, str], text: str) -> Source:
    title = clean_value(stated.get("Title"))
    if title and OF_A_PROGRAM.search(title):
        title = None
    return Source(
        document=name,
        title=title or title_from_text(text) or title_from_name(Path(name)),
        publisher=clean_value(stated.get("Publisher")) or clean_value(stated.get("Subject")),
        author=clean_value(stated.get("Author")),
        published=_published(stated.get("CreationDate"), text),
        url=_address(stated.get("Keywords", "")),
    )


def _published(created: str | None, text: str) -> date | None:
    """The day on which the file was made, if the document opens with it: else it was printed, or saved, on that day."""
    day = parse_date(created)
    return day if day and day in {found.last for found in dates_in(text[:OPENING])} else None


def _note(scanned: Sequence[int]) -> str:
    numbers = ", ".join(map(str, scanned[:NAMED_PAGES])) + (" …" if len(scanned) > NAMED_PAGES else "")
    pages = f"page {numbers}" if len(scanned) == 1 else f"{len(scanned):,} pages ({numbers})"
    return f"The words of {pages} were recognised from an image and may differ from the print."


def _address(keywords: str) -> str | None:
    """A web address among the keywords: PDF has no property of its own for where a text comes from."""
    match = ADDRESS.search(keywords)
    return match[0] if match else None


def read_passwords(path: Path | None) -> tuple[str, ...]:
    """The lines of a text file; UserError where it cannot be read."""
    if path is None:
        return ()
    try:
        lines = decode(path.read_bytes()).splitlines()
    except (OSError, UnreadableFile) as error:
        raise UserError(
            f"The passwords of PDFs cannot be read from {path} ({getattr(error, 'strerror', None) or error}); "
            "name a text file in the setting pdf_passwords, one password a line."
        ) from None
    return tuple(line for line in lines if line)


def _read(data: bytes, passwords: Sequence[str], *, ocr: bool) -> _File:
    import pypdfium2

    file = _File()
    try:
        with _opened(data, passwords) as document:
            document.init_forms()
            form = document.formenv.raw if document.formenv else None
            file.stated = {key: document.get_metadata_value(key) for key in PROPERTIES}
            for number in range(len(document)):
                lines, fault = _page(document, number, partial(_printed, form))
                if fault:
                    file.faults[number] = fault
                if ocr and (fault or not lines):
                    lines, _ = _page(document, number, _recognised)
                    if lines:
                        file.scanned.append(number)
                        file.faults.pop(number, None)
                file.pages.append([replace(line, page=number) for line in lines])
                label = one_line(document.get_page_label(number))
                file.labels.append(label if label != str(number + 1) else "")
            return file
    except pypdfium2.PdfiumError:
        raise UnreadableFile(
            "The file is damaged or not a PDF; open it in a PDF viewer, print it to a new PDF and try again."
        ) from None


def _opened(data: bytes, passwords: Sequence[str]) -> Any:
    """The document, opened without a password or with the first that fits."""
    import pypdfium2

    for password in (None, *passwords):
        try:
            return pypdfium2.PdfDocument(data, password=password)
        except pypdfium2.PdfiumError as error:
            if error.err_code != PASSWORD:
                raise
    raise UnreadableFile(
        "The file is protected by a password"
        + (", which is none of those in the list" if passwords else "")
        + "; write it in the text file that the setting pdf_passwords names and index it again, "
        "or save a copy without one."
    )


def _page(document: Any, number: int, read: Callable[[Any], _Printed]) -> _Printed:
    """Nothing where pdfium cannot open it, so that page numbers hold."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return [], None
    try:
        return read(page)
    except pypdfium2.PdfiumError:
        return [], None
    finally:
        page.close()


def _printed(form: Any, page: Any) -> _Printed:
    """The lines of the text layer and what is filled in; none, and the reason, where it cannot be quoted."""
    words = page_words(page)
    wrong = fault(" ".join(word.text for word in words))
    if wrong:
        return [], wrong
    found = pieces(words)
    fields = field_lines(form, page, found) if form else []
    return forwards(reading_order([*found, *fields])), None


def _recognised(page: Any) -> _Printed:
    return recognised_lines(page), None
