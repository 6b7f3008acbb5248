"""A document in a few of its own sentences, spread over its length."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from assistant.answering.compose import leans
from assistant.text.language import Span, content_words, sentences, words
from assistant.text.outline import Outline
from assistant.types import Citation, Document, Idf, Passage, Statement

MAX_SENTENCES = 3  # of a summary
ABOUT = 0.6  # of the topic's words that a document, its title and publisher have to have
FIRST_BONUS = 0.15  # of the best likeness: what a document opens with says what it is about
LEANING = 0.5  # what a sentence counts for that leans on the one before, which is not brought along
FEW_WORDS = 8  # of a line without a stop at its end: it is a heading, a byline or a scrap
_STOPS = re.compile(r"[.!…。！；;|][\"”’')\]]*$")
_BYLINE = re.compile(r" · | – .{1,40} – [^.!?]*$")
_WORDS_FOR_IT = re.compile(
    r"\b(?:the|this|that|an?) (?:document|report|article|paper|page|notice|speech|story|post)s?\b"
    r"(?: (?:on|about|of|called))?",
    re.IGNORECASE,
)


def document_about(topic: str, passages: Sequence[Passage], texts: Mapping[str, str]) -> str | None:
    """The id of the document found that has most of the topic's words, by those of its title and by its score."""
    asked = set(content_words(_WORDS_FOR_IT.sub("", topic)))
    best: tuple[float, str] | None = None
    for passage in passages:
        source = passage.source
        title = set(words(f"{source.title} {source.publisher or ''} {source.document}"))
        whole = title | set(words(texts[source.document]))
        if asked and len(asked & whole) < ABOUT * len(asked):
            continue
        score = passage.score + (len(asked & title) / len(asked) if asked else 0.0)
        if best is None or score > best[0]:
            best = score, source.document
    return best[1] if best else None


def summarise(document: Document, *, idf: Idf, most: int = MAX_SENTENCES) -> tuple[Statement, ...]:
    """At most so many sentences of the document: of each stretch of it the one most like the whole."""
    spans = _sentences(document)
    if not spans:
        return ()
    counts = [Counter(content_words(document.text[start:end])) for start, end in spans]
    whole = sum(counts, Counter())
    weights = [_likeness(count, whole, idf) for count in counts]
    weights = [
        weight * (LEANING if leans(document.text[start:end]) else 1.0)
        for weight, (start, end) in zip(weights, spans, strict=True)
    ]
    weights[0] += FIRST_BONUS * max(weights)
    parts = min(most, len(spans))
    bounds = [len(spans) * part // parts for part in range(parts + 1)]
    chosen = [max(range(first, last), key=weights.__getitem__) for first, last in pairwise(bounds)]
    return tuple(_statement(document, spans[at]) for at in chosen)


def _sentences(document: Document) -> list[Span]:
    title, context = document.source.title, Outline(document).context(0, len(document.text))
    return [
        (start, end)
        for start, end in sentences(document.text)
        if not _is_scrap(document.text[start:end])
        and not context.is_heading(start)
        and document.text[start:end] != title
    ]


def _is_scrap(text: str) -> bool:
    """A byline, a question or a piece of a list, which says nothing by itself; a row of a table does."""
    if text.endswith("?") or _BYLINE.search(text):
        return True
    if _STOPS.search(text) or len(words(text)) > FEW_WORDS:
        return False
    return text.endswith(",") or (text[:1].isupper() and not re.search(r"\d", text))


def _likeness(count: Counter[str], whole: Counter[str], idf: Idf) -> float:
    """The cosine of a sentence and its document, words weighed by how rare they are in the corpus."""
    weights = {word: idf(word) for word in count}
    dot = sum(count[word] * whole[word] * weights[word] ** 2 for word in count)
    length = sum((count[word] * weights[word]) ** 2 for word in count) ** 0.5
    return float(dot / length) if length else 0.0


def _statement(document: Document, span: Span) -> Statement:
    text = document.text[slice(*span)]
    return Statement(text, (Citation(1, document.source, *span, text),))
