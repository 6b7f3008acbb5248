"""A date in words, and the days it stands for: "31 March 2026", "early 2024", "Q3 2025", "last year".

Early, mid and late are the thirds of what follows: early 2024 is January to April. Its start and its end are its
first and its last day where they limit something; what is told loosely of "the end of 2024" is late 2024.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from assistant.types import Period

MONTH_NAMES = "|".join(calendar.month_name[1:])
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in calendar.month_name[1:]) + "|sept"
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 0}
YEAR = r"\b(?:19|20)\d\d"
UNITS = (
    "dollars|(?:US|HK|Hong Kong) dollars|cents|euros|pounds|yuan|renminbi|usd[tc]?|hkd|rmb|btc|bitcoins|eth|tokens"
    "|coins|shares|units|days|hours|minutes|seconds|weeks|months|years|words|pages|times|points|km|kg|miles"
    "|per ?cent|thousand|million|billion|firms|companies|people|persons|users|customers|clients|investors|victims"
    "|members|employees|staff|jobs|accounts|wallets|passengers"
)
# "In 2024 tokens were sold" has a year, "a price of 2000 tokens" and "HK$2000" have none.
_AFTER_THESE = "|".join(rf"(?<=\b{word} ....)" for word in "in during throughout since before after".split())
_NO_SUM = r"(?<![$€£¥])(?<![$€£¥] )(?<!USD )(?<!HKD )"
_BARE_YEAR = rf"{_NO_SUM}(?P<year>{YEAR})(?!\s*%)(?:{_AFTER_THESE}|(?!\s+(?:{UNITS})\b))"
DAY = r"(?:\bthe\s+)?\b(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_DAY_MONTH = rf"{DAY}[\s-]+(?:of\s+)?(?P<month>{MONTH})\b\.?"
_MONTH_DAY = rf"\b(?P<month>{MONTH})\b\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
_NTH_PART = rf"(?P<nth>{'|'.join(_NTH)})[\s-]+(?P<part>quarter|half)"
_PART = rf"(?:\bthe\s+)?\b(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|{_NTH_PART})"
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # the month in which each begins
_SEASON = rf"\b(?P<season>{'|'.join(_SEASONS)})(?:\s+of)?,?"
_COUNTS = "two three four five six seven eight nine ten eleven twelve".split()
_STRETCH = (
    rf"\b(?P<way>past|last|previous|next|coming)\s+(?P<count>\d{{1,2}}|{'|'.join(_COUNTS)})"
    r"\s+(?P<size>day|week|month|year)s\b"
)
_NUMBERS = rf"(?<![\d./-])(?P<one>\d{{1,2}})[./-](?P<two>\d{{1,2}})[./-](?P<year>{YEAR})"
# Each shape of a date, and the groups it is made of; the more exact ones come first.
_FULL_DAY = rf"{_DAY_MONTH},?[\s-]+(?P<year>{YEAR})"
_PATTERNS = (
    r"\b(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?",
    rf"(?P<year>{YEAR})[./](?P<month>\d{{1,2}})[./](?P<day>\d{{1,2}})",
    _NUMBERS,
    _FULL_DAY,
    rf"{_MONTH_DAY},?\s+(?P<year>{YEAR})",
    rf"\b(?P<month>{MONTH})\b\.?,?[\s-]+(?:of\s+)?(?P<year>{YEAR})",
    rf"{_PART}(?:\s+of)?,?\s+(?P<year>{YEAR})",
    rf"{_SEASON}\s+(?P<year>{YEAR})",
    _STRETCH,
    r"\b(?P<which>last|previous|this)\s+(?P<unit>year|quarter|month|week)\b",
    r"\b(?P<near>today|yesterday)\b",
    _BARE_YEAR,
)
_SHAPES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
_QUALIFIER = re.compile(
    r"\b(?:the\s+)?(?P<edge>first day|last day|start|beginning|middle|end|close)\s+of\s+(?:the\s+)?"
    r"|\b(?P<third>early|mid|late)(?:[\s-]+|\s+in\s+)|\b(?P<short>(?:the\s+)?year[\s-]end|end)[\s-]+(?:of\s+)?",
    re.IGNORECASE,
)
_THIRDS = {
    "early": 0,
    "start": 0,
    "beginning": 0,
    "first day": 0,
    "mid": 1,
    "middle": 1,
}  # all others are the last


def unnamed(pattern: str) -> str:
    """A pattern without names for its groups, to be put together with others."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


_CLOSE = r"(?:\b(?:the\s+)?(?:close|end)\s+of\s+(?:business|trading|day|play)\s+(?:on\s+)?)?"
_QUALIFIED = (
    rf"{_CLOSE}(?:{unnamed(_QUALIFIER.pattern)})?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
)
_END = r"(?![\d-])(?!\.\d)(?!,\d{3}\b)"
# Patterns for others to put together: a date by itself, with "early" and the like, without its year.
PLAIN = rf"(?:{'|'.join(unnamed(shape) for shape in _PATTERNS if 'near' not in shape)}){_END}"
DATE = rf"{_QUALIFIED}{PLAIN}"
PLAIN_DATE = re.compile(PLAIN, re.IGNORECASE)
NEAR = r"\b(?:today|yesterday)\b"
FULL_DAY = rf"{unnamed(_FULL_DAY)}{_END}"
_NO_YEAR = "|".join(map(unnamed, (_DAY_MONTH, _MONTH_DAY, rf"\b(?:{MONTH})\b", _PART)))
YEARLESS = rf"{_QUALIFIED}(?:{_NO_YEAR})(?!\w)"
_DIGIT = re.compile(r"\d")
_NUMERIC = re.compile(_NUMBERS, re.IGNORECASE)
_COUNTED = re.compile(_STRETCH, re.IGNORECASE)
A_DAY = re.compile(rf"{PLAIN}|(?:{unnamed(_DAY_MONTH)}|{unnamed(_MONTH_DAY)})(?!\w)", re.IGNORECASE)


