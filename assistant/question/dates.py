"""What a question says of time: "as of 31 March 2026", "between March and June 2024", "after 2023"."""

import re
from datetime import date, timedelta

from assistant.errors import UserError
from assistant.text.days import (
    DATE,
    DAY,
    FULL_DAY,
    MONTH,
    NEAR,
    PLAIN_DATE,
    YEAR,
    YEARLESS,
    day_first,
    day_in_words,
    days_of,
    unnamed,
)
from assistant.text.quotation import masked
from assistant.types import DayLimit, Period

# "31 March" has no year; "31 March 24" is no such date, but one that is not read.
_EACH = rf"(?:{DATE}|{YEARLESS}(?!\.?[\s-]*'?\d\d|,\s*\d{{4}}\b)|{NEAR})"
_ALSO = r",?\s+(?:and|or|versus|vs\.?|against|compared (?:with|to))\s+(?:as (?:of|at)\s+)?(?!(?-i:may)\b)"
_AS_OF = re.compile(
    rf"[,(]?\s*\bas (?:of|at)\s+(?P<dates>{_EACH}(?:{_ALSO}{_EACH})*)(?!/\d)\)?,?", re.IGNORECASE
)
_ONE = re.compile(_EACH, re.IGNORECASE)
_UNREAD = re.compile(
    r"\bas (?:of|at)\s+(?:(?:the|end|close|start|beginning|middle|early|mid|late|of|on|about|year)[\s-]+)*"
    rf"(?:\d|(?:{MONTH})\b)\S*(?:\s+\S+){{0,2}}",
    re.IGNORECASE,
)
_HOW_TO = "Give it as 31 March 2026."

_TO, _OR_AND = r"(?:\b(?:to|until|till|through)\b|[-–—])", r"\band\b"
_YEAR_ALONE = rf"{YEAR}(?!-\d)"  # may be any number
_DATED = rf"(?!{_YEAR_ALONE}){DATE}"
_OPEN = r"not before|(?:not|no) earlier than|(?:on|in) or after|since|from|after|later than"
_SHUT = (
    r"not after|(?:not|no) later than|(?:on|in) or before|before|prior to|earlier than|until|till|up to|by"
)
_ONWARDS = re.compile(r"\s*(?:on|onwards?|up|upwards)\b", re.IGNORECASE)
_BUT = r"(?:,?\s+(?:but|and|yet))?,?\s+"
_IN = r"\b(?:in|on|during|of|for|throughout|around|at)\s+"
# What a date is said to be: a stretch, an open end, or a day, month or year by itself.
_SAID = re.compile(
    rf"\b(?:between|from)\s+(?P<first>{DATE}|{YEARLESS})\s*(?:{_TO}|{_OR_AND})\s*(?P<last>{DATE})"
    rf"|\b(?:between|from)\s+(?P<day>{unnamed(DAY)})\s*(?:{_TO}|{_OR_AND})\s*(?P<to_day>{FULL_DAY})"
    rf"|(?:{_IN})?(?P<begin>{_DATED}|{YEARLESS})\s*{_TO}\s*(?P<finish>{_DATED})"
    rf"|(?:{_IN})?(?<![\d./-])(?P<one_day>{unnamed(DAY)})\s*{_TO}\s*(?P<other_day>{FULL_DAY})"
    rf"|(?:\b(?:in|during|for)\s+)?(?P<year>{YEAR})\s?[-–]\s?(?P<to_year>{YEAR})(?![\d-])"
    rf"|\b(?P<since>{_OPEN})\s+(?P<start>{DATE}|{YEARLESS}(?={_BUT}(?:{_SHUT})\s))"
    rf"(?:{_BUT}(?P<shut>{_SHUT})\s+(?P<end>{DATE}))?"
    rf"|\b(?P<until>{_SHUT})\s+(?P<only_end>{DATE})(?:{_BUT}(?P<open>{_OPEN})\s+(?P<its_start>{DATE}))?"
    rf"|(?P<in>(?:{_IN}|(?!{_YEAR_ALONE})){DATE})",
    re.IGNORECASE,
)

_YEARLESS_SAID = re.compile(
    rf"\b(?:(?:{_OPEN}|{_SHUT}|in|on|during|of|for|throughout|between|from)\s+|(?:and|to)\s+(?!(?-i:may)\b)){YEARLESS}"
    rf"(?!\.?,?[\s-]*(?:of\s+)?'?\d\d)",
    re.IGNORECASE,
)
_OR_LATER = re.compile(
    r"\s*(?:(?:or|and)\s+(?:later|after|newer|(?P<earlier>earlier|before|older))|onwards?|(?<=\d) on)\b",
    re.IGNORECASE,
)
YEARS_BACK, YEARS_AHEAD = 10, 2  # in which a date without a year may lie


def find_as_of(text: str, *, today: date) -> tuple[str, tuple[date, ...], tuple[str, ...]]:
    """The text without its "as of DATE", the last day of each such date, and what to tell of them.

    UserError where the calendar has no such date; a text with several is left as it is, for it asks about all.
    """
    read = list(_AS_OF.finditer(masked(text)))
    days: list[date] = []
    for match in read:
        days += _last_days(match["dates"], today)
    unread = [
        f"No date limit was applied for “{match[0].rstrip('.,?!')}”: it could not be read as a date. {_HOW_TO}"
        for match in _UNREAD.finditer(masked(text))
        if not any(other.start() <= match.start() < other.end() for other in read)
    ]
    notes = (*(note for match in read for note in _read_day_first(match["dates"])), *unread)
    rest = without_as_of(text) if len(days) == 1 else text
    return rest, tuple(days), notes


