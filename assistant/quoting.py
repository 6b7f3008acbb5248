"""Passages -> Answer made of quoted sentences, or silence; needs no language model."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.language import content_words, sentences, words
from assistant.reading import Reading, ReadSentence
from assistant.signals import Place
from assistant.types import Citation, Passage, Statement

MOST = 4  # sentences of an answer
# A further sentence is quoted if its score comes this close to the best one's. Measured, see evals/LOG.md.
RELATIVE = 0.1
NEW_SHARE = 0.2  # of a sentence's words: with fewer new ones it only repeats
GAP_SHARE = 0.25  # of the question's words that a sentence has to have, to say that the answer is not known
GAP_AMONG = 8  # sentences, from the best one on
_ASIDE = re.compile(r"\b(?:whom?|which|whose)\b[^,;.]*$")
_GAP = re.compile(
    r"\b(?:do|does|did|has|have|had)(?: not|n't) (?:yet )?"
    r"(?:names?|named|say|said|give|given|identify|identified|state|stated|list|listed|disclosed?|published)\b"
    r"|\b(?:was|were|is|are)(?: not|n't) (?:yet )?(?:identified|stated|known|disclosed)\b"
    r"|\b(?:gave|gives|offered) no (?:reason|names?|date|figure|comment)\b"
    r"|\bno (?:reason|date|name|figure) (?:is|was)\b",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"^(?:he|she|they|it|his|her|their|its|this|these|those|both|the (?:latter|former|other|same))\b"
    r"|\b(?:he|she)\b",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_ITEM = re.compile(r"[ \t]*(?:[-*•–]|\(?\d{1,2}[.)])[ \t]+\S")
LONGEST_LIST = 700  # characters: a longer list is not quoted as a whole
NEAREST = 3  # passages named when nothing answers


def quote(
    readings: Sequence[Reading], passages: Sequence[Passage], *, threshold: float
) -> tuple[Statement, ...]:
    """One to MOST sentences in reading order; none where none of them answers.

    There is one reading for each part of the question; they are of the same passages.
    """
    found = [reading for reading in readings if reading.sentences and reading.answerable >= threshold]
    if all(states_the_gap(reading.query, reading.sentences) for reading in found):
        return ()
    chosen = with_antecedents(select([reading.sentences for reading in found]), passages)
    whole = [replace(s, place=whole_list(s.place, passages[s.place.passage])) for s in chosen]
    return tuple(cite(in_reading_order(whole, passages), passages))


def select(ranked: Sequence[Sequence[ReadSentence]]) -> list[ReadSentence]:
    """The best sentence of each ranked list, then those nearly as good; none that adds nothing to the others."""
    chosen: list[ReadSentence] = []
    for rank in range(max(map(len, ranked))):
        for found in ranked:
            if len(chosen) == MOST or rank >= len(found):
                continue
            sentence = found[rank]
            if sentence.score >= RELATIVE * found[0].score and not repeats(sentence, chosen):
                chosen.append(sentence)
    return chosen


def repeats(sentence: ReadSentence, chosen: Sequence[ReadSentence]) -> bool:
    """Whether nearly all of its words, and all of its numbers, stand in one of the sentences chosen."""
    own = set(content_words(sentence.place.text)) or set(words(sentence.place.text))
    for other in chosen:
        new = own - set(words(other.place.text))
        if len(new) <= NEW_SHARE * len(own) and not any(any(map(str.isdigit, word)) for word in new):
            return True
    return False


def states_the_gap(question: str, ranked: Sequence[ReadSentence]) -> bool:
    """Whether a likely sentence says of what is asked that it is not known: then the rest is no answer either."""
    asked = set(content_words(question))
    if _GAP.search(question):
        return False
    for sentence in ranked[:GAP_AMONG]:
        text = sentence.place.text
        shared = asked & set(content_words(text))
        if _says_unknown(text) and len(shared) >= max(2, GAP_SHARE * len(asked)):
            return True
    return False


def _says_unknown(text: str) -> bool:
    """ "a lawmaker, whom the page does not name, thinks…" says something else."""
    return any(not _ASIDE.search(text[: match.start()]) for match in _GAP.finditer(text))


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


def whole_list(place: Place, passage: Passage) -> Place:
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
    return Place(
        place.passage, passage.start + start, passage.start + end, passage.text[start:end], place.before
    )


def in_reading_order(chosen: Sequence[ReadSentence], passages: Sequence[Passage]) -> list[ReadSentence]:
    """The document of the best sentence first; within a document as the text runs."""
    documents = [passages[sentence.place.passage].document for sentence in chosen]
    found = sorted(
        zip(documents, chosen, strict=True), key=lambda pair: (documents.index(pair[0]), pair[1].place.start)
    )
    # Two items of a list have grown to the same place.
    return list({(document, s.place.start, s.place.end): s for document, s in found}.values())


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
