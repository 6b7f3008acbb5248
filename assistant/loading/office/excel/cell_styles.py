"""What a cell shows: its value in the format of its style."""

from datetime import date, time
from typing import Any

from assistant.loading.normalising import one_line
from assistant.loading.office.excel.number_formats import general, shown_number, shown_text


class Styles:
    """Of a workbook: how the cells of each style are shown; a style is its number in the file."""

    def __init__(self, workbook: Any) -> None:
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        self._workbook = workbook
        self._from_1904 = workbook.epoch == CALENDAR_MAC_1904
        self._known: dict[int, tuple[str, bool]] = {}

    def bold(self, style: int) -> bool:
        return self._of(style)[1]

    def shown(self, value: Any, style: int) -> str:
        """A value as Excel shows it, as one line."""
        code = self._of(style)[0]
        if isinstance(value, str):
            return one_line(shown_text(value, code) if "@" in code or ";" in code else value)
        if isinstance(value, bool):
            return str(value).upper()
        number = value if isinstance(value, int | float) else self._counted(value)
        return general(number) if code == "General" else shown_number(number, code, from_1904=self._from_1904)

    def _counted(self, value: date | time) -> float:
        """As Excel counts days: a file may also name them."""
        from openpyxl.utils.datetime import to_excel

        return float(to_excel(value, self._workbook.epoch))

    def _of(self, style: int) -> tuple[str, bool]:
        if style not in self._known:
            from openpyxl.cell.read_only import ReadOnlyCell

            cell = ReadOnlyCell(self._workbook.worksheets[0], 1, 1, None, style_id=style)
            self._known[style] = cell.number_format or "General", bool(cell.font.b)
        return self._known[style]
