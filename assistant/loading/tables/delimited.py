"""A CSV or TSV file -> a Document with a row map."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from assistant.errors import UnreadableFile
from assistant.loading.loaded import LeftOut, Loaded
from assistant.loading.metadata import title_from_name
from assistant.loading.normalising import one_line
from assistant.loading.tables.rows import Allowance, Row
from assistant.loading.tables.text import table_text
from assistant.text.decoding import decode
from assistant.types import Document, Source

MARKS = ",;\t|"
LOOKED_AT = 20  # rows, and no more than these characters
SAMPLE = 20_000
STATED = re.compile(
    r'"?sep=(.)"?[ \t]*(?:\r\n?|\n|$)', re.IGNORECASE
)  # the first line, which Excel shows to nobody


def load_delimited(data: bytes, name: str) -> Loaded:
    """The one document of a table; rows are numbered as a spreadsheet numbers them."""
    source = Source(document=name, title=title_from_name(Path(name)))
    rows = list(_shown(rows_of(data, name)))
    if not rows:
        return Loaded([])
    text, blocks, starts = table_text(rows)
    stated = STATED.match(decode(data))
    left_out = (LeftOut("a sep= line", stated[0].strip()),) if stated else ()
    document = Document(source=source, text=text, path=name, pages=starts, unit="row", blocks=blocks)
    return Loaded([document], left_out=left_out)


def rows_of(data: bytes, name: str) -> Iterator[list[str]]:
    """The rows of a table, empty ones too."""
    content = decode(data)
    stated = STATED.match(content)
    content = content[stated.end() :] if stated else content
    mark = stated[1] if stated else _delimiter(content, name)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=mark)
    try:
        yield from reader
    except csv.Error:
        raise UnreadableFile(
            f"The cell that ends in line {reader.line_num} has more than {csv.field_size_limit():,} characters; "
            "look for a quotation mark that is never closed."
        ) from None


def _shown(rows: Iterator[list[str]]) -> Iterator[Row]:
    """Those that have words, with their numbers."""
    allowance, before = Allowance(), 0
    for number, row in enumerate(rows, start=1):
        cells = {column: words for column, cell in enumerate(row) if (words := one_line(cell))}
        allowance.take(cells.values(), number=number, places=len(row))
        if cells:
            yield Row(number, cells, apart=number > before + 1)
            before = number


def _delimiter(content: str, name: str) -> str:
    """The mark that cuts most of the first rows into the same number of cells; the usual one where none does."""
    usual = "\t" if name.lower().endswith(".tsv") else ","
    marks: list[str] = [usual, *MARKS]
    return max(marks, key=lambda mark: _agreement(content[:SAMPLE], mark))


def _agreement(sample: str, mark: str) -> tuple[bool, int, int]:
    """Whether it is more than a decimal comma, how many rows have the most common number of cells, and that number.

    The last two are 0 where that number is one.
    """
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=mark), LOOKED_AT))
    except csv.Error:
        return False, 0, 0
    widths = Counter(len(row) for row in rows if row)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    outside = mark != "," or re.search(r"(?<!\d),|,(?!\d)", sample) is not None
    return (outside, count, width) if width > 1 else (False, 0, 0)
