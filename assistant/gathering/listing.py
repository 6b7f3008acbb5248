"""Lists and counts: the entries of a series that have all that is asked for."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.gathering.finding import FEWEST_SECTIONS
from assistant.gathering.gathered import Gathered, Unclear
from assistant.gathering.linking import Link, link
from assistant.gathering.matching import VERBS, are_people, is_called, is_light, is_named, needed
from assistant.gathering.series import Cell, Entry, Series
from assistant.gathering.values import (
    Value,
    is_money,
    is_number,
    is_plural,
    like,
    of_cell,
    of_column,
    said_in,
    unmeasured,
)
from assistant.text.language import words
from assistant.types import Whole

_LIMIT = re.compile(
    r"\b(?:(?P<over>more than|over|above|exceeding)|(?P<from>at least|no less than|from)"
    r"|(?P<under>less than|under|below|fewer than)|(?P<to>at most|up to|no more than))"
    r"\s+[^\d\s]{0,4}(?P<number>\d[\d,.]*)",
    re.IGNORECASE,
)


_FREE, *_PAID = words("free pay paid")


def listed(whole: Whole, series: Series) -> Gathered | None:
    """To list, or to count; "how many vans has Odda?" asks for what a cell of one row says."""
    limits = list(_LIMIT.finditer(whole.words))
    asked = needed(_LIMIT.sub(" ", whole.words))
    if not asked or len(limits) > 1:
        return None
    head = asked[0]
    label = next((label for label in series.labels if is_called(label, head)), None)
    if series.prose:
        if whole.kind != "list" or not whole.surely:
            return None
        begin = tuple(entry for entry in series.entries if _begins_with(entry, head))
        if not is_named(head, series) or len(begin) < FEWEST_SECTIONS:
            return None
        series = replace(series, entries=begin)
    elif whole.kind == "count":
        told = _told(whole, series, asked, head, label)
        if told:
            return told
    within = _within(series, asked, limits[0]) if limits else _free(series, asked)
    if within is None:
        return None
    entries, asked = within
    series = replace(series, entries=entries)
    meant = link(asked, series, whole)
    noun = next((word for word in asked[:3] if word in meant.named), head) if head in meant.valued else head
    if not meant.checked() or not _is_meant(whole, meant, noun, series, is_limited=bool(limits)):
        return None
    if whole.kind == "count" and _is_unit(head, series):
        raise Unclear
    return _with_cells(whole, series, meant.entries, None if head in meant.valued else label)


def _is_meant(whole: Whole, meant: Link, head: str, series: Series, *, is_limited: bool) -> bool:
    """Whether the series is of what is asked for, and not only has a word that is asked about it."""
    chooses = bool(meant.valued or whole.limit or is_limited)
    if head in meant.named and not _are_called(head, series):
        return False
    if not whole.surely:
        return bool(meant.flagged or (meant.named and chooses)) and len(meant.entries) > 1
    if (meant.beside and not series.entries[0].cells) or (
        series.kind == "sections" and head not in meant.named
    ):
        return False  # "exchanges" that only the document's title has
    if whole.kind == "list":
        return bool(meant.named or meant.valued or is_limited)
    if head in meant.named | meant.flagged:
        return True
    if head in meant.valued:  # "how many vans": where it is all that a cell says
        return all(any(words(cell.text) == [head] for cell in entry.cells) for entry in meant.entries)
    return chooses and is_light(head, series, is_head=True) and (bool(meant.named) or are_people(series))


def _are_called(head: str, series: Series) -> bool:
    """Whether entries are what a word says: by the series' name, by their first column, or one that is called so."""
    labels = series.labels
    others = [label for label in labels[1:] if not is_called(label, head)]
    of_columns = Counter(word for label in labels for word in words(label))
    named = Counter(words(series.named)) - of_columns
    return any(like(head, name) for name in named) or any(
        like(head, name) for label in labels if label not in others for name in words(label)
    )


def _is_unit(head: str, series: Series) -> bool:
    """Whether rows have so many of it: "vial" in a column "Unit"."""
    cells = (cell for entry in series.entries for cell in entry.cells)
    return any("unit" in words(cell.label) and head in words(cell.text) for cell in cells)


