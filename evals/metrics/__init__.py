"""Cases and predictions -> a `Row` of metrics a case, their totals and values; names.py says what each is."""

from evals.metrics.answers import has_abstained
from evals.metrics.citations import cited_by, evidence_of, is_exact
from evals.metrics.names import GROUPS, LEADING, LOWER_IS_BETTER, OPINION, ORDER
from evals.metrics.retrieval import Row, rank_of, retrieval_metrics
from evals.metrics.scoring import score_cases, totals, values
from evals.metrics.words import in_words, words

__all__ = [
    "GROUPS",
    "LEADING",
    "LOWER_IS_BETTER",
    "OPINION",
    "ORDER",
    "Row",
    "cited_by",
    "evidence_of",
    "has_abstained",
    "in_words",
    "is_exact",
    "rank_of",
    "retrieval_metrics",
    "score_cases",
    "totals",
    "values",
    "words",
]
