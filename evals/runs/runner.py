"""Asking a system every case, one after the other."""

import time
from collections.abc import Callable, Iterable

from assistant.errors import UserError
from assistant.types import Answer, Question
from evals.cases import EvalCase, Prediction, to_question


def run(
    cases: Iterable[EvalCase],
    answer: Callable[[Question], Answer],
    *,
    on_progress: Callable[[Prediction], None] = lambda prediction: None,
) -> list[Prediction]:
    """One prediction a case, in order; `on_progress` is handed each as soon as it is made.

    A UserError fails its case alone; any other exception is a defect and ends the run.
    """
    predictions = []
    for case in cases:
        prediction = _ask(case, answer)
        on_progress(prediction)
        predictions.append(prediction)
    return predictions


def _ask(case: EvalCase, answer: Callable[[Question], Answer]) -> Prediction:
    started = time.perf_counter()
    try:
        given = answer(to_question(case))
    except UserError as error:
        return Prediction.failed(case.id, str(error), seconds=time.perf_counter() - started)
    return Prediction.from_answer(case.id, given, seconds=time.perf_counter() - started)
