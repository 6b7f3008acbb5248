"""Everything one evaluation found, and what came of each case."""

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from evals.cases import Corpus, EvalCase, Prediction
from evals.metrics import ORDER, Row, has_abstained, score_cases, totals, values
from evals.runs.calibration import Calibration
from evals.runs.comparison import Comparison

FEWEST_CASES = 5  # cases a tag must have to get a line of its own
TAG_METRICS = ("first_right", "right", "contains", "answerable_coverage", "unanswerable_recall", "hit_rate@5")


class Outcome(StrEnum):
    """What came of a case; `ungraded`: answered, and neither an accepted answer nor evidence says whether rightly."""

    right = "right"
    wrong = "wrong"
    ungraded = "answered, not graded"
    abstained_rightly = "abstained, rightly"
    abstained_wrongly = "abstained, wrongly"
    answered_wrongly = "answered, should abstain"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Metric:
    """A value and the size of its denominator."""

    value: float
    n: int

    def to_json(self) -> dict[str, Any]:
        return {"value": round(self.value, 4), "n": self.n}


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of some cases, counted: the three that nothing can embellish.

    `not_answered`: silent or unsure where there is an answer; where there is none, that is right. A failure is wrong.
    """

    right: int
    wrong: int
    not_answered: int = 0
    ungraded: int = 0

    @property
    def n(self) -> int:
        return self.right + self.wrong + self.not_answered + self.ungraded


@dataclass(frozen=True, slots=True)
class TagLine:
    """The metrics of the cases that share a tag, those that apply to them."""

    tag: str
    cases: int
    metrics: Mapping[str, float]


@dataclass(frozen=True)
class Result:
    """Cases (resolved), what was predicted for them by id, and one row of metrics a case."""

    pack: str
    cases: Sequence[EvalCase]
    predictions: Mapping[str, Prediction]
    rows: Sequence[Row]
    compared: Mapping[str, Comparison] = field(default_factory=dict)

    @classmethod
    def of(
        cls, pack: str, cases: Sequence[EvalCase], predictions: Mapping[str, Prediction], corpus: Corpus
    ) -> "Result":
        """Scores predictions for resolved cases."""
        return cls(pack, cases, predictions, score_cases(cases, predictions, corpus))

    @property
    def metrics(self) -> dict[str, Metric]:
        """Every metric that applies to some case, in the order they are shown."""
        sums = totals(self.rows)
        sizes = {name: int(size) for name, (_, size) in sums.items()}
        found = sorted(values(sums).items(), key=lambda item: ORDER[item[0]])
        return {name: Metric(value, sizes.get(name, len(self.cases))) for name, value in found}

    @property
    def made(self) -> dict[str, Prediction]:
        """The predictions without those that failed."""
        return {id: made for id, made in self.predictions.items() if made.error is None}

    @property
    def missing(self) -> int:
        """How many cases have no prediction, failed ones counted."""
        return len({case.id for case in self.cases} - self.made.keys())

    @property
    def unknown(self) -> int:
        """How many predictions belong to no case."""
        return len(self.made.keys() - {case.id for case in self.cases})

    @property
    def seconds(self) -> dict[str, float]:
        """Median and 95th percentile of the time a case took; empty where no time is on record."""
        made = self.made
        known = (made[case.id].seconds for case in self.cases if case.id in made)
        taken = sorted(seconds for seconds in known if seconds is not None)
        if not taken:
            return {}
        slow = taken[math.ceil(0.95 * len(taken)) - 1]
        return {"median": round(statistics.median(taken), 4), "p95": round(slow, 4)}

    @property
    def calibration(self) -> Calibration | None:
        """None where no confidence is on record, or all cases are answerable, or none."""
        return Calibration.of(self.cases, self.made)

    @property
    def outcomes(self) -> list[Outcome]:
        """What came of each case, in their order."""
        made = self.made
        return [
            outcome(case, made.get(case.id), row) for case, row in zip(self.cases, self.rows, strict=True)
        ]

    @property
    def with_answer(self) -> Counts:
        """What came of the answerable cases."""
        kept = Counter(came for case, came in zip(self.cases, self.outcomes, strict=True) if case.answerable)
        wrong = kept[Outcome.wrong] + kept[Outcome.failed]
        return Counts(kept[Outcome.right], wrong, kept[Outcome.abstained_wrongly], kept[Outcome.ungraded])

    @property
    def without_answer(self) -> Counts:
        """What came of the unanswerable cases."""
        kept = Counter(
            came for case, came in zip(self.cases, self.outcomes, strict=True) if not case.answerable
        )
        return Counts(kept[Outcome.abstained_rightly], kept[Outcome.answered_wrongly] + kept[Outcome.failed])

    @property
    def tags(self) -> list[TagLine]:
        """The tags of enough cases, the most frequent first."""
        counts = Counter(tag for case in self.cases for tag in dict.fromkeys(case.tags))
        return [self._line(tag, count) for tag, count in counts.most_common() if count >= FEWEST_CASES]

    def _line(self, tag: str, count: int) -> TagLine:
        rows = [row for case, row in zip(self.cases, self.rows, strict=True) if tag in case.tags]
        found = values(totals(rows))
        return TagLine(tag, count, {name: found[name] for name in TAG_METRICS if name in found})

    def to_json(self) -> dict[str, Any]:
        """The same layout as the public packs' scorer prints."""
        metrics = {name: metric.to_json() for name, metric in sorted(self.metrics.items())}
        for name, comparison in self.compared.items():
            metrics[name] |= comparison.to_json()
        counts = {"cases": len(self.cases), "missing": self.missing, "unknown": self.unknown}
        seconds = {"seconds": self.seconds} if self.seconds else {}
        return {"pack": self.pack, **counts, "metrics": metrics, **seconds}


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
