"""Readings -> what is shown: the words that answer, at most three sentences, what else may answer, or silence.

It needs no language model. A further sentence is shown only if it adds what was asked for; all else goes to `also`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answering.citing import Texts, asks_yes_no, cite, short_answer
from assistant.answering.compose import Chosen, grown, notes_on, overlap, widened
from assistant.answering.silence import is_instruction, unknown_by
from assistant.answering.timeline import Told, told_over_time
from assistant.question import chosen_in
from assistant.text.language import content_words, words
from assistant.types import Candidate, Citation, Reading, ReadSentence, State, Statement

MAX_SENTENCES = 3  # of an answer
MAX_ALSO = 5  # further candidates
ADDS_BESIDE = 0.2  # the same in the passage of the one that answers, whose sentences go on from it
ADDS = 0.3  # of a sentence beside the one that answers: less likely ones add nothing. Measured, see evals/LOG.md.
DISAGREE = "Sources of the same time disagree: each is quoted with its name and date."
RELATIVE = 0.1  # of the best sentence's score: less likely ones are no candidates
NEW_SHARE = 0.2  # of a sentence's words: with fewer new ones it only repeats


@dataclass(frozen=True, slots=True)
class Quoted:
    """What is quoted for a question, and what has to be said of it.

    `also` of what is silent: the sentence by which a document says that it is not known.
    """

    state: State = "silent"
    statements: tuple[Statement, ...] = ()
    short: Citation | None = None
    also: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Of `Reading.answerable`: from `sure` on there is an answer, from `unsure` on something that may be one."""

    sure: float
    unsure: float


def quote(
    readings: Sequence[Reading],
    *,
    limits: Limits,
    texts: Texts,
    newest: bool = False,
    computed: bool = False,
    choices: Sequence[str] = (),
) -> Quoted:
    """There is one reading for each part of the question.

    `newest`: the state of things is asked for, so the newest comes first. `computed`: a number or the most of all is,
    which a row by itself cannot tell. `choices`: only a sentence that has one of them answers.
    """
    asked = [reading for reading in readings if reading.sentences and not is_instruction(reading.part.query)]
    asked = [telling for reading in asked if (telling := _telling(reading))]
    if choices:
        asked = [narrowed for reading in asked if (narrowed := _choose(reading, choices))]
    likely = [reading for reading in asked if reading.answerable >= limits.unsure]
    # A side of a comparison is a topic, and choices say what to look for: both are answered more readily.
    sure = [r for r in likely if choices or r.part.heading or r.answerable >= limits.sure]
    sure = [r for r in sure if not (computed and _is_one_of_many(r))]
    unknown = [unknown_by(reading) for reading in sure or likely]
    if unknown and all(unknown):
        return Quoted(also=(_candidate(next(filter(None, unknown))),))
    if not sure:
        return Quoted("unsure" if likely else "silent", also=further(likely, ()))
    told = _select(sure, newest=newest)
    statements = tuple(cite(told.shown, texts, compared=told.disagree))
    return Quoted(
        "answered",
        statements,
        None if told.disagree else short_answer(told.shown[0]),
        further(asked, told.shown),
        (*_missing(readings, sure), *told.notes),
    )


def _is_one_of_many(reading: Reading) -> bool:
    """Whether the best sentence is a row, and another row has all the words of the question that it has."""
    asked = set(content_words(reading.part.query))
    best, *others = (sentence.span for sentence in reading.sentences)
    own = asked & set(words(best.text))
    return best.is_row and any(other.is_row and own <= set(words(other.text)) for other in others)


def _telling(reading: Reading) -> Reading | None:
    """Without sentences that only repeat words of the question; None where hardly any other is likely."""
    if asks_yes_no(reading.part):
        return reading
    asked = set(words(reading.part.query))
    telling = tuple(s for s in reading.sentences if set(content_words(s.span.text)) - asked)
    if not telling or telling[0].score < RELATIVE * reading.sentences[0].score:
        return None
    return replace(reading, sentences=telling)


def _choose(reading: Reading, choices: Sequence[str]) -> Reading | None:
    """With only the sentences that have the choice of the best one; None where hardly any likely sentence has one."""
    choosing = [(s, chosen) for s in reading.sentences if (chosen := chosen_in(s.span.text, choices))]
    if not choosing or choosing[0][0].score < RELATIVE * reading.sentences[0].score:
        return None
    (choice, *_) = choosing[0][1]
    words_of_it = re.compile(r"\W+".join(map(re.escape, choice.split())), re.IGNORECASE)
    return replace(
        reading, sentences=tuple(_marked(s, words_of_it) for s, chosen in choosing if choice in chosen)
    )


