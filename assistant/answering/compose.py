"""Chosen sentences in an order that reads well: antecedents, whole lists, the answer first.

Every one is a span of a document word for word; `citing.py` makes statements of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.text.days import dates_in
from assistant.text.language import sentences
from assistant.types import ReadSentence, SentenceSpan, SubQuestion

LONGEST_LIST = 700  # characters: a longer list is not quoted as a whole
AS_LIKELY = 0.3  # of the best sentence's score: less likely ones are not compared

LEANS = re.compile(  # begins with, or has, a word that stands for something said before
    r"^(?:he|she|they|it|his|her|their|its|this|these|those|both|the (?:latter|former|other|same))\b"
    r"|\b(?:he|she)\b"
    r"|^the (?:bill|law|act|rules?|plan|proposal|measure|move|paper|report|statement|notice|decision|deal|company"
    r"|firm|bank|exchange|platform|agency|regulator|watchdog|ministry|court|man|woman|pair|group)\b"
    r"(?! (?:of|for|in|on|that|which|who)\b)",
    re.IGNORECASE,
)
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


Group = list[Chosen]  # a sentence, and before it the one that it leans on


def with_antecedents(chosen: Sequence[Chosen], limit: int) -> list[Group]:
    """Each sentence; one that says "he" comes after the one before it, which says who. The weakest make room."""
    groups: list[Group] = []
    for one in chosen:
        taken = {each.span.key for group in groups for each in group}
        group = [each for each in (_antecedent(one), one) if each and each.span.key not in taken]
        if one in group and len(taken) + len(group) <= limit:
            groups.append(group)
    return groups


def _antecedent(one: Chosen) -> Chosen | None:
    before = sentence_before(one.span)
    if not before.text or not LEANS.search(one.span.text):
        return None
    return replace(one, sentence=ReadSentence(before, one.sentence.score))


def sentence_before(span: SentenceSpan) -> SentenceSpan:
    """The sentence before one in its passage; an empty one where there is none."""
    passage = span.passage
    at = passage.text.rfind(span.before, 0, span.start - passage.start) if span.before else 0
    start = passage.start + at
    return SentenceSpan(passage, start, start + len(span.before), span.before)


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
    last = first
    while last + 1 < len(lines) and _ITEM.match(lines[last + 1][0]):
        last += 1
    start = lines[first].start() + (opening[-1][0] if opening else 0)
    end = lines[last].end()
    inside = start <= span.start - passage.start and span.end - passage.start <= end
    if last == first or not opening or not inside or end - start > LONGEST_LIST:
        return span
    text = passage.text[start:end]
    return SentenceSpan(passage, passage.start + start, passage.start + end, text, span.before)


def grown(one: Chosen) -> Chosen:
    """With the whole list that it is an item of; the words that answer keep their place in the document."""
    span = whole_list(one.span)
    if span == one.span:
        return one
    words = one.sentence.answer_span
    moved = one.span.start - span.start
    answer = (words[0] + moved, words[1] + moved) if words else None
    return replace(one, sentence=replace(one.sentence, span=span, answer_span=answer))


def in_reading_order(groups: Sequence[Group], *, newest_first: bool) -> list[Chosen]:
    """By the sides of a comparison; on each the answer first, then the rest of its document as the text runs.

    `newest_first`: before these come the likely sentences, the newest first.
    """
    headings = list(dict.fromkeys(group[-1].part.heading for group in groups))
    documents = list(dict.fromkeys(group[-1].span.passage.document for group in groups))
    best = max((group[-1].sentence.score for group in groups), default=0.0)
    leading = {group[-1].part.heading: group for group in reversed(groups)}

    def key(group: Group) -> tuple[int, int, int, bool, int]:
        one = group[-1]
        likely = newest_first and one.sentence.score >= AS_LIKELY * best
        return (
            headings.index(one.part.heading),
            -day_of(one.span).toordinal() if likely else 0,
            documents.index(one.span.passage.document),
            group is not leading[one.part.heading],
            one.span.start,
        )

    ordered = [one for group in sorted(groups, key=key) for one in group]
    # Two items of a list have grown to the same span.
    first = {(one.span.passage.document, one.span.start, one.span.end): one for one in reversed(ordered)}
    return [one for one in ordered if one in first.values()]


def day_of(span: SentenceSpan) -> date:
    """The date that a row of a table begins with; else that of its document."""
    first, *cells = span.text.split(" | ")
    named = list(dates_in(first)) if cells else []
    return named[0].last if named else span.passage.source.published or date.min
