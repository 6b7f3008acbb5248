"""What is asked of all of a kind -> the entries of one series that it is asked of, and what comes of them.

Nothing is taken for granted: each word of the question has to be found in the series, or nothing is gathered.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.gathering.matching import VERBS, filtered, is_called, is_named, labels_of, needed
from assistant.gathering.series import FEWEST_SECTIONS, Cell, Entry, Series
from assistant.gathering.values import (
    Value,
    counted,
    is_length,
    is_money,
    is_number,
    is_time,
    like,
    made_in,
    of_cell,
)
from assistant.text.language import words
from assistant.types import Whole

_MEASURES = {"money": is_money, "time": is_time, "length": is_length}
_LIMIT = re.compile(
    r"\b(?:(?P<over>more than|over|above|exceeding)|(?P<from>at least|no less than|from)"
    r"|(?P<under>less than|under|below|fewer than)|(?P<to>at most|up to|no more than))"
    r"\s+[^\d\s]{0,4}(?P<number>\d[\d,.]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """`entries`: those asked for; of `out_of` of the series. `values`: what was compared or added up, one an entry.

    `cells`: what of each entry answers, where it is a cell. `total`: of the values.
    """

    whole: Whole
    series: Series
    entries: tuple[Entry, ...]
    out_of: int
    cells: tuple[Cell, ...] = ()
    values: tuple[Value, ...] = ()
    total: float | None = None


def gather(whole: Whole, found: Iterable[Series]) -> Gathered | None:
    """From the first series that has all that is asked for; None where there is none."""
    for series in found:
        made = _compared(whole, series) if whole.kind in ("most", "least", "sum") else _listed(whole, series)
        if made:
            return made
    return None


def _listed(whole: Whole, series: Series) -> Gathered | None:
    """To list, or to count; "how many vans has Odda?" asks for what a cell of one row says."""
    limit = _LIMIT.search(whole.words)
    need = needed(_LIMIT.sub(" ", whole.words))
    need = [
        word for word in need if word not in VERBS or any(word in entry.words for entry in series.entries)
    ]
    named = [word for word in need if is_named(word, series)]
    if not named:
        return None
    head = need[0]
    conditions = need[1:] if head in named else need
    label = next((label for label in labels_of(series) if is_called(label, head)), None)
    values = _values(series.entries, label) if label else None
    if whole.kind == "count" and values and label:
        return _said_or_summed(whole, series, conditions, label)
    entries = series.entries
    if series.prose:
        entries = tuple(entry for entry in entries if _begins_with(entry, head))
        if whole.kind != "list" or head not in named or len(entries) < FEWEST_SECTIONS:
            return None
    if limit:
        taken = _within(series, conditions, limit)
        if not taken:
            return None
        entries, conditions = taken
    entries = filtered(entries, series, conditions)
    if not entries:
        return None
    cells = tuple(_distinct(cell for entry in entries for cell in entry.cells if cell.label == label))
    if label and len(cells) < len(entries):  # "which regions are there?": each value once
        entries = tuple(_with(entries, cell) for cell in cells)
    out_of = len(entries) if series.prose else len(series.entries)
    return Gathered(whole, series, entries, out_of, cells)


def _begins_with(entry: Entry, head: str) -> bool:
    """As in "The pottery course …": an article, what tells it from others, and what it is."""
    article, *rest = [*words(entry.text[:100]), ""]
    return article in ("the", "a", "an") and head in rest[1:4]


def _said_or_summed(whole: Whole, series: Series, conditions: Sequence[str], label: str) -> Gathered | None:
    entries = filtered(series.entries, series, conditions)
    values = _values(entries, label)
    if not values:
        return None
    if len(entries) == 1:
        cell = next(cell for cell in entries[0].cells if cell.label == label)
        return Gathered(replace(whole, kind="list"), series, entries, len(series.entries), (cell,))
    return _summed(replace(whole, kind="sum"), series, entries, values)


def _compared(whole: Whole, series: Series) -> Gathered | None:
    need = needed(whole.words)
    for measured, values_of in _measures(whole, series, need):
        rest = [word for word in need if word not in measured and word not in VERBS]
        if not rest or not any(is_named(word, series) for word in rest):
            continue
        entries = filtered(series.entries, series, rest)
        values = values_of(entries) if entries else None
        if not values or len({value.unit for value in values}) > 1:
            continue
        if whole.kind == "sum":
            return _summed(whole, series, entries, values)
        if len(values) > 1:
            return _best(whole, series, entries, values)
    return None


def _best(whole: Whole, series: Series, entries: tuple[Entry, ...], values: tuple[Value, ...]) -> Gathered:
    amounts = [value.amount for value in values]
    best = max(amounts) if whole.kind == "most" else min(amounts)
    winners = [(entry, value) for entry, value in zip(entries, values, strict=True) if value.amount == best]
    cells = tuple(Cell(value.label, value.start, value.text) for _, value in winners)
    return Gathered(whole, series, tuple(entry for entry, _ in winners), len(entries), cells, values)


def _summed(
    whole: Whole, series: Series, entries: tuple[Entry, ...], values: tuple[Value, ...]
) -> Gathered | None:
    if len({value.unit for value in values}) > 1 or any("day" in value.unit for value in values):
        return None
    cells = tuple(Cell(value.label, value.start, value.text) for value in values)
    total = round(sum(value.amount for value in values), 6)
    return Gathered(whole, series, entries, len(series.entries), cells, values, total)


def _measures(whole: Whole, series: Series, need: Sequence[str]) -> Iterator[tuple[set[str], "_ValuesOf"]]:
    """What may be meant to be compared: the words of the question that say it, and the values."""
    measured = needed(whole.measured or whole.words)
    labels = {label: values for label in labels_of(series) if (values := _values(series.entries, label))}
    is_meant = _MEASURES.get(whole.measure)
    for label, (first, *_) in sorted(labels.items(), key=lambda item: -len(_said(measured, item[0]))):
        said = _said(measured, label)
        if is_money(label, first):
            said |= (
                {word for word in measured if is_money(word, Value(0, frozenset(), 0, ""))} if said else set()
            )
        if is_meant(label, first) if is_meant else said or len(labels) == 1:
            yield said, _ValuesOf(label=label)
    if whole.measure == "time":
        yield {word for word in need if word in words("built made founded")}, _ValuesOf(time=True)
    elif not whole.measure:
        for word in measured:
            yield {word}, _ValuesOf(noun=word)


@dataclass(frozen=True, slots=True)
class _ValuesOf:
    """Of each entry: a cell's value, the number before a noun, or the year it was made in."""

    label: str = ""
    noun: str = ""
    time: bool = False

    def __call__(self, entries: tuple[Entry, ...]) -> tuple[Value, ...] | None:
        if self.label:
            return _values(entries, self.label)
        found = [made_in(entry) if self.time else counted(entry, self.noun) for entry in entries]
        return tuple(filter(None, found)) if all(found) else None


