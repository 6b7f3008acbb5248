"""The rows of an area -> its parts: titles, headers, and rows of values with the names of their columns."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.loading.layout import Part, row
from assistant.loading.tables.headers import Header, find_header, header_of, kind
from assistant.loading.tables.rows import Row, bands_of

TITLE, SUBTITLE, GROUP = 2, 3, 4  # levels of headings; that of a sheet is 1
LONGEST_TITLE = 16  # words
STOPS = tuple(".!?:;,…。")


def parts_of(rows: Sequence[Row]) -> Iterator[tuple[int, Part]]:
    """What becomes of each row, with its number; comments come after their row."""
    bands = bands_of(rows)
    headers = [find_header(band, following) for band, following in pairwise([*bands, []])]
    header: Header | None = None
    for band, found, next_found in zip(bands, headers, [*headers[1:], None], strict=True):
        if found and header and _goes_on(found, header):
            found = None
        header = found or header
        if header and (found or any(_fits(line, header) for line in band)):
            top, end = (found.start, found.end) if found else (0, 0)
            parts = [*_above(band[:top], titled=True), *_opening(band[top:end]), *_values(band[end:], header)]
        else:
            parts = [*_above(band, titled=next_found is not None)]
        for line, part in zip(band, parts, strict=True):
            yield line.number, part
            for place, (_, note) in enumerate(line.notes, start=1):
                yield line.number, Part("note", note, hangs_on=place)


def row_parts(rows: Sequence[Row]) -> Iterator[Part]:
    """A row each of a table that stands in a text: what comes after it is not under the names of its groups."""
    shown = [line for line in rows if line.cells]
    header = header_of(shown)
    ends_at = shown[header.end - 1] if header else None
    named = False
    for line in rows:
        yield _named(line, header) if header and named else row(_words(line))
        named = named or line is ends_at


def _goes_on(found: Header, known: Header) -> bool:
    """Whether what looks like a header is a row of words in a table that began above."""
    return not found.evident and found.start == 0 and set(found.names) <= set(known.names)


def _fits(line: Row, header: Header) -> bool:
    return len(line.cells) > 1 and line.columns <= set(header.names)


def _above(rows: Sequence[Row], *, titled: bool) -> Iterator[Part]:
    """Rows that belong to no table; if one follows, a short cell by itself is its title, and the next a subtitle."""
    level = TITLE
    for at, line in enumerate(rows):
        if titled and _is_title(line):
            yield Part("heading", _words(line)[0], level=level)
            level = SUBTITLE
        else:
            yield replace(row(_words(line)), opens=at == 0)


def _opening(rows: Sequence[Row]) -> Iterator[Part]:
    return (replace(row(_words(line)), opens=at == 0) for at, line in enumerate(rows))


def _values(rows: Sequence[Row], header: Header) -> Iterator[Part]:
    """Rows of a table, and the names of the groups that they form."""
    grouped = False
    for at, line in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else None
        first = at == 0 and len(header.names) > 2
        if (
            len(line.cells) == 1
            and below
            and len(below.cells) > 1
            and _is_title(line)
            and min(line.cells) <= min(header.names)
        ):
            over_all = len(line.columns) > 1 or line.bold > below.bold
            if over_all or first or grouped:
                grouped = grouped or first
                yield Part("heading", _words(line)[0], level=GROUP)
                continue
        yield _named(line, header)


def _named(line: Row, header: Header) -> Part:
    """The header once more, or a remark, has no names of columns."""
    is_header = all(header.names.get(column) == cell for column, cell in line.cells.items())
    if is_header or (len(line.cells) == 1 and len(header.names) > 2):
        return row(_words(line))
    return row(_words(line), [_name(column, line, header) for column in line.cells])


def _words(line: Row) -> list[str]:
    return list(line.cells.values())


def _is_title(line: Row) -> bool:
    cell = _words(line)[0]
    short = len(cell) <= 200 and len(cell.split()) <= LONGEST_TITLE and not cell.endswith(STOPS)
    return len(line.cells) == 1 and short and kind(cell) == "word"


def _name(first: int, line: Row, header: Header) -> str:
    """Of all columns that a merged cell covers: "Tuesday, Wednesday"."""
    if first not in line.spans:
        return header.names.get(first, "")
    covered = range(first, line.spans.get(first, first) + 1)
    return ", ".join(dict.fromkeys(header.names[column] for column in covered if column in header.names))
