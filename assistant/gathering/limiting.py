"""What a question limits by days -> the entries of a series that lie in them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from assistant.gathering.gathered import Unclear
from assistant.gathering.matching import needed
from assistant.gathering.series import Entry, Series
from assistant.gathering.values import said_in
from assistant.text.days import dates_in
from assistant.text.language import content_words, words
from assistant.types import DayLimit, Period, Whole

_NONE = {"", "-", "–", "—", "n/a", "none"}
_STARTS = frozenset(words("from start begin first since out lent date day"))
_ENDS = frozenset(words("to till until end through last return due back finish"))
_DATES = frozenset(words("year date day when"))
_BEGINS = frozenset(
    words(
        "join joined leave left arrive expire happen occur fall fell begin began begun start found founded born due new"
    )
)

Stretches = list[Period | None]  # one an entry; None where it has none


def limited(whole: Whole, series: Series) -> tuple[Whole, Series] | None:
    """The series with the entries that lie in the days; with a limit that only names it ("in 2026") among its words.

    None where it cannot be told; Unclear where several columns have days.
    """
    limit = whole.limit
    if limit is None:
        return whole, series
    named = replace(whole, words=f"{whole.words} {limit.words}"), series
    if not limit.is_open and _is_named(limit, series):
        return named
    stretches = _stretches(whole, series, limit)
    if stretches is None:
        return None if limit.is_open else named
    whole = replace(whole, words=without_beginning(whole.words))
    found = {_within(stretches, period) for period in limit.periods} - {()}
    if len(found) > 1:
        raise Unclear
    entries = tuple(series.entries[at] for at in found.pop()) if found else ()
    return (whole, replace(series, entries=entries)) if entries else None


def _is_named(limit: DayLimit, series: Series) -> bool:
    """Whether the series is of these days as a whole: "Courses in spring 2026", and of no other year."""
    said = set(content_words(limit.words))
    years = {word for word in series.context if re.fullmatch(r"(?:19|20)\d\d", word)}
    return said <= series.context and years <= said


def without_beginning(text: str) -> str:
    """Without the verbs of which a day says when: "joined", "expire"."""
    return " ".join(word for word in text.split() if not _BEGINS & {*words(word)})


def _within(stretches: Stretches, period: Period) -> tuple[int, ...]:
    return tuple(
        at
        for at, each in enumerate(stretches)
        if each and each.first <= period.last and period.first <= each.last
    )


def _stretches(whole: Whole, series: Series, limit: DayLimit) -> Stretches | None:
    """Of the column that the question names, else of the only one, or of one from and one to."""
    if not any(entry.cells for entry in series.entries):
        return _all_or_none([_stretch(entry.text) for entry in series.entries])
    columns = {label: found for label in series.labels if (found := _of_column(series.entries, label))}
    named = [label for label in columns if said_in(needed(whole.words), label)]
    dates = [label for label in columns if set(words(label)) <= _DATES]
    labels = next((each for each in (named, dates) if len(each) == 1), list(columns))
    if len(labels) < 2:
        return columns[labels[0]] if labels else None
    first, last = labels[0], labels[-1]
    if len(labels) == 2 and _STARTS & {*words(first)} and _ENDS & {*words(last)} and not limit.is_open:
        return [
            Period(one.first, other.last if other else date.max) if one else None
            for one, other in zip(columns[first], columns[last], strict=True)
        ]
    raise Unclear


def _of_column(entries: Sequence[Entry], label: str) -> Stretches | None:
    """None where a cell has something else."""
    found: Stretches = []
    for entry in entries:
        text = next((cell.text for cell in entry.cells if cell.label == label), "")
        stretch = _stretch(text)
        if stretch is None and text.strip().lower() not in _NONE:
            return None
        found.append(stretch)
    return found if any(found) else None


def _stretch(text: str) -> Period | None:
    """From the first to the last date in a text."""
    dates = list(dates_in(text))
    return Period(min(each.first for each in dates), max(each.last for each in dates)) if dates else None


def _all_or_none(stretches: Stretches) -> Stretches | None:
    return stretches if all(stretches) else None
