"""Everything one evaluation found."""

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Any

from evals.cases import Corpus, EvalCase, Prediction
from evals.metrics import ORDER, Row, score_cases, totals, values
from evals.runs.calibration import Calibration
from evals.runs.changes import Changes
from evals.runs.comparison import Comparison
from evals.runs.outcomes import Counts, Outcome, outcome, with_outcomes

MOST_NAMES = 3  # of case files in a title
FEWEST_CASES = 5  # cases a tag must have to get a line of its own
TAG_METRICS = ("first_right", "right", "contains", "answerable_coverage", "unanswerable_recall", "hit_rate@5")


@dataclass(frozen=True, slots=True)
class Metric:
    """A value and the size of its denominator."""

    value: float
    n: int

    def to_json(self) -> dict[str, Any]:
        return {"value": round(self.value, 4), "n": self.n}


@dataclass(frozen=True, slots=True)
class TagLine:
    """The metrics of the cases that share a tag, those that apply to them, and what came of these cases."""

    tag: str
    cases: int
    metrics: Mapping[str, float]
    counts: Counts


@dataclass(frozen=True)
class Result:
    """Cases (resolved), what was predicted for them by id, and one row of metrics a case.

    `changes`: against an earlier run or another system; `stale`: sentences, one a case that was set aside because its
    evidence is no longer in the corpus.
    """

    pack: str
    cases: Sequence[EvalCase]
    predictions: Mapping[str, Prediction]
    rows: Sequence[Row]
    outcomes: Sequence[Outcome]
    changes: Changes | None = None
    stale: Sequence[str] = ()

    @classmethod
    def of(
        cls, pack: str, cases: Sequence[EvalCase], predictions: Mapping[str, Prediction], corpus: Corpus
    ) -> "Result":
        """Scores predictions for resolved cases."""
        rows = score_cases(cases, predictions, corpus)
        made = {id: each for id, each in predictions.items() if each.error is None}
        came = [outcome(case, made.get(case.id), row) for case, row in zip(cases, rows, strict=True)]
        if any(each.answer is not None for each in made.values()):
            rows = with_outcomes(rows, came)
        return cls(pack, cases, predictions, rows, came)

    @property
    def title(self) -> str:
        """The names of the case files, those beyond the first few counted."""
        names = self.pack.split("+")
        shown = ", ".join(names[:MOST_NAMES])
        return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown

    def only(self, kept: Sequence[bool]) -> "Result":
        """The result of some of the cases, as they were scored in the whole."""
        cases, rows = list(compress(self.cases, kept)), list(compress(self.rows, kept))
        outcomes = list(compress(self.outcomes, kept))
        return replace(self, cases=cases, rows=rows, outcomes=outcomes, changes=None)

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        """Every metric that applies to some case, in the order they are shown."""
        sums = totals(self.rows)
        sizes = {name: int(size) for name, (_, size) in sums.items()}
        found = sorted(values(sums).items(), key=lambda item: ORDER[item[0]])
        return {name: Metric(value, sizes.get(name, len(self.cases))) for name, value in found}

    @property
    def compared(self) -> Mapping[str, Comparison]:
        """By metric; empty where nothing was compared."""
        return self.changes.metrics if self.changes else {}

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
        taken = self.times
        if not taken:
            return {}
        slow = taken[math.ceil(0.95 * len(taken)) - 1]
        return {"median": round(statistics.median(taken), 4), "p95": round(slow, 4)}

    @property
    def times(self) -> list[float]:
        """Seconds that the cases took, in rising order; those on record."""
        made = self.made
        known = (made[case.id].seconds for case in self.cases if case.id in made)
        return sorted(seconds for seconds in known if seconds is not None)

    @cached_property
    def calibration(self) -> Calibration | None:
        """None where no confidence is on record, or all cases are answerable, or none."""
        return Calibration.of(self.cases, self.made)

    @property
    def with_answer(self) -> Counts:
        """What came of the answerable cases."""
        return Counts.of(came for case, came in self._each if case.answerable)

    @property
    def without_answer(self) -> Counts:
        """What came of the unanswerable cases."""
        return Counts.of(came for case, came in self._each if not case.answerable)

    @property
    def _each(self) -> list[tuple[EvalCase, Outcome]]:
        return list(zip(self.cases, self.outcomes, strict=True))

    @cached_property
    def tags(self) -> list[TagLine]:
        """The tags of enough cases, the most frequent first."""
        counts = Counter(tag for case in self.cases for tag in dict.fromkeys(case.tags))
        return [self._line(tag, count) for tag, count in counts.most_common() if count >= FEWEST_CASES]

    def _line(self, tag: str, count: int) -> TagLine:
        rows = [row for case, row in zip(self.cases, self.rows, strict=True) if tag in case.tags]
        found = values(totals(rows))
        metrics = {name: found[name] for name in TAG_METRICS if name in found}
        return TagLine(tag, count, metrics, Counts.of(came for case, came in self._each if tag in case.tags))

    def to_json(self) -> dict[str, Any]:
        """The same layout as the public packs' scorer prints."""
        metrics = {name: metric.to_json() for name, metric in sorted(self.metrics.items())}
        for name, comparison in self.compared.items():
            if name in metrics:
                metrics[name] |= comparison.to_json()
        counts = {"cases": len(self.cases), "missing": self.missing, "unknown": self.unknown}
        seconds = {"seconds": self.seconds} if self.seconds else {}
        return {"pack": self.pack, **counts, "metrics": metrics, **seconds}
