"""What answers one part of a question, given by several sources: at different times, or at one time and differently."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.citing import answer_words
from assistant.answering.compose import Chosen, day_of
from assistant.text.days import dates_in, day_in_words
from assistant.text.language import content_words, words
from assistant.text.values import numbers

COMPARED = 0.5  # of the best sentence's score: what less likely ones give is not compared with it
SAME_TIME = 31  # days: sources no further apart that differ disagree; else something has changed
MOST_EARLIER = 3  # values
_HAPPENED = re.compile(
    r"\bwhen (?:did|was|were)\b", re.IGNORECASE
)  # once: another day is that of something else
_PLURAL = re.compile(r" \w+s\b")
_SCALES = frozenset(words("hundred thousand million billion trillion"))


@dataclass(frozen=True, slots=True)
class Told:
    """The sentences to show, the first of which answers; `disagree`: the others give something else in its place.

    `others`: give another value than the first, at its time or at another.
    """

    shown: Sequence[Chosen]
    disagree: bool = False
    notes: tuple[str, ...] = ()
    others: Sequence[Chosen] = ()


@dataclass(frozen=True, slots=True)
class _Given:
    """The answer that a sentence gives, and when it was true."""

    one: Chosen
    text: str
    after: str  # the plural that follows: what a bare number counts
    day: date | None

    @property
    def document(self) -> str:
        return self.one.span.passage.document

    @property
    def changes(self) -> bool:
        """Whether it is an amount or a date, which is another at another time."""
        return bool(numbers(self.text))

    @property
    def amount(self) -> frozenset[str]:
        if not self.changes:
            return frozenset(content_words(self.text))
        return frozenset(numbers(self.text)) | (_SCALES & set(words(self.text)))

    @property
    def unit(self) -> frozenset[str]:
        """What is counted, and in what."""
        if not self.changes or any(dates_in(self.text)):
            return frozenset()
        told = self._counted(self.text)
        return told or self._counted(self.after)

    def _counted(self, text: str) -> frozenset[str]:
        rest = " ".join(word for word in text.split() if not numbers(word))
        return frozenset(filter(str.isalpha, content_words(rest))) - _SCALES

    def differs(self, other: "_Given") -> bool:
        """Whether it gives another answer of the same kind."""
        alike = self.amount <= other.amount or other.amount <= self.amount
        related = self.unit <= other.unit or other.unit <= self.unit
        return self.changes == other.changes and not alike and related

    def days_after(self, other: "_Given") -> int:
        """Two without a date are of one time."""
        return (self.day or date.min).toordinal() - (other.day or date.min).toordinal()


def told_over_time(likely: Sequence[Chosen], *, newest: bool) -> Told:
    """Of likely sentences, the best first: the one that answers, then those of its time that disagree.

    The newest answers where that is wanted, and of values where the question names no time; what was before is noted.
    """
    likely = [one for one in likely if one.sentence.score >= COMPARED * likely[0].sentence.score]
    if newest:
        likely = sorted(likely, key=lambda one: day_of(one.span) or date.min, reverse=True)
    given = [found for one in likely if (found := _given(one))]
    if not given or given[0].one is not likely[0]:
        return Told(likely[:1])
    first = given[0]
    query = first.one.part.query
    may_change = first.changes and not _HAPPENED.search(query)
    if may_change and not newest and not any(dates_in(query)):
        others = [found for found in given if found.differs(first)]
        first = max([first, *others], key=lambda found: found.day or date.min)
    differing = [found for found in given if found.differs(first)]
    others = _distinct(differing)
    rivals = [
        found
        for found in others
        if abs(found.days_after(first)) <= SAME_TIME and found.document != first.document
    ]
    earlier = [found for found in others if may_change and found.day and found.days_after(first) < -SAME_TIME]
    notes = []
    if earlier:
        earlier.sort(key=lambda found: found.days_after(first), reverse=True)
        notes.append(f"In earlier documents: {'; '.join(map(_dated, earlier[:MOST_EARLIER]))}.")
    shown = [first.one, *(found.one for found in rivals)]
    return Told(shown, bool(rivals), tuple(notes), [found.one for found in differing])


def _given(one: Chosen) -> _Given | None:
    span = answer_words(one)
    if span is None or not one.sentence.words_answer:
        return None
    counted = _PLURAL.match(one.span.text, span[1])
    return _Given(one, one.span.text[slice(*span)], counted[0] if counted else "", day_of(one.span))


def _distinct(given: Sequence[_Given]) -> list[_Given]:
    found: list[_Given] = []
    for one in given:
        if all(one.differs(other) for other in found):
            found.append(one)
    return found


def _dated(given: _Given) -> str:
    words_of = " ".join(given.text.split())
    return f"{words_of} ({day_in_words(given.day)})" if given.day else words_of
