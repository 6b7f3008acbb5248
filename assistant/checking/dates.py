"""Dates that a statement gives, against those of what it cites: 31 May 2024 is 2024-05-31 and 31/05/2024."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.text.days import MONTH

_MONTHS = [name.lower()[:3] for name in calendar.month_name]
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"\b{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)\b",
        rf"\b(?P<one>\d{{1,2}})[./](?P<two>\d{{1,2}})[./]{_YEAR}\b",
        rf"\b{_DAY}\s(?:of\s)?(?P<month>(?-i:(?!may\b)){MONTH})\b\.?(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<month>{MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s?%)(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<month>{MONTH})\b\.?,?\s(?:of\s)?{_YEAR}\b",
        # "may" and "march" are other words too.
        r"(?-i:\b(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Apr(?:il)?|June?|July?|Aug(?:ust)?|Sept(?:ember)?|Oct(?:ober)?"
        r"|Nov(?:ember)?|Dec(?:ember)?)\b|(?<=[a-z0-9,] )(?P<other>May|March)\b)",
        rf"(?<![\d.,$£€¥-]){_YEAR}(?![\d,]|\.\d|\s?%)",
    )
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, a month or a year, or what is given of one; `month_or_day`: figures that can be read either way."""

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None

    def says(self, other: "Day") -> bool:
        """Whether it has all that the other has, but for a year, and nothing else."""
        if self.year and other.year and self.year != other.year:
            return False
        return (other.month is None or self.month == other.month) and (
            other.day is None or self.day == other.day
        )


def missing_dates(text: str, cited: str) -> list[str]:
    """The dates of the text that what it cites does not have; a year may stand apart from its day."""
    held = list(dates(cited))
    years = {day.year for day in held} | {
        int(year) for year in re.findall(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)", cited)
    }
    found: dict[str, bool] = {}
    for claimed in dates(text):  # figures that can be read two ways come twice
        stands = any(one.says(claimed) for one in held) if claimed.month else True
        stands = stands and (claimed.year is None or claimed.year in years)
        found[claimed.text] = found.get(claimed.text, False) or stands
    return [told for told, stands in found.items() if not stands]


def without_dates(text: str) -> str:
    for shape in _SHAPES:
        text = shape.sub(" ", text)
    return text


def dates(text: str) -> Iterator[Day]:
    for shape in _SHAPES:
        for match in shape.finditer(text):
            yield from _days(match)
        text = shape.sub(lambda match: " " * len(match[0]), text)


def _days(match: re.Match[str]) -> Iterator[Day]:
    part = match.groupdict()
    year = int(part["year"]) if part.get("year") else None
    if part.get("one"):
        one, two = int(part["one"]), int(part["two"])
        pairs = [(one, two), (two, one)]
        yield from (Day(match[0], year, month, day) for day, month in pairs if month <= 12 and day <= 31)
        return
    month = part.get("month") or part.get("other") or ""
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()[:3]) if month else None
    day = int(part["day"]) if part.get("day") else None
    yield Day(match[0].rstrip("."), year, number or None, day)
