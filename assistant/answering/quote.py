"""Passages -> Answer made of quoted sentences, or silence; needs no language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.citing import Texts, cite, find_conflicts
from assistant.answering.compose import Chosen, grown, in_reading_order, with_antecedents
from assistant.question import chosen_in
from assistant.text.language import content_words, words
from assistant.types import Passage, Question, Reading, ReadSentence, Statement

MAX_SENTENCES = 5  # of an answer
# A further sentence is quoted if its score comes this close to the best one's. Measured, see evals/LOG.md.
RELATIVE = 0.1
LENIENT = 0.5  # of the threshold, where the question itself says what to look for
NEW_SHARE = 0.2  # of a sentence's words: with fewer new ones it only repeats
GAP_SHARE = 0.25  # of the question's words that a sentence has to have, to say that the answer is not known
GAP_AMONG = 8  # sentences, from the best one on
FEW_WORDS = 8  # of a line without a stop at its end: it is a heading, a byline or a scrap
_ASIDE = re.compile(r"\b(?:whom?|which|whose)\b[^,;.]*$")
_GAP = re.compile(
    r"\b(?:do|does|did|has|have|had)(?: not|n't) (?:yet )?"
    r"(?:names?|named|say|said|give|given|identify|identified|state|stated|list|listed|disclosed?|published)\b"
    r"|\b(?:was|were|is|are)(?: not|n't) (?:yet )?(?:identified|stated|known|disclosed)\b"
    r"|\b(?:gave|gives|offered) no (?:reason|names?|date|figure|comment)\b"
    r"|\bno (?:reason|date|name|figure) (?:is|was)\b",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[.!…。！；;|][\"”’')\]]*$")
_BYLINE = re.compile(r" · | – .{1,40} – [^.!?]*$")
NEAREST = 3  # passages named when nothing answers


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is quoted for a question, none where no sentence answers, and what has to be said of it."""

    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()


def quote(
    readings: Sequence[Reading],
    *,
    threshold: float,
    texts: Texts,
    newest: bool = False,
    choices: Sequence[str] = (),
) -> Quoted:
    """One to MAX_SENTENCES sentences in reading order; none where none of them answers.

    There is one reading for each part of the question. `newest`: the state of things is asked for, so the newest comes
    first. `choices`: only a sentence that has one of them answers.
    """
    # A side of a comparison is a topic, and choices say what to look for: both are answered more readily.
    answered = [
        reading
        for reading in readings
        if reading.sentences
        and not reading.part.is_instruction
        and reading.answerable >= threshold * (LENIENT if choices or reading.part.heading else 1)
    ]
    if choices:
        answered = [narrowed for reading in answered if (narrowed := _choose(reading, choices))]
    if all(says_unknown(reading.part.query, reading.sentences) for reading in answered):
        return Quoted()
    groups = [[grown(one) for one in group] for group in with_antecedents(select(answered), MAX_SENTENCES)]
    changed, notes = find_conflicts([one for group in groups for one in group])
    ordered = in_reading_order(groups, newest_first=newest or changed)
    return Quoted(tuple(cite(ordered, texts)), (*_missing(readings, answered), *notes))


def _choose(reading: Reading, choices: Sequence[str]) -> Reading | None:
    """With only the sentences that have the choice of the best one; None where hardly any likely sentence has one."""
    choosing = [(s, chosen) for s in reading.sentences if (chosen := chosen_in(s.span.text, choices))]
    if not choosing or choosing[0][0].score < RELATIVE * reading.sentences[0].score:
        return None
    (choice, *_) = choosing[0][1]
    return replace(reading, sentences=tuple(s for s, chosen in choosing if choice in chosen))


def _missing(readings: Sequence[Reading], answered: Sequence[Reading]) -> tuple[str, ...]:
    """Of a question that has several parts, those for which nothing was found."""
    known = {reading.part for reading in answered}
    labels = [reading.part.label for reading in readings if reading.part not in known]
    named = "; ".join(f"“{label}”" for label in labels)
    return (f"I found no answer to: {named}.",) if labels else ()


