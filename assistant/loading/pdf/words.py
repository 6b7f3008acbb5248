"""The text layer of a page of a PDF -> its words and where they stand; the page is turned so that they lie upright."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import pi
from typing import Any

HYPHEN = "\x02"  # pdfium's mark for a hyphen at the end of a line, which it takes for a broken word
SMALLER = 0.85  # times as high as its neighbours is another type
LIGATURES = range(0xFB00, 0xFB50)  # Latin and Hebrew ones
ARABIC_FORMS = (
    range(0xFB50, 0xFE00),
    range(0xFE70, 0xFEFD),
)  # of letters at the start, in the middle, at the end
BOLD = ("bold", "black", "heavy", "demi")
BOLD_WEIGHT = 600
LONGEST_NAME = 200  # of a font, in bytes


@dataclass(frozen=True, slots=True)
class Box:
    """In points from the bottom left."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def size(self) -> float:
        return max(self.top - self.bottom, 1.0)

    def turned(self, quarters: int) -> "Box":
        """Where it is once the page is turned so that text of this angle lies upright; pdfium counts clockwise."""
        if quarters == 1:
            return Box(-self.top, -self.bottom, self.left, self.right)
        if quarters == 2:
            return Box(-self.right, -self.left, -self.top, -self.bottom)
        return Box(self.bottom, self.top, -self.right, -self.left) if quarters == 3 else self


@dataclass(frozen=True, slots=True)
class Word:
    """`glued`: no white space stands before it; `breaks`: pdfium begins a line with it; `turn`: in quarters."""

    text: str
    box: Box
    bold: bool = False
    glued: bool = False
    breaks: bool = False
    turn: int = 0


def page_words(page: Any) -> list[Word]:
    """In the order in which they are drawn; those that do not lie as most do come last."""
    layer = _Layer(page.get_textpage())
    words = list(layer.words())
    turns: Counter[int] = Counter()
    for word in words:
        turns[word.turn] += len(word.text)
    usual = turns.most_common(1)[0][0] if turns else 0
    upright = [
        Word(word.text, word.box.turned(usual), word.bold, word.glued, word.breaks, (word.turn - usual) % 4)
        for word in words
    ]
    return sorted(upright, key=lambda word: word.turn)


def plain(text: str) -> str:
    """The letters that a font shows as one sign, or in another form, each by itself: "fi", not "ﬁ"."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", sign)
        if ord(sign) in LIGATURES or any(ord(sign) in forms for forms in ARABIC_FORMS)
        else sign
        for sign in text
    )


class _Layer:
    """pdfium's characters, with what it knows of each."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium, self._page = pdfium, textpage
        self._rectangle = pdfium.FS_RECTF()
        self._bold: dict[int, bool] = {}  # by font

    def words(self) -> Iterator[Word]:
        signs = [
            chr(self._pdfium.FPDFText_GetUnicode(self._page, at)) for at in range(self._page.count_chars())
        ]
        start, glued, breaks = 0, False, True
        for end, sign in enumerate([*signs, "\n"]):
            if sign != HYPHEN and not sign.isspace():
                continue
            if end > start:
                text = "".join(signs[start:end]) + (HYPHEN if sign == HYPHEN else "")
                yield from self._pieces(text, start, glued=glued, breaks=breaks)
                glued, breaks = True, False
            glued = glued and sign in "\r\n" + HYPHEN
            breaks = breaks or sign in "\r\n" + HYPHEN
            start = end + 1

    def _pieces(self, text: str, start: int, *, glued: bool, breaks: bool) -> Iterator[Word]:
        """A word; several where type of other heights meets in it: "500" and a raised "1"."""
        signs = len(text.rstrip(HYPHEN))
        ends = [self._box(start), self._box(start + signs - 1)]
        bold, turn = self._is_bold(start), self._turn(start)
        if turn or (_alike(*ends) and text.isalpha()):
            yield Word(_whole(text), _around(ends), bold, glued, breaks, turn)
            return
        boxes = [self._box(start + at) for at in range(signs)]
        cuts = [at for at in range(1, signs) if not _alike(boxes[at - 1], boxes[at])]
        for first, end in pairwise([0, *cuts, signs]):
            piece = text[first:end] if end < signs else text[first:]
            inner = first > 0
            yield Word(
                _whole(piece), _around(boxes[first:end]), bold, glued or inner, breaks and not inner, turn
            )

    def _box(self, at: int) -> Box:
        found = self._rectangle
        self._pdfium.FPDFText_GetLooseCharBox(self._page, at, found)
        return Box(found.left, found.right, found.bottom, found.top)

    def _turn(self, at: int) -> int:
        angle: float = self._pdfium.FPDFText_GetCharAngle(self._page, at)
        return round(angle / (pi / 2)) % 4

    def _is_bold(self, at: int) -> bool:
        shown = self._pdfium.FPDFText_GetTextObject(self._page, at)
        font = self._pdfium.FPDFTextObj_GetFont(shown) if shown else None
        if not font:
            return False
        from ctypes import addressof, create_string_buffer

        key = addressof(font.contents)
        if key not in self._bold:
            name = create_string_buffer(LONGEST_NAME)
            self._pdfium.FPDFFont_GetBaseFontName(font, name, LONGEST_NAME)
            named = name.value.decode("utf-8", "replace").lower()
            weight = self._pdfium.FPDFFont_GetWeight(font)
            self._bold[key] = weight >= BOLD_WEIGHT or any(word in named for word in BOLD)
        return self._bold[key]


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.left for box in boxes),
        max(box.right for box in boxes),
        min(box.bottom for box in boxes),
        max(box.top for box in boxes),
    )


def _alike(one: Box, other: Box) -> bool:
    """Whether two characters are of one size, or at least on one line, as small capitals are."""
    return abs(one.bottom - other.bottom) < (1 - SMALLER) * max(one.size, other.size)


def _whole(text: str) -> str:
    """pdfium gives rare letters as halves."""
    return plain(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
