"""Document -> a page that shows its text with the cited words marked; plain HTML, no script."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.types import Document
from assistant.web.screen.cards import fingerprint, place_of
from assistant.web.screen.rendering import environment

_PARAGRAPH = re.compile(r"[^\S\n]*\S(?:[^\n]|\n(?![^\S\n]*\n))*")

CHANGED = "This document has changed since it was cited: the words cited are no longer in this place."
REBUILT = (
    "The index has been rebuilt since this was cited: the words marked may not be those that were cited."
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is wholly cited or wholly not; `first` is where the page scrolls to."""

    text: str
    marked: bool = False
    first: bool = False
    page: int = 0  # the page that begins here; 0: none does


def document_page(
    document: Document, spans: Sequence[Span] = (), *, generation: str = "", served: str = "", check: str = ""
) -> str:
    """The whole page; words that are no longer where they were cited are not marked, and a notice says so."""
    notice = _notice(document.text, spans, generation=generation, served=served, check=check)
    marked = [] if notice == CHANGED else spans
    values = {
        "document": document,
        "source": document.source,
        "paragraphs": list(_paragraphs(document, _merged(marked))),
        "notice": notice,
        "place": place_of(marked[0][0], document.unit, document.pages) if marked else "",
        "several": len(document.pages) > 1,
    }
    return environment().get_template("document.html").render(**values)


def _notice(text: str, spans: Sequence[Span], *, generation: str, served: str, check: str) -> str:
    if not spans:
        return ""
    if any(end > len(text) for _, end in spans):
        return CHANGED
    if check:
        return "" if fingerprint(text[start:end] for start, end in spans) == check else CHANGED
    return REBUILT if generation not in ("", served) else ""


def message_page(heading: str, sentence: str, *, onward: str = "./") -> str:
    """A page that only says something, and leads on; nowhere where `onward` is empty."""
    values = {"heading": heading, "sentence": sentence, "onward": onward}
    return environment().get_template("message.html").render(**values)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """In order, without empty ones, and with those that overlap joined."""
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
    found = False
    for match in _PARAGRAPH.finditer(document.text):
        # A page that begins in the empty lines before a paragraph begins with it.
        gap = bisect_right(document.pages, match.start())
        opening = gap if gap and document.pages[gap - 1] > end else 0
        end = match.end()
        pieces = list(_pieces(document.text, match.span(), spans, pages, opening))
        first = next((at for at, piece in enumerate(pieces) if piece.marked), None)
        if first is not None and not found:
            found = True
            pieces[first] = replace(pieces[first], first=True)
        yield pieces


def _pieces(
    text: str, paragraph: Span, spans: Sequence[Span], pages: Mapping[int, int], opening: int
) -> Iterator[Piece]:
    """A paragraph, cut where marking or a page begins or ends; `opening` is the page it begins."""
    start, end = paragraph
    cuts = {start, end, *(first for first in pages if start < first < end)}
    cuts |= {edge for span in spans for edge in span if start < edge < end}
    for left, right in pairwise(sorted(cuts)):
        marked = any(begin <= left and right <= stop for begin, stop in spans)
        yield Piece(text[left:right], marked=marked, page=opening if left == start else pages.get(left, 0))
