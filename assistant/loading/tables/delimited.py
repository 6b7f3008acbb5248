"""A CSV or TSV file -> a Document with a row map."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from assistant.errors import UnreadableFile
from assistant.loading.metadata import title_from_name
from assistant.loading.normalising import one_line
from assistant.loading.tables.rows import table_text
from assistant.text.decoding import decode
from assistant.types import Document, Source

MARKS = ",;\t|"
LOOKED_AT = 20  # rows, and no more than these characters
SAMPLE = 20_000


def load_delimited(data: bytes, name: str) -> list[Document]:
    """The one document of a table; rows are numbered as a spreadsheet numbers them."""
    text, starts = table_text([one_line(cell) for cell in row] for row in rows_of(data, name))
    source = Source(document=name, title=title_from_name(Path(name)))
    return [Document(source=source, text=text, path=name, pages=starts, unit="row")]


def rows_of(data: bytes, name: str) -> Iterator[list[str]]:
    """The rows of a table, empty ones too."""
    content = decode(data)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content, name))
    try:
        yield from reader
    except csv.Error:
        raise UnreadableFile(
            f"The cell that ends in line {reader.line_num} has more than {csv.field_size_limit():,} characters; "
            "look for a quotation mark that is never closed."
        ) from None


def _delimiter(content: str, name: str) -> str:
    """The mark that cuts most of the first rows into the same number of cells; the usual one where none does."""
    usual = "\t" if name.lower().endswith(".tsv") else ","
    marks: list[str] = [usual, *MARKS]
    return max(marks, key=lambda mark: _agreement(content[:SAMPLE], mark))


def _agreement(sample: str, mark: str) -> tuple[int, int]:
    """How many rows have the most common number of cells, and that number; (0, 0) where it is one."""
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), LOOKED_AT))
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows if row)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return (count, width) if width > 1 else (0, 0)
