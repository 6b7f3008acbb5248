"""The reader: how well each sentence of the passages answers the question, and whether any of them does.

signals of every sentence -> the likeliest few -> the cross-encoder reads those -> a probability for each, and one
for the question as a whole. The weights of the three logistic models lie in reader.json, which
`python -m evals.fit_reader` makes. It knows nothing of files, indexes or screens.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from assistant.cross_encoder import Pair
from assistant.signals import SIGNALS, Array, Embed, Idf, Place, Seen, look
from assistant.types import Passage

Cross = Callable[[Sequence[Pair]], Array]  # (pairs,) logits

READ_PASSAGES = 8  # passages read sentence by sentence; the rest are only listed
READ_CLOSELY = 24  # sentences that the cross-encoder sees

CLOSE_SIGNALS = (*SIGNALS, "cross", "cross_relative")
QUESTION_SIGNALS = (
    "best", "second", "third", "best_cross", "second_cross", "best_dense", "best_overlap", "best_names",
    "best_kind_absent", "best_pairs", "passage_dense", "passage_overlap", "passage_names", "rarest_missing",
    "passage_rarest_missing", "question_words",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence and the probability that it answers."""

    place: Place
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences read closely, best first, and the probability that one of them answers the question."""

    sentences: tuple[ReadSentence, ...]
    answerable: float


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
    """Three models, and the threshold on `Reading.answerable` below which the answer is silence."""

    first: Logistic  # over SIGNALS: which sentences are worth a close look
    sentence: Logistic  # over CLOSE_SIGNALS
    question: Logistic  # over QUESTION_SIGNALS
    threshold: float


@lru_cache(maxsize=1)
def packaged_model() -> ReaderModel:
    data = json.loads(files("assistant").joinpath("reader.json").read_text("utf-8"))
    first, sentence, question = (Logistic.from_json(data[name]) for name in ("first", "sentence", "question"))
    return ReaderModel(first, sentence, question, float(data["threshold"]))


def read(
    query: str, passages: Sequence[Passage], *, embed: Embed, idf: Idf, cross: Cross, model: ReaderModel
) -> Reading:
    """Score the likeliest sentences of the first READ_PASSAGES passages."""
    read_passages = passages[:READ_PASSAGES]
    seen = look(query, read_passages, embed=embed, idf=idf)
    if not seen.places:
        return Reading((), 0.0)
    chosen = likeliest(seen, model.first)
    logits = cross([pair_of(query, seen.places[at], read_passages) for at in chosen])
    rows = close_rows(seen, chosen, logits)
    scores = model.sentence(rows)
    answerable = float(model.question(question_row(seen, rows, scores)))
    order = np.argsort(-scores, kind="stable")
    found = tuple(ReadSentence(seen.places[chosen[at]], round(float(scores[at]), 6)) for at in order)
    return Reading(found, answerable)


def likeliest(seen: Seen, first: Logistic) -> list[int]:
    """The places worth a close look, likeliest first."""
    order = np.argsort(-first(seen.signals), kind="stable")[:READ_CLOSELY]
    return [int(at) for at in order]


def pair_of(query: str, place: Place, passages: Sequence[Passage]) -> Pair:
    return Pair(query, place.text, place.before, passages[place.passage].source.title)


def close_rows(seen: Seen, chosen: Sequence[int], logits: Array) -> Array:
    """(chosen, CLOSE_SIGNALS)"""
    return np.column_stack([seen.signals[list(chosen)], logits, logits - logits.max()])


def question_row(seen: Seen, rows: Array, scores: Array) -> Array:
    """(QUESTION_SIGNALS,) from the sentences read closely and their scores."""
    column = {name: rows[:, at] for at, name in enumerate(CLOSE_SIGNALS)}
    best = int(np.argmax(scores))
    top = [*np.sort(scores)[::-1][:3], 0.0, 0.0][:3]
    cross = [*np.sort(column["cross"])[::-1][:2], -10.0][:2]
    return np.array(
        [
            *top,
            *cross,
            column["dense"].max(),
            column["overlap"][best],
            column["names"][best],
            column["kind_absent"][best],
            column["pairs"][best],
            column["passage_dense"].max(),
            column["passage_overlap"].max(),
            column["passage_names"].max(),
            *seen.missing,
            min(seen.question_words, 15) / 15,
        ]
    )
