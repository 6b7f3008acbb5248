"""The metrics of retrieval, answers, abstention and citations; names.py says what each one is."""

from evals.metrics.retrieval import Row
from evals.metrics.scoring import score_cases, totals, values

__all__ = ["Row", "score_cases", "totals", "values"]
