"""A day in the words of the text that is read: the reader does not know that "15/08/2026" is the 15th of August."""

from datetime import date

from assistant.text.days import A_DAY, dates_and_words_in, days_of
from assistant.types import Period


def as_written(query: str, text: str) -> str:
    """The query with its days as the text writes them, where it writes one of them in one way only."""
    asked = list(A_DAY.finditer(query))
    if not asked:
        return query
    written: dict[date, str] = {}
    for words, period in dates_and_words_in(text):
        if period.first == period.last:
            written.setdefault(period.first, words)
    for match in reversed(asked):
        same = [words for day, words in written.items() if _is_day(match[0], day)]
        if len(same) == 1:
            query = f"{query[: match.start()]}{same[0]}{query[match.end() :]}"
    return query


def _is_day(words: str, day: date) -> bool:
    """Whether a day of a month, with or without its year, is that day."""
    try:
        return days_of(words, date.max, until=day) == Period(day, day)
    except (ValueError, OverflowError):
        return False
