"""Where a text gives a value of a certain type: a date, an amount, a share, a length of time, a number, a name."""

import re
from collections.abc import Container

from assistant.text.days import MONTH_NAMES
from assistant.text.language import Span, words
from assistant.text.names import NAME
from assistant.types import AnswerType

_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|(?:19|20)\d{2}|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|BC|AD)\b"
)
_NUMBER = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|"
    r"half|third|quarter|none|single|twice|double|handful|several|few)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order|as a result|to \w+|caused?|led to|citing|reason)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\b(?:dollars?|yuan|renminbi|euros?|pounds?|yen|HKD|USD)\b|\d ?(?:m|bn|million|billion)\b"
)
_SHARE = re.compile(r"%|\bper ?cent\b|\b(?:half|third|quarter|fifth|majority|most|none|all)\b", re.IGNORECASE)
_LENGTH = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur\w+)\b", re.IGNORECASE
)
_PATTERNS = {"money": _MONEY, "share": _SHARE, "length": _LENGTH, "reason": _REASON}
_IN_DATE = re.compile(  # numbers that only date something
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?={MONTH_NAMES})|(?:{MONTH_NAMES})\w* \d{{1,2}}\b(?!,?\d)|\b(?:1[5-9]|20)\d\d\b"
)
_NO_NAME = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday The A An In On At It He She They This That".split()
)
# The whole of a value, as it is set in bold and compared: "13 February 2026", "US$206 million", "30.6 per cent".
_MONTH = rf"(?:{MONTH_NAMES})"
_WHOLE_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?:,? (?:19|20)\d\d)?\b"
    rf"|\b{_MONTH}(?: \d{{1,2}}\b(?!,?\d))?(?:,? (?:of )?(?:19|20)\d\d)?\b"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b(?:(?:early|mid|late)[- ])?(?:19|20)\d\d\b"
    r"|\b(?:(?:next|last|this) )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_WHOLE_NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|half)\b)"
)
_SCALE = r"(?:[- ]?(?:thousand|million|billion|trillion|[kmb]n?)\b)?"
_WHOLE = {
    "date": _WHOLE_DATE,
    "money": re.compile(
        rf"(?:\b[A-Z]{{2,3}})?[$€£¥] ?\d[\d,]*(?:\.\d+)?{_SCALE}"
        rf"|\b(?:USD|HKD|RMB|CNY|EUR) ?\d[\d,]*(?:\.\d+)?{_SCALE}"
        rf"|{_WHOLE_NUMBER}{_SCALE} (?:(?:US|Hong Kong|Singapore) )?(?:dollars?|yuan|renminbi|euros?|pounds?|yen)\b"
        rf"|\b\d[\d,]*(?:\.\d+)? ?(?:million|billion)\b",
        re.IGNORECASE,
    ),
    "share": re.compile(
        r"\d+(?:\.\d+)? ?(?:%|per ?cent\b)|\b(?:half|a third|a quarter|two thirds)\b", re.IGNORECASE
    ),
    "length": re.compile(
        rf"(?:{_WHOLE_NUMBER}|\ban?) ?-?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(rf"{_WHOLE_NUMBER}{_SCALE}", re.IGNORECASE),
}
VALUE_TYPES = frozenset(_WHOLE)  # of values that change and can be compared


def gives(type_: AnswerType, text: str, known: Container[str]) -> bool:
    """Whether the text has something of this type in other words than those known, which are the question's."""
    if type_ == "date":
        return any(_is_new(found, known) for found in _DATE.findall(text))
    if type_ == "name":
        return any(name not in _NO_NAME and _is_new(name, known) for name in NAME.findall(text))
    if type_ == "number":
        rest = _IN_DATE.sub(" ", text)
        return any(match[0] not in known for match in _NUMBER.finditer(rest))
    return bool(_PATTERNS[type_].search(text))


def values(type_: AnswerType, text: str, known: Container[str] = ()) -> list[Span]:
    """Where the text gives a value of this type (of VALUE_TYPES) that is not all made of the words known."""
    dates = [match.span() for match in _WHOLE_DATE.finditer(text)] if type_ == "number" else []
    return [
        match.span()
        for match in _WHOLE[type_].finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in dates)
        and _is_new(match[0], known)
    ]


def _is_new(found: str, known: Container[str]) -> bool:
    return any(word not in known for word in words(found))
