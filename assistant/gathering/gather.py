"""What is asked of all of a kind -> the entries of one series that it is asked of, and what comes of them.

Nothing is taken for granted: each word of the question has to be found in the series, or nothing is gathered.
"""

from collections.abc import Iterable

from assistant.gathering.comparing import compared
from assistant.gathering.gathered import Gathered, Unclear
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
            another = (
                compared(whole, series) if whole.kind in ("most", "least", "sum") else listed(whole, series)
            )
            if another and whole.kind == "list":
                return another
            if another and made:
                return None  # two tables of one document
            made = made or another
    except Unclear:
        return None
    return made
