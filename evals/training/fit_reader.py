"""Makes assistant/reading/base_reader.json: what the logits of a reader mean as probabilities, and when it is silent.

    python -m evals fit_reader ../shared/data/reader_training --work FOLDER

The passages of each training set are indexed like any corpus, and the questions whose passages the cross-encoder was
not trained on are asked of it. Each is asked as it is, and in three ways that make silence right: with the passage that
answers taken away, with only the sentences that answer cut out of it, and with another name or year in the question.
The development half of our own cases joins them, and questions with near misses that we wrote over passages in pairs:
their documents resemble each other, as a user's do. The threshold of silence is the lowest at which the
harmonic mean of what is answered of the answerable and what is silent of the others comes near its best.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression

from assistant.models.cross_encoder import (
    CrossEncoder,
    Window,
    WindowReading,
    base_cross_encoder,
    small_cross_encoder,
)
from assistant.reading.reader import highest, windows
from evals.training.fit_examples import (
    SOURCES,
    Array,
    Asker,
    Example,
    calibration_examples,
    own_examples,
    training_examples,
)

FOLDS = 4
NEAR = 0.01
STRENGTH = 1.0  # C of the logistic models: the less, the smaller their weights

READERS = {
    "base": (Path("assistant/reading/base_reader.json"), base_cross_encoder),
    "small": (Path("assistant/reading/small_reader.json"), small_cross_encoder),
}

console = Console()


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic model over logits: P = 1 / (1 + exp(-(rows @ weights + bias)))."""

    weights: Array
    bias: float

    @classmethod
    def of(cls, rows: Array, target: Array, weight: Array) -> "Fit":
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(rows, target, sample_weight=weight)
        return cls(model.coef_[0], float(model.intercept_[0]))

    def __call__(self, rows: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-(rows @ self.weights + self.bias))))

    def to_json(self) -> dict[str, Any]:
        return {"weights": np.round(self.weights, 5).tolist(), "bias": round(self.bias, 5)}


def harmonic_mean(probability: Array, answerable: Array, threshold: float) -> float:
    silent = (probability < threshold)[answerable == 0].mean()
    given = (probability >= threshold)[answerable == 1].mean()
    return float(2 * silent * given / (silent + given)) if silent + given else 0.0


def risk_and_coverage(probability: Array, answerable: Array, threshold: float) -> tuple[float, float]:
    """Were half of all questions without an answer: the share of what is answered that has none, and the coverage."""
    wrongly = (probability >= threshold)[answerable == 0].mean()
    rightly = (probability >= threshold)[answerable == 1].mean()
    return (float(wrongly / (wrongly + rightly)) if wrongly + rightly else 0.0), float(rightly)


def best_threshold(probability: Array, answerable: Array) -> float:
    """The lowest at which the harmonic mean comes within NEAR of its best: where it is flat, more is answered."""
    tried = np.linspace(0.05, 0.95, 181)
    means = np.array([harmonic_mean(probability, answerable, threshold) for threshold in tried])
    return float(tried[means >= means.max() - NEAR].min())


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models, the logits of each example's sentences, and its probability from a model fitted without it."""

    sentence: Fit
    question: Fit
    logits: list[Array]
    probability: Array


def fit_all(examples: Sequence[Example], encoder: CrossEncoder) -> Fitted:
    """Sentences are fitted on the examples whose evidence was found: there it is known which of them answers."""
    read: dict[Window, WindowReading] = {}  # the variants of a question have most of their passages in common
    logits, rows = [], []
    for example in track(examples, description="reading", console=console):
        wanted = windows(example.query, example.sentences)
        new = [window for window in wanted if window not in read]
        read |= zip(new, encoder.read(new), strict=True)
        readings = [read[window] for window in wanted]
        logits.append(np.concatenate([reading.sentences for reading in readings]))
        rows.append(highest(readings))
    found = [at for at, example in enumerate(examples) if example.answers.any()]
    weight = np.array([example.weight for example in examples])
    sentence = Fit.of(
        np.concatenate([logits[at] for at in found])[:, None],
        np.concatenate([examples[at].answers for at in found]),
        np.repeat(weight[found], [len(logits[at]) for at in found]),
    )
    answerable = np.array([float(example.answerable) for example in examples])
    fold = np.array([example.group % FOLDS for example in examples])
    table, probability = np.array(rows), np.zeros(len(examples))
    for part in range(FOLDS):
        kept = fold != part
        probability[~kept] = Fit.of(table[kept], answerable[kept], weight[kept])(table[~kept])
    return Fitted(sentence, Fit.of(table, answerable, weight), logits, probability)


