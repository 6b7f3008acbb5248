"""Values in a text as they are shown: "4 to 9 August 2026", "HK$25 million", "max. 900 W", never a piece of one."""

import re
from functools import cache

from assistant.text.days import DATE, UNITS, YEARLESS
from assistant.text.language import Span
from assistant.text.stops import FIGURE, closes_abbreviation, listed, months

_TO = r"(?: (?:to|until|till|bis|à|a|al|tot|til) |\s?[-–—]\s?)"  # what joins the two ends of a range
_CURRENCY = r"(?:\b(?:[A-Z]{1,3})?[$€£¥]\s?|\b(?:USD|HKD|RMB|CNY|EUR|GBP|SGD|JPY|CHF)\s)"
_FIGURES = r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?(?!\d)|\d[\d,]*(?:\.\d+)*(?:,\d+)?)"
_SUM = rf"{_CURRENCY}?(?<![\d.,]){_FIGURES}(?:\s?(?:[mk]|[bt]n)\b)?"
_MEASURES = (
    "mg|g|t|ml|cl|dl|l|mm|cm|m|ha|mph|km/h|min|hrs?|ft|lbs?|oz|°[CF]?|[€$£]"
    "|(?-i:[kMG]?Wh?|k?V|m?A|[kMG]?Hz|[kMGT]B|k?Pa|°C)"
)
_MANY = (
    r"mio\.|mrd\.|tsd\.|million(?:en|s)?|millones|milioni|milhões|miljoen|milliarden?|milliards?|miliardi|miljard"
    "|euro|prozent|jahren?|tagen?|stunden|ans|años|anni|anos|jaar"
)
_UNIT = (
    rf"(?:\s?%|[\s-](?:{UNITS}|trillion|tonnes|met(?:re|er)s|kilomet(?:re|er)s)\b"
    rf"|\s?(?:{_MEASURES})(?:[²³]|(?![\w²³]))|\s(?:{_MANY})(?!\w))"
)
_AMOUNTS = rf"(?:{_SUM}{_UNIT}*{_TO})?{_SUM}{_UNIT}*"
_TELEPHONE = r"(?:\+|\b0)\d+(?:[ /-]\d+)+"
_HOUR = r"\b\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\b\.?"
_LETTERS = r"(?<![\w.])(?:[^\W\d_]{1,3}\. ?)+[^\W\d_]{1,3}\."  # "z. B.", "U.S."
_IN_WORD = re.compile(r"[\w$€£¥%]|(?<=\w)[.,'’&/-](?=\w)")


def whole(text: str, span: Span) -> Span:
    """The span, grown to the ends of the words, values and abbreviations that it would cut."""
    start, end = span
    for value in _values().finditer(text):
        if value.start() < span[1] and span[0] < value.end():
            start, end = min(start, value.start()), max(end, value.end())
    while start > 0 and _IN_WORD.match(text, start) and _IN_WORD.match(text, start - 1):
        start -= 1
    while 0 < end < len(text) and _IN_WORD.match(text, end - 1) and _IN_WORD.match(text, end):
        end += 1
    return start, end + closes_abbreviation(text, end)


@cache
def _values() -> re.Pattern[str]:
    before = "|".join(map(re.escape, sorted(listed(FIGURE) | {"approx", "ca"}, key=len, reverse=True)))
    names = "|".join(sorted(months(), key=len, reverse=True))
    numbered = rf"\b(?:{before})\.\s?|§+\s?"  # "max. 900 W", "para. 7"
    year = r"(?:,? (?:de )?\d{4}\b)?"
    any_day = rf"\b\d{{1,2}}(?:\.|er|º|°)? (?:de |d')?(?:{names})\b{year}|\b\d{{1,2}}\. \d{{1,2}}\. \d{{4}}"
    day = rf"(?:{any_day}|{DATE}|{YEARLESS})"
    dates = rf"(?:\b\d{{1,2}}\.?{_TO})?{day}(?:{_TO}(?:{day}|\d{{1,2}}(?:,\s\d{{4}})?\b))?"
    hours = rf"(?:\b\d{{1,2}}(?:[:.]\d\d)?{_TO}|{_HOUR}{_TO})?{_HOUR}"
    parts = (hours, dates, _LETTERS, rf"(?:{numbered})?(?:{_TELEPHONE}|{_AMOUNTS})")
    return re.compile("|".join(parts), re.IGNORECASE)


_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NUMBER_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        map(str, range(1, 21)),
        strict=True,
    )
)


def numbers(text: str) -> set[str]:
    """Without thousands' commas; "twelve" counts as 12."""
    found = {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}
    spelled = {_NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _NUMBER_WORDS}
    return {str(float(number)).removesuffix(".0") for number in found} | spelled
