"""A PDF of any build -> its text: no word is missing, doubled or glued, and each is on its page."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random

import pypdfium2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.loading.pdf.document import load_pdf
from assistant.text.places import page_of
from tests.pdf_files import BOLD, LEFT, Sheet, pages

SYLLABLES = [a + b for a in "bdfgklmnprtvz" for b in "aeiou"]
FOOT, WIDTH = 130.0, 76  # points from the bottom; characters in a line
WORD = re.compile(r"[^\W_]+")


@dataclass
class Element:
    """What is set: `notes`: a word's number in a paragraph, and the words of its note; `rows`: of a table."""

    kind: str
    words: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)
    broken: bool = False  # lines end in broken words
    by_rows: bool = False  # the lines of two columns are drawn in turn


def words(chance: Random, least: int, most: int) -> list[str]:
    return [
        "".join(chance.choices(SYLLABLES, k=chance.randint(3, 5))) for _ in range(chance.randint(least, most))
    ]


def sentence(chance: Random, least: int = 3, most: int = 40) -> list[str]:
    first, *rest = words(chance, least, most)
    return [first.title(), *rest[:-1], rest[-1] + "."]


@st.composite
def elements(draw: st.DrawFn) -> Element:
    kind = draw(st.sampled_from(["heading", "paragraph", "paragraph", "item", "table", "columns"]))
    chance, broken, by_rows = Random(draw(st.integers(0, 10**6))), draw(st.booleans()), draw(st.booleans())
    if kind == "heading":
        return Element(kind, [word.title() for word in words(chance, 1, 5)])
    if kind == "table":
        names = [word.title() for word in words(chance, 2, 4)]
        rows = [
            [chance.choice([*words(chance, 1, 1), str(chance.randint(0, 9999))]) for _ in names]
            for _ in range(draw(st.integers(2, 4)))
        ]
        return Element(kind, rows=[names, *rows])
    if kind == "columns":
        return Element(kind, sentence(chance, 90, 120), broken=broken, by_rows=by_rows)
    own = sentence(chance)
    count = draw(st.integers(0, 2)) if kind == "paragraph" else 0
    places = sorted(chance.sample(range(len(own)), count))
    return Element(kind, own, notes={place: sentence(chance) for place in places}, broken=broken)


def wrapped(texts: Sequence[str], width: int, *, broken: bool) -> list[str]:
    """The words in lines; with `broken`, some end in the first half of a word."""
    lines, line = [], ""
    for word in texts:
        longer = f"{line} {word}".strip()
        plain = word.strip(".").isalpha() and word.strip(".").islower()
        if len(longer.replace("^", "")) <= width:
            line = longer
        elif broken and plain and len(word) > 7 and len(line) + 6 <= width:
            lines.append(f"{line} {word[:4]}-")
            line = word[4:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


class Setter:
    """Sets elements one below the other, on as many pages as they need, with notes at the foot of each page."""

    def __init__(self) -> None:
        self.drawn: list[list[tuple[str, float, float, float, str]]] = []  # by page: text, x, y, size, font
        self.notes: list[list[str]] = []
        self.starts: list[
            tuple[list[str], int]
        ] = []  # the words of paragraphs, and the page on which they begin
        self.y = 0.0

    def need(self, height: float) -> None:
        room = self.y - FOOT - 11 * len(self.notes[-1]) if self.notes else 0.0
        if room < height:
            self.drawn.append([])
            self.notes.append([])
            self.y = 740.0

    def put(self, text: str, x: float = LEFT, *, size: float = 11, font: str = "Helvetica") -> None:
        self.drawn[-1].append((text, x, self.y, size, font))

    def add(self, element: Element) -> None:
        self.y -= 14
        if element.kind == "heading":
            self.need(120)
            self.put(" ".join(element.words), size=15, font=BOLD)
            self.y -= 24
        elif element.kind == "table":
            self.need(18 * len(element.rows) + 20)
            for row in element.rows:
                for at, cell in enumerate(row):
                    self.put(cell, LEFT + 110 * at)
                self.y -= 18
        elif element.kind == "columns":
            self.columns(element)
        else:
            self.paragraph(element)

    def columns(self, element: Element) -> None:
        lines = wrapped(element.words, 34, broken=element.broken)
        half = (len(lines) + 1) // 2
        self.need(14 * half + 20)
        self.starts.append((element.words, len(self.drawn)))
        top = self.y
        placed = [(line, at // half, at % half) for at, line in enumerate(lines)]
        for line, side, row in sorted(placed, key=lambda place: place[:0:-1]) if element.by_rows else placed:
            self.y = top - 14 * row
            self.put(line, LEFT + 240 * side)
        self.y = top - 14 * half

    def paragraph(self, element: Element) -> None:
        marked = list(element.words)
        self.need(40 + 11 * 3 * len(element.notes))
        self.starts.append((element.words, len(self.drawn)))
        first = len(self.drawn)
        waiting = dict(element.notes)
        for line in wrapped(
            [f"{word}^#{at}^" if at in waiting else word for at, word in enumerate(marked)],
            WIDTH,
            broken=element.broken,
        ):
            self.need(14 + 11 * 3 * line.count("^#"))
            for at in list(waiting):
                if f"^#{at}^" in line:
                    number = sum(note.startswith("^") for note in self.notes[-1]) + 1
                    line = line.replace(f"^#{at}^", f"^{number}^")
                    self.notes[-1] += wrapped([f"^{number}^", *waiting.pop(at)], 100, broken=False)
            self.put(("• " if element.kind == "item" and first else "") + line)
            first = 0
            self.y -= 14

    def pdf(self) -> bytes:
        def draw(page: int, sheet: Sheet) -> None:
            sheet.line("Yearly Report", x=400)
            for text, x, y, size, font in self.drawn[page]:
                sheet.y = y
                sheet.line(text, x=x, size=size, font=font)
            sheet.y = 90 + 11 * len(self.notes[page])
            sheet.lines(self.notes[page], size=8, gap=11)
            sheet.y = 50
            sheet.line(str(page + 1), x=300)

        return pages(*[lambda sheet, page=page: draw(page, sheet) for page in range(len(self.drawn))])


def letters(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign.isalnum())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(elements(), min_size=1, max_size=8, unique_by=lambda element: str([element.words, element.rows]))
)
def test_no_word_is_missing_doubled_or_glued(found: list[Element]) -> None:
    setter = Setter()
    for element in found:
        setter.add(element)
    content = setter.pdf()
    with pypdfium2.PdfDocument(content) as original:
        raw = " ".join(page.get_textpage().get_text_range() for page in original)
    loaded = load_pdf(content, "a.pdf")
    (document,) = loaded.documents
    read = Counter(WORD.findall(document.text))
    for part in loaded.left_out:
        read.update(WORD.findall(part.text))
    told = Counter(
        word
        for element in found
        for text in [*element.words, *chain.from_iterable(element.rows)]
        for word in WORD.findall(text)
    )
    for element in found:
        for note in element.notes.values():
            told.update(WORD.findall(" ".join(note)))
    for page, notes in enumerate(setter.notes):
        numbers = sum(note.startswith("^") for note in notes)
        told.update({"Yearly": 1, "Report": 1, str(page + 1): 1})
        told.update(dict.fromkeys(map(str, range(1, numbers + 1)), 2))
    assert letters(raw) == letters(" ".join(told.elements()))
    assert read == told
    plain = " ".join(document.text.split())
    for own, page in setter.starts:
        text = " ".join(own)
        assert text in plain
        start = document.text.find(" ".join(own[:2]))
        assert page_of(start, document.pages) == page or plain.count(" ".join(own[:2])) > 1