def curve(probability: Array, answerable: Array) -> None:
    """What each threshold gives: the share answered of those with an answer, and silent of those without."""
    for threshold in np.arange(0.1, 1.0, 0.1):
        given = (probability >= threshold)[answerable == 1].mean()
        silent = (probability < threshold)[answerable == 0].mean()
        risk, _ = risk_and_coverage(probability, answerable, threshold)
        console.print(f"  at {threshold:.1f}: answered {given:.3f}, silent {silent:.3f}, risk {risk:.3f}")


def report(examples: Sequence[Example], fitted: Fitted, threshold: float) -> None:
    """By kind of example: the right sentence first and in four, and how often the right thing is done."""
    for name in sorted({example.name for example in examples}):
        chosen = [at for at, example in enumerate(examples) if example.name == name]
        for answerable in (True, False):
            here = [at for at in chosen if examples[at].answerable == answerable]
            if not here:
                continue
            answered = float((fitted.probability[here] >= threshold).mean())
            told = f"{name}: {len(here)}, " + ("answered" if answerable else "silent")
            console.print(f"{told} {answered if answerable else 1 - answered:.3f}")
            ranks = [examples[at].answers[np.argsort(-fitted.logits[at], kind="stable")] for at in here]
            if answerable:
                found = ", ".join(f"{np.mean([r[:k].any() for r in ranks]):.3f} in {k}" for k in (1, 2, 4, 8))
                console.print(f"  a right sentence {found}")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the training sets")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made on the way")
    parser.add_argument("--reader", choices=READERS, default="base", help="whose logits are fitted on")
    parser.add_argument("--questions", type=int, default=50, help="asked of each training set")


def main(options: argparse.Namespace) -> None:
    options.work.mkdir(parents=True, exist_ok=True)
    asker = Asker(options.work)
    examples = list(own_examples(Path("corpus"), asker, "dev"))
    own = len(examples)
    examples += calibration_examples(asker)
    ours = len(examples)
    examples += training_examples(options.folder, asker, options.questions)
    output, load = READERS[options.reader]
    fitted = fit_all(examples, load())
    answerable = np.array([float(example.answerable) for example in examples])
    threshold = best_threshold(fitted.probability, answerable)
    risk, coverage = risk_and_coverage(fitted.probability, answerable, threshold)
    mean = harmonic_mean(fitted.probability, answerable, threshold)
    console.print(
        f"all, cross-fitted: risk {risk:.3f}, coverage {coverage:.3f}, harmonic mean {mean:.3f} at {threshold:.3f}"
    )
    curve(fitted.probability, answerable)
    console.print("own development cases and written near misses")
    curve(fitted.probability[:ours], answerable[:ours])
    console.print("own development cases alone")
    curve(fitted.probability[:own], answerable[:own])
    report(examples, fitted, threshold)
    sets = ", ".join(SOURCES)
    note = f"fitted by evals/training/fit_reader.py on {sets}, calibration.jsonl and the cases tagged dev"
    models = {"sentence": fitted.sentence.to_json(), "question": fitted.question.to_json()}
    silence = {"threshold": round(threshold, 4), "risk": round(risk, 4), "coverage": round(coverage, 4)}
    output.write_text(json.dumps({"note": note, **silence, **models}, indent=1) + "\n", "utf-8")
