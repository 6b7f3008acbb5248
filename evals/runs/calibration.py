"""Whether a probability means what it says, and what each threshold on it would cost.

The probability is the answer's confidence: that a sentence found answers the question. The truth is whether the case
is answerable.

Not by scikit-learn's calibration_curve: it does not say how many cases a bin has, by which the error weighs it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.cases import EvalCase, Prediction

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The cases whose confidence falls into one tenth: how many, how sure, and how many of them have an answer."""

    n: int
    confidence: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Point:
    """At a threshold: the share of all cases answered, and of those answered the share that has no answer."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The reliability plot and the risk/coverage curve of one evaluation."""

    bins: tuple[Bin, ...]
    points: tuple[Point, ...]  # from the strictest threshold on
    n: int

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of confidence from truth, bins weighted by their cases."""
        return sum(b.n * abs(b.confidence - b.answerable) for b in self.bins) / self.n

    @classmethod
    def of(cls, cases: Sequence[EvalCase], predictions: dict[str, Prediction]) -> "Calibration | None":
        """None where confidence is not on record, or all cases are of one kind."""
        known = [
            (made.confidence, float(case.answerable))
            for case in cases
            if (made := predictions.get(case.id)) and made.confidence is not None
        ]
        if len({truth for _, truth in known}) < 2:
            return None
        confidence, truth = np.array(known).T
        numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
        bins = (numbers == number for number in range(BINS))
        order = np.argsort(-confidence, kind="stable")
        unanswerable = np.cumsum(1 - truth[order])
        answered = np.arange(1, len(order) + 1)
        # Cases with one confidence are answered together or not at all.
        last = np.append(np.flatnonzero(np.diff(confidence[order])), len(order) - 1)
        return cls(
            tuple(
                Bin(int(i.sum()), float(confidence[i].mean()), float(truth[i].mean()))
                for i in bins
                if i.any()
            ),
            tuple(
                Point(
                    float(confidence[order][at]),
                    float(answered[at] / len(order)),
                    float(unanswerable[at] / answered[at]),
                )
                for at in last
            ),
            len(order),
        )
