"""Chosen sentences -> statements that read well: antecedents, whole lists, order, answer words in bold, leads.

Every statement is a span of a document word for word. What is added is kept apart from it: the lead before it, made of
the document's own words and date, and notes on what changed over time or is told in several ways.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from assistant.answering.attribution import Attribution, attribute
from assistant.answering.check import numbers
from assistant.question.answer_types import VALUES, asks_who_said, kind_of, values
from assistant.question.dates import dates_in, day_in_words
from assistant.reading.features import SentenceSpan
from assistant.reading.reader import ReadSentence
from assistant.text.language import Span, content_words, sentences, words
from assistant.types import Citation, Passage, Source, Statement, SubQuestion

Texts = Callable[[str], str]  # document id -> its text

MOST_WORDS = 6  # set in bold: more is no name, date or amount
LONGEST_LIST = 700  # characters: a longer list is not quoted as a whole
BEFORE = 3  # sentences before one in which the speaker is looked for
SAME_TIME = 31  # days: sources no further apart that differ disagree; else something has changed
AS_LIKELY = 0.3  # of the best sentence's score: less likely ones are not compared
SAME_SHARE = 0.4  # of the question's words that a sentence and its title have, to be about the same thing

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
    """A sentence to quote, the part of the question it answers, and what it stands under in a comparison."""

    sentence: ReadSentence
    part: SubQuestion

    @property
    def place(self) -> SentenceSpan:
        return self.sentence.place


Group = list[Chosen]  # a sentence, and before it the one that it leans on


def with_antecedents(chosen: Sequence[Chosen], passages: Sequence[Passage], most: int) -> list[Group]:
    """Each sentence; one that says "he" comes after the one before it, which says who. The weakest make room."""
    found: list[Group] = []
    for one in chosen:
        held = [each.place for group in found for each in group]
        group = [
            each
            for each in (_antecedent(one, passages), one)
            if each and not any(_same(each.place, place) for place in held)
        ]
        if one in group and len(held) + len(group) <= most:
            found.append(group)
    return found


def _antecedent(one: Chosen, passages: Sequence[Passage]) -> Chosen | None:
    before = sentence_before(one.place, passages[one.place.passage])
    if not before.text or not LEANS.search(one.place.text):
        return None
    return replace(one, sentence=ReadSentence(before, one.sentence.score))


def _same(one: SentenceSpan, other: SentenceSpan) -> bool:
    return (one.passage, one.start) == (other.passage, other.start)


def sentence_before(place: SentenceSpan, passage: Passage) -> SentenceSpan:
    """The sentence before a place in its passage; an empty one where there is none."""
    at = passage.text.rfind(place.before, 0, place.start - passage.start) if place.before else 0
    start = passage.start + at
    return SentenceSpan(place.passage, start, start + len(place.before), place.before)


def whole_list(place: SentenceSpan, passage: Passage) -> SentenceSpan:
    """A place in a list, or in the sentence that opens one ("These are:"), grown to that sentence and its items."""
    lines = list(_LINE.finditer(passage.text))
    at = next((n for n, line in enumerate(lines) if line.end() >= place.end - passage.start), None)
    if at is None:
        return place
    first = at
    while first > 0 and _ITEM.match(lines[first][0]):
        first -= 1
    opening = [
        span for span in sentences(lines[first][0]) if lines[first][0][: span[1]].rstrip().endswith(":")
    ]
    last = first
    while last + 1 < len(lines) and _ITEM.match(lines[last + 1][0]):
        last += 1
    start = lines[first].start() + (opening[-1][0] if opening else 0)
    end = lines[last].end()
    inside = start <= place.start - passage.start and place.end - passage.start <= end
    if last == first or not opening or not inside or end - start > LONGEST_LIST:
        return place
    return SentenceSpan(
        place.passage, passage.start + start, passage.start + end, passage.text[start:end], place.before
    )


def grown(one: Chosen, passages: Sequence[Passage]) -> Chosen:
    """With the whole list that it is an item of; the answer's words are then no longer at their place."""
    place = whole_list(one.place, passages[one.place.passage])
    if place == one.place:
        return one
    words = one.sentence.words
    moved = one.place.start - place.start
    span = (words[0] + moved, words[1] + moved) if words else None
    return replace(one, sentence=replace(one.sentence, place=place, words=span))


