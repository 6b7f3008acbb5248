"""Passages of different documents that say the same in nearly the same words: one report, printed by several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.text.language import words
from assistant.types import Passage

RUN = 4  # words in a row that are compared
SHARE = 0.85  # of a copy's runs that stand in what it copies; the rest is where a word was moved or left out


@dataclass(frozen=True, slots=True)
class Wording:
    """What is compared of a text: its words, and its runs of them."""

    words: frozenset[str]
    runs: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, text: str) -> "Wording":
        found = words(text)
        return cls(frozenset(found), frozenset(zip(*(found[at:] for at in range(RUN)), strict=False)))

    def is_contained_in(self, other: "Wording") -> bool:
        """Whether the other says all of it: with one word more it may say something else, even the contrary."""
        return (
            bool(self.runs)
            and self.words <= other.words
            and len(self.runs & other.runs) >= SHARE * len(self.runs)
        )


def deduplicate(ranked: Iterable[Passage], count: int) -> list[Passage]:
    """The first `count` passages; one that stands in another before it, of another document, is kept as its copy."""
    kept: list[tuple[Passage, Wording]] = []
    for passage in ranked:
        wording = Wording.of(passage.text)
        at = next((at for at, (_, other) in enumerate(kept) if wording.is_contained_in(other)), None)
        if at is not None and kept[at][0].document != passage.document:
            first, other = kept[at]
            kept[at] = replace(first, copies=_joined(first, passage)), other
        elif len(kept) < count:
            kept.append((passage, wording))
        else:
            break
    return [passage for passage, _ in kept]


def _joined(first: Passage, copy: Passage) -> tuple[Passage, ...]:
    """The copies of the first with another and its own, one a document."""
    found = {passage.document: passage for passage in (*first.copies, copy, *copy.copies)}
    found.pop(first.document, None)
    return tuple(found.values())


def copies_containing(quotes: Sequence[str], passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """The copies of the passages that have all the quotes too, one a document."""
    copies = {copy.document: copy for passage in passages for copy in passage.copies}
    return tuple(copy for copy in copies.values() if all(_prints(copy, quote) for quote in quotes))


def _prints(copy: Passage, quote: str) -> bool:
    return f" {' '.join(words(quote))} " in f" {' '.join(words(copy.text))} "
