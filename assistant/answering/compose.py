"""A sentence that answers -> the words to quote: the sentence, with what it takes to be read by itself.

What is quoted is a span of a document word for word; `citing.py` makes statements of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from assistant.text.days import dates_in
from assistant.text.language import STOP_WORDS
from assistant.text.names import NAME
from assistant.types import Passage, ReadSentence, SentenceSpan, SubQuestion

LONGEST_LIST = 700  # characters: a longer list is not quoted as a whole
LONGEST_NOTED = 400  # characters: in a longer paragraph a note may hang on another sentence

_LEANS = re.compile(
    r"(?:he|she|they|it|his|her|their|its|this|these|those|both|the (?:latter|former|other|same))\b",
    re.IGNORECASE,
)
_HE = re.compile(r"\b(?:he|she)\b")


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
    with_it = _cut(passage, passage.start + at, span.end)
    return span if at < 0 or "\n" in with_it.text else with_it


def whole_list(span: SentenceSpan) -> SentenceSpan:
    """A sentence in a list, or one that opens it ("These are:"), grown to the opening sentence and its items."""
    for start, end in span.passage.context.lists:
        if start <= span.start and span.end <= end and end - start <= LONGEST_LIST:
            return _cut(span.passage, start, end)
    return span


def notes_on(one: Chosen) -> list[Chosen]:
    """What hangs on its paragraph, if that is short: it may turn the sentence round."""
    passage = one.span.passage
    return [
        Chosen(replace(one.sentence, span=_cut(passage, start, end), answer_span=None), one.part)
        for first, last, start, end in passage.context.notes
        if first <= one.span.start < one.span.end <= last <= first + LONGEST_NOTED
    ]


def _cut(passage: Passage, start: int, end: int) -> SentenceSpan:
    return SentenceSpan(passage, start, end, passage.text[start - passage.start : end - passage.start])


def day_of(span: SentenceSpan) -> date | None:
    """The date that a row of a table begins with; else that of its document."""
    first, *cells = span.text.split(" | ")
    named = list(dates_in(first)) if cells else []
    return named[0].last if named else span.passage.source.published
