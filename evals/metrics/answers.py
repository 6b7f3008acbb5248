"""Whether the answer is right, and whether abstaining was."""

from collections import Counter
from itertools import permutations

from evals.cases import LONG_ANSWER, EvalCase, Prediction
from evals.metrics.retrieval import Row
from evals.metrics.words import in_words, without, words

NONE_OF_THESE = words("None of the above")
MOST_ORDERED = 5  # answers that must all be given are compared in every order up to this many: 120 orders


def answer_metrics(case: EvalCase, prediction: Prediction | None, *, short_answers: bool) -> Row:
    """What applies to the case; without a prediction it is a wrong attempt.

    `short_answers`: some case of the set has them, so that the unanswerable count in the overall metrics.
    """
    abstained = prediction is not None and has_abstained(case, prediction)
    if not case.answerable:
        return unanswerable_metrics(abstained=abstained, short_answers=short_answers)
    row: Row = {"answerable_coverage": (prediction is not None and not abstained, 1)}
    if case.answers is None:
        return row
    given = [] if abstained or prediction is None else words(prediction.answer or "")
    accepted = references(case)
    overlap = max(token_f1(given, reference) for reference in accepted)
    row["token_f1"] = (overlap, 1)
    if LONG_ANSWER in case.tags:
        return row | {"rouge_l": (max(rouge_l(given, reference) for reference in accepted), 1)}
    exact, correct = bool(given) and given in accepted, contains(case, given)
    return row | {
        "exact_match": (exact, 1),
        "contains": (correct, 1),
        "exact_match_overall": (exact, 1),
        "token_f1_overall": (overlap, 1),
        "accuracy_overall": (correct, 1),
        "accuracy_given_attempted": (correct, not abstained),
    }


def unanswerable_metrics(*, abstained: bool, short_answers: bool) -> Row:
    row: Row = {"unanswerable_recall": (abstained, 1)}
    if short_answers:
        overall = ("exact_match_overall", "token_f1_overall", "accuracy_overall")
        row |= dict.fromkeys(overall, (abstained, 1))
        row["accuracy_given_attempted"] = (0, not abstained)
    return row


def has_abstained(case: EvalCase, prediction: Prediction) -> bool:
    """An empty answer abstains, as does "None of the above" where there are choices."""
    given = words(prediction.answer or "")
    return prediction.abstained or not given or (case.choices is not None and given == NONE_OF_THESE)


def contains(case: EvalCase, given: list[str], *, one_is_enough: bool = False) -> bool:
    """One accepted answer is given (with match "all" every one, unless one is enough), and no wrong one beside them."""
    accepted = [words(answer) for answer in case.answers or ()]
    combine = all if case.match == "all" and not one_is_enough else any
    right = combine(in_words(answer, given) for answer in accepted)
    rest = without(given, sorted(accepted, key=len, reverse=True))
    return right and not any(in_words(words(wrong), rest) for wrong in case.wrong_answers)


def references(case: EvalCase) -> list[list[str]]:
    """What an answer is compared with: each accepted one, or where all are asked for, all in any order."""
    answers = case.answers or ()
    if case.match == "all" and len(answers) <= MOST_ORDERED:
        return [words(" ".join(order)) for order in permutations(answers)]
    return [words(answer) for answer in answers]


def token_f1(given: list[str], reference: list[str]) -> float:
    shared = Counter(given) & Counter(reference)
    return f1(shared.total(), len(given), len(reference))


def rouge_l(given: list[str], reference: list[str]) -> float:
    return f1(common_subsequence(given, reference), len(given), len(reference))


def f1(matched: int, given: int, wanted: int) -> float:
    return 2 * matched / (given + wanted) if matched else 0.0


def common_subsequence(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence.

    One bit a word of `other`, a whole row of the table an operation (Hyyrö 2004, "Bit-parallel LCS-length
    computation revisited"): the zero bits left are the length.
    """
    places: dict[str, int] = {}
    for bit, word in enumerate(other):
        places[word] = places.get(word, 0) | 1 << bit
    full = row = (1 << len(other)) - 1
    for word in one:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & full
    return len(other) - row.bit_count()
