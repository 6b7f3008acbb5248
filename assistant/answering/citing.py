"""Chosen sentences -> statements: the words that answer in bold, who said it, and whose it is where sources disagree.

What is added to a quotation is kept apart from it: the lead before it, made of the document's own words and date.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answering.attribution import Attribution, attribute
from assistant.answering.compose import Chosen
from assistant.text.days import day_in_words
from assistant.text.labels import Labelled
from assistant.text.language import Span, content_words
from assistant.text.stops import closes_abbreviation
from assistant.text.values import whole
from assistant.types import Citation, Source, Statement, SubQuestion

Texts = Callable[[str], str]  # document id -> its text

_YES_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b(?!.*\bor\b)",
    re.IGNORECASE,
)
MOST_WORDS = 12  # of a short answer; more is a sentence
_SPARE_START = re.compile(r"[^\w$€£¥+(-]*(?:the\s+)?", re.IGNORECASE)
_SPARE_END = re.compile(r"[\s,;:.!?\"”]")
_SAYS_YES_NO = re.compile(r"[\W_]*(yes|no)\b[,.;:!–—]", re.IGNORECASE)


def asks_yes_no(part: SubQuestion) -> bool:
    return bool(_YES_NO.match(part.label or part.query))


def answer_words(one: Chosen) -> Span | None:
    """Where the sentence has the answer, in few and whole words; None where that cannot be told.

    A question for yes or no has one only where the words say so.
    """
    text, marked = one.span.text, one.sentence.answer_span
    if asks_yes_no(one.part):
        said = _SAYS_YES_NO.match(text)
        return said.span(1) if said else None
    if not marked:
        return None
    start, end = _trimmed(text, *whole(text, marked))
    return (start, end) if start < end and len(text[start:end].split()) <= MOST_WORDS else None


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without the punctuation around it, but with the stop of an abbreviation; and without the article before it."""
    if spare := _SPARE_START.match(text, start, end):
        start = spare.end()
    while end > start and _SPARE_END.match(text, end - 1) and not closes_abbreviation(text, end - 1):
        end -= 1
    return start, end


def short_answer(first: Chosen) -> Citation | None:
    """The words that answer, in the first sentence; of a list, and where things are compared, there are none."""
    span = answer_words(first)
    if not span or "\n" in first.span.text or first.part.heading:
        return None
    quote = first.span.text[slice(*span)]
    start = first.span.start + span[0]
    return Citation(1, first.span.passage.source, start, start + len(quote), quote)


def cite(chosen: Sequence[Chosen], texts: Texts, *, compared: bool) -> list[Statement]:
    """Each sentence as a statement. `compared`: the sources disagree, so each is named."""
    return list(numbered([_statement(one, texts, compared=compared) for one in chosen]))


def numbered(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """A document has one marker, numbered as they first appear."""
    markers: dict[str, int] = {}
    return tuple(
        replace(
            statement,
            citations=tuple(
                replace(cited, marker=markers.setdefault(cited.document, len(markers) + 1))
                for cited in statement.citations
            ),
        )
        for statement in statements
    )


def _statement(one: Chosen, texts: Texts, *, compared: bool) -> Statement:
    """Its marker is still to be given."""
    span, source = one.span, one.span.passage.source
    said = attribute(texts(source.document), (span.start, span.end))
    citation = Citation(
        0,
        source,
        span.start,
        span.end,
        span.text,
        speaker=said.speaker,
        reported_via=_reported_via(said, source),
    )
    row = Labelled(span.text, span.passage.context.columns, start=span.start)
    bold = answer_words(one)
    return Statement(
        row.text,
        (citation,),
        lead=_named(source) if compared else _speaker(one, said),
        bold=((row.place(bold[0]), row.place(bold[1] - 1) + 1),) if bold else (),
        heading=one.part.heading,
    )


def _reported_via(said: Attribution, source: Source) -> str | None:
    """None for what the document's own publisher reports."""
    own = set(content_words(source.publisher or ""))
    return (
        said.reported_via if said.reported_via and not set(content_words(said.reported_via)) <= own else None
    )


def _named(source: Source) -> str:
    name = source.publisher or source.title
    return f"{name} ({day_in_words(source.published)})" if source.published else name


def _speaker(one: Chosen, said: Attribution) -> str:
    """Who said it, where the sentence does not name them."""
    named = set(content_words(said.speaker or "")) & set(content_words(one.span.text))
    return "" if named else said.speaker or ""
