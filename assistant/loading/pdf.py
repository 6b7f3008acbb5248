"""A PDF -> a Document with a page map; running heads are left out. pdfium bears one thread only."""

import re
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.metadata import clean_value, parse_date, title_from_name, title_from_text
from assistant.loading.pdf_lines import Line, page_lines, without_running_heads
from assistant.loading.pdf_paragraphs import paragraphs
from assistant.types import Document, Source

PROPERTIES = ("Title", "Author", "Publisher", "Subject", "Keywords", "CreationDate")
PASSWORD = 4  # pdfium's FPDF_ERR_PASSWORD
OF_A_PROGRAM = re.compile(
    r"^Microsoft (?:Word|PowerPoint|Excel) - |\.(?:docx?|indd|qxd|tex|dvi)$", re.IGNORECASE
)
ADDRESS = re.compile(r"https?://[^\s,;]+")
ENDED = re.compile(r"[.!?:;。！？：；…\"”’)\]]$")


def load_pdf(data: bytes, name: str) -> list[Document]:
    """The one document of a PDF; `text[pages[i]:pages[i + 1]]` is page i + 1."""
    pages, stated = _read(data)
    text, starts = _joined(paragraphs(without_running_heads(pages)))
    title = clean_value(stated.get("Title"))
    if title and OF_A_PROGRAM.search(title):
        title = None
    source = Source(
        document=name,
        title=title or title_from_text(text) or title_from_name(Path(name)),
        publisher=clean_value(stated.get("Publisher")) or clean_value(stated.get("Subject")),
        author=clean_value(stated.get("Author")),
        published=parse_date(stated.get("CreationDate")),
        url=_address(stated.get("Keywords", "")),
    )
    return [Document(source=source, text=text, path=name, pages=starts)]


def _address(keywords: str) -> str | None:
    """A web address among the keywords: PDF has no property of its own for where a text comes from."""
    match = ADDRESS.search(keywords)
    return match[0] if match else None


def _read(data: bytes) -> tuple[list[list[Line]], dict[str, str]]:
    """The lines of each page, and the document's own properties."""
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(data) as document:
            stated = {key: document.get_metadata_value(key) for key in PROPERTIES}
            return [_page(document, number) for number in range(len(document))], stated
    except pypdfium2.PdfiumError as error:
        if error.err_code == PASSWORD:
            raise UnreadableFile("The file is protected by a password; save a copy without one.") from None
        raise UnreadableFile(
            "The file is damaged or no PDF; open it in a PDF viewer, print it to a new PDF and try again."
        ) from None


def _page(document: Any, number: int) -> list[Line]:
    """The lines of one page; none where pdfium cannot open it, so that page numbers hold."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []
    try:
        return page_lines(page.get_textpage())
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
