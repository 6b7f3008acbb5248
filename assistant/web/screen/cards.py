"""Answer -> the cards of its sources: the quoted words of each document, and the text around them."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from assistant.retrieval import copies_containing
from assistant.text.places import place_of
from assistant.types import Answer, Citation, PageMap, Passage, Source
from assistant.web.asking import Pages
from assistant.web.screen.why import why

AROUND = 150  # characters shown on each side of a quote: about two lines
NEAREST_CARDS = 4  # shown when nothing answers
NEAREST_CHARS = 320  # shown of a passage that only comes close

NO_PAGES = PageMap()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A span of a document with the text around it; `place` is "page 3", or empty where there are no pages.

    `continues`: it is in the same paragraph as the excerpt before it, whose `after` leads up to it.
    """

    start: int
    end: int
    quote: str
    before: str = ""
    after: str = ""
    place: str = ""
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One document of an answer; `marker` is 0 where the answer does not cite it."""

    marker: int
    source: Source
    excerpts: tuple[Excerpt, ...]
    link: str  # to the viewer, at the first excerpt
    url: str | None  # of the original, if it can be opened safely
    why: tuple[str, ...] = ()  # this passage was chosen
    copies: tuple[Passage, ...] = ()  # in other documents, which also have the quoted words


def cited_cards(answer: Answer, pages: Pages) -> list[Card]:
    """One card per marker, in order, each with every span cited under it."""
    groups: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        groups.setdefault(citation.marker, []).append(citation)
    return [_cited(marker, groups[marker], answer, pages) for marker in sorted(groups)]


def candidate_cards(answer: Answer, pages: Pages) -> list[Card]:
    """One card per document that may answer, best first, without markers; its words are marked all the same."""
    groups: dict[str, list[Citation]] = {}
    for may in answer.also:
        citation = Citation(0, may.source, may.start, may.end, may.quote)
        groups.setdefault(citation.document, []).append(citation)
    return [_cited(0, group, answer, pages) for group in groups.values()]


def nearest_cards(answer: Answer, pages: Pages) -> list[Card]:
    """The best passage of each of the nearest documents, without markers: they are not an answer."""
    best: dict[str, Passage] = {}
    for passage in answer.passages:
        best.setdefault(passage.document, passage)
    return [_near(passage, answer, pages) for passage in list(best.values())[:NEAREST_CARDS]]


def document_link(
    source: str, spans: Iterable[tuple[int, int]] = (), *, generation: str = "", check: str = ""
) -> str:
    """The viewer's address for a document, at the first of the spans."""
    fields: list[tuple[str, str | int]] = [("id", source)]
    for start, end in spans:
        fields += [("start", start), ("end", end)]
    fields += [(name, value) for name, value in (("generation", generation), ("check", check)) if value]
    return f"document?{urlencode(fields)}" + ("#cited" if len(fields) > 1 else "")


def fingerprint(quotes: Iterable[str]) -> str:
    """A short hash by which the viewer knows whether a document still has the quoted words."""
    return hashlib.sha256("\0".join(quotes).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def safe_url(url: str | None) -> str | None:
    """The address if it is a web page's, else None: a document may give any."""
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def _cited(marker: int, citations: Sequence[Citation], answer: Answer, pages: Pages) -> Card:
    source = citations[0].source
    page_map = pages.get(source.document, NO_PAGES)
    ordered = sorted(citations, key=lambda citation: citation.start)
    excerpts = [
        _around(citation, answer.passages, place_of(citation.start, *page_map)) for citation in ordered
    ]
    passages = [p for p in answer.passages if p.document == source.document]
    card = _card(marker, source, _joined(excerpts, passages), answer.generation)
    quoted_from = [p for p in passages if any(p.start <= c.start and c.end <= p.end for c in citations)]
    reasons = tuple(why(quoted_from[0], answer.question)) if quoted_from else ()
    return replace(card, why=reasons, copies=copies_containing([c.quote for c in citations], quoted_from))


def _near(passage: Passage, answer: Answer, pages: Pages) -> Card:
    place = place_of(passage.start, *pages.get(passage.document, NO_PAGES))
    shown = _head(re.sub(r"\n\s*\n", "\n", passage.text), NEAREST_CHARS)
    excerpt = Excerpt(passage.start, passage.end, passage.text, "", "", place)
    card = _card(0, passage.source, (excerpt,), answer.generation)
    short = Excerpt(passage.start, passage.end, "", shown, "", place)
    return replace(card, excerpts=(short,), why=tuple(why(passage, answer.question)), copies=passage.copies)


def _card(marker: int, source: Source, excerpts: tuple[Excerpt, ...], generation: str) -> Card:
    spans = [(excerpt.start, excerpt.end) for excerpt in excerpts]
    check = fingerprint(excerpt.quote for excerpt in excerpts)
    link = document_link(source.document, spans, generation=generation, check=check)
    return Card(marker, source, excerpts, link, safe_url(source.url))


def _around(citation: Citation, passages: Iterable[Passage], place: str) -> Excerpt:
    """The quote inside its paragraph, as far as the passage it comes from reaches."""
    before = after = ""
    for passage in passages:
        inside = passage.start <= citation.start and citation.end <= passage.end
        if inside and passage.document == citation.document:
            before = passage.text[: citation.start - passage.start].rsplit("\n\n", 1)[-1]
            after = passage.text[citation.end - passage.start :].split("\n\n", 1)[0]
            break
    before, after = _tail(before, AROUND), _head(after, AROUND)
    return Excerpt(citation.start, citation.end, citation.quote, before, after, place)


def _joined(excerpts: Sequence[Excerpt], passages: Sequence[Passage]) -> tuple[Excerpt, ...]:
    """Excerpts of one paragraph are shown as one, with the text between them once."""
    joined: list[Excerpt] = []
    for excerpt in excerpts:
        between = _between(joined[-1].end, excerpt.start, passages) if joined else None
        if between is None:
            joined.append(excerpt)
        else:
            joined[-1] = replace(joined[-1], after=between)
            joined.append(replace(excerpt, before="", continues=True))
    return tuple(joined)


def _between(end: int, start: int, passages: Sequence[Passage]) -> str | None:
    """The text from one quote to the next; None if it is long, or crosses a paragraph or passage."""
    for passage in passages:
        if passage.start <= end <= start <= passage.end:
            text = passage.text[end - passage.start : start - passage.start]
            return text if len(text) <= 2 * AROUND and "\n\n" not in text else None
    return None


def _head(text: str, size: int) -> str:
    return text if len(text) <= size else text[:size].rsplit(" ", 1)[0].rstrip() + " …"


def _tail(text: str, size: int) -> str:
    return text if len(text) <= size else "… " + text[-size:].split(" ", 1)[-1].lstrip()
