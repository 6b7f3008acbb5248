"""Why a case is not as it should be: the step at which the right words were lost."""

from collections.abc import Sequence
from enum import StrEnum

from evals.cases import CitedSpan, Corpus, EvalCase, Prediction
from evals.metrics import Row, cited_by, evidence_of, in_words, rank_of, words
from evals.runs.outcomes import Outcome
from evals.runs.results import Result

HALF = 0.5  # of the statements shown, below which the answer is padded


class Why(StrEnum):
    """In the order of the steps; `padded` is a fault of right answers too."""

    not_found = "not found"  # no passage holds the evidence
    not_read = "found but not read"  # a passage does, but nothing of it was proposed
    not_chosen = "read but not chosen"  # it was proposed, and not shown as the answer
    wrong_version = "wrong version"  # one of the answers that are wrong by now, or were wrong then
    padded = "padded"  # the answer is there, behind or among what does not answer
    not_silent = "not silent"  # answered without an answer in the documents
    failed = "failed"


def reasons(result: Result, corpus: Corpus) -> dict[str, Why]:
    """By case id, for those that something is wrong with."""
    made = result.made
    each = zip(result.cases, result.rows, result.outcomes, strict=True)
    found = {case.id: why(case, made.get(case.id), row, came, corpus) for case, row, came in each}
    return {id: reason for id, reason in found.items() if reason}


def why(case: EvalCase, prediction: Prediction | None, row: Row, came: Outcome, corpus: Corpus) -> Why | None:
    """None where nothing is wrong, or the case is not graded."""
    if prediction is None or came is Outcome.failed:
        return Why.failed
    if came is Outcome.answered_wrongly:
        return Why.not_silent
    if came is Outcome.right:
        return Why.padded if _is_padded(row) else None
    if came.good or came is Outcome.ungraded:
        return None
    if came is Outcome.wrong and _gives(case.wrong_answers, prediction):
        return Why.wrong_version
    if came is Outcome.wrong and row.get("contains", (0, 1))[0]:
        return Why.padded  # behind the statements that count
    if _stands_in(case, (*(prediction.also or ()), *(prediction.citations or ())), corpus):
        return Why.not_chosen
    return Why.not_read if _is_found(case, prediction.passages or (), corpus) else Why.not_found


def _is_padded(row: Row) -> bool:
    leads = row.get("first_right", (1, 1))[0]
    good, shown = row.get("answer_precision", (1, 1))
    return not leads or (shown > 0 and good / shown < HALF)


def _gives(wrong: Sequence[str], prediction: Prediction) -> bool:
    given = words(prediction.answer or "")
    return any(in_words(words(each), given) for each in wrong)


def _stands_in(case: EvalCase, places: Sequence[CitedSpan], corpus: Corpus) -> bool:
    """Some evidence, or where none is quoted an accepted answer."""
    gold = evidence_of(case, corpus)
    if gold:
        return bool(gold & cited_by(places, corpus))
    return _holds_answer(case, places, corpus)


def _is_found(case: EvalCase, passages: Sequence[CitedSpan], corpus: Corpus) -> bool:
    if case.evidence:
        return any(rank_of(item, passages, corpus) < float("inf") for item in case.evidence)
    return _holds_answer(case, passages, corpus)


def _holds_answer(case: EvalCase, places: Sequence[CitedSpan], corpus: Corpus) -> bool:
    texts = [words(corpus.words(place)) for place in places]
    return any(in_words(words(answer), text) for answer in case.answers or () for text in texts)