def without_as_of(text: str) -> str:
    """A text without its "as of DATE", those apart that are quoted."""
    for match in reversed(list(_AS_OF.finditer(masked(text)))):
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return " ".join(text.split()).replace(" ?", "?")


def find_periods(text: str, *, today: date) -> tuple[tuple[Period, ...], tuple[str, ...]]:
    """The periods that a text speaks of, and a sentence for each date that is none or has two readings.

    "By" or "until" a date is no period: it is told of afterwards. What is quoted says nothing of when.
    """
    periods, notes = [], []
    for match in _SAID.finditer(masked(text)):
        try:
            period = _said(
                {name: words for name, words in match.groupdict().items() if words},
                today,
                text[match.end() :],
            )
            notes += _read_day_first(match[0])
        except (ValueError, OverflowError):
            notes.append(no_such_date(match[0]))
            continue
        if period and period.first > period.last:
            notes.append(f"“{match[0]}” ends before it begins, so it was left aside.")
        elif period:
            periods.append(period)
    return tuple(dict.fromkeys(periods)), tuple(dict.fromkeys(notes))


def find_day_limit(text: str, *, today: date) -> tuple[str, DayLimit | None]:
    """The text without the only date that limits it, and that; None where there are several, or it is none."""
    years = (
        range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1) if _YEARLESS_SAID.search(text) else ()
    )
    for dated in ([text], [_YEARLESS_SAID.sub(rf"\g<0> {year}", text) for year in years]):
        found = [limit for each in dated if (limit := _day_limit(each, today))]
        if found:
            words, is_open, rest, _ = found[0]
            return rest, DayLimit(words, tuple(period for *_, period in found), is_open)
    return text, None


def _day_limit(text: str, today: date) -> tuple[str, bool, str, Period] | None:
    matches = list(_SAID.finditer(masked(text)))
    if len(matches) != 1:
        return None
    (match,) = matches
    groups = {name: words for name, words in match.groupdict().items() if words}
    try:
        period = _said(groups, today, text[match.end() :])
        if period is None:  # "by" a day
            period = Period(date.min, _shuts(groups["until"], groups["only_end"], today=today))
    except (ValueError, OverflowError):
        return None
    after = text[match.end() :]
    more = _OR_LATER.match(after)
    if more:
        period = Period(date.min, period.last) if more["earlier"] else Period(period.first, date.max)
        after = after[more.end() :]
    rest = " ".join(f"{text[: match.start()]} {after}".split()).replace(" ?", "?")
    return match[0].strip(), "in" not in groups or bool(more), rest, period


def without_periods(text: str) -> str:
    return " ".join(_SAID.sub(" ", text).split())


def no_such_date(words: str) -> str:
    return f"There is no such date: {words.strip(' ,()')}."


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


def _last_days(words: str, today: date) -> list[date]:
    """The last day of each of the dates; one without a year takes it from the next."""
    found: list[date] = []
    for match in reversed(list(_ONE.finditer(words))):
        try:
            found.append(days_of(match[0], today, until=found[-1] if found else today).last)
        except (ValueError, OverflowError) as error:
            raise UserError(f"{no_such_date(match[0])} {_HOW_TO}") from error
    return found[::-1]


def _read_day_first(words: str) -> list[str]:
    found = ((match[0], day_first(match[0])) for match in PLAIN_DATE.finditer(words))
    return [f"{date_} was read day first, as {day_in_words(day)}." for date_, day in found if day]


def _said(groups: dict[str, str], today: date, after: str) -> Period | None:
    """What the groups of `_SAID` stand for, before `after`; none where a date is only the last that counts."""
    words = list(groups.values())
    if "in" in groups:
        return days_of(words[0], today, loosely=True)
    if "open" in groups:
        words = words[2:] + words[:2]
    if "open" in groups or "shut" in groups:
        last = _shuts(*words[2:], today=today)
        return Period(_opens(*words[:2], today=today, until=last), last)
    if "since" in groups and words[0].lower() == "from" and not _ONWARDS.match(after):
        return days_of(words[1], today, loosely=True)
    if "since" in groups:
        return Period(_opens(*words, today=today), date.max)
    if "until" in groups:
        return Period(date.min, _shuts(*words, today=today)) if _is_before(words[0]) else None
    last_words, first_words = words[1], words[0]
    if "day" in groups or "one_day" in groups:  # "3rd" of "5 March 2024"
        first_words = re.sub(r"\d+(?:st|nd|rd|th)?", first_words, last_words, count=1)
    end = days_of(last_words, today)
    start = days_of(first_words, today, until=end.last)
    return Period(min(start.first, end.first), max(start.last, end.last))


def _opens(word: str, words: str, *, today: date, until: date | None = None) -> date:
    period = days_of(words, today, until=until)
    after = word.lower() in {"after", "later than"}
    return period.last + timedelta(days=1) if after else period.first


def _shuts(word: str, words: str, *, today: date) -> date:
    period = days_of(words, today)
    return period.first - timedelta(days=1) if _is_before(word) else period.last


def _is_before(word: str) -> bool:
    return word.lower() in {"before", "prior to", "earlier than"}
