"""Case and prediction files, read and checked -> `EvalCase`s, resolved against a `Corpus`, and `Prediction`s.

Our own cases lie here too, as *.jsonl.
"""

from evals.cases.case import (
    LONG_ANSWER,
    EvalCase,
    Evidence,
    Stale,
    doubtful,
    resolve,
    resolve_all,
    to_question,
)
from evals.cases.case_files import gather, own_cases, pack_name, read_cases
from evals.cases.corpus import Corpus
from evals.cases.jsonl import Line, check, read_objects
from evals.cases.prediction_files import PredictionFile, read_predictions
from evals.cases.predictions import CitedSpan, Prediction, ShownStatement
from evals.cases.writing import fingerprint, fingerprint_of_set, to_line, write_cases

__all__ = [
    "LONG_ANSWER",
    "CitedSpan",
    "Corpus",
    "EvalCase",
    "Evidence",
    "Line",
    "Prediction",
    "PredictionFile",
    "ShownStatement",
    "Stale",
    "check",
    "doubtful",
    "fingerprint",
    "fingerprint_of_set",
    "gather",
    "own_cases",
    "pack_name",
    "read_cases",
    "read_objects",
    "read_predictions",
    "resolve",
    "resolve_all",
    "to_line",
    "to_question",
    "write_cases",
]
