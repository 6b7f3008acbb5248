"""Lists and counts: the entries of a series that have all that is asked for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.gathering.gathered import Gathered, Unclear
from assistant.gathering.matching import VERBS, filtered, is_called, is_named, labels_of, needed
from assistant.gathering.series import FEWEST_SECTIONS, Cell, Entry, Series
from assistant.gathering.values import is_money, is_number, is_plural, of_column, said_in, unmeasured
from assistant.text.language import words
from assistant.types import Whole

_LIMIT = re.compile(
    r"\b(?:(?P<over>more than|over|above|exceeding)|(?P<from>at least|no less than|from)"
    r"|(?P<under>less than|under|below|fewer than)|(?P<to>at most|up to|no more than))"
    r"\s+[^\d\s]{0,4}(?P<number>\d[\d,.]*)",
    re.IGNORECASE,
)


def listed(whole: Whole, series: Series) -> Gathered | None:
    """To list, or to count; "how many vans has Odda?" asks for what a cell of one row says."""
    limits = list(_LIMIT.finditer(whole.words))
    asked = needed(_LIMIT.sub(" ", whole.words))
    need = [word for word in asked if word not in VERBS or any(word in each.words for each in series.entries)]
    named = [word for word in need if is_named(word, series)]
    if not named or len(limits) > 1 or (whole.kind == "count" and asked[0] not in named):
        return None
    head = need[0]
    conditions = need[1:] if head in named else need
    label = next((label for label in labels_of(series) if is_called(label, head)), None)
    if whole.kind == "count" and not series.prose:
        told = _told(whole, series, conditions, head, label)
        if told:
            return told
    entries = series.entries
    if series.prose:
        entries = tuple(entry for entry in entries if _begins_with(entry, head))
        if whole.kind != "list" or head not in named or len(entries) < FEWEST_SECTIONS:
            return None
    if limits:
        entries, conditions = _within(series, conditions, limits[0])
    entries = filtered(entries, series, conditions)
    if not entries:
        return None
    cells = tuple(_distinct(cell for entry in entries for cell in entry.cells if cell.label == label))
    if label and len(cells) < len(entries):  # "which regions are there?": each value once
        entries = tuple(_with(entries, cell) for cell in cells)
    out_of = len(entries) if series.prose else len(series.entries)
    return Gathered(whole, series, entries, out_of, cells)


def _told(
    whole: Whole, series: Series, conditions: Sequence[str], head: str, label: str | None
) -> Gathered | None:
    """Where a column says how many: what it says of the one row that is meant. "Seats" counts, "Seat" names."""
    counting = [
        each for each in labels_of(series) if said_in([head], each) and of_column(series.entries, each)
    ]
    counting = [each for each in counting if each != label or is_plural(each)]
    if not counting:
        return None
    entries = filtered(series.entries, series, conditions)
    if len(entries) != 1 or label not in counting:
        raise Unclear
    cell = next(cell for cell in entries[0].cells if cell.label == label)
    return Gathered(replace(whole, kind="list"), series, entries, len(series.entries), (cell,))


def _begins_with(entry: Entry, head: str) -> bool:
    """As in "The pottery course …": an article, what tells it from others, and what it is."""
    article, *rest = [*words(entry.text[:100]), ""]
    return article in ("the", "a", "an") and head in rest[1:4]


def _within(
    series: Series, conditions: Sequence[str], limit: re.Match[str]
) -> tuple[tuple[Entry, ...], list[str]]:
    """The entries within a limit, and the conditions that are left; Unclear where it is not told what is limited."""
    (number,) = [word for word in words(limit["number"].rstrip(".,")) if is_number(word)] or ["0"]
    money = {word for word in conditions if is_money(word, unmeasured(word))}
    columns = {label: values for label in labels_of(series) if (values := of_column(series.entries, label))}
    said = [label for label in columns if said_in(conditions, label)]
    if not said and money:
        said = [label for label, values in columns.items() if is_money(label, values[0])]
    if len(said) != 1:
        raise Unclear
    amount = float(number)
    entries = tuple(
        entry
        for entry, value in zip(series.entries, columns[said[0]], strict=True)
        if (limit["over"] and value.amount > amount)
        or (limit["from"] and value.amount >= amount)
        or (limit["under"] and value.amount < amount)
        or (limit["to"] and value.amount <= amount)
    )
    rest = [word for word in conditions if word not in money | said_in(conditions, said[0]) | VERBS]
    return entries, rest


def _distinct(cells: Iterable[Cell]) -> list[Cell]:
    return list({cell.text.lower(): cell for cell in reversed(list(cells))}.values())[::-1]


def _with(entries: Sequence[Entry], cell: Cell) -> Entry:
    return next(entry for entry in entries if cell in entry.cells)
