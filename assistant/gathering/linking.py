"""Words of a question -> the entries of a series that they mean: by yes and no, by values, by names.

A word that is found nowhere is told as missing: what it would leave out is not known.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.gathering.gathered import Unclear
from assistant.gathering.matching import NO, NOT, YES, is_light, is_named, needed
from assistant.gathering.series import Entry, Series
from assistant.gathering.values import like, said_in
from assistant.text.language import words
from assistant.types import Whole

Rows = frozenset[int]
Places = Mapping[str, Rows]  # by column
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEITHER = {"", "-", "–", "n/a", "not required", "not needed", "not applicable", "unknown", "?"}
_DONE = frozenset(words("done need required given passed possible allowed available included holder"))


@dataclass(frozen=True)
class Link:
    """`named`: words, no numbers, of what the series or its columns are called; `valued`: those that choose entries.

    `flagged`: those of these that name columns of yes and no. `beside`: one of the first two words only says where the
    series stands. `is_clear`: no word may mean several columns.
    """

    entries: tuple[Entry, ...]
    named: frozenset[str]
    valued: frozenset[str]
    flagged: frozenset[str]
    missing: tuple[str, ...]
    beside: bool
    is_clear: bool

    def checked(self) -> bool:
        """Whether some are meant and every word is found; Unclear where it may be otherwise."""
        if self.missing or not (self.entries or not self.is_clear):
            return False
        if not self.is_clear:
            raise Unclear
        return True


def link(asked: Sequence[str], series: Series, whole: Whole) -> Link:
    """Words that no row has together may each be meant where the question has "and" or "or"."""
    negated = whole.negated
    rows, flagged = _flagged(asked, series, negated=negated)
    chosen: dict[str, list[Rows]] = {}
    named, valued, missing = set(), set(flagged), ["not"] * (negated and not flagged)
    beside, is_clear = False, True
    for word in [word for word in asked if word not in flagged]:
        found = series.places.get(word, {})
        names = bool(found) and _names_too(word, found, asked, series)
        surely = names and _surely_names(word, asked, series)
        surely = surely or (names and len(frozenset().union(*found.values())) == len(series.entries))
        is_clear = is_clear and (surely or not names or whole.kind == "list")
        if found and not (names and (surely or whole.kind != "list" or word == asked[0])):
            column = _meant(word, found, asked, series)
            is_clear = is_clear and column is not None
            chosen.setdefault(column or "", []).append(found.get(column or "", frozenset()))
            valued.add(word)
        elif is_named(word, series):
            named |= {word} - {word for word in asked if word.isdigit()}
        elif is_light(word, series, is_head=word == asked[0]):
            continue
        elif any(like(word, name) for name in series.context):
            beside |= word in asked[:2] and not word.isdigit()
        else:
            missing.append(word)
    for found_rows in chosen.values():
        rows &= _either(found_rows) if whole.either else frozenset.intersection(*found_rows)
    entries = tuple(entry for at, entry in enumerate(series.entries) if at in rows)
    return Link(entries, frozenset(named), frozenset(valued), flagged, tuple(missing), beside, is_clear)


def _flagged(asked: Sequence[str], series: Series, *, negated: bool) -> tuple[Rows, frozenset[str]]:
    """By the columns of yes and no that are named: the rows with yes (no where negated), and the words for it."""
    wanted = NO if negated else YES
    rows = frozenset(range(len(series.entries)))
    flagged: set[str] = set()
    for label in series.labels:
        own = [word for word in needed(label) if word not in _DONE] or needed(label)
        if not own or not all(any(like(name, word) for word in asked) for name in own):
            continue
        said = [cell.text.strip().lower() if cell else "" for cell in series.column(label)]
        if set(said) & YES and set(said) <= YES | NO | _NEITHER:
            rows &= frozenset(at for at, each in enumerate(said) if each in wanted)
            flagged |= {word for word in asked if any(like(word, name) for name in own)}
    return rows, frozenset(flagged)


def _names_too(word: str, found: Places, asked: Sequence[str], series: Series) -> bool:
    """Whether a word that stands in rows, and is no whole value there, also says what they are or where they stand."""
    if _YEAR.fullmatch(word):
        return word in series.context and not any(_YEAR.fullmatch(name) for name in series.context - {word})
    if word == asked[0] and is_named(word, series):
        return True
    own = {label for label in series.labels if any(like(word, name) for name in words(label))}
    is_value = any(label not in own for label, _ in _values(word, found, asked, series))
    return not is_value and bool(own or any(like(word, name) for name in series.context))


def _surely_names(word: str, asked: Sequence[str], series: Series) -> bool:
    """Whether it names a column, a year, or stands beside the same word as in the names: "the Corn Hall"."""
    columns = (name for label in series.labels for name in words(label))
    together = any(word in pair and pair in series.phrases for pair in pairwise(asked))
    return together or _YEAR.fullmatch(word) is not None or any(like(word, name) for name in columns)


def _meant(word: str, found: Places, asked: Sequence[str], series: Series) -> str | None:
    """The column in which a word is meant; None where that may be several, or it stands beside a "not"."""
    for label, rows in found.items():
        entries = [series.entries[at] for at in rows]
        texts = [cell.text for each in entries for cell in each.cells if cell.label == label]
        if any(map(NOT.search, texts or [each.text for each in entries if not each.cells])):
            return None
    values = list(_values(word, found, asked, series))
    columns = {label for label, size in values if size == max(size for _, size in values)} or set(found)
    said = {
        label: (
            len(said_in(asked, label)),
            sum(label in series.places.get(each, {}) for each in asked if label),
        )
        for label in columns
    }
    best = [label for label in columns if said[label] == max(said.values())]
    return best[0] if len(best) == 1 else None


def _values(word: str, found: Places, asked: Sequence[str], series: Series) -> Iterator[tuple[str, int]]:
    """Of the cells that have a word and no word that is not asked for: their column, and how many words they have."""
    for label, rows in found.items():
        whole = {own for at in rows for each, own in series.entries[at].cell_words if each == label}
        yield from ((label, len(own)) for own in whole if word in own and own <= set(asked))


def _either(found: Iterable[Rows]) -> Rows:
    """Rows with words that stand together; where none has both, with either: "vans and cars"."""
    apart: list[Rows] = []
    for rows in found:
        at = next((at for at, other in enumerate(apart) if other & rows), None)
        if at is None:
            apart.append(rows)
        else:
            apart[at] &= rows
    return frozenset().union(*apart)
