"""Passages that tell of a time: preferred where the question names that time."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from assistant.storage import Generation, yyyymmdd
from assistant.text.days import names_a_day
from assistant.types import Period

# Measured, see evals/LOG.md.
BONUS = 0.1  # added to the fused score
REPORTED = timedelta(days=183)  # what happened is still reported on so long afterwards
SHORT = timedelta(days=92)  # a year stands in too many texts to tell them apart; a month or a day does not


def period_bonus(
    numbers: Iterable[int], periods: Sequence[Period], generation: Generation
) -> dict[int, float]:
    """BONUS for each chunk that was published about one of the periods, or names a day of it."""
    told = (number for number in numbers if any(_tells_of(number, period, generation) for period in periods))
    return dict.fromkeys(told, BONUS)


def _tells_of(number: int, period: Period, generation: Generation) -> bool:
    published = int(generation.table.published[number])
    closed = period.first != date.min and period.last != date.max
    last = period.last + REPORTED if closed and period.last < date.max - REPORTED else period.last
    if published and yyyymmdd(period.first) <= published <= yyyymmdd(last):
        return True
    brief = closed and period.last - period.first < SHORT
    return brief and names_a_day(generation.catalog.chunk_text(number), period)
