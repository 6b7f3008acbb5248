"""Predictions against cases: one row a case, their totals, and the values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.cases import Corpus, EvalCase, Prediction
from evals.metrics.answers import answer_metrics
from evals.metrics.citations import citation_metrics
from evals.metrics.retrieval import Row, retrieval_metrics
from evals.metrics.shown import shown_metrics


@dataclass(frozen=True, slots=True)
class Scope:
    """What can be measured on a set as a whole: what its cases hold, what the predictions give."""

    quotes: bool
    short_answers: bool
    answers: bool
    passages: bool
    citations: bool
    states: bool

    @classmethod
    def of(cls, cases: Sequence[EvalCase], predictions: Iterable[Prediction]) -> "Scope":
        given = list(predictions)
        return cls(
            quotes=any(case.quotes for case in cases),
            short_answers=any(case.has_short_answers for case in cases),
            answers=any(prediction.answer is not None for prediction in given),
            passages=any(prediction.passages is not None for prediction in given),
            citations=any(prediction.citations is not None for prediction in given),
            states=any(prediction.state is not None for prediction in given),
        )


def score_cases(
    cases: Sequence[EvalCase], predictions: Mapping[str, Prediction], corpus: Corpus
) -> list[Row]:
    """One row a case, in the order of the cases, which must be resolved.

    A case without a prediction, or whose prediction failed, scores as a wrong attempt.
    """
    made = {id: prediction for id, prediction in predictions.items() if prediction.error is None}
    scope = Scope.of(cases, made.values())
    return [score_case(case, made.get(case.id), corpus, scope) for case in cases]


def score_case(case: EvalCase, prediction: Prediction | None, corpus: Corpus, scope: Scope) -> Row:
    """Each metric that applies to the case as (numerator, denominator)."""
    shown = prediction or Prediction(case.id)
    row: Row = {}
    if scope.answers:
        row |= answer_metrics(case, prediction, short_answers=scope.short_answers)
    if scope.passages:
        row |= retrieval_metrics(case, shown.passages or (), corpus, rank_documents=not scope.quotes)
    if scope.citations:
        row |= citation_metrics(case, shown, corpus)
    if scope.states:
        row |= shown_metrics(case, shown, corpus)
    return row


def totals(rows: Iterable[Row]) -> Row:
    """The sums of numerators and denominators of each metric that applies to some case."""
    sums: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for row in rows:
        for name, (numerator, denominator) in row.items():
            before = sums[name]
            sums[name] = (before[0] + numerator, before[1] + denominator)
    return {name: share for name, share in sums.items() if share[1]}


def values(sums: Row) -> dict[str, float]:
    """Each metric's value, and `abstention_hmean` where both its parts are there."""
    found = {name: numerator / denominator for name, (numerator, denominator) in sums.items()}
    if "unanswerable_recall" in found and "answerable_coverage" in found:
        both = found["unanswerable_recall"], found["answerable_coverage"]
        found["abstention_hmean"] = 2 * both[0] * both[1] / sum(both) if sum(both) else 0.0
    return found
