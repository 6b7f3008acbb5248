"""Days and periods in words: "as of 31 March 2026", "between March and June 2024", "last year"."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from assistant.errors import UserError
from assistant.types import Period

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_YEAR = r"\b(?:19|20)\d\d"
# Each shape of a date, and the groups it is made of; the more exact ones come first.
_PATTERNS = (
    r"\b(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?",
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?,?\s+(?P<year>{_YEAR})",
    rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>{_YEAR})",
    rf"\b(?P<month>{_MONTH})\b\.?,?\s+(?:of\s+)?(?P<year>{_YEAR})",
    rf"\b(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<nth>{'|'.join(_NTH)})[\s-]+(?P<part>quarter|half))"
    rf"(?:\s+of)?,?\s+(?P<year>{_YEAR})",
    r"\b(?P<which>last|previous|this)\s+(?P<unit>year|quarter|month|week)\b",
    rf"(?P<year>{_YEAR})",
)
_SHAPES = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
_ANY = "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern in _PATTERNS)
_DATE = re.compile(rf"(?:{_ANY})(?![\d-])", re.IGNORECASE)
_D = rf"(?:(?:the\s+)?(?:end|start|beginning|middle|close)\s+of\s+|(?:early|mid|late)[\s-]+)?(?:{_ANY})(?![\d-])"
_AS_OF = re.compile(rf"[,(]?\s*\bas (?:of|at)\s+(?P<date>{_D})\)?,?", re.IGNORECASE)
# What a date is said to be: a stretch, an open end, or a day, month or year by itself.
_SAID = re.compile(
    rf"\b(?:between|from)\s+(?P<first>{_D}|{_MONTH})\s*(?:\band\b|\bto\b|\buntil\b|\btill\b|\bthrough\b|[-–—])\s*(?P<last>{_D})"
    rf"|(?:\b(?:in|during|for)\s+)?(?P<years>{_YEAR}\s?[-–]\s?{_YEAR})(?![\d-])"
    rf"|\b(?:since|from)\s+(?P<since>{_D})|\bafter\s+(?P<after>{_D})"
    rf"|\b(?:before|prior to)\s+(?P<before>{_D})|\b(?:until|till|up to|by)\s+(?P<until>{_D})"
    rf"|(?P<in>\b(?:in|on|during|of|for|throughout|around|at)\s+{_D}|(?!{_YEAR}(?!-\d)){_D})",
    re.IGNORECASE,
)


def find_as_of(text: str, *, today: date) -> tuple[str, date | None]:
    """The text without its "as of DATE", and the last day that this date stands for; UserError if there is none."""
    match = _AS_OF.search(text)
    if match is None:
        return text, None
    try:
        day = _period(match["date"], today).last
    except (ValueError, OverflowError) as error:
        raise UserError(f"{no_such_date(match['date'])} Give it as 31 March 2026.") from error
    return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split()).replace(" ?", "?"), day


def without_as_of(text: str) -> str:
    return " ".join(_AS_OF.sub(" ", text).split())


def find_periods(text: str, *, today: date) -> tuple[tuple[Period, ...], tuple[str, ...]]:
    """The periods that a text speaks of, and what it calls a date that is none.

    "By" or "until" a date is no period: it is told of afterwards.
    """
    periods, wrong = [], []
    for match in _SAID.finditer(text):
        try:
            period = _said(match, today)
            periods += [] if match["until"] else [period]
        except (ValueError, OverflowError):
            wrong.append(match[0])
    return tuple(dict.fromkeys(periods)), tuple(wrong)


def names_a_day(text: str, period: Period) -> bool:
    """Whether a text has a date that lies within the period."""
    if not any(str(year) in text for year in {period.first.year, period.last.year}):
        return False
    return any(period.first <= found.first and found.last <= period.last for found in _dates(text))


def no_such_date(words: str) -> str:
    return f"There is no such date: {words.strip(' ,()')}."


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def in_words(period: Period) -> str:
    """A period as short as it can be said: "2024", "June 2023", "since 1 March 2025"."""
    first, last = period.first, period.last
    if first == date.min:
        return f"until {day_in_words(last)}"
    if last == date.max:
        return f"since {day_in_words(first)}"
    if first == last:
        return day_in_words(first)
    starts, ends = first.day == 1, (last + timedelta(days=1)).day == 1
    if starts and ends and first.month == 1 and last.month == 12:
        return str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
    if starts and ends:
        one = (first.year, first.month) == (last.year, last.month)
        return f"{last:%B} {last.year}" if one else f"{first:%B} {first.year} to {last:%B} {last.year}"
    return f"{day_in_words(first)} to {day_in_words(last)}"


def _said(match: re.Match[str], today: date) -> Period:
    day = timedelta(days=1)
    if match["last"]:
        return _stretch(match["first"], match["last"], today)
    if match["years"]:
        first, last = re.findall(_YEAR, match["years"])
        return _stretch(first, last, today)
    if match["since"]:
        return Period(_period(match["since"], today).first, date.max)
    if match["after"]:
        return Period(_period(match["after"], today).last + day, date.max)
    if match["before"]:
        return Period(date.min, _period(match["before"], today).first - day)
    if match["until"]:
        return Period(date.min, _period(match["until"], today).last)
    return _period(match["in"], today)


def _stretch(first: str, last: str, today: date) -> Period:
    """From one date to another; the first may be a month without its year."""
    end = _period(last, today)
    month = _MONTHS.get(first.lower())
    year = end.last.year - (month is not None and month > end.last.month)
    start = _months(year, month, 1) if month else _period(first, today)
    if start.first > end.last:
        raise ValueError(f"{first} is after {last}")
    return Period(start.first, end.last)


def _dates(text: str) -> Iterator[Period]:
    """The dates in a text by themselves, those apart that are none or are counted from the day of reading."""
    for match in _DATE.finditer(text):
        try:
            if any(map(str.isdigit, match[0])):
                yield _period(match[0], date.max)
        except ValueError:
            continue


def _period(text: str, today: date) -> Period:
    """The days that a date stands for; ValueError where the calendar has no such date."""
    match = next(found for shape in _SHAPES if (found := shape.search(text)))
    groups = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "which" in groups:
        return _relative(groups["which"], groups["unit"], today)
    year = int(groups["year"])
    if "month" in groups:
        month = _MONTHS.get(groups["month"]) or int(groups["month"])
        if "day" in groups:
            return Period(*[date(year, month, int(groups["day"]))] * 2)
        return _months(year, month, 1)
    if "quarter" in groups or groups.get("part") == "quarter":
        number = int(groups.get("quarter", 0)) or _NTH[groups["nth"]]
        return _months(year, 3 * number - 2, 3)
    if "half" in groups or "part" in groups:
        number = int(groups.get("half", 0)) or _NTH[groups["nth"]]
        return _months(year, 6 * number - 5, 6)
    return _months(year, 1, 12)


def _relative(which: str, unit: str, today: date) -> Period:
    back = 0 if which == "this" else 1
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return Period(monday, monday + timedelta(days=6))
    size = {"year": 12, "quarter": 3, "month": 1}[unit]
    months = 12 * today.year + (today.month - 1) // size * size - size * back
    return _months(months // 12, months % 12 + 1, size)


def _months(year: int, month: int, count: int) -> Period:
    """`count` whole months of one year; ValueError where the year has no such months."""
    end = month + count - 1
    first = date(year, month, 1)
    return Period(first, date(year, end, calendar.monthrange(year, min(end, 12))[1]))
