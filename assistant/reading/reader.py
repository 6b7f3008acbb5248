"""The packaged reader: how well each sentence of the passages answers the question, and whether any of them does.

The cross-encoder reads each passage together with the question; its logits are weighed with the counted features into
a probability for each sentence, and one for the question as a whole. The weights of the two logistic models lie in
small_reader.json and base_reader.json, which `python -m evals fit_reader` makes.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.models import Window, WindowReading
from assistant.reading.features import FEATURES, Array, PassageFeatures, extract_features
from assistant.text.language import Span
from assistant.types import Idf, Passage, Reading, ReadSentence, SentenceSpan, SubQuestion

Cross = Callable[[Sequence[Window]], list[WindowReading]]

# Passages read sentence by sentence; the rest are only listed. Measured, see evals/LOG.md.
READ_PASSAGES = 8  # at most
READ_AT_LEAST = 5
READ_WITHIN = 0.35  # further ones whose score is at most so far below the best one's
# Of what reading says, beside the fused scores of 0..1, and of its logits. Measured, see evals/LOG.md.
RELEVANCE_WEIGHT = 0.3
SOFTENED = 0.5

SENTENCE_FEATURES = (*FEATURES, "cross", "cross_relative", "words", "words_relative", "passage_cross")
QUESTION_FEATURES = (
    "best", "second", "third", "cross", "second_cross", "words", "passage_cross", "overlap", "names", "years",
    "type_absent", "pairs", "passage_dense", "passage_overlap", "passage_names", "passage_years", "rarest_missing",
    "passage_rarest_missing", "question_words", "known_missing", "passage_known_missing",
)  # fmt: skip


@dataclass(frozen=True)
class Logistic:
    """P = 1 / (1 + exp(-((row - mean) / scale . weights + bias))); a row has the features in their order."""

    features: tuple[str, ...]
    mean: Array
    scale: Array
    weights: Array
    bias: float

    @classmethod
    def from_json(cls, data: Mapping[str, Any], features: tuple[str, ...]) -> "Logistic":
        """ValueError where the weights stored are not those of the features."""
        stored = data["features"]
        if stored.keys() != set(features):
            different = sorted(stored.keys() ^ set(features))
            raise ValueError(f"weights and features differ: {', '.join(different)}")
        columns = np.array(
            [[stored[name][part] for name in features] for part in ("mean", "scale", "weight")]
        )
        mean, scale, weights = columns
        return cls(features, mean, scale, weights, float(data["bias"]))

    def to_json(self) -> dict[str, Any]:
        columns = np.round(np.stack([self.mean, self.scale, self.weights], axis=1), 6).tolist()
        named = {
            name: dict(zip(("mean", "scale", "weight"), row, strict=True))
            for name, row in zip(self.features, columns, strict=True)
        }
        return {"bias": round(self.bias, 6), "features": named}

    def __call__(self, rows: Array) -> Array:
        margin = (rows - self.mean) / self.scale @ self.weights + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(margin, -30, 30))))


@dataclass(frozen=True)
class ReaderModel:
    """Two models, and the threshold on `Reading.answerable` below which the answer is silence."""

    sentence: Logistic  # over SENTENCE_FEATURES
    question: Logistic  # over QUESTION_FEATURES
    threshold: float


@lru_cache(maxsize=2)
def model_of(name: str) -> ReaderModel:
    """The weights fitted on the logits of a reader: "small_reader" or "base_reader"."""
    data = json.loads(files("assistant.reading").joinpath(f"{name}.json").read_text("utf-8"))
    sentence = Logistic.from_json(data["sentence"], SENTENCE_FEATURES)
    question = Logistic.from_json(data["question"], QUESTION_FEATURES)
    return ReaderModel(sentence, question, float(data["threshold"]))


class CrossEncoderReader:
    """A types.Reader made of a cross-encoder and the models that weigh its logits."""

    def __init__(self, model: ReaderModel, cross: Cross, *, notes: tuple[str, ...] = ()) -> None:
        self._model = model
        self._cross = cross
        self.notes = notes

    @property
    def threshold(self) -> float:
        return self._model.threshold

    def read(
        self, question: SubQuestion, passages: Sequence[Passage], *, idf: Idf, newest: bool = False
    ) -> Reading:
        features = extract_features(question, to_read(passages), idf=idf, newest=newest)
        spans = features.sentences
        if not spans:
            return Reading((), 0.0, question)
        read = self._cross(windows(question.query, spans))
        rows = sentence_rows(features, read)
        scores = self._model.sentence(rows)
        shares_a_word = bool(features.values[:, FEATURES.index("passage_overlap")].any())
        answerable = (
            float(self._model.question(question_row(features, rows, scores))) if shares_a_word else 0.0
        )
        order = np.argsort(-scores, kind="stable")
        words = _answer_spans(spans, read)
        sentences = tuple(ReadSentence(spans[at], round(float(scores[at]), 6), words[at]) for at in order)
        relevance = {
            key: 1 / (1 + math.exp(-SOFTENED * reading.passage))
            for key, reading in zip(by_passage(spans), read, strict=True)
        }
        return Reading(sentences, answerable, question, relevance)


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
    """What the cross-encoder reads: the passages of the sentences, in their order."""
    made = []
    for group in by_passage(spans).values():
        passage = group[0].passage
        inside = tuple((span.start - passage.start, span.end - passage.start) for span in group)
        made.append(Window(query, passage.source.title, passage.text, inside))
    return made


def _answer_spans(spans: Sequence[SentenceSpan], readings: Sequence[WindowReading]) -> list[Span | None]:
    """For each sentence the span of its text that the cross-encoder takes for the answer; None where it takes none."""
    likely = np.concatenate([reading.words for reading in readings]) > 0
    chosen = [span for reading in readings for span in reading.spans]
    answers: list[Span | None] = []
    for span, (start, end), is_answer in zip(spans, chosen, likely, strict=True):
        before = span.start - span.passage.start
        inside = before <= start < end <= before + len(span.text)
        answers.append((start - before, end - before) if is_answer and inside else None)
    return answers


def sentence_rows(features: PassageFeatures, readings: Sequence[WindowReading]) -> Array:
    """(sentences, SENTENCE_FEATURES); the readings hold the same sentences in the same order."""
    cross = np.concatenate([reading.sentences for reading in readings])
    words = np.concatenate([reading.words for reading in readings])
    passage = np.concatenate([np.full(len(r.sentences), r.passage) for r in readings])
    return np.column_stack([features.values, cross, cross - cross.max(), words, words - words.max(), passage])


def question_row(features: PassageFeatures, rows: Array, scores: Array) -> Array:
    """(QUESTION_FEATURES,) from the sentences' rows and scores; most are those of the best sentence."""
    column = {name: rows[:, at] for at, name in enumerate(SENTENCE_FEATURES)}
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
            column["type_absent"][best],
            column["pairs"][best],
            column["passage_dense"].max(),
            column["passage_overlap"].max(),
            column["passage_names"].max(),
            column["passage_years"].max(),
            *features.missing,
            min(features.question_words, 15) / 15,
            column["known_missing"][best],
            column["passage_known_missing"][best],
        ]
    )
