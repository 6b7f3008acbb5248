"""Document -> a page that shows its text with the quoted words highlighted; plain HTML, no script."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from assistant.text.places import page_name, place_of
from assistant.types import Document
from assistant.web.screen.cards import fingerprint
from assistant.web.screen.rendering import environment

_PARAGRAPH = re.compile(r"[^\S\n]*\S(?:[^\n]|\n(?![^\S\n]*\n))*")

CHANGED = "This document has changed since it was cited. The quoted words are no longer at this position."
REBUILT = "The index has been rebuilt since this was cited. The highlighted words may not be the ones quoted."

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is either all quoted or not at all; `first` is where the page scrolls to."""

    text: str
    marked: bool = False
    first: bool = False
    page: int = 0  # the page that begins here; 0: none does


def document_page(
    document: Document, spans: Sequence[Span] = (), *, generation: str = "", served: str = "", check: str = ""
) -> str:
    """The whole page; quoted words that are no longer at their position are not marked, and a notice says so."""
    changed = _has_changed(document.text, spans, check)
    rebuilt = bool(spans) and not check and generation not in ("", served)
    marked = [] if changed else spans
    values = {
        "document": document,
        "source": document.source,
        "paragraphs": list(_paragraphs(document, _merged(marked))),
        "notice": CHANGED if changed else REBUILT if rebuilt else "",
        "place": place_of(marked[0][0], document.unit, document.pages, document.labels) if marked else "",
        "named": partial(page_name, labels=document.labels),
        "several": len(document.pages) > 1,
    }
    return environment().get_template("document.html").render(**values)


def _has_changed(text: str, spans: Sequence[Span], check: str) -> bool:
    """Whether the quoted words are certainly no longer there; without a check only their end tells."""
    if any(end > len(text) for _, end in spans):
        return True
    return bool(spans and check) and fingerprint(text[start:end] for start, end in spans) != check


def message_page(heading: str, sentence: str, *, onward: str = "./") -> str:
    """A page with only a message and a link onward; no link if `onward` is empty."""
    values = {"heading": heading, "sentence": sentence, "onward": onward}
    return environment().get_template("message.html").render(**values)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Sorted, without empty ones, overlapping ones joined."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _paragraphs(document: Document, spans: Sequence[Span]) -> Iterator[list[Piece]]:
    pages = {first: number for number, first in enumerate(document.pages, start=1)}
    end = -1
    anchored = False
    for match in _PARAGRAPH.finditer(document.text):
        # A page that begins in the empty lines before a paragraph begins with it.
        gap = bisect_right(document.pages, match.start())
        opening = gap if gap and document.pages[gap - 1] > end else 0
        end = match.end()
        pieces = list(_pieces(document.text, match.span(), spans, pages, opening))
        first = next((at for at, piece in enumerate(pieces) if piece.marked), None)
        if first is not None and not anchored:
            anchored = True
            pieces[first] = replace(pieces[first], first=True)
        yield pieces


def _pieces(
    text: str, paragraph: Span, spans: Sequence[Span], pages: Mapping[int, int], opening: int
) -> Iterator[Piece]:
    """A paragraph cut where marks or pages begin or end; `opening` is the page that begins with it."""
    start, end = paragraph
    cuts = {start, end, *(first for first in pages if start < first < end)}
    cuts |= {edge for span in spans for edge in span if start < edge < end}
    for left, right in pairwise(sorted(cuts)):
        marked = any(begin <= left and right <= stop for begin, stop in spans)
        yield Piece(text[left:right], marked=marked, page=opening if left == start else pages.get(left, 0))
