"""Words of a question -> the entries of a series that they mean: by yes and no, by values, by names.

A word that is found nowhere is told as missing: what it would leave out is not known.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.gathering.gathered import Unclear
from assistant.gathering.matching import NO, NOT, YES, is_light, is_named, labels_of, needed
from assistant.gathering.series import Cell, Entry, Series
from assistant.gathering.values import like, said_in
from assistant.text.language import words
from assistant.types import Whole

Rows = frozenset[int]
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
        found = _places(word, series)
        names = bool(found) and _names_too(word, found, asked, series)
        surely = names and _surely_names(word, asked, series)
        surely = surely or (names and set().union(*found.values()) == set(range(len(series.entries))))
        is_clear = is_clear and (surely or not names or whole.kind == "list")
        if found and not (names and (surely or whole.kind != "list" or word == asked[0])):
            column = _meant(word, found, asked, series)
            is_clear = is_clear and column is not None
            chosen.setdefault(column or "", []).append(frozenset(found.get(column or "", ())))
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
    for label in labels_of(series):
        cells = [cell for entry in series.entries for cell in entry.cells if cell.label == label]
        own = [word for word in needed(label) if word not in _DONE] or needed(label)
        if _says_yes_or_no(cells) and own and all(any(like(name, word) for word in asked) for name in own):
            rows &= frozenset(at for at, entry in enumerate(series.entries) if _says(entry, label, wanted))
            flagged |= {word for word in asked if any(like(word, name) for name in own)}
    return rows, frozenset(flagged)


def _says_yes_or_no(cells: Sequence[Cell]) -> bool:
    told = {cell.text.strip().lower() for cell in cells}
    return bool(told & YES) and told <= YES | NO | _NEITHER


def _says(entry: Entry, label: str, wanted: set[str]) -> bool:
    return any(cell.label == label and cell.text.strip().lower() in wanted for cell in entry.cells)


def _places(word: str, series: Series) -> dict[str, set[int]]:
    """The rows that have a word, by column; of entries without cells all under ""."""
    found: dict[str, set[int]] = {}
    for at, entry in enumerate(series.entries):
        for cell in entry.cells:
            if word in words(cell.text):
                found.setdefault(cell.label, set()).add(at)
        if word in entry.words and not any(at in rows for rows in found.values()):
            found.setdefault("", set()).add(at)
    return found


def _names_too(word: str, found: dict[str, set[int]], asked: Sequence[str], series: Series) -> bool:
    """Whether a word that stands in rows, and is no whole value there, also says what they are or where they stand."""
    if _YEAR.fullmatch(word):
        return word in series.context and not any(_YEAR.fullmatch(name) for name in series.context - {word})
    if word == asked[0] and is_named(word, series):
        return True
    own = {label for label in labels_of(series) if any(like(word, name) for name in words(label))}
    is_value = any(
        label not in own and set(words(cell.text)) <= set(asked)
        for label in found
        for entry in series.entries
        for cell in entry.cells
        if cell.label == label and word in words(cell.text)
    )
    return not is_value and bool(own or any(like(word, name) for name in series.context))


def _surely_names(word: str, asked: Sequence[str], series: Series) -> bool:
    """Whether it names a column, a year, or stands beside the same word as in the names: "the Corn Hall"."""
    columns = (name for label in labels_of(series) for name in words(label))
    together = any(word in pair and pair in series.phrases for pair in pairwise(asked))
    return together or _YEAR.fullmatch(word) is not None or any(like(word, name) for name in columns)


def _meant(word: str, found: dict[str, set[int]], asked: Sequence[str], series: Series) -> str | None:
    """The column in which a word is meant; None where that may be several, or it stands beside a "not"."""
    cells = [
        cell
        for entry in series.entries
        for cell in entry.cells
        if cell.label in found and word in words(cell.text)
    ]
    if any(NOT.search(cell.text) for cell in cells) or any(
        not series.entries[at].cells and NOT.search(series.entries[at].text) for at in found.get("", ())
    ):
        return None
    values = [(len(own), cell.label) for cell in cells if (own := set(words(cell.text))) <= set(asked)]
    columns = {label for size, label in values if size == max(values)[0]} or set(found)
    said = {label: (len(said_in(asked, label)), _found_in(label, asked, series)) for label in columns}
    best = [label for label in columns if said[label] == max(said.values())]
    return best[0] if len(best) == 1 else None


def _found_in(label: str, asked: Sequence[str], series: Series) -> int:
    """How many of the words stand in a column."""
    cells = [cell for entry in series.entries for cell in entry.cells if cell.label == label]
    return sum(any(word in words(cell.text) for cell in cells) for word in asked)


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
