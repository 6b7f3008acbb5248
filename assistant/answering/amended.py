"""Sentences quoted of a document that a newer one amends: what amends them goes first.

"In clause 9 the words “31 October” are replaced by “30 September”" says which words of which clause it replaces.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.answering.citing import numbered
from assistant.answering.quote import Quoted
from assistant.storage import Catalog, Generation
from assistant.text.days import dates_in
from assistant.text.language import Span, content_words, sentences, words
from assistant.types import Citation, Source, Statement

ALIKE = 0.6  # of the words of a document's title: the title of one that amends it has them
LARGEST = 200_000  # characters of a document that amends another
_CLAUSE = r"(?:clause|section|article|paragraph|rule|item|number|point|regulation|§+)"
_PLACE = re.compile(rf"\b{_CLAUSE}\s*(\d+[a-z]?(?:\.\d+)*)\b", re.IGNORECASE)
_OLD = r"(?:[“\"](?P<quoted>[^”\"]+)[”\"]|(?P<bare>\d[\w.,]*))"
_REPLACED = re.compile(
    rf"\b(?:words?|numbers?|figures?|dates?|amounts?|times?)\s+{_OLD}(?:,[^,]*,)?\s+(?:(?:is|are|shall be) )?"
    r"(?:(?:replaced|substituted|changed) )?(?:by|to|with)\s+"
    r"(?:[“\"](?P<new>[^”\"]+)[”\"]|(?P<new_bare>\d(?:[\w.,]*\w)?))",
    re.IGNORECASE,
)
_STRUCK = re.compile(
    rf"\b(?:words?|numbers?|sentence)\s+{_OLD}\s+(?:is|are|shall be)\s+(?:struck out|deleted|removed|repealed|omitted)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(rf"[ \t]*(?:§\s*|{_CLAUSE}\s+)?\(?(\d+[a-z]?(?:\.\d+)*)[.):]?\s", re.IGNORECASE)
_CHANGES = words("replaced substituted changed struck deleted removed repealed omitted")
_NOT_YET = re.compile(
    r"\b(?:propos|recommend|suggest|motion|draft|would\b|if\b|whether\b|refus|reject|not\b)", re.IGNORECASE
)
_IN_FORCE = re.compile(
    r"\b(?:(?:comes?|enters?) into force|takes? effect) (?:on|from) (?P<day>[^.;,\n]+)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Change:
    """Of words of a clause, by a sentence of a newer document; `new`: where in it the new words stand."""

    source: Source
    span: Span
    clause: str
    old: str
    new: Span | None
    text: str


def with_amendments(quoted: Quoted, sources: Sequence[Source], generation: Generation, on: date) -> Quoted:
    """The newest first that is in force on a day, and then what it amends."""
    amending = _amending(sources, generation) if quoted.statements else []
    changes = [list(_changes(statement, amending, generation.catalog, on)) for statement in quoted.statements]
    if not any(changes):
        return quoted
    short = quoted.short
    if short and changes[0] and _replaces(changes[0], short.quote):
        short = _short(changes[0][-1])
    statements = [
        each
        for statement, made in zip(quoted.statements, changes, strict=True)
        for each in (*map(_statement, reversed(made)), statement)
    ]
    return replace(quoted, statements=numbered(list(dict.fromkeys(statements))), short=short)


def _amending(sources: Sequence[Source], generation: Generation) -> list[Source]:
    """The documents that have a word for a change, in the order of their days."""
    keywords, table = generation.keywords, generation.table
    numbers = {int(table.document[chunk]) for word in _CHANGES for chunk in keywords.having([word])}
    ids = {generation.sources[number].document for number in numbers}
    found = [source for source in sources if source.document in ids and not _NOT_YET.search(source.title)]
    return sorted(found, key=lambda source: (str(source.published), source.document))


def _changes(
    statement: Statement, amending: Sequence[Source], catalog: Catalog, on: date
) -> Iterator[_Change]:
    """Of the words of a statement; a later one may change what an earlier one put there."""
    if not statement.citations:
        return
    cited = statement.citations[0]
    text = catalog.text(cited.document)
    number = _NUMBERED.match(text, text.rfind("\n", 0, cited.start) + 1)
    clause = number[1] if number else ""
    standing = cited.quote
    for source in amending:
        told = catalog.text(source.document) if _amends(source, cited.source) else ""
        for change in _changes_in(source, told) if _in_force(told, on) else ():
            stands = re.search(rf"(?<![\w.,]){re.escape(change.old)}(?!\w|[.,]\d)", standing)
            if stands and change.clause == clause:
                yield change
                standing += f" {change.text[slice(*change.new)]}" if change.new else ""


def _amends(source: Source, amended: Source) -> bool:
    """By its day and its title."""
    title = set(content_words(amended.title))
    newer = source.published and amended.published and source.published > amended.published
    return bool(newer and title and len(title & set(content_words(source.title))) >= ALIKE * len(title))


def _changes_in(source: Source, text: str) -> Iterator[_Change]:
    for start, end in sentences(text) if len(text) <= LARGEST else ():
        sentence = text[start:end]
        if _NOT_YET.search(sentence.split("“")[0].split('"')[0]):
            continue
        place = _PLACE.search(sentence)
        for found in (*_REPLACED.finditer(sentence), *_STRUCK.finditer(sentence)):
            groups = found.groupdict()
            new = "new" if groups.get("new") else "new_bare" if groups.get("new_bare") else None
            yield _Change(
                source,
                (start, end),
                place[1] if place else "",
                groups["quoted"] or groups["bare"],
                found.span(new) if new else None,
                sentence,
            )


def _in_force(text: str, on: date) -> bool:
    """Unless it says that it comes into force on a later day."""
    said = (match["day"] for match in _IN_FORCE.finditer(text))
    days = [found.first for words in said for found in dates_in(words)]
    return not days or min(days) <= on


def _replaces(changes: Sequence[_Change], short: str) -> bool:
    """Whether it is the short answer, or what stands in its place already, that the last of them replaces."""
    standing = short
    for change in changes:
        if change.old not in standing and standing not in change.old:
            return False
        standing = change.text[slice(*change.new)] if change.new else standing
    return True


def _statement(change: _Change) -> Statement:
    citation = Citation(1, change.source, *change.span, change.text)
    return Statement(change.text, (citation,), bold=(change.new,) if change.new else ())


def _short(change: _Change) -> Citation | None:
    """The words that stand in the place of those that answered."""
    if not change.new:
        return None
    start, end = change.new
    return Citation(1, change.source, change.span[0] + start, change.span[0] + end, change.text[start:end])
