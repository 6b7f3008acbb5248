"""Case and prediction files, read and checked -> `EvalCase`s, resolved against a `Corpus`, and `Prediction`s.

Our own cases lie here too, as *.jsonl.
"""

from evals.cases.case import LONG_ANSWER, EvalCase, Evidence, resolve, to_question
from evals.cases.case_files import gather, own_cases, pack_name, read_cases
from evals.cases.corpus import Corpus
from evals.cases.jsonl import read_objects
from evals.cases.prediction_files import PredictionFile, read_predictions
from evals.cases.predictions import CitedSpan, Prediction, ShownStatement

__all__ = [
    "LONG_ANSWER",
    "CitedSpan",
    "Corpus",
    "EvalCase",
    "Evidence",
    "Prediction",
    "PredictionFile",
    "ShownStatement",
    "gather",
    "own_cases",
    "pack_name",
    "read_cases",
    "read_objects",
    "read_predictions",
    "resolve",
    "to_question",
]
