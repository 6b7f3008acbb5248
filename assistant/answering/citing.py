"""Chosen sentences -> statements: the words that answer in bold, who said it and when, what disagrees.

What is added to a quotation is kept apart from it: the lead before it, made of the document's own words and date, and
notes on what changed over time or is told in several ways.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import combinations

from assistant.answering.attribution import Attribution, attribute
from assistant.answering.check import numbers
from assistant.answering.compose import AS_LIKELY, Chosen
from assistant.text.days import day_in_words
from assistant.text.language import Span, content_words, words
from assistant.text.values import VALUE_TYPES, values
from assistant.types import Citation, Source, Statement

Texts = Callable[[str], str]  # document id -> its text

MAX_BOLD_WORDS = 6  # more is no name, date or amount
SAME_TIME = 31  # days: sources no further apart that differ disagree; else something has changed
SAME_SHARE = 0.4  # of the question's words that a sentence and its title have, to be about the same thing


def answer_words(one: Chosen) -> Span | None:
    """The name, date or amount in the sentence that is the answer; None where it cannot be told."""
    text, marked, type_ = one.span.text, one.sentence.answer_span, one.part.answer_type
    if type_ in VALUE_TYPES:
        spans = values(type_, text, set(words(one.part.query)))
        touched = [span for span in spans if marked and span[0] < marked[1] and marked[0] < span[1]]
        return touched[0] if touched else spans[0] if len(spans) == 1 and not marked else None
    return marked if marked and len(text[slice(*marked)].split()) <= MAX_BOLD_WORDS else None


def find_conflicts(chosen: Sequence[Chosen]) -> tuple[bool, tuple[str, ...]]:
    """Whether the value asked for has changed over time, and notes on that or on sources of one time that disagree."""
    best = max((one.sentence.score for one in chosen), default=0.0)
    dated: dict[str, tuple[frozenset[str], date]] = {}
    for one in chosen:
        source, span = one.span.passage.source, answer_words(one)
        likely = one.sentence.score >= AS_LIKELY * best and one.part.answer_type in VALUE_TYPES
        if span and likely and source.published and _about(one, source):
            value = frozenset(numbers(one.span.text[slice(*span)]))
            dated.setdefault(source.document, (value, source.published))
    differing = [
        abs((day - other_day).days)
        for (value, day), (other, other_day) in combinations(dated.values(), 2)
        if not (value <= other or other <= value)
    ]
    changed, disagree = any(d > SAME_TIME for d in differing), any(d <= SAME_TIME for d in differing)
    notes = []
    if changed:
        notes.append("The documents give different values at different dates: the newest comes first.")
    if disagree:
        notes.append("Sources of the same time disagree: each is quoted with its name and date.")
    return changed, tuple(notes)


def _about(one: Chosen, source: Source) -> bool:
    asked = set(content_words(one.part.query))
    return len(asked & set(words(f"{source.title} {one.span.text}"))) >= SAME_SHARE * len(asked)


def cite(chosen: Sequence[Chosen], texts: Texts) -> list[Statement]:
    """Each sentence as a statement; a document has one marker, numbered as they first appear."""
    markers: dict[str, int] = {}
    return [
        _statement(one, markers.setdefault(one.span.passage.document, len(markers) + 1), texts)
        for one in chosen
    ]


def _statement(one: Chosen, marker: int, texts: Texts) -> Statement:
    span, source = one.span, one.span.passage.source
    said = attribute(texts(source.document), (span.start, span.end))
    citation = Citation(
        marker,
        source,
        span.start,
        span.end,
        span.text,
        speaker=said.speaker,
        reported_via=_reported_via(said, source),
    )
    bold = answer_words(one)
    return Statement(
        span.text,
        (citation,),
        lead=lead(one, said, bold),
        bold=(bold,) if bold else (),
        heading=one.part.heading,
    )


def _reported_via(said: Attribution, source: Source) -> str | None:
    """None for what the document's own publisher reports."""
    own = set(content_words(source.publisher or ""))
    return (
        said.reported_via if said.reported_via and not set(content_words(said.reported_via)) <= own else None
    )


def lead(one: Chosen, said: Attribution, answer: Span | None) -> str:
    """What the statement is announced by: its speaker, its date, or its amount and date; mostly nothing."""
    text, published = one.span.text, one.span.passage.source.published
    if said.speaker and (one.part.asks_who_said or not _named(said.speaker, text)):
        return said.speaker
    if one.part.answer_type not in VALUE_TYPES or answer is None:
        return ""
    value = " ".join(text[slice(*answer)].split()).rstrip(",.")
    days = [text[slice(*day)] for day in values("date", text)]
    day = days[0] if len(days) == 1 else day_in_words(published) if published else ""
    return value if one.part.answer_type == "date" or not day else f"{value} ({day})"


def _named(speaker: str, text: str) -> bool:
    return bool(set(content_words(speaker)) & set(content_words(text)))
