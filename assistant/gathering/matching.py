"""Words of a question against the names and the words of a series."""

import re
from collections.abc import Sequence

from assistant.gathering.gathered import Unclear
from assistant.gathering.series import Entry, Series
from assistant.gathering.values import like, name_and_unit
from assistant.text.language import content_words, words

_GENERIC = frozenset(
    words(
        "list all name number there each every different various available exist kind type register table total whole "
        "calendar inventory schedule record source sort both overall"
    )
)
VERBS = frozenset(
    words(
        "carry cost hold take run have get offer charge pay sell come go work live stand sit belong attend keep find "
        "found give provide teach lead serve bring need use accept include contain show mention appear "
        "lie start begin end open happen last grow make see stay meet"
    )
)
_YES = {"yes", "y", "true", "✓", "x"}
_NO = {"no", "n", "false", "-", "–", ""}
_NOT = re.compile(r"\b(?:not|no|never|without|except|un\w+ed)\b", re.IGNORECASE)


def needed(text: str) -> list[str]:
    return [word for word in dict.fromkeys(content_words(text)) if word not in _GENERIC]


def is_named(word: str, series: Series) -> bool:
    return any(like(word, name) for name in series.names)


def is_found(word: str, series: Series) -> bool:
    return is_named(word, series) or any(word in entry.words for entry in series.entries)


def is_called(label: str, head: str) -> bool:
    """Whether a column's name, its unit apart, is that word and no more."""
    said = needed(name_and_unit(label)[0])
    return len(said) == 1 and like(said[0], head)


def filtered(entries: tuple[Entry, ...], series: Series, conditions: Sequence[str]) -> tuple[Entry, ...]:
    """The entries that have each word which not all have, nor the series; none where a word is nowhere.

    Unclear where a word stands in cells of several columns, or beside a "not".
    """
    for word in conditions:
        label = next(
            (each for each in labels_of(series) if any(like(word, name) for name in words(each))), None
        )
        if label:
            entries = _that_say_yes(entries, label)
            continue
        having = tuple(entry for entry in entries if word in entry.words)
        if having:
            entries = _told_apart(having, word, conditions)
        elif not any(like(word, name) for name in series.context):
            return ()
    return entries


def _that_say_yes(entries: tuple[Entry, ...], label: str) -> tuple[Entry, ...]:
    """Of a column of yes and no, the entries with yes; of another all."""
    said = [
        next((cell.text.strip().lower() for cell in entry.cells if cell.label == label), "")
        for entry in entries
    ]
    if not set(said) <= _YES | _NO:
        return entries
    return tuple(entry for entry, each in zip(entries, said, strict=True) if each in _YES)


def _told_apart(having: tuple[Entry, ...], word: str, asked: Sequence[str]) -> tuple[Entry, ...]:
    """Those that have a word in the column that is meant."""
    places = [[cell for cell in entry.cells if word in words(cell.text)] for entry in having]
    if any(_NOT.search(cell.text) for cells in places for cell in cells) or any(
        not entry.cells and _NOT.search(entry.text) for entry in having
    ):
        raise Unclear
    columns = {cell.label for cells in places for cell in cells}
    if len(columns) < 2:
        return having
    meant = {label for label in columns if any(like(each, name) for each in asked for name in words(label))}
    if len(meant) != 1:
        raise Unclear
    return tuple(
        entry
        for entry, cells in zip(having, places, strict=True)
        if any(cell.label in meant for cell in cells)
    )


def labels_of(series: Series) -> list[str]:
    return list(dict.fromkeys(cell.label for entry in series.entries for cell in entry.cells))