def _with_cells(whole: Whole, series: Series, entries: tuple[Entry, ...], label: str | None) -> Gathered:
    """Each value of the column that is asked for once: "which regions are there?"."""
    cells = tuple(_distinct(cell for entry in entries for cell in entry.cells if cell.label == label))
    if label and len(cells) < len(entries):
        entries = tuple(_with(entries, cell) for cell in cells)
    out_of = len(entries) if series.prose else len(series.entries)
    return Gathered(whole, series, entries, out_of, cells)


def _told(
    whole: Whole, series: Series, asked: Sequence[str], head: str, label: str | None
) -> Gathered | None:
    """Where a column says how many: what it says of the one row that is meant. "Seats" counts, "Seat" names."""
    counting = [
        each
        for each in series.labels
        if said_in([head], each)
        and (values := of_column(series.entries, each))
        and "day" not in values[0].unit
    ]
    counting = [each for each in counting if each != label or is_plural(each)]
    if not counting:
        return None
    meant = link(asked[1:], series, whole)
    if meant.missing:
        return None
    if not meant.is_clear or len(meant.entries) != 1 or label not in counting:
        raise Unclear
    cell = next(cell for cell in meant.entries[0].cells if cell.label == label)
    return Gathered(replace(whole, kind="list"), series, meant.entries, len(series.entries), (cell,))


def _begins_with(entry: Entry, head: str) -> bool:
    """As in "The pottery course …": an article, what tells it from others, and what it is."""
    article, *rest = [*words(entry.text[:100]), ""]
    return article in ("the", "a", "an") and head in rest[1:4]


def _within(
    series: Series, asked: list[str], limit: re.Match[str]
) -> tuple[tuple[Entry, ...], list[str]] | None:
    """The entries within a limit, and the words that are left; None where it is not told what is limited."""
    (number,) = [word for word in words(limit["number"].rstrip(".,")) if is_number(word)] or ["0"]
    money = {word for word in asked if is_money(word, unmeasured(word))}
    columns = _numbers(series)
    said = [label for label in columns if said_in(asked, label)]
    if money or is_money("", unmeasured(limit[0].strip(" .,\t0123456789")[-1:])):
        paid = [label for label, values in columns.items() if is_money(label, values[0])]
        said = [label for label in said if label in paid] or paid
    if len(said) != 1:
        return None
    amount = float(number)
    entries = tuple(
        entry
        for entry, value in zip(series.entries, columns[said[0]], strict=True)
        if (limit["over"] and value.amount > amount)
        or (limit["from"] and value.amount >= amount)
        or (limit["under"] and value.amount < amount)
        or (limit["to"] and value.amount <= amount)
    )
    return entries, [word for word in asked if word not in money | said_in(asked, said[0]) | VERBS]


def _free(series: Series, asked: list[str]) -> tuple[tuple[Entry, ...], list[str]] | None:
    """What costs nothing, or something, where that is asked for and no row says it."""
    wanted = next((word for word in asked if word in (_FREE, *_PAID)), None)
    if wanted is None or any(wanted in entry.words for entry in series.entries):
        return series.entries, asked
    prices = [
        [_price(entry, label) for entry in series.entries]
        for label in series.labels
        if is_money(label, unmeasured(label))
    ]
    if len(prices) != 1 or None in prices[0]:
        return None
    entries = tuple(
        entry
        for entry, price in zip(series.entries, prices[0], strict=True)
        if (price == 0) == (wanted == _FREE)
    )
    return entries, [word for word in asked if word != wanted]


def _price(entry: Entry, label: str) -> float | None:
    cell = next((cell for cell in entry.cells if cell.label == label), None)
    if cell and words(cell.text) == [_FREE]:
        return 0.0
    value = of_cell(cell) if cell else None
    return value.amount if value else None


def _numbers(series: Series) -> dict[str, tuple[Value, ...]]:
    """The columns with a number in each row, days apart."""
    columns = {label: of_column(series.entries, label) for label in series.labels}
    return {label: values for label, values in columns.items() if values and "day" not in values[0].unit}


def _distinct(cells: Iterable[Cell]) -> list[Cell]:
    return list({cell.text.lower(): cell for cell in reversed(list(cells))}.values())[::-1]


def _with(entries: Sequence[Entry], cell: Cell) -> Entry:
    return next(entry for entry in entries if cell in entry.cells)
