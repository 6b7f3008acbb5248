"""A row of a table with the names of its columns, "Plan: Gold | Deposit: 96"; the document itself has them once."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

Columns = Sequence[tuple[int, str]]  # where a cell starts in a text, and what its column is called; in order


class Labelled:
    """A text with its labels put in, and where its own characters stand there."""

    def __init__(self, text: str, columns: Columns, *, start: int = 0) -> None:
        """`columns` are offsets into a document in which the text starts at `start`; only its own count."""
        inside = [(at - start, f"{name}: ") for at, name in columns if start <= at < start + len(text)]
        self._cuts = [at for at, _ in inside]
        self._added = [0, *accumulate(len(label) for _, label in inside)]
        self._labels = [
            cut + added for cut, added in zip(self._cuts, self._added, strict=False)
        ]  # where they stand
        edges = [0, *self._cuts]
        pieces = [text[one:other] for one, other in zip(edges, [*self._cuts, len(text)], strict=True)]
        self.text = pieces[0] + "".join(
            label + piece for (_, label), piece in zip(inside, pieces[1:], strict=True)
        )

    def place(self, at: int) -> int:
        """Where a character of the text stands in the labelled one; a label stands before its cell."""
        return at + self._added[bisect_left(self._cuts, at + 1)]

    def before(self, at: int) -> int:
        """The same, before its label."""
        return at + self._added[bisect_left(self._cuts, at)]

    def origin(self, at: int) -> int:
        """The character of the text at a place of the labelled one; of a label, the first of its cell."""
        number = bisect_right(self._labels, at)
        return max(at - self._added[number], self._cuts[number - 1] if number else 0)


def labelled(text: str, columns: Columns, *, start: int = 0) -> str:
    return Labelled(text, columns, start=start).text if columns else text
