"""How well each sentence of the passages answers the question, and whether any of them does.

The cross-encoder reads each passage together with the question; its logits are made into a probability for each
sentence, and one for the question as a whole. The few numbers that this takes lie in base_reader.json and
small_reader.json, which `python -m evals fit_reader` makes.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.models import Window, WindowReading
from assistant.reading.as_written import as_written
from assistant.reading.tongues import other_tongue
from assistant.text.labels import Labelled
from assistant.text.language import Span, content_words, is_latin, sentences, words
from assistant.types import Passage, Reading, ReadSentence, SentenceSpan, SubQuestion

Cross = Callable[[Sequence[Window]], list[WindowReading]]

# Passages read sentence by sentence; the rest are only listed. Measured, see evals/LOG.md.
READ_PASSAGES = 8  # at most
READ_AT_LEAST = 5
READ_WITHIN = 0.35  # further ones whose score is at most so far below the best one's
# Of what reading says, beside the fused scores of 0..1, and of its logits. Measured, see evals/LOG.md.
RELEVANCE_WEIGHT = 0.3
SOFTENED = 0.5
UNSURE = 0.6  # of the threshold: from there on what may answer is shown as that

OTHER_SCRIPT = (
    "The reader was trained on questions in Latin script alone, so nothing is quoted; the passages are those that the "
    "search found."
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Logits -> a probability: 1 / (1 + exp(-(weights . logits + bias)))."""

    weights: tuple[float, ...]
    bias: float

    def __call__(self, *logits: float) -> float:
        margin = sum(w * logit for w, logit in zip(self.weights, logits, strict=True)) + self.bias
        return 1 / (1 + math.exp(-max(-30.0, min(margin, 30.0))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is fitted on the logits of a reader.

    `sentence`: of one sentence's logit. `question`: of the highest logit of a sentence, of words, and of a passage.
    """

    sentence: Scale
    question: Scale
    threshold: float  # on the latter's probability; below it the answer is silence

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        sentence, question = (
            Scale(tuple(data[name]["weights"]), data[name]["bias"]) for name in ("sentence", "question")
        )
        return cls(sentence, question, data["threshold"])


# Of a reader that gives a span's margin over "no answer here" alone: at 0 it is as likely right as not.
BY_MARGIN = Calibration(Scale((0.5,), 0.0), Scale((0.0, 0.5, 0.0), 0.0), threshold=0.5)


@lru_cache(maxsize=2)
def calibration_of(name: str) -> Calibration:
    """What was fitted on the logits of "base_reader" or "small_reader"."""
    return Calibration.from_json(
        json.loads(files("assistant.reading").joinpath(f"{name}.json").read_text("utf-8"))
    )


class CrossEncoderReader:
    """A types.Reader made of a cross-encoder and what is fitted on its logits."""

    def __init__(
        self, calibration: Calibration, cross: Cross, *, only_latin: bool = False, notes: tuple[str, ...] = ()
    ) -> None:
        """`only_latin`: the cross-encoder was trained on questions in no other script."""
        self._calibration = calibration
        self._cross = cross
        self._only_latin = only_latin
        self.notes = notes

    @property
    def threshold(self) -> float:
        return self._calibration.threshold

    @property
    def unsure_threshold(self) -> float:
        return UNSURE * self.threshold

    def read(self, question: SubQuestion, passages: Sequence[Passage]) -> Reading:
        if self._only_latin and not is_latin(question.query):
            return Reading((), 0.0, question, note=OTHER_SCRIPT)
        spans = list(sentence_spans(to_read(passages)))
        if not spans:
            return Reading((), 0.0, question)
        read = self._cross(windows(question.query, spans))
        logits = np.concatenate([reading.sentences for reading in read])
        words_answer = np.concatenate([reading.words for reading in read]) > 0
        marked = answer_spans(spans, read)
        found = [
            ReadSentence(
                spans[at],
                round(self._calibration.sentence(float(logits[at])), 6),
                marked[at],
                bool(words_answer[at]),
            )
            for at in np.argsort(-logits, kind="stable")
        ]
        relevance = {
            key: 1 / (1 + math.exp(-SOFTENED * reading.passage))
            for key, reading in zip(by_passage(spans), read, strict=True)
        }
        answerable = (
            self._calibration.question(*highest(read)) if share_a_word(question.query, spans) else 0.0
        )
        note = other_tongue(question.query, passages) if self._only_latin else ""
        return Reading(tuple(found), answerable, question, relevance, note=note)


def share_a_word(query: str, spans: Sequence[SentenceSpan]) -> bool:
    """Whether any sentence has a word of the question; a reader is not trained on what has nothing to do with it."""
    asked = set(content_words(query)) or set(words(query))
    return any(asked & set(words(f"{span.passage.source.title} {span.text}")) for span in spans)


def highest(readings: Sequence[WindowReading]) -> tuple[float, float, float]:
    """The highest logit of a sentence, of words, and of a passage: what tells whether there is an answer."""
    sentence = max(float(reading.sentences.max()) for reading in readings)
    words = max(float(reading.words.max()) for reading in readings)
    return sentence, words, max(reading.passage for reading in readings)


def sentence_spans(passages: Sequence[Passage]) -> Iterator[SentenceSpan]:
    """The sentences of the passages in their order, without headings that give no figure."""
    for passage in passages:
        before, title = "", passage.source.title
        after_title = len(title) if title and passage.text.startswith(f"{title}\n") else 0
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            is_heading = passage.context.is_heading(passage.start + start) and not any(map(str.isdigit, text))
            if end <= after_title or is_heading:
                before = ""
                continue
            yield SentenceSpan(passage, passage.start + start, passage.start + end, text, before)
            before = text


def to_read(passages: Sequence[Passage]) -> Sequence[Passage]:
    """The first passages, up to the last that comes near enough to the best one."""
    near = (
        number
        for number, passage in enumerate(passages[:READ_PASSAGES], start=1)
        if passage.score >= passages[0].score - READ_WITHIN
    )
    return passages[: max(READ_AT_LEAST, max(near, default=0))]


def rerank(passages: Sequence[Passage], readings: Sequence[Reading]) -> list[Passage]:
    """The passages by their scores and what the readings of them say; those that were not read keep their scores."""
    ranked = []
    for passage in passages:
        relevances = [r.relevance[passage.key] for r in readings if passage.key in r.relevance]
        if relevances:
            score = round(passage.score + RELEVANCE_WEIGHT * max(relevances), 6)
            scores = {**passage.scores, "relevance": round(max(relevances), 6)}
            passage = replace(passage, score=score, scores=scores)
        ranked.append(passage)
    return sorted(ranked, key=lambda passage: -passage.score)


def by_passage(spans: Sequence[SentenceSpan]) -> dict[tuple[str, int], list[SentenceSpan]]:
    """The sentences of each passage that has any, in the order of the passages."""
    groups: dict[tuple[str, int], list[SentenceSpan]] = {}
    for span in spans:
        groups.setdefault(span.passage.key, []).append(span)
    return groups


def windows(query: str, spans: Sequence[SentenceSpan]) -> list[Window]:
    """What the cross-encoder reads: the passages of the sentences, in their order, rows with their columns' names."""
    made = []
    for group in by_passage(spans).values():
        passage = group[0].passage
        read = _labelled(passage)
        inside = tuple(
            (read.before(span.start - passage.start), read.before(span.end - passage.start)) for span in group
        )
        title = " > ".join(filter(None, (passage.source.title, *passage.context.above(passage.start))))
        made.append(Window(as_written(query, passage.text), title, read.text, inside))
    return made


def answer_spans(spans: Sequence[SentenceSpan], readings: Sequence[WindowReading]) -> list[Span | None]:
    """For each sentence the span of its text that is likeliest the answer; None where the likeliest goes beyond it."""
    answers: list[Span | None] = []
    for group, reading in zip(by_passage(spans).values(), readings, strict=True):
        passage = group[0].passage
        read = _labelled(passage)
        for span, (start, end) in zip(group, reading.spans, strict=True):
            before = span.start - passage.start
            first, last = read.origin(start), read.origin(end - 1) + 1 if end > start else 0
            inside = before <= first < last <= before + len(span.text)
            answers.append((first - before, last - before) if inside else None)
    return answers


def _labelled(passage: Passage) -> Labelled:
    return Labelled(passage.text, passage.context.columns, start=passage.start)
