"""The reader: how well each sentence of the passages answers the question, and whether any of them does.

The cross-encoder reads each passage together with the question; its logits are weighed with the counted signals into
a probability for each sentence, and one for the question as a whole. The weights of the two logistic models lie in
reader.json, which `python -m evals fit_reader` makes. It knows nothing of files, indexes or screens.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.models.cross_encoder import Window, WindowReading
from assistant.reading.features import SIGNALS, Array, Idf, PassageFeatures, SentenceSpan, extract_features
from assistant.text.language import Span
from assistant.types import Passage, SubQuestion

Cross = Callable[[Sequence[Window]], list[WindowReading]]

# Passages read sentence by sentence; the rest are only listed. Measured, see evals/LOG.md.
READ_PASSAGES = 8  # at most
READ_AT_LEAST = 5
READ_WITHIN = 0.35  # further ones whose score is at most so far below the best one's
# Of what reading says, beside the fused scores of 0..1, and of its logits. Measured, see evals/LOG.md.
RELEVANCE_WEIGHT = 0.3
SOFTENED = 0.5

SENTENCE_SIGNALS = (*SIGNALS, "cross", "cross_relative", "words", "words_relative", "passage_cross")
QUESTION_SIGNALS = (
    "best", "second", "third", "cross", "second_cross", "words", "passage_cross", "overlap", "names", "years",
    "kind_absent", "pairs", "passage_dense", "passage_overlap", "passage_names", "passage_years", "rarest_missing",
    "passage_rarest_missing", "question_words", "known_missing", "passage_known_missing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, the probability that it answers, and which of its words (a span of its text) are the answer."""

    place: SentenceSpan
    score: float
    words: Span | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences, best first, and the probability that one of them answers the question.

    `relevance`: number of a passage that was read -> 0..1, the higher the likelier it has the answer; no probability.
    """

    sentences: tuple[ReadSentence, ...]
    answerable: float
    part: SubQuestion = field(
        default_factory=lambda: SubQuestion("")
    )  # of the question, or all of it, that was read for
    relevance: Mapping[int, float] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return self.part.query


@dataclass(frozen=True)
class Logistic:
    """P = 1 / (1 + exp(-((row - mean) / scale . weights + bias)))."""

    mean: Array
    scale: Array
    weights: Array
    bias: float

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Logistic":
        return cls(np.array(data["mean"]), np.array(data["scale"]), np.array(data["weights"]), data["bias"])

    def to_json(self) -> dict[str, Any]:
        return {name: np.round(value, 6).tolist() for name, value in asdict(self).items()}

    def __call__(self, rows: Array) -> Array:
        margin = (rows - self.mean) / self.scale @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(margin, -30, 30))))


@dataclass(frozen=True)
class ReaderModel:
    """Two models, and the threshold on `Reading.answerable` below which the answer is silence."""

    sentence: Logistic  # over SENTENCE_SIGNALS
    question: Logistic  # over QUESTION_SIGNALS
    threshold: float


@lru_cache(maxsize=1)
def packaged_model() -> ReaderModel:
    data = json.loads(files("assistant.reading").joinpath("reader.json").read_text("utf-8"))
    sentence, question = (Logistic.from_json(data[name]) for name in ("sentence", "question"))
    return ReaderModel(sentence, question, float(data["threshold"]))


def read(
    part: SubQuestion,
    passages: Sequence[Passage],
    *,
    idf: Idf,
    cross: Cross,
    model: ReaderModel,
    newest: bool = False,
) -> Reading:
    """Score the sentences of the first passages; `newest`: of two alike the later is wanted."""
    query = part.query
    seen = extract_features(query, to_read(passages), idf=idf, newest=newest)
    if not seen.places:
        return Reading((), 0.0, part)
    readings = cross(windows(query, passages, seen.places))
    rows = sentence_rows(seen, readings)
    scores = model.sentence(rows)
    shares_a_word = bool(seen.signals[:, SIGNALS.index("passage_overlap")].any())
    answerable = float(model.question(question_row(seen, rows, scores))) if shares_a_word else 0.0
    order = np.argsort(-scores, kind="stable")
    spans = _answer_words(seen.places, passages, readings)
    found = tuple(ReadSentence(seen.places[at], round(float(scores[at]), 6), spans[at]) for at in order)
    numbers = sorted({place.passage for place in seen.places})
    relevance = {
        number: 1 / (1 + math.exp(-SOFTENED * reading.passage))
        for number, reading in zip(numbers, readings, strict=True)
    }
    return Reading(found, answerable, part, relevance)


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
    found = []
    for number, passage in enumerate(passages):
        read = [reading.relevance[number] for reading in readings if number in reading.relevance]
        if read:
            score = round(passage.score + RELEVANCE_WEIGHT * max(read), 6)
            passage = replace(
                passage, score=score, scores={**passage.scores, "relevance": round(max(read), 6)}
            )
        found.append(passage)
    return sorted(found, key=lambda passage: -passage.score)


def windows(query: str, passages: Sequence[Passage], places: Sequence[SentenceSpan]) -> list[Window]:
    """What the cross-encoder reads: the passages that have places, in their order."""
    found = []
    for number in sorted({place.passage for place in places}):
        passage = passages[number]
        spans = [(p.start - passage.start, p.end - passage.start) for p in places if p.passage == number]
        found.append(Window(query, passage.source.title, passage.text, tuple(spans)))
    return found


def _answer_words(
    places: Sequence[SentenceSpan], passages: Sequence[Passage], readings: Sequence[WindowReading]
) -> list[Span | None]:
    """For each place the span of its text that the cross-encoder takes for the answer; None where it takes none."""
    likely = np.concatenate([reading.words for reading in readings]) > 0
    spans = [span for reading in readings for span in reading.spans]
    found: list[Span | None] = []
    for place, (start, end), is_answer in zip(places, spans, likely, strict=True):
        before = place.start - passages[place.passage].start
        inside = before <= start < end <= before + len(place.text)
        found.append((start - before, end - before) if is_answer and inside else None)
    return found


def sentence_rows(seen: PassageFeatures, readings: Sequence[WindowReading]) -> Array:
    """(places, SENTENCE_SIGNALS); the readings hold the same sentences in the same order."""
    cross = np.concatenate([reading.sentences for reading in readings])
    words = np.concatenate([reading.words for reading in readings])
    passage = np.concatenate([np.full(len(r.sentences), r.passage) for r in readings])
    return np.column_stack([seen.signals, cross, cross - cross.max(), words, words - words.max(), passage])


def question_row(seen: PassageFeatures, rows: Array, scores: Array) -> Array:
    """(QUESTION_SIGNALS,) from the sentences' rows and scores; most are those of the best sentence."""
    column = {name: rows[:, at] for at, name in enumerate(SENTENCE_SIGNALS)}
    best = int(np.argmax(scores))
    top = [*np.sort(scores)[::-1][:3], 0.0, 0.0][:3]
    second_cross = [*np.sort(column["cross"])[::-1][:2], -10.0][1]
    return np.array(
        [
            *top,
            column["cross"].max(),
            second_cross,
            column["words"].max(),
            column["passage_cross"].max(),
            column["overlap"][best],
            column["names"][best],
            column["years"][best],
            column["kind_absent"][best],
            column["pairs"][best],
            column["passage_dense"].max(),
            column["passage_overlap"].max(),
            column["passage_names"].max(),
            column["passage_years"].max(),
            *seen.missing,
            min(seen.question_words, 15) / 15,
            column["known_missing"][best],
            column["passage_known_missing"][best],
        ]
    )
