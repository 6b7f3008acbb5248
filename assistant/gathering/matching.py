"""Words of a question against the names and the words of a series."""

import re
from collections.abc import Sequence

from assistant.gathering.series import Entry, Series
from assistant.gathering.values import like
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
_IN_BRACKETS = re.compile(r"\(.*?\)")


def needed(text: str) -> list[str]:
    return [word for word in dict.fromkeys(content_words(text)) if word not in _GENERIC]


def is_named(word: str, series: Series) -> bool:
    return any(like(word, name) for name in series.names)


def is_called(label: str, head: str) -> bool:
    """Whether a column's name, its unit apart, is that word and no more."""
    said = needed(_IN_BRACKETS.sub(" ", label))
    return len(said) == 1 and like(said[0], head)


def filtered(entries: tuple[Entry, ...], series: Series, conditions: Sequence[str]) -> tuple[Entry, ...]:
    """The entries that have each word which not all have, nor the series; none where a word is nowhere."""
    labels = {name for label in labels_of(series) for name in words(label)}
    for word in conditions:
        if any(like(word, label) for label in labels):
            continue
        having = tuple(entry for entry in entries if word in entry.words)
        if having:
            entries = having
        elif not any(like(word, name) for name in series.context):
            return ()
    return entries


def labels_of(series: Series) -> list[str]:
    return list(dict.fromkeys(cell.label for entry in series.entries for cell in entry.cells))
