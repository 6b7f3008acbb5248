"""PDFs for tests: type set where the test says."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

LEFT, TOP, LEADING = 72.0, 760.0, 14.0
SIZE = 11.0
PLAIN, BOLD = "Helvetica", "Helvetica-Bold"


@dataclass
class Sheet:
    """A page that is written from the top down; `y` is where the next line stands."""

    canvas: Canvas
    y: float = TOP

    def line(
        self, text: str, *, x: float = LEFT, size: float = SIZE, font: str = PLAIN, gap: float = LEADING
    ) -> None:
        """ "fee^1^ more" raises the 1; `gap`: to the next line."""
        for at, piece in enumerate(text.split("^")):
            raised = at % 2 == 1
            of = size * 0.6 if raised else size
            self.canvas.setFont(font, of)
            self.canvas.drawString(x, self.y + (size * 0.35 if raised else 0), piece)
            x += stringWidth(piece, font, of)
        self.y -= gap

    def lines(self, texts: Sequence[str], **how: Any) -> None:
        for text in texts:
            self.line(text, **how)

    def row(self, cells: Sequence[str], places: Sequence[float], **how: Any) -> None:
        for cell, x in zip(cells, places, strict=True):
            top = self.y
            self.line(cell, x=x, **how)
            after, self.y = self.y, top
        self.y = after


def pages(*drawn: Callable[[Sheet], None]) -> bytes:
    """A PDF of pages, each of which is drawn by a function."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for draw in drawn:
        draw(Sheet(canvas))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@cache
def font_with(letters: str) -> str:
    """The name of a font that has these letters; skips the test where the system has none."""
    for name in ("dejavu/DejaVuSans.ttf", "liberation/LiberationSans-Regular.ttf"):
        path = Path("/usr/share/fonts/truetype") / name
        if path.exists():
            font = TTFont(path.stem, str(path))
            if all(ord(letter) in font.face.charToGlyph for letter in letters):
                registerFont(font)
                return path.stem
    raise pytest.skip.Exception(f"no font for {letters!r}")
