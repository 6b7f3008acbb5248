"""Extremes and sums: over values of one unit, one of each entry that is meant, or not at all."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import accumulate

from assistant.gathering.gathered import Gathered, Unclear
from assistant.gathering.linking import link
from assistant.gathering.matching import needed
from assistant.gathering.series import Cell, Entry, Series
from assistant.gathering.values import (
    Value,
    counted,
    is_length,
    is_money,
    is_plural,
    is_rate,
    is_time,
    made_in,
    name_and_unit,
    of_column,
    said_in,
    unmeasured,
)
from assistant.text.language import words
from assistant.types import Whole

_MEASURES = {"money": is_money, "time": is_time, "length": is_length}
DECIMALS = 4  # of amounts that are summed
_AMOUNTS = frozenset(words("amount value sum quantity"))
_SPENT = frozenset(words("spend spent cost paid pay much"))
_HOW_MUCH = re.compile(r"\bhow much\b|\b(?:spen[dt]|paid|costs?)\b", re.IGNORECASE)
_AHEAD = frozenset(words("due expiry expires next until end ends return valid deadline"))  # no measure of age
_STAYED = re.compile(r"\b(?:been|work\w*|serv\w*|stayed|been|here)\b", re.IGNORECASE)
_SINCE = frozenset(words("since joined started start from"))
_BOTH_WAYS = (frozenset(words("income revenue credit")), frozenset(words("expense expenditure cost debit")))

Values = tuple[Value, ...]
ValuesOf = Callable[[tuple[Entry, ...]], Values | None]


def compared(whole: Whole, series: Series) -> Gathered | None:
    need = needed(whole.words)
    for measured, values_of in _measures(whole, series, need):
        meant = link([word for word in need if word not in measured], series, whole)
        if not (measured or meant.named or meant.valued) or not meant.checked():
            continue
        values = values_of(meant.entries)
        if not values:
            continue
        if len({value.unit for value in values}) > 1 or _has_subtotals(values):
            raise Unclear
        if whole.kind == "sum":
            return _summed(whole, series, meant.entries, values)
        if len(values) > 1:
            return _best(whole, series, meant.entries, values)
    return None


def _best(whole: Whole, series: Series, entries: tuple[Entry, ...], values: Values) -> Gathered:
    amounts = [value.amount for value in values]
    best = max(amounts) if whole.kind == "most" else min(amounts)
    winners = [(entry, value) for entry, value in zip(entries, values, strict=True) if value.amount == best]
    cells = tuple(Cell(value.label, value.start, value.text) for _, value in winners)
    return Gathered(whole, series, tuple(entry for entry, _ in winners), len(entries), cells, values)


def _summed(whole: Whole, series: Series, entries: tuple[Entry, ...], values: Values) -> Gathered:
    """Unclear for years, rates, rows that are there twice, and what goes both ways."""
    texts = [entry.text for entry in entries]
    ways = [
        {word for each in entries for cell in each.cells for word in words(cell.text)} & way
        for way in _BOTH_WAYS
    ]
    if (
        any(is_time(value.label, value) or is_rate(value) for value in values)
        or len(set(texts)) < len(texts)
        or all(ways)
    ):
        raise Unclear
    cells = tuple(Cell(value.label, value.start, value.text) for value in values)
    total = round(sum(value.amount for value in values), 6)
    return Gathered(whole, series, entries, len(series.entries), cells, values, total)


def _has_subtotals(values: Values) -> bool:
    """Whether the last is the sum of all others, or several are the sums of those right before them."""
    amounts = [
        round(value.amount * 10**DECIMALS) for value in values
    ]  # whole numbers, so that sums are exact
    totals = [0, *accumulate(amounts)]  # of all before each
    sums, before = 0, set[int]()
    for at in range(3, len(amounts)):
        before.add(totals[at - 3])  # a sum is of at least three
        sums += totals[at] - amounts[at] in before
    return sums > 1 or (len(amounts) > 3 and sum(amounts[:-1]) == amounts[-1])


def _measures(whole: Whole, series: Series, need: Sequence[str]) -> Iterator[tuple[set[str], ValuesOf]]:
    """What may be meant to be compared: the words of the question that say it, and the values."""
    measured = needed(whole.measured or whole.words)
    if whole.measure:
        yield from _of_kind(whole, series, measured)
    else:
        yield from _by_words(whole, series, measured, need)


def _of_kind(whole: Whole, series: Series, measured: Sequence[str]) -> Iterator[tuple[set[str], ValuesOf]]:
    """The column of money, time or length; who is "longest" in a place came there first."""
    kind = whole.measure
    columns = {label: of_column(series.entries, label) for label in series.labels}
    meant = [
        label
        for label, values in columns.items()
        if _MEASURES[kind](label, values[0] if values else unmeasured(label))
        and not (kind == "time" and _AHEAD & {*words(label)})
    ]
    since = [label for label, values in columns.items() if values and _SINCE & {*words(label)}]
    if kind == "length" and len(since) == 1 and _STAYED.search(whole.words):
        yield said_in(measured, since[0]), _backwards(_column(since[0]))
        return
    told = [label for label in meant if said_in(measured, label)] or [
        label for label in meant if columns[label]
    ]
    if len(told) == 1 and columns[told[0]]:
        yield said_in(measured, told[0]), _column(told[0])
    elif meant:
        yield set(), _unclear
    elif kind == "time":
        yield {word for word in measured if word in words("built made founded")}, _each(made_in)


def _by_words(
    whole: Whole, series: Series, measured: Sequence[str], need: Sequence[str]
) -> Iterator[tuple[set[str], ValuesOf]]:
    """The column whose name has most of the words; else that of amounts; else the number before a noun."""
    labels = series.labels
    said = {label: said_in(measured, label) for label in labels}
    most = max(map(len, said.values()), default=0)
    best = [
        label
        for label in labels
        if most
        and len(said[label]) == most
        and (whole.kind == "sum" or not _names_rows(label, said[label], need))
    ]
    readable = [label for label in best if of_column(series.entries, label)]
    if len(readable) > 1:
        readable = [label for label in readable if _counts(label)]
        if len(readable) != 1:
            yield set(measured) & set().union(*said.values()), _unclear
            return
    best = readable or best
    for label in best:
        values = of_column(series.entries, label)
        if values and not is_time(label, values[0]) and not _are_years(values):
            money = (
                {word for word in measured if is_money(word, unmeasured(word))}
                if is_money(label, values[0])
                else set()
            )
            yield said[label] | money, _column(label)
    amounts = [label for label in labels if set(words(label)) & _AMOUNTS and of_column(series.entries, label)]
    if len(amounts) == 1:
        yield set(), _column(amounts[0])
    if whole.kind == "sum" and _HOW_MUCH.search(whole.words):
        paid = [
            label
            for label in labels
            if (each := of_column(series.entries, label)) and is_money(label, each[0])
        ]
        if paid:
            yield set(_SPENT & set(need)), _column(paid[0]) if len(paid) == 1 else _unclear
    for word in measured:
        yield {word}, _each(partial(counted, noun=word))


def _are_years(values: Values) -> bool:
    return all(not value.unit and value.amount % 1 == 0 and 1500 <= value.amount <= 2100 for value in values)


def _names_rows(label: str, said: set[str], need: Sequence[str]) -> bool:
    """Whether the words that a label has are what is asked for, and not what of it: "which stall is the longest?"."""
    names = said == set(need[:1]) and len(need) > 1 and not is_plural(label)
    return names and not is_money(label, unmeasured(label))


def _counts(label: str) -> bool:
    return is_plural(label) or bool(name_and_unit(label)[1] or set(words(label)) & _AMOUNTS)


def _unclear(entries: tuple[Entry, ...]) -> Values:
    raise Unclear


def _backwards(of: ValuesOf) -> ValuesOf:
    """For what has lasted longest since it began."""

    def values(entries: tuple[Entry, ...]) -> Values | None:
        found = of(entries)
        return tuple(replace(value, amount=-value.amount) for value in found) if found else None

    return values


def _column(label: str) -> ValuesOf:
    return lambda entries: of_column(entries, label)


def _each(of: Callable[[Entry], Value | None]) -> ValuesOf:
    """None unless each has one; where none has, it is not what is meant."""

    def values(entries: tuple[Entry, ...]) -> Values | None:
        found = [of(entry) for entry in entries]
        return tuple(filter(None, found)) if all(found) else None

    return values
