"""Passages -> Answer made of quoted sentences, or silence; needs no language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.language import content_words, words
from assistant.reading import Reading, ReadSentence
from assistant.signals import Place
from assistant.types import Citation, Passage, Statement

MOST = 4  # sentences of an answer
# A further sentence is quoted if its score comes this close to the best one's. Measured, see evals/LOG.md.
RELATIVE = 0.3
GAP_SHARE = 0.25  # of the question's words that a sentence has to have, to say that the answer is not known
_GAP = re.compile(
    r"\b(?:do|does|did|has|have|had|was|were|is|are)(?: not|n't) (?:yet )?"
    r"(?:names?|named|say|said|give|given|identify|identified|state|stated|list|listed|known|disclosed?|published|set)\b"
    r"|\b(?:gave|gives|offered) no (?:reason|names?|date|figure|comment)\b"
    r"|\bno (?:reason|date|name|figure) (?:is|was)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:he|she|they|it|his|her|their|its|this|these|those|both)\b|\b(?:he|she)\b", re.IGNORECASE
)
NEAREST = 3  # passages named when nothing answers


@dataclass(frozen=True, slots=True)
class Quotation:
    """What is quoted; no statement means that none of the sentences answers."""

    statements: tuple[Statement, ...]
    abstention: str = ""


def quote(
    question: str, reading: Reading, passages: Sequence[Passage], *, threshold: float, searched: str
) -> Quotation:
    """One to MOST sentences in reading order, or an abstention that says what was searched."""
    silent = reading.answerable < threshold or not reading.sentences
    if silent or states_the_gap(question, reading.sentences):
        return Quotation((), abstention(passages, searched))
    chosen = in_reading_order(with_antecedents(select(reading.sentences), passages), passages)
    return Quotation(tuple(cite(chosen, passages)))


def select(ranked: Sequence[ReadSentence]) -> list[ReadSentence]:
    """The best sentence and those nearly as good, none of them twice; ranked comes best first."""
    chosen: list[ReadSentence] = []
    seen: set[tuple[str, ...]] = set()
    for sentence in ranked:
        key = tuple(words(sentence.place.text))
        if sentence.score < RELATIVE * ranked[0].score or len(chosen) == MOST:
            break
        if key not in seen:
            seen.add(key)
            chosen.append(sentence)
    return chosen


def states_the_gap(question: str, found: Sequence[ReadSentence]) -> bool:
    """Whether a sentence says of what is asked that it is not known: then the rest is no answer either."""
    asked = set(content_words(question))
    for sentence in found:
        shared = asked & set(content_words(sentence.place.text))
        if _GAP.search(sentence.place.text) and len(shared) >= max(2, GAP_SHARE * len(asked)):
            return True
    return False


def with_antecedents(chosen: Sequence[ReadSentence], passages: Sequence[Passage]) -> list[ReadSentence]:
    """A sentence that says "he" brings along the one before it, which says who; MOST still holds."""
    found = list(chosen)
    for sentence in chosen:
        before = sentence_before(sentence.place, passages[sentence.place.passage])
        known = any(
            (other.place.passage, other.place.start) == (before.passage, before.start) for other in found
        )
        if len(found) < MOST and before.text and not known and _LEANS.search(sentence.place.text):
            found.append(ReadSentence(before, sentence.score))
    return found


def sentence_before(place: Place, passage: Passage) -> Place:
    """The sentence before a place in its passage; an empty one where there is none."""
    at = passage.text.rfind(place.before, 0, place.start - passage.start) if place.before else 0
    start = passage.start + at
    return Place(place.passage, start, start + len(place.before), place.before)


def in_reading_order(chosen: Sequence[ReadSentence], passages: Sequence[Passage]) -> list[ReadSentence]:
    """The document of the best sentence first; within a document as the text runs."""
    documents = [passages[sentence.place.passage].document for sentence in chosen]
    found = sorted(
        zip(documents, chosen, strict=True), key=lambda pair: (documents.index(pair[0]), pair[1].place.start)
    )
    return [sentence for _, sentence in found]


def cite(chosen: Sequence[ReadSentence], passages: Sequence[Passage]) -> list[Statement]:
    """Each sentence as a statement; a document has one marker, numbered as they first appear."""
    markers: dict[str, int] = {}
    statements = []
    for sentence in chosen:
        source = passages[sentence.place.passage].source
        marker = markers.setdefault(source.document, len(markers) + 1)
        citation = Citation(marker, source, sentence.place.start, sentence.place.end, sentence.place.text)
        statements.append(Statement(sentence.place.text, (citation,)))
    return statements


def abstention(passages: Sequence[Passage], searched: str) -> str:
    """One sentence that says so and what was searched, then the nearest documents and what to try."""
    nearest = list(dict.fromkeys(passage.source for passage in passages))[:NEAREST]
    if not nearest:
        return f"The documents don't say: {searched}, and nothing there comes near the question."
    named = "; ".join(
        f"“{source.title or source.document}”"
        + (f" ({source.published.isoformat()})" if source.published else "")
        for source in nearest
    )
    return (
        f"The documents don't say: {searched}, and no sentence there answers the question. "
        f"Closest, but not an answer: {named}. Try other words or another date, or add documents that cover it."
    )
