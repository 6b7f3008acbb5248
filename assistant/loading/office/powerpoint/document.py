"""A PowerPoint file -> a Document with a slide map: titles, lists, tables, charts' words, the speaker's notes."""

import io
from typing import Any

from assistant.loading.layout import Part, laid_out
from assistant.loading.loaded import LeftOut, Loaded
from assistant.loading.metadata import clean_value
from assistant.loading.office.package import office_source, opening
from assistant.loading.office.powerpoint.comments import authors_of
from assistant.loading.office.powerpoint.slide import Deck, slide_parts
from assistant.types import Block, Document


def load_powerpoint(data: bytes, name: str) -> Loaded:
    """The one document of a presentation; `text[pages[i]:pages[i + 1]]` is slide i + 1, nothing if that is hidden."""
    from pptx.exc import PythonPptxError

    kind, errors = "PowerPoint presentation", (PythonPptxError,)
    with opening(data, kind=kind, program="PowerPoint", suffix=".pptx", errors=errors):
        return _read(data, name)


def _read(data: bytes, name: str) -> Loaded:
    import pptx

    presentation = pptx.Presentation(io.BytesIO(data))
    deck = Deck(authors_of(presentation.part))
    slides = [_shown(slide, deck) for slide in presentation.slides]
    text, blocks = laid_out(part for parts in slides for part in parts)
    first = next((part.text for part in slides[0] if part.kind == "heading"), "") if slides else ""
    source = office_source(name, presentation.core_properties, title=clean_value(first))
    starts = _starts(slides, blocks, len(text))
    document = Document(source=source, text=text, path=name, pages=starts, unit="slide", blocks=blocks)
    return Loaded([document], left_out=tuple(deck.left_out))


def _shown(slide: Any, deck: Deck) -> list[Part]:
    """The parts of a slide that have words; none of a hidden one."""
    if slide.element.get("show") not in ("0", "false"):
        return slide_parts(slide, deck)
    hidden = Deck(deck.authors)
    parts = [part.text for part in slide_parts(slide, hidden)]
    words = [*parts, *(part.text for part in hidden.left_out)]
    deck.left_out.append(LeftOut("a hidden slide", "\n".join(words)))
    return []


def _starts(slides: list[list[Part]], blocks: tuple[Block, ...], end: int) -> tuple[int, ...]:
    """Where each slide starts; an empty one where the next does."""
    starts, before = [], 0
    for parts in slides:
        starts.append(blocks[before].start if before < len(blocks) else end)
        before += len(parts)
    return tuple(starts)