def select(readings: Sequence[Reading]) -> list[Chosen]:
    """The best sentence of each reading, then those nearly as good; none that adds nothing to the others."""
    chosen: list[Chosen] = []
    ranked = [_ranked(reading) for reading in readings]
    for rank in range(max(map(len, ranked), default=0)):
        for found, reading in zip(ranked, readings, strict=True):
            if len(chosen) == MAX_SENTENCES or rank >= len(found):
                continue
            sentence = found[rank]
            if sentence.score >= RELATIVE * found[0].score and not repeats(sentence, chosen):
                chosen.append(Chosen(sentence, reading.part))
    return chosen


def _ranked(reading: Reading) -> list[ReadSentence]:
    """Best first, without scraps unless there is nothing else; a list takes one of every passage before more of one.

    On a side of a comparison stands what names it, if anything does.
    """
    found = [s for s in reading.sentences if not is_fragment(s.span.text)] or list(reading.sentences)
    side = set(content_words(reading.part.heading))
    if side:
        found = [s for s in found if side <= set(words(s.span.text))] or found
    if not reading.part.asks_for_list:
        return found
    best: dict[tuple[str, int], ReadSentence] = {}
    for sentence in found:
        best.setdefault(sentence.span.passage.key, sentence)
    return [*best.values(), *(sentence for sentence in found if sentence not in best.values())]


def is_fragment(text: str) -> bool:
    """A heading, a byline, a question or a piece of a list, which says nothing by itself; a row of a table does."""
    if text.endswith("?") or _BYLINE.search(text):
        return True
    if _STOPS.search(text) or len(words(text)) > FEW_WORDS:
        return False
    return text.endswith(",") or (text[:1].isupper() and not re.search(r"\d", text))


def repeats(sentence: ReadSentence, chosen: Sequence[Chosen]) -> bool:
    """Whether nearly all of its words, and all of its numbers, stand in one of the sentences chosen."""
    own = set(content_words(sentence.span.text)) or set(words(sentence.span.text))
    for other in chosen:
        new = own - set(words(other.span.text))
        if len(new) <= NEW_SHARE * len(own) and not any(any(map(str.isdigit, word)) for word in new):
            return True
    return False


def says_unknown(question: str, ranked: Sequence[ReadSentence]) -> bool:
    """Whether a likely sentence says of what is asked that it is not known: then the rest is no answer either."""
    asked = set(content_words(question))
    if _GAP.search(question):
        return False
    for sentence in ranked[:GAP_AMONG]:
        text = sentence.span.text
        shared = asked & set(content_words(text))
        if _says_unknown(text) and len(shared) >= max(2, GAP_SHARE * len(asked)):
            return True
    return False


def _says_unknown(text: str) -> bool:
    """ "a lawmaker, whom the page does not name, thinks…" says something else."""
    return any(not _ASIDE.search(text[: match.start()]) for match in _GAP.finditer(text))


def abstention(passages: Sequence[Passage], searched: str, question: Question) -> str:
    """One sentence that says so and what was searched, then the nearest documents and what to try."""
    nearest = list(dict.fromkeys(passage.source for passage in passages))[:NEAREST]
    if not nearest:
        return f"I found no answer: {searched}, and nothing there comes near the question."
    named = "; ".join(
        f"“{source.title or source.document}”"
        + (f" ({source.published.isoformat()})" if source.published else "")
        for source in nearest
    )
    return (
        f"I found no answer: {searched}, and no sentence there is likely enough to be one. "
        f"Closest, but not an answer: {named}. {_to_try(question)}"
    )


def _to_try(question: Question) -> str:
    """What could bring an answer, by what the search was limited to."""
    limits = [
        "a later date" if question.as_of else "",
        "more documents than those chosen" if question.within is not None else "",
        "no quotation marks" if question.phrases else "",
    ]
    tries = [limit for limit in limits if limit] or ["other words", "another date"]
    return f"Try {' or '.join(tries)}, or add documents that cover it."