def days_of(words: str, today: date, *, until: date | None = None, loosely: bool = False) -> Period:
    """The days that a date stands for; ValueError where the calendar has no such date.

    One without a year is the latest that has begun by `until`, else by today.
    """
    period = _whole(words, today) or _latest(words, until or today)
    found = _QUALIFIER.search(words)
    if found is None or period.first == period.last:
        return period
    word = next(filter(None, found.groups())).lower()
    if not (loosely or found["third"] or word == "middle"):
        day = period.first if word in _THIRDS else period.last
        return Period(day, day)
    return _third(period, _THIRDS.get(word, 2))


def day_in_words(day: date) -> str:
    """As documents print it: "31 March 2026"."""
    return f"{day.day} {day:%B} {day.year}"


def day_first(words: str) -> date | None:
    """The day that a date in figures was read as, if it could also be read month first."""
    found = _NUMERIC.search(words)
    if found is None or found["one"] == found["two"] or max(int(found["one"]), int(found["two"])) > 12:
        return None
    return date(int(found["year"]), int(found["two"]), int(found["one"]))


def dates_in(text: str) -> Iterator[Period]:
    """The dates in a text by themselves, those apart that are none or are counted from the day of reading."""
    yield from (period for _, period in dates_and_words_in(text))


def dates_and_words_in(text: str) -> Iterator[tuple[str, Period]]:
    """The same, each with its words."""
    for match in PLAIN_DATE.finditer(text) if _DIGIT.search(text) else ():
        try:
            if any(map(str.isdigit, match[0])) and not _COUNTED.match(match[0]):
                yield match[0], days_of(match[0], date.max)
        except ValueError:
            continue


def names_a_day(text: str, period: Period) -> bool:
    """Whether a text has a date that lies within the period."""
    if not any(str(year) in text for year in {period.first.year, period.last.year}):
        return False
    return any(period.first <= found.first and found.last <= period.last for found in dates_in(text))


def _whole(words: str, today: date) -> Period | None:
    """The days of a date that has its year, without "early" and the like; None where it has no year."""
    match = next((found for shape in _SHAPES if (found := shape.search(words))), None)
    if match is None:
        return None
    groups = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "which" in groups:
        return _relative(groups["which"], groups["unit"], today)
    if "way" in groups:
        return _stretch(groups["way"], groups["count"], groups["size"], today)
    if "near" in groups:
        return Period(*[today - timedelta(days=groups["near"] == "yesterday")] * 2)
    year = int(groups["year"])
    if "season" in groups:
        return _months(year, _SEASONS[groups["season"]], 3)
    if "one" in groups:
        one, two = int(groups["one"]), int(groups["two"])
        month, day = (one, two) if one <= 12 < two else (two, one)
        return Period(*[date(year, month, day)] * 2)
    if "month" in groups:
        month = _MONTHS.get(groups["month"]) or int(groups["month"])
        if "day" in groups:
            return Period(*[date(year, month, int(groups["day"]))] * 2)
        return _months(year, month, 1)
    size = {"quarter": 3, "half": 6}.get(groups.get("part", "quarter" if "quarter" in groups else "half"), 12)
    number = groups.get("quarter") or groups.get("half") or _NTH.get(groups.get("nth", ""))
    if number is None:
        return _months(year, 1, 12)
    return _months(year, size * (int(number) or 12 // size) - size + 1, size)


def _latest(words: str, until: date) -> Period:
    """The latest date of the kind that has begun by a day; ValueError where there was none."""
    for year in range(until.year, until.year - 9, -1):
        try:
            period = _whole(f"{words} {year}", until)
        except ValueError:  # 29 February
            continue
        if period and period.first <= until:
            return period
    raise ValueError(words)


def _third(period: Period, third: int) -> Period:
    """The first, second or last third: of a year, half or quarter in whole months, else in days."""
    day = timedelta(days=1)
    months = 12 * (period.last.year - period.first.year) + period.last.month - period.first.month + 1
    if months % 3 == 0 and period.first.day == 1:
        return _months(period.first.year, period.first.month + third * months // 3, months // 3)
    days = (period.last - period.first).days + 1
    return Period(period.first + days * third // 3 * day, period.first + days * (third + 1) // 3 * day - day)


def _relative(which: str, unit: str, today: date) -> Period:
    back = 0 if which == "this" else 1
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return Period(monday, monday + timedelta(days=6))
    size = {"year": 12, "quarter": 3, "month": 1}[unit]
    months = 12 * today.year + (today.month - 1) // size * size - size * back
    return _months(months // 12, months % 12 + 1, size)


def _stretch(way: str, count: str, size: str, today: date) -> Period:
    """So many days, weeks, months or years up to today, or from it on."""
    many = int(count) if count.isdigit() else _COUNTS.index(count) + 2
    forwards = way in ("next", "coming")
    if size in ("day", "week"):
        other = today + timedelta(days=many * (7 if size == "week" else 1) * (1 if forwards else -1))
    else:
        months = (
            12 * today.year + today.month - 1 + many * (12 if size == "year" else 1) * (1 if forwards else -1)
        )
        year, month = months // 12, months % 12 + 1
        other = date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return Period(min(today, other), max(today, other))


def _months(year: int, month: int, count: int) -> Period:
    """`count` whole months; winter goes on into the next year; ValueError where there are no such months."""
    first = date(year, month, 1)
    end = 12 * year + month + count - 2
    last_year, last_month = end // 12, end % 12 + 1
    return Period(first, date(last_year, last_month, calendar.monthrange(last_year, last_month)[1]))
