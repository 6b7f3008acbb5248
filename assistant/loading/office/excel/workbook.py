"""An Excel file -> a Document for each sheet, and for each table that stands beside another, with a row map.

Cells are as Excel shows them; formulas count by the results that it kept. What is hidden is left out.
"""

import io
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.loaded import LeftOut, Loaded
from assistant.loading.metadata import clean_value, title_from_name
from assistant.loading.normalising import one_line
from assistant.loading.office.excel.cell_styles import Styles
from assistant.loading.office.excel.sheet import BETWEEN, Shown, read_sheet
from assistant.loading.office.package import opening
from assistant.loading.tables.areas import areas
from assistant.loading.tables.text import table_text
from assistant.types import Document, Source

NOTHING = (
    "The workbook holds no values; if its cells are formulas, open it in Excel and save it, "
    "so that their results are kept. What is hidden in it is not read."
)


def load_excel(data: bytes, name: str) -> Loaded:
    """A document for each sheet that shows something; its id is `name`, or "NAME#SHEET" where there are several.

    Of tables side by side, each but the first is a document of its own: "NAME#SHEET!G:K".
    """
    from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

    errors = (InvalidFileException, CellCoordinatesException)
    with opening(data, kind="Excel workbook", program="Excel", suffix=".xlsx", errors=errors):
        workbook, sheets = _read(data)
        properties = workbook.properties
    left_out: list[LeftOut] = []
    seen: list[tuple[str, Shown]] = []
    for sheet, shown in sheets:
        title = one_line(sheet.title)
        if sheet.sheet_state == "visible":
            left_out += shown.left_out
            seen += [(title, shown)] if shown.rows else []
        elif shown.rows or shown.left_out:
            left_out.append(LeftOut("a hidden sheet", f"{title}\n{_words(shown)}"))
    if not seen:
        raise UnreadableFile(NOTHING)
    title = clean_value(properties.title) or title_from_name(Path(name))
    # no date: openpyxl gives that of today where none is stated
    source = Source(document=name, title=title, author=clean_value(properties.creator))
    read = (_documents(shown, sheet, source, single=len(seen) == 1) for sheet, shown in seen)
    return Loaded([document for documents in read for document in documents], left_out=tuple(left_out))


def _read(data: bytes) -> tuple[Any, list[tuple[Any, Shown]]]:
    """The workbook, and its sheets with what they show."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that openpyxl does not know: drawings, validation rules
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        styles = Styles(workbook)
        return workbook, [(sheet, read_sheet(sheet, styles)) for sheet in workbook.worksheets]


def _documents(shown: Shown, sheet: str, source: Source, *, single: bool) -> list[Document]:
    """One for each area of a sheet."""
    from openpyxl.utils import get_column_letter

    whole = source if single else _part(source, f"#{sheet}", sheet)
    documents: list[Document] = []
    for (first, last), rows in areas(shown.rows).items():
        text, blocks, pages = table_text(rows, heading="" if documents else sheet)
        edges = ":".join(get_column_letter(shown.columns[edge]) for edge in (first, last))
        own = _part(source, f"#{sheet}!{edges}", f"{sheet} {edges}") if documents else whole
        documents.append(Document(own, text, path=source.document, pages=pages, unit="row", blocks=blocks))
    return documents


def _part(source: Source, mark: str, name: str) -> Source:
    return replace(source, document=source.document + mark, title=f"{source.title}: {name}")


def _words(shown: Shown) -> str:
    """All that a sheet holds."""
    lines = [[*row.cells.values(), *(note for _, note in row.notes)] for row in shown.rows]
    return "\n".join([*map(BETWEEN.join, lines), *(part.text for part in shown.left_out)])
