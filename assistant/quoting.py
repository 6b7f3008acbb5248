"""Passages -> Answer made of quoted sentences, or silence; needs no language model."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.language import words
from assistant.reading import Reading, ReadSentence
from assistant.types import Citation, Passage, Statement

MOST = 4  # sentences of an answer
# A further sentence is quoted if its score comes this close to the best one's. Measured, see evals/LOG.md.
RELATIVE = 0.6
NEAREST = 3  # passages named when nothing answers


@dataclass(frozen=True, slots=True)
class Quotation:
    """What is quoted; no statement means that none of the sentences answers."""

    statements: tuple[Statement, ...]
    abstention: str = ""


def quote(reading: Reading, passages: Sequence[Passage], *, threshold: float, searched: str) -> Quotation:
    """One to MOST sentences in reading order, or an abstention that says what was searched."""
    if reading.answerable < threshold or not reading.sentences:
        return Quotation((), abstention(passages, searched))
    chosen = in_reading_order(select(reading.sentences), passages)
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
