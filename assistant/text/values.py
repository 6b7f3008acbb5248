"""Values in a text as they are shown: "4 to 9 August 2026", "HK$25 million", "400 hours", never a piece of one."""

import re

from assistant.text.days import DATE, UNITS, YEARLESS
from assistant.text.language import Span

_TO = r"(?: (?:to|until|till) |\s?[-–—]\s?)"  # what joins the two ends of a range
_DAY = rf"(?:{DATE}|{YEARLESS})"
_CURRENCY = r"(?:\b(?:[A-Z]{1,3})?[$€£¥]\s?|\b(?:USD|HKD|RMB|CNY|EUR|GBP|SGD|JPY)\s)"
_SUM = rf"{_CURRENCY}?\d[\d,]*(?:\.\d+)?(?:\s?(?:[mk]|[bt]n)\b)?"
_UNIT = rf"(?:\s?%|[\s-](?:{UNITS}|trillion|tonnes|met(?:re|er)s|kilomet(?:re|er)s)\b)"
_DATES = rf"(?:\b\d{{1,2}}{_TO})?{_DAY}(?:{_TO}(?:{_DAY}|\d{{1,2}}(?:,\s\d{{4}})?\b))?"
_AMOUNTS = rf"(?:{_SUM}{_UNIT}*{_TO})?{_SUM}{_UNIT}*"
_VALUE = re.compile(f"{_DATES}|{_AMOUNTS}", re.IGNORECASE)
_IN_WORD = re.compile(r"[\w$€£¥%]|(?<=\w)[.,'’&/-](?=\w)")


def whole(text: str, span: Span) -> Span:
    """The span, grown to the ends of the words and values that it would cut."""
    start, end = span
    for value in _VALUE.finditer(text):
        if value.start() < span[1] and span[0] < value.end():
            start, end = min(start, value.start()), max(end, value.end())
    while start > 0 and _IN_WORD.match(text, start) and _IN_WORD.match(text, start - 1):
        start -= 1
    while 0 < end < len(text) and _IN_WORD.match(text, end - 1) and _IN_WORD.match(text, end):
        end += 1
    return start, end