def _said(need: Sequence[str], label: str) -> set[str]:
    return {word for word in need if any(like(word, other) for other in words(label))}


def _values(entries: Sequence[Entry], label: str) -> tuple[Value, ...] | None:
    """None unless each entry has one."""
    found = [next((of_cell(cell) for cell in entry.cells if cell.label == label), None) for entry in entries]
    return tuple(filter(None, found)) if found and all(found) else None


def _within(
    series: Series, conditions: list[str], limit: re.Match[str]
) -> tuple[tuple[Entry, ...], list[str]] | None:
    """The entries within a limit, and the conditions that are left; None where it's not clear what is limited."""
    (number,) = [word for word in words(limit["number"].rstrip(".,")) if is_number(word)] or ["0"]
    money = {word for word in conditions if is_money(word, Value(0, frozenset({word}), 0, ""))}
    values_of = {label: values for label in labels_of(series) if (values := _values(series.entries, label))}
    said = [label for label in values_of if _said(conditions, label)]
    if not said and money:
        said = [label for label, values in values_of.items() if is_money(label, values[0])]
    if len(said) != 1:
        return None
    amount = float(number)
    entries = tuple(
        entry
        for entry, value in zip(series.entries, values_of[said[0]], strict=True)
        if (limit["over"] and value.amount > amount)
        or (limit["from"] and value.amount >= amount)
        or (limit["under"] and value.amount < amount)
        or (limit["to"] and value.amount <= amount)
    )
    rest = [word for word in conditions if word not in money | _said(conditions, said[0]) | VERBS]
    return entries, rest


def _distinct(cells: Iterable[Cell]) -> list[Cell]:
    return list({cell.text.lower(): cell for cell in reversed(list(cells))}.values())[::-1]


def _with(entries: Sequence[Entry], cell: Cell) -> Entry:
    return next(entry for entry in entries if cell in entry.cells)
