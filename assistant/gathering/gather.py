"""What is asked of all of a kind -> the entries of one series that it is asked of, and what comes of them.

Nothing is taken for granted: each word of the question has to be found in the series, or nothing is gathered.
"""

from collections.abc import Iterable
from dataclasses import replace

from assistant.gathering.comparing import compared
from assistant.gathering.gathered import Gathered, Unclear
from assistant.gathering.limiting import limited, without_beginning
from assistant.gathering.listing import listed
from assistant.gathering.series import Series
from assistant.types import Whole


def gather(whole: Whole, found: Iterable[Series]) -> Gathered | None:
    """From the first series that has all that is asked for; None where none has, or it is not clear which is meant."""
    made: Gathered | None = None
    try:
        for series in found:
            if made and series.entries and series.entries[0].document.id != made.entries[0].document.id:
                return made
            another = _gathered(whole, series)
            if another and whole.kind == "list":
                return another
            if another and made:
                return None  # two tables of one document
            made = made or another
    except Unclear:
        return None
    return made


def _gathered(whole: Whole, series: Series) -> Gathered | None:
    if whole.limit is None:
        return _of_all(whole, series)
    # Only where all else that is asked for is there it matters whether the days can be told.
    undated = replace(whole, words=without_beginning(whole.words))
    found = limited(whole, series) if _of_all(undated, series) else None
    made = _of_all(*found) if found else None
    return replace(made, out_of=len(series.entries)) if made else None


def _of_all(whole: Whole, series: Series) -> Gathered | None:
    return compared(whole, series) if whole.kind in ("most", "least", "sum") else listed(whole, series)