def _marked(sentence: ReadSentence, answer: re.Pattern[str]) -> ReadSentence:
    """With the words of the choice as those that answer, where they stand there as they are."""
    found = answer.search(sentence.span.text)
    return replace(sentence, answer_span=found.span(), words_answer=True) if found else sentence


def _missing(readings: Sequence[Reading], answered: Sequence[Reading]) -> tuple[str, ...]:
    """Of a question that has several parts, those for which nothing was found."""
    known = {reading.part for reading in answered}
    labels = [reading.part.label for reading in readings if reading.part not in known]
    named = "; ".join(f"“{label}”" for label in labels)
    return (f"I found no answer to: {named}.",) if labels else ()


def _select(readings: Sequence[Reading], *, newest: bool) -> Told:
    """The best of each part, or of the only one also what adds to it; nothing twice."""
    parts = [_told(reading, newest=newest) for reading in readings]
    alone = len(parts) == 1
    shown: list[Chosen] = []
    for one in [one for told in parts for one in told.shown[: None if alone else 1]]:
        again = next((at for at, each in enumerate(shown) if overlap(one.span, each.span)), None)
        if again is not None:
            if one.span.start <= shown[again].span.start and shown[again].span.end <= one.span.end:
                shown[again] = widened(shown[again], one.span)
        elif len(shown) < MAX_SENTENCES and not repeats(one.span.text, [each.span.text for each in shown]):
            shown.append(one)
    disagree = alone and parts[0].disagree
    notes = tuple(dict.fromkeys(note for told in parts for note in told.notes))
    return Told(shown, disagree, (*([DISAGREE] if disagree else ()), *notes))


def _told(reading: Reading, *, newest: bool) -> Told:
    """The sentence that answers, those that disagree with it, and those that are likely to answer too."""
    ranked = [Chosen(sentence, reading.part) for sentence in _ranked(reading)]
    told = told_over_time(ranked, newest=newest)
    first = grown(told.shown[0], [one for one in ranked[1:] if one.sentence.score >= ADDS])
    if told.disagree:
        return replace(told, shown=[first, *map(grown, told.shown[1:])])
    given = [told.shown[0], *told.others]
    adding = [grown(one) for one in ranked if one not in given and one.sentence.score >= _adds(one, first)]
    return replace(told, shown=[first, *notes_on(first), *adding])


def _adds(one: Chosen, first: Chosen) -> float:
    return ADDS_BESIDE if one.span.passage.key == first.span.passage.key else ADDS


def _ranked(reading: Reading) -> list[ReadSentence]:
    """Best first, without questions, which tell nothing; on a side of a comparison what names it, if anything."""
    found = [s for s in reading.sentences if not s.span.text.endswith("?")] or list(reading.sentences)
    side = set(content_words(reading.part.heading))
    named = [s for s in found if side <= set(words(s.span.text))] if side else []
    return named or found


def further(readings: Iterable[Reading], shown: Sequence[Chosen]) -> tuple[Candidate, ...]:
    """What else may answer, the likeliest first; nothing that repeats what is shown."""
    likely = [
        sentence
        for reading in readings
        for sentence in _ranked(reading)
        if sentence.score >= RELATIVE * reading.sentences[0].score
    ]
    found: list[ReadSentence] = []
    given = [one.span.text for one in shown]
    for sentence in sorted(likely, key=lambda sentence: -sentence.score):
        if len(found) < MAX_ALSO and not repeats(sentence.span.text, given):
            found.append(sentence)
            given.append(sentence.span.text)
    return tuple(map(_candidate, found))


def _candidate(sentence: ReadSentence) -> Candidate:
    span = sentence.span
    return Candidate(span.passage.source, span.start, span.end, span.text, sentence.score)


def repeats(text: str, others: Iterable[str]) -> bool:
    """Whether nearly all of its words, and all of its numbers, stand in one of the others."""
    own = set(content_words(text)) or set(words(text))
    for other in others:
        new = own - set(words(other))
        if len(new) <= NEW_SHARE * len(own) and not any(any(map(str.isdigit, word)) for word in new):
            return True
    return False
