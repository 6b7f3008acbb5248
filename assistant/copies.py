"""Passages of different documents that say the same in nearly the same words: one report, printed by several."""

import re
from dataclasses import dataclass

from assistant.checking import numbers

RUN = 4  # words in a row that are compared
SHARE = (
    0.85  # of the shorter passage's runs that the other has to have; they need not be cut at the same place
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is compared of a text: its runs of words, and the names and numbers that it has."""

    runs: frozenset[tuple[str, ...]]
    facts: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Wording":
        words = _WORD.findall(text)
        folded = [word.casefold() for word in words]
        runs = zip(*(folded[at:] for at in range(RUN)), strict=False)
        return cls(frozenset(runs), frozenset(word for word in words if word[0].isupper()) | numbers(text))

    def is_copy_of(self, other: "Wording") -> bool:
        """Whether one prints the other; where a name or a number differs they are two reports, which may disagree."""
        short, long = sorted((self, other), key=lambda wording: len(wording.runs))
        return (
            bool(short.runs)
            and len(short.runs & long.runs) >= SHARE * len(short.runs)
            and short.facts <= long.facts
        )
