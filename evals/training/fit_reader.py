"""Makes assistant/reading/reader.json: how the reader weighs its signals, and when it keeps silent.

    python -m evals fit_reader ../shared/data/reader_training --work FOLDER

The passages of each training set are indexed like any corpus, and the questions whose passages the cross-encoder was
not trained on are asked of it. Each is asked as it is, and in three ways that make silence right: with the passage that
answers taken away, with only the sentences that answer cut out of it, and with another name or year in the question.
The development half of our own cases joins them, and questions with near misses that we wrote over passages in pairs:
their documents resemble each other, as a user's do. The threshold is the lowest that keeps the stated risk.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.models.cross_encoder import (
    CrossEncoder,
    Window,
    WindowReading,
    base_cross_encoder,
    small_cross_encoder,
)
from assistant.reading.features import Array
from assistant.reading.reader import (
    QUESTION_FEATURES,
    SENTENCE_FEATURES,
    Logistic,
    question_row,
    sentence_rows,
    windows,
)
from evals.training.fit_examples import (
    SOURCES,
    Asker,
    Example,
    calibration_examples,
    own_examples,
    training_examples,
)

FOLDS = 4
STRENGTH = 0.5  # C of the logistic models: the less, the smaller their weights

READERS = {
    "base": (Path("assistant/reading/base_reader.json"), base_cross_encoder),
    "small": (Path("assistant/reading/small_reader.json"), small_cross_encoder),
}
# Of what each answers, at most this share may have no answer, were half of all questions without one.
RISK = {"base": 0.225, "small": 0.29}

console = Console()


def fit(features: tuple[str, ...], rows: Array, target: Array, weight: Array) -> Logistic:
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit(scaler.transform(rows), target, sample_weight=weight)
    scale = np.asarray(scaler.scale_)
    return Logistic(features, np.asarray(scaler.mean_), scale, model.coef_[0], float(model.intercept_[0]))


def fit_sentences(examples: Sequence[Example], rows: Sequence[Array]) -> Logistic:
    """On the examples whose evidence was found: there it is known which sentence answers."""
    used = [at for at, example in enumerate(examples) if example.answers.any()]
    weight = np.concatenate([np.full(len(rows[at]), examples[at].weight) for at in used])
    answers = np.concatenate([examples[at].answers for at in used])
    return fit(SENTENCE_FEATURES, np.vstack([rows[at] for at in used]), answers, weight)


def harmonic_mean(probability: Array, answerable: Array, threshold: float) -> float:
    silent = (probability < threshold)[answerable == 0].mean()
    given = (probability >= threshold)[answerable == 1].mean()
    return float(2 * silent * given / (silent + given)) if silent + given else 0.0


def risk_and_coverage(probability: Array, answerable: Array, threshold: float) -> tuple[float, float]:
    """The risk, as RISK defines it, and the share of the answerable that is answered."""
    wrongly = (probability >= threshold)[answerable == 0].mean()
    rightly = (probability >= threshold)[answerable == 1].mean()
    return (float(wrongly / (wrongly + rightly)) if wrongly + rightly else 0.0), float(rightly)


def threshold_for(probability: Array, answerable: Array, risk: float) -> float:
    """The lowest threshold from which on the risk stays below the one stated; the strictest where none does."""
    tried = np.linspace(0.05, 0.95, 181)
    kept = [risk_and_coverage(probability, answerable, threshold)[0] <= risk for threshold in tried]
    last = max((at for at, is_kept in enumerate(kept) if not is_kept), default=-1)
    return float(tried[min(last + 1, len(tried) - 1)])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both models, and each example's scores from models that were fitted without its passage."""

    sentence: Logistic
    question: Logistic
    scores: list[Array]
    probability: Array


def fit_all(examples: Sequence[Example], encoder: CrossEncoder) -> Fitted:
    read: dict[Window, WindowReading] = {}  # the variants of a question have most of their passages in common
    rows = []
    for example in track(examples, description="reading", console=console):
        wanted = windows(example.query, example.features.sentences)
        new = [window for window in wanted if window not in read]
        read |= zip(new, encoder.read(new), strict=True)
        rows.append(sentence_rows(example.features, [read[window] for window in wanted]))
    return fit_rows(examples, rows)


def fit_rows(examples: Sequence[Example], rows: Sequence[Array]) -> Fitted:
    fold = np.array([example.group % FOLDS for example in examples])
    answerable = np.array([float(example.answerable) for example in examples])
    weight = np.array([example.weight for example in examples])
    without = []
    for part in range(FOLDS):
        kept = [at for at in range(len(examples)) if fold[at] != part]
        without.append(fit_sentences([examples[at] for at in kept], [rows[at] for at in kept]))
    scores = [without[part](row) for part, row in zip(fold, rows, strict=True)]
    table = np.array([question_row(e.features, r, s) for e, r, s in zip(examples, rows, scores, strict=True)])
    probability = np.zeros(len(examples))
    for part in range(FOLDS):
        kept = fold != part
        probability[~kept] = fit(QUESTION_FEATURES, table[kept], answerable[kept], weight[kept])(table[~kept])
    return Fitted(
        fit_sentences(examples, rows), fit(QUESTION_FEATURES, table, answerable, weight), scores, probability
    )


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
            ranks = [examples[at].answers[np.argsort(-fitted.scores[at], kind="stable")] for at in here]
            if answerable:
                found = ", ".join(f"{np.mean([r[:k].any() for r in ranks]):.3f} in {k}" for k in (1, 2, 4, 8))
                console.print(f"  a right sentence {found}")


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="folder of the training sets")
    parser.add_argument("--work", type=Path, required=True, help="folder for what is made on the way")
    parser.add_argument("--reader", choices=READERS, default="small", help="whose logits are weighed")
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
    threshold = threshold_for(fitted.probability, answerable, RISK[options.reader])
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
