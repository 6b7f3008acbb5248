"""An Excel file -> a Document a sheet, with a row map; formulas count by the results that Excel kept."""

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.metadata import clean_value, title_from_name
from assistant.loading.normalising import one_line
from assistant.loading.office.package import opening
from assistant.loading.tables.rows import table_text
from assistant.types import Document, Source


def load_excel(data: bytes, name: str) -> list[Document]:
    """A document for each sheet that has values; its id is `name`, or "NAME#SHEET" where there are several."""
    from openpyxl.utils.exceptions import CellCoordinatesException, InvalidFileException

    errors = (InvalidFileException, CellCoordinatesException)
    with opening(data, kind="Excel workbook", program="Excel", suffix=".xlsx", errors=errors):
        documents = _documents(data, name)
    if not documents:
        raise UnreadableFile(
            "The workbook holds no values; if its cells are formulas, open it in Excel and save it, "
            "so that their results are kept."
        )
    return documents


def _documents(data: bytes, name: str) -> list[Document]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts that openpyxl does not know: drawings, validation rules
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        tables = {sheet.title: table_text(_rows(sheet)) for sheet in workbook.worksheets}
    tables = {sheet: table for sheet, table in tables.items() if table[0]}
    title = clean_value(workbook.properties.title) or title_from_name(Path(name))
    author = clean_value(workbook.properties.creator)
    documents = []
    for sheet, (text, starts) in tables.items():
        heading = one_line(sheet) + "\n\n"
        source = Source(
            document=name if len(tables) == 1 else f"{name}#{one_line(sheet)}",
            title=title if len(tables) == 1 else f"{title}: {one_line(sheet)}",
            author=author,
        )  # no date: openpyxl gives that of today where none is stated
        pages = tuple(start + len(heading) for start in starts)
        documents.append(Document(source=source, text=heading + text, path=name, pages=pages, unit="row"))
    return documents


def _rows(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    for row in sheet.iter_rows():
        yield [_shown(cell) for cell in row]


def _shown(cell: Any) -> str:
    """A value as Excel would show it, but dates as 2026-03-31 and numbers without thousands' commas."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)) and cell.number_format.endswith("%"):
        return f"{value * 100:.15g}%"
    if isinstance(value, float):
        return f"{value:.15g}"  # 15 digits are what Excel keeps
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, (date, time)) else one_line(str(value))
