"""What came of each case, and of many of them: right, wrong, not answered."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.cases import EvalCase, Prediction
from evals.metrics import Row, has_abstained

Z = 1.959964  # of the normal distribution: 95 % lie within so many standard deviations


class Outcome(StrEnum):
    """What came of a case; `ungraded`: answered, and neither an accepted answer nor evidence says whether rightly."""

    right = "right"
    wrong = "wrong"
    ungraded = "answered, not graded"
    abstained_rightly = "abstained, rightly"
    abstained_wrongly = "abstained, wrongly"
    answered_wrongly = "answered, should abstain"
    failed = "failed"

    @property
    def good(self) -> bool:
        """Right, or silent where there is no answer."""
        return self in (Outcome.right, Outcome.abstained_rightly)

    @property
    def bad(self) -> bool:
        """A wrong answer, or a failure; not an abstention."""
        return self in (Outcome.wrong, Outcome.answered_wrongly, Outcome.failed)


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of some cases, counted: the three that nothing can embellish.

    `not_answered`: silent or unsure where there is an answer; where there is none, that is right. A failure is wrong.
    """

    right: int
    wrong: int
    not_answered: int = 0
    ungraded: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Counts":
        came = list(outcomes)
        return cls(
            sum(each.good for each in came),
            sum(each.bad for each in came),
            came.count(Outcome.abstained_wrongly),
            came.count(Outcome.ungraded),
        )

    @property
    def n(self) -> int:
        return self.right + self.wrong + self.not_answered + self.ungraded


def interval(count: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (1927), which holds near 0 and 1 and for few cases too."""
    if not n:
        return 0.0, 1.0
    share, spread = count / n, Z * Z / n
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def outcome(case: EvalCase, prediction: Prediction | None, row: Row) -> Outcome:
    """What came of one case; `prediction` is None where there is none, or it failed.

    An answer is right that holds the accepted one; where none can be looked for, one that cites evidence.
    """
    if prediction is None:
        return Outcome.failed
    if has_abstained(case, prediction):
        return Outcome.abstained_wrongly if case.answerable else Outcome.abstained_rightly
    if not case.answerable:
        return Outcome.answered_wrongly
    by = next((name for name in ("right", "contains", "citation_recall") if name in row), None)
    if by is None:
        return Outcome.ungraded
    return Outcome.right if row[by][0] else Outcome.wrong


def with_outcomes(rows: Sequence[Row], outcomes: Sequence[Outcome]) -> list[Row]:
    """The rows with the metrics over all cases; a case that is not graded has none."""
    return [
        row
        if came is Outcome.ungraded
        else row | {"right_overall": (float(came.good), 1.0), "wrong_overall": (float(came.bad), 1.0)}
        for row, came in zip(rows, outcomes, strict=True)
    ]
