"""The words of a page -> the pieces of its printed lines, which wide gaps part; knows nothing of their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.loading.normalising import MARKER, clean, tidy
from assistant.loading.pdf.words import HYPHEN, SMALLER, Word

CELL_GAP = 1.5  # a gap wider than this many times the type size separates columns of a table
GUTTER = 0.7  # so does a narrower one, if it lies above others of its kind
LEAST_GAPS = 5  # that lie above each other
MOST_CROSSING = 0.4  # share of the lines there that go through
GLUED = 0.15  # a gap of less than this many times the type size is none
RAISED = "\ufdd0", "\ufdd1"  # around what is set higher, in the text of a line: characters that no text has
HIGHER = 0.2  # times the type size
RIGHT_TO_LEFT = ("\u0590", "\u08ff")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, or a piece of it, its box in points from the bottom left.

    `broken`: it ends in a hyphenated word. `cells`: the pieces of a row, if there are several. `order`: when it is
    drawn. `column`: lines of one column are read one after the other. `turned`: it does not lie as the others do.
    `title`: it names its page.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    broken: bool = False
    bold: bool = False
    cells: "tuple[Line, ...]" = ()
    order: int = 0
    page: int = 0
    column: int = 0
    turned: bool = False
    title: bool = False

    @property
    def size(self) -> float:
        return max(self.top - self.bottom, 1.0)


def pieces(words: Sequence[Word]) -> list[Line]:
    """In the order in which they are drawn."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and _goes_on(runs[-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    cut = [part for run in _cut_at_gutters(runs) for part in run]
    return [line for order, run in enumerate(cut) if (line := _line(run, order)).text]


def is_right_to_left(text: str) -> bool:
    """Whether at least half of its letters are Hebrew or Arabic ones."""
    if text.isascii():
        return False
    first, last = RIGHT_TO_LEFT
    letters = [letter for letter in text if letter.isalpha()]
    return 0 < len(letters) <= 2 * sum(first <= letter <= last for letter in letters)


def raised(line: Line, base: Line) -> bool:
    """Whether a piece is small and set higher than another: the mark of a note, an exponent."""
    return line.size < SMALLER * base.size and line.bottom > base.bottom + HIGHER * base.size


def _goes_on(run: Sequence[Word], word: Word) -> bool:
    before = run[-1]
    box, last = word.box, before.box
    if word.turn != before.turn or before.text.endswith(HYPHEN):
        return False
    if word.turn:
        return not word.breaks
    if box.top <= last.bottom or box.bottom >= last.top:
        return False
    size = max(box.size, last.size)
    if is_right_to_left(word.text) or is_right_to_left(before.text):
        gap = max(box.left - last.right, last.left - box.right)
    elif box.left < last.right - size:
        return False
    else:
        gap = box.left - last.right
    is_label = before is run[0] and MARKER.match(before.text + " ")
    return gap <= CELL_GAP * size or bool(is_label)


def _cut_at_gutters(runs: Sequence[list[Word]]) -> Iterator[list[list[Word]]]:
    """The runs cut where narrow gaps lie above each other: between columns of a text layer that runs row by row."""
    words = [word for run in runs for word in run]
    gaps = [
        (before.box.right, word.box.left)
        for before, word in pairwise(words)
        if word.box.left - before.box.right > GUTTER * word.box.size and before.box.bottom < word.box.top
        if word.box.bottom < before.box.top
    ]
    places = _gutters(gaps, runs) if len(gaps) >= LEAST_GAPS else []
    for run in runs:
        parts = [[run[0]]]
        for before, word in pairwise(run):
            if any(before.box.right <= place <= word.box.left for place in places):
                parts.append([])
            parts[-1].append(word)
        yield parts


def _gutters(gaps: Sequence[tuple[float, float]], runs: Sequence[Sequence[Word]]) -> list[float]:
    spans = [(run[0].box.left, run[-1].box.right) for run in runs]
    found: list[float] = []
    for place in sorted({round(right) for _, right in gaps}):
        through = place - 1.0
        parted = sum(left <= through <= right for left, right in gaps)
        if parted < LEAST_GAPS or (found and through - found[-1] < 1):
            continue
        crossing = sum(left < through < right for left, right in spans)
        if parted >= (1 - MOST_CROSSING) * crossing:
            found.append(through)
    return found


def _line(words: Sequence[Word], order: int) -> Line:
    base = max(words, key=lambda word: len(word.text) * word.box.size)  # a bullet has a size of its own
    text = ""
    for at, word in enumerate(words):
        before = words[at - 1] if at else None
        higher = (
            word.box.size < SMALLER * base.box.size
            and word.box.bottom > base.box.bottom + HIGHER * base.box.size
        )
        if before:
            apart = max(word.box.left - before.box.right, before.box.left - word.box.right)
            text += "" if word.glued and apart < GLUED * base.box.size else " "
        text += word.text.join(RAISED) if higher and not word.turn else word.text
    broken = text.endswith(HYPHEN) or (text.endswith("-") and text[-2:-1].isalpha())
    return Line(
        _tidied(clean(text.replace(HYPHEN, "-"))),
        left=min(word.box.left for word in words),
        right=max(word.box.right for word in words),
        bottom=base.box.bottom,
        top=base.box.top,
        broken=broken,
        bold=all(word.bold for word in words),
        order=order,
        turned=words[0].turn > 0,
    )


def _tidied(text: str) -> str:
    """An asterisk stays, as it may be the mark of a note."""
    return text.strip() if text.lstrip().startswith("*") else tidy(text)
