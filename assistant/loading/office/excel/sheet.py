"""A sheet of a workbook -> the rows that it shows, and what it has but does not show.

openpyxl tells merged cells and hidden rows only where it keeps whole sheets in memory; its parser, one row at a time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.loading.loaded import LeftOut
from assistant.loading.normalising import one_line
from assistant.loading.office.excel.cell_styles import Styles
from assistant.loading.tables.rows import Allowance, Row

BETWEEN = " | "
YES = {"1", "true"}
NO_SIZE = {"0", "0.0"}
THREADED = "\nComment:\n"  # what stands before it tells that a program is too old to show the comment

Cells = dict[int, dict[int, str]]  # by row, by column
Range = tuple[int, int, int, int]  # first column, first row, last column, last row


@dataclass(slots=True)
class Shown:
    """What one sheet shows, in columns 0, 1, … that are numbered `columns` in the file; and what it does not show."""

    rows: list[Row] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def leave_out(self, what: str, words: Iterable[str]) -> None:
        self.left_out.append(LeftOut(what, BETWEEN.join(words)))


def read_sheet(sheet: Any, styles: Styles) -> Shown:
    """`sheet` is one of a workbook that was opened to be read only."""
    shown = Shown()
    content = _Content(sheet, styles, shown)
    spans = content.spread()
    comments = list(_comments(sheet))
    beside: dict[int, list[str]] = {}  # by hidden column
    place = {column: at for at, column in enumerate(content.columns)}
    before = 0
    for number, cells in sorted(content.cells.items()):
        if number in content.hidden:
            if cells:
                shown.leave_out("a hidden row", (cells[column] for column in sorted(cells)))
            continue
        for column in cells.keys() - place.keys():
            beside.setdefault(column, []).append(cells[column])
        seen = {place[column]: cells[column] for column in sorted(cells) if column in place}
        if seen:
            merged = {place[one]: place[last] for one, last in spans.get(number, {}).items()}
            apart = content.visible_from(before + 1) < number
            shown.rows.append(Row(number, seen, merged, apart, number in content.bold))
            before = number
    for _, words in sorted(beside.items()):
        shown.leave_out("a hidden column", words)
    shown.columns = content.columns
    _attach(comments, shown, content)
    return shown


class _Content:
    """The cells of a sheet before it is known which of them are merged; what shows nothing is left out of them."""

    def __init__(self, sheet: Any, styles: Styles, shown: Shown) -> None:
        from openpyxl.worksheet._reader import WorkSheetParser

        self.cells: Cells = {}
        self.bold: set[int] = set()
        self.hidden: set[int] = set()
        self._shown, self._allowance = shown, Allowance()
        with sheet._get_source() as source:
            parser = WorkSheetParser(source, sheet._shared_strings, data_only=True, epoch=sheet.parent.epoch)
            for number, row in parser.parse():
                self._take(number, row, parser.row_dimensions.pop(str(number), {}), styles)
        merged = parser.merged_cells.mergeCell if parser.merged_cells else ()
        self._merged: list[Range] = [area.bounds for area in merged]
        hidden = {
            column for stated in parser.column_dimensions.values() for column in _hidden_columns(stated)
        }
        used = {column for cells in self.cells.values() for column in cells}
        self.columns = [column for column in range(1, max(used, default=0) + 1) if column not in hidden]
        self._visible_after: dict[int, int] = {}
        for number in sorted(self.hidden, reverse=True):
            self._visible_after[number] = self._visible_after.get(number + 1, number + 1)

    def visible_from(self, number: int) -> int:
        """The first row from this one on that is not hidden."""
        return self._visible_after.get(number, number)

    def _take(self, number: int, row: list[dict[str, Any]], stated: dict[str, str], styles: Styles) -> None:
        cells: dict[int, str] = {}
        for cell in row:
            value, style = cell["value"], cell["style_id"]
            if value is None:
                continue
            if words := styles.shown(value, style):
                cells[cell["column"]] = words
            elif words := one_line(str(value)):
                self._shown.leave_out("a hidden value", [words])
        self._allowance.take(cells.values(), number=number, places=len(row))
        if stated.get("hidden") in YES or stated.get("ht") in NO_SIZE:
            self.hidden.add(number)
        if cells:
            self.cells.setdefault(number, {}).update(cells)
            if all(styles.bold(cell["style_id"]) for cell in row if cell["column"] in cells):
                self.bold.add(number)

    def spread(self) -> dict[int, dict[int, int]]:
        """Put merged values where they are seen, on every row that has more; the columns that they cover, by row."""
        columns = set(self.columns)
        own = {number for number, cells in self.cells.items() if not columns.isdisjoint(cells)} - self.hidden
        rows = sorted(self.cells)
        spans: dict[int, dict[int, int]] = {}
        for first, top, last, bottom in self._merged:
            inside = rows[bisect_left(rows, top) : bisect_right(rows, bottom)]
            words = self.cells.get(top, {}).pop(first, "")
            self._leave_out_covered(inside, first, last)
            seen = self.columns[bisect_left(self.columns, first) : bisect_right(self.columns, last)]
            start = self.visible_from(top)
            if words and (not seen or start > bottom):
                self.cells[top][first] = words
            elif words:
                for number in {start, *own.intersection(inside)}:
                    self._allowance.take([words], number=number, places=1)
                    self.cells.setdefault(number, {})[seen[0]] = words
                    if len(seen) > 1:
                        spans.setdefault(number, {})[seen[0]] = seen[-1]
        return spans

    def _leave_out_covered(self, rows: list[int], first: int, last: int) -> None:
        """Values under a merged cell, which no program shows."""
        for number in rows:
            cells = self.cells[number]
            under = range(first, last + 1) if last - first < len(cells) else sorted(cells)
            covered = [column for column in under if first <= column <= last and column in cells]
            if covered:
                self._shown.leave_out("a covered value", [cells.pop(column) for column in covered])
            self._allowance.take((), number=number, places=min(last - first + 1, len(cells) + 1))


def _hidden_columns(stated: dict[str, str]) -> Iterable[int]:
    if stated.get("hidden") in YES or stated.get("width") in NO_SIZE:
        return range(int(stated["min"]), min(int(stated["max"]), 16_384) + 1)
    return ()


def _comments(sheet: Any) -> Iterator[tuple[int, int, str]]:
    """Row, column and words of each."""
    from openpyxl.comments.comment_sheet import CommentSheet
    from openpyxl.packaging.relationship import get_dependents, get_rels_path
    from openpyxl.utils.cell import coordinate_to_tuple
    from openpyxl.xml.constants import COMMENTS_NS
    from openpyxl.xml.functions import fromstring

    archive = sheet.parent._archive
    names, relations = set(archive.namelist()), get_rels_path(sheet._worksheet_path)
    if relations in names:
        for relation in get_dependents(archive, relations).find(COMMENTS_NS):
            if relation.target in names:
                for reference, comment in CommentSheet.from_tree(
                    fromstring(archive.read(relation.target))
                ).comments:
                    yield *coordinate_to_tuple(reference), _words(comment)


def _words(comment: Any) -> str:
    author = one_line(comment.author or "")
    text = one_line(comment.text.partition(THREADED)[2] or comment.text).removeprefix(f"{author}:").strip()
    return f"Comment by {author}: {text}" if author and not author.startswith("tc=") else f"Comment: {text}"


def _attach(comments: Iterable[tuple[int, int, str]], shown: Shown, content: _Content) -> None:
    """Each to its cell, or to the nearest one before it that shows something."""
    numbers = [row.number for row in shown.rows]
    for number, column, words in sorted(comments):
        if (
            number in content.hidden
            or not numbers
            or (column not in shown.columns and column <= content.columns[-1])
        ):
            shown.leave_out("a hidden comment", [words])
            continue
        at = max(bisect_right(numbers, number) - 1, 0)
        row, place = shown.rows[at], bisect_right(shown.columns, column) - 1
        nearest = max((one for one in row.cells if one <= place), default=min(row.cells))
        shown.rows[at] = replace(row, notes=(*row.notes, (nearest, words)))
