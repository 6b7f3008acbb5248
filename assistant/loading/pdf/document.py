"""A PDF -> a Document with a page map; running heads are left out. pdfium allows one thread only."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile, UserError
from assistant.loading.loaded import Loaded
from assistant.loading.metadata import clean_value, parse_date, title_from_name, title_from_text
from assistant.loading.pdf.lines import Line, page_lines, without_running_heads
from assistant.loading.pdf.ocr import recognised_lines
from assistant.loading.pdf.paragraphs import paragraphs
from assistant.text.days import dates_in
from assistant.text.decoding import decode
from assistant.types import Document, Source

PROPERTIES = ("Title", "Author", "Publisher", "Subject", "Keywords", "CreationDate")
PASSWORD = 4  # pdfium's FPDF_ERR_PASSWORD
OF_A_PROGRAM = re.compile(
    r"^Microsoft (?:Word|PowerPoint|Excel) - |\.(?:docx?|indd|qxd|tex|dvi)$", re.IGNORECASE
)
OPENING = 1000  # characters in which a document says of which day it is
NAMED_PAGES = 10  # of those that were recognised
ADDRESS = re.compile(r"https?://[^\s,;]+")
ENDED = re.compile(r"[.!?:;。！？：；…\"”’)\]]$")


def load_pdf(data: bytes, name: str, *, passwords: Sequence[str] = (), ocr: bool = False) -> Loaded:
    """The one document of a PDF; `text[pages[i]:pages[i + 1]]` is page i + 1.

    `passwords` are tried in turn where it is protected; `ocr`: pages without text are recognised.
    """
    pages, stated, scanned = _read(data, passwords, ocr=ocr)
    bodies, left_out = without_running_heads(pages)
    text, starts = _joined(paragraphs(bodies))
    if ocr and not text:
        raise UnreadableFile("No words were recognised in the file; scan it again at 200 dpi or more.")
    title = clean_value(stated.get("Title"))
    if title and OF_A_PROGRAM.search(title):
        title = None
    source = Source(
        document=name,
        title=title or title_from_text(text) or title_from_name(Path(name)),
        publisher=clean_value(stated.get("Publisher")) or clean_value(stated.get("Subject")),
        author=clean_value(stated.get("Author")),
        published=_published(stated.get("CreationDate"), text),
        url=_address(stated.get("Keywords", "")),
    )
    is_scan = all(not lines or number in scanned for number, lines in enumerate(pages, start=1))
    unit = "scanned page" if scanned and is_scan else "page"
    document = Document(source=source, text=text, path=name, pages=starts, unit=unit)
    notes = (_note(scanned),) if scanned else ()
    return Loaded([document], left_out=tuple(left_out), notes=notes)


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


def _read(
    data: bytes, passwords: Sequence[str], *, ocr: bool
) -> tuple[list[list[Line]], dict[str, str], list[int]]:
    """The lines of each page, the document's own properties, and the numbers of the pages that were recognised."""
    import pypdfium2

    try:
        with _opened(data, passwords) as document:
            stated = {key: document.get_metadata_value(key) for key in PROPERTIES}
            pages = [_page(document, number, page_lines) for number in range(len(document))]
            scanned = [number for number, lines in enumerate(pages) if ocr and not lines]
            for number in scanned:
                pages[number] = _page(document, number, recognised_lines)
            return pages, stated, [number + 1 for number in scanned if pages[number]]
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


def _page(document: Any, number: int, read: Callable[[Any], list[Line]]) -> list[Line]:
    """The lines of one page; none where pdfium cannot open it, so that page numbers hold."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []
    try:
        return read(page)
    except pypdfium2.PdfiumError:
        return []
    finally:
        page.close()


def _joined(pages: list[str]) -> tuple[str, tuple[int, ...]]:
    """The pages as one text and where each starts; a sentence that runs over to the next page stays whole."""
    text = ""
    starts: list[int] = []
    for page in pages:
        if text and page:
            last, first = text.rsplit("\n", 1)[-1], page.split("\n", 1)[0]
            runs_on = first[0].islower() and not ENDED.search(last) and " | " not in last + first
            text += " " if runs_on else "\n\n"
        starts.append(len(text))
        text += page
    return text, tuple(starts)
