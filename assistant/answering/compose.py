"""A sentence that answers -> the words to quote: the sentence, with what it takes to be read by itself.

What is quoted is a span of a document word for word; `citing.py` makes statements of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from assistant.text.days import dates_in
from assistant.text.language import STOP_WORDS, sentences
from assistant.text.names import NAME
from assistant.types import ReadSentence, SentenceSpan, SubQuestion

LONGEST_LIST = 700  # characters: a longer list is not quoted as a whole

_LEANS = re.compile(
    r"(?:he|she|they|it|his|her|their|its|this|these|those|both|the (?:latter|former|other|same))\b",
    re.IGNORECASE,
)
_HE = re.compile(r"\b(?:he|she)\b")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_ITEM = re.compile(r"[ \t]*(?:[-*•–]|\(?\d{1,2}[.)])[ \t]+\S")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sentence to quote, and the part of the question it answers."""

    sentence: ReadSentence
    part: SubQuestion

    @property
    def span(self) -> SentenceSpan:
        return self.sentence.span


def grown(one: Chosen, others: Iterable[Chosen] = ()) -> Chosen:
    """With the whole list that it opens, or of which others are likely too; or with the sentence that says who "he" is.

    The words that answer keep their place in the document.
    """
    span = whole_list(one.span)
    if not one.span.text.endswith(":") and not any(overlap(other.span, span) for other in others):
        span = one.span
    if span == one.span and leans(span.text):
        span = _with_antecedent(span)
    return one if span == one.span else widened(one, span)


def widened(one: Chosen, span: SentenceSpan) -> Chosen:
    """The same in a span that contains its own."""
    marked, moved = one.sentence.answer_span, one.span.start - span.start
    answer = (marked[0] + moved, marked[1] + moved) if marked else None
    return replace(one, sentence=replace(one.sentence, span=span, answer_span=answer))


def overlap(one: SentenceSpan, other: SentenceSpan) -> bool:
    return one.passage.document == other.passage.document and one.start < other.end and other.start < one.end


def leans(text: str) -> bool:
    """Whether it begins with a word for something said before, or has "he" before anyone is named."""
    if _LEANS.match(text):
        return True
    he = _HE.search(text)
    if not he:
        return False
    before = text[: he.start()]
    first, _, rest = before.partition(" ")
    return not NAME.search(rest if first.lower() in STOP_WORDS else before)


def _with_antecedent(span: SentenceSpan) -> SentenceSpan:
    """From the start of the sentence before it, if that stands in the same paragraph."""
    passage = span.passage
    at = passage.text.rfind(span.before, 0, span.start - passage.start) if span.before else -1
    text = passage.text[at : span.end - passage.start]
    if at < 0 or "\n" in text:
        return span
    return SentenceSpan(passage, passage.start + at, span.end, text)


def whole_list(span: SentenceSpan) -> SentenceSpan:
    """A sentence in a list, or one that opens it ("These are:"), grown to the opening sentence and its items."""
    passage = span.passage
    lines = list(_LINE.finditer(passage.text))
    at = next((n for n, line in enumerate(lines) if line.end() >= span.end - passage.start), None)
    if at is None:
        return span
    first = at
    while first > 0 and _ITEM.match(lines[first][0]):
        first -= 1
    opening = [
        part for part in sentences(lines[first][0]) if lines[first][0][: part[1]].rstrip().endswith(":")
    ]
    items = list(takewhile(lambda line: _ITEM.match(line[0]), lines[first + 1 :]))
    if not opening or not items:
        return span
    start, end = lines[first].start() + opening[-1][0], items[-1].end()
    inside = start <= span.start - passage.start and span.end - passage.start <= end
    if not inside or end - start > LONGEST_LIST:
        return span
    return SentenceSpan(passage, passage.start + start, passage.start + end, passage.text[start:end])


def day_of(span: SentenceSpan) -> date | None:
    """The date that a row of a table begins with; else that of its document."""
    first, *cells = span.text.split(" | ")
    named = list(dates_in(first)) if cells else []
    return named[0].last if named else span.passage.source.published
