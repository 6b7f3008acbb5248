"""What can be gathered from: things of one kind, each with its words and its cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from assistant.text.days import dates_in
from assistant.text.language import words
from assistant.types import Document


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of an entry that have a name; `start` is a place in the document."""

    label: str
    start: int
    text: str


@dataclass(frozen=True)
class Entry:
    """One of the things; `text` is the document's, from `start` to `end`."""

    document: Document
    start: int
    end: int
    cells: tuple[Cell, ...] = ()

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    @cached_property
    def words(self) -> frozenset[str]:
        """Of its text, with the years of its dates."""
        years = (str(day.year) for found in dates_in(self.text) for day in (found.first, found.last))
        return frozenset([*words(self.text), *years])

    @cached_property
    def cell_words(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """What the column of each cell is called, and the cell's words."""
        return tuple((cell.label, frozenset(words(cell.text))) for cell in self.cells)


@dataclass(frozen=True)
class Series:
    """Things of one kind, in their order.

    `kind`: what each is, "rows of one table". `title`: what they stand under. `named`: words that may say what they are
    instances of: the names of the columns, the sentence that opens the list, the heading above. `about`: where they
    stand, in further words: the title of the document, its year. `prose`: paragraphs, of which only those are entries
    that begin with what is asked for: "The pottery course …".
    """

    kind: str
    title: str
    named: str
    entries: tuple[Entry, ...]
    about: str = ""
    of_documents: bool = False
    prose: bool = False

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Of its columns."""
        return tuple(dict.fromkeys(cell.label for entry in self.entries for cell in entry.cells))

    def column(self, label: str) -> list[Cell | None]:
        """What each entry has in it."""
        return [next((cell for cell in entry.cells if cell.label == label), None) for entry in self.entries]

    @cached_property
    def places(self) -> Mapping[str, Mapping[str, frozenset[int]]]:
        """For each word the entries that have it, by column; under "" those that have it in no cell."""
        found: dict[str, dict[str, set[int]]] = {}
        for at, entry in enumerate(self.entries):
            rest = set(entry.words)
            for label, own in entry.cell_words:
                rest -= own
                for word in own:
                    found.setdefault(word, {}).setdefault(label, set()).add(at)
            for word in rest:
                found.setdefault(word, {}).setdefault("", set()).add(at)
        return {word: {each: frozenset(at) for each, at in by.items()} for word, by in found.items()}

    @property
    def where(self) -> str:
        return self.kind if self.of_documents else f"{self.kind} in “{self.title}”"

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(words(self.named))

    @cached_property
    def phrases(self) -> frozenset[tuple[str, str]]:
        """Two words that stand together in the names."""
        return frozenset(pairwise(words(f"{self.named} {self.about}")))

    @cached_property
    def context(self) -> frozenset[str]:
        return self.names | frozenset(words(self.about))
