"""Asking a system every case, one after the other."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from assistant.errors import UserError
from assistant.types import Answer, Question, Turn
from evals.cases import EvalCase, Prediction, to_question


def run(
    cases: Iterable[EvalCase],
    answer: Callable[[Question], Answer],
    *,
    on_progress: Callable[[Prediction], None] = lambda prediction: None,
    made: Mapping[str, Prediction] | None = None,
) -> list[Prediction]:
    """One prediction a case, in order; `on_progress` is handed each new one as soon as it is made.

    `made`: predictions of an earlier, interrupted run, which are not made again. A UserError fails its case alone; any
    other exception is a defect and ends the run. A turn of a conversation is asked after the real answers before it.
    """
    known = dict(made or {})
    asked: dict[str, EvalCase] = {}
    predictions = []
    for case in cases:
        asked[case.id] = case = after(case, asked, known)
        if case.id not in known:
            known[case.id] = _ask(case, answer)
            on_progress(known[case.id])
        predictions.append(known[case.id])
    return predictions


def after(case: EvalCase, asked: Mapping[str, EvalCase], made: Mapping[str, Prediction]) -> EvalCase:
    """The case with the conversation that it follows; a turn that failed is left out, as on the page."""
    before = asked.get(case.follows or "")
    if before is None:
        return case
    given = made[before.id]
    turns = (Turn("user", before.question), Turn("assistant", given.answer or ""))
    return replace(case, history=(*before.history, *(turns if given.error is None else ())))


def _ask(case: EvalCase, answer: Callable[[Question], Answer]) -> Prediction:
    started = time.perf_counter()
    try:
        given = answer(to_question(case))
    except UserError as error:
        return Prediction.failed(case.id, str(error), seconds=time.perf_counter() - started)
    return Prediction.from_answer(case.id, given, seconds=time.perf_counter() - started)