def in_reading_order(
    groups: Sequence[Group], passages: Sequence[Passage], *, newest_first: bool
) -> list[Chosen]:
    """By the sides of a comparison; on each the answer first, then the rest of its document as the text runs.

    `newest_first`: before these come the likely sentences, the newest first.
    """
    headings = list(dict.fromkeys(group[-1].part.heading for group in groups))
    documents = list(dict.fromkeys(passages[group[-1].place.passage].document for group in groups))
    best = max((group[-1].sentence.score for group in groups), default=0.0)
    leading = {group[-1].part.heading: group for group in reversed(groups)}

    def key(group: Group) -> tuple[int, int, int, bool, int]:
        one = group[-1]
        likely = newest_first and one.sentence.score >= AS_LIKELY * best
        return (
            headings.index(one.part.heading),
            -day_of(one, passages).toordinal() if likely else 0,
            documents.index(passages[one.place.passage].document),
            group is not leading[one.part.heading],
            one.place.start,
        )

    found = [one for group in sorted(groups, key=key) for one in group]
    # Two items of a list have grown to the same place.
    places = {
        (passages[one.place.passage].document, one.place.start, one.place.end): one for one in reversed(found)
    }
    return [one for one in found if one in places.values()]


def day_of(one: Chosen, passages: Sequence[Passage]) -> date:
    """The date that a row of a table begins with; else that of its document."""
    first, *cells = one.place.text.split(" | ")
    named = list(dates_in(first)) if cells else []
    return named[0].last if named else passages[one.place.passage].source.published or date.min


def answer_words(one: Chosen) -> Span | None:
    """The name, date or amount in the sentence that is the answer; None where it cannot be told."""
    text, marked, kind = one.place.text, one.sentence.words, kind_of(one.part.query)
    if kind in VALUES:
        found = values(kind, text, set(words(one.part.query)))
        touched = [span for span in found if marked and span[0] < marked[1] and marked[0] < span[1]]
        return touched[0] if touched else found[0] if len(found) == 1 and not marked else None
    return marked if marked and len(text[slice(*marked)].split()) <= MOST_WORDS else None


def find_conflicts(chosen: Sequence[Chosen], passages: Sequence[Passage]) -> tuple[bool, tuple[str, ...]]:
    """Whether the value asked for has changed over time, and notes on that or on sources of one time that disagree."""
    best = max((one.sentence.score for one in chosen), default=0.0)
    found: dict[str, tuple[frozenset[str], date]] = {}
    for one in chosen:
        source, span = passages[one.place.passage].source, answer_words(one)
        likely = one.sentence.score >= AS_LIKELY * best and kind_of(one.part.query) in VALUES
        if span and likely and source.published and _about(one, source):
            value = frozenset(numbers(one.place.text[slice(*span)]))
            found.setdefault(source.document, (value, source.published))
    differing = [
        abs((day - other_day).days)
        for (value, day), (other, other_day) in combinations(found.values(), 2)
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
    return len(asked & set(words(f"{source.title} {one.place.text}"))) >= SAME_SHARE * len(asked)


def cite(chosen: Sequence[Chosen], passages: Sequence[Passage], texts: Texts) -> list[Statement]:
    """Each sentence as a statement; a document has one marker, numbered as they first appear."""
    markers: dict[str, int] = {}
    statements = []
    for one in chosen:
        place, source = one.place, passages[one.place.passage].source
        marker = markers.setdefault(source.document, len(markers) + 1)
        said = attribute(texts(source.document), (place.start, place.end))
        citation = Citation(
            marker,
            source,
            place.start,
            place.end,
            place.text,
            speaker=said.speaker,
            relayed=_relayed(said, source),
        )
        span = answer_words(one)
        statements.append(
            Statement(
                place.text,
                (citation,),
                lead=lead(one, source, said, span),
                bold=(span,) if span else (),
                heading=one.part.heading,
            )
        )
    return statements


def _relayed(said: Attribution, source: Source) -> str | None:
    """What the document's own publisher reports is not relayed."""
    own = set(content_words(source.publisher or ""))
    return said.relayed if said.relayed and not set(content_words(said.relayed)) <= own else None


def lead(one: Chosen, source: Source, said: Attribution, span: Span | None) -> str:
    """What the statement is announced by: its speaker, its date, or its amount and date; mostly nothing."""
    kind, text = kind_of(one.part.query), one.place.text
    if said.speaker and (asks_who_said(one.part.query) or not _named(said.speaker, text)):
        return said.speaker
    if kind not in VALUES or span is None:
        return ""
    value = " ".join(text[slice(*span)].split()).rstrip(",.")
    days = [text[slice(*day)] for day in values("date", text)]
    published = day_in_words(source.published) if source.published else ""
    day = days[0] if len(days) == 1 else published
    return value if kind == "date" or not day else f"{value} ({day})"


def _named(speaker: str, text: str) -> bool:
    return bool(set(content_words(speaker)) & set(content_words(text)))
