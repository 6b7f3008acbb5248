"""The metrics against reference implementations, on random inputs: trec_eval, SQuAD's own script, textbooks."""

import re
import string
from collections import Counter

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from evals.benchmarks.gate_power import CAUGHT, FALSE_ALARMS, simulate
from evals.cases import CitedSpan, Corpus, EvalCase, Evidence, Prediction
from evals.metrics import score_cases, words
from evals.metrics.answers import rouge_l, token_f1
from evals.runs.calibration import Calibration

NAMES = [f"d{number}" for number in range(14)]
CORPUS = Corpus(dict.fromkeys(NAMES, "Some words."))
EXACT = 1e-9

texts = st.text(alphabet="aAnNthe theTHE .,'’-éß1２\t\n", max_size=40) | st.text(max_size=40)
tokens = st.lists(st.sampled_from("abcde"), max_size=12)


@given(
    found=st.lists(st.sampled_from(NAMES), max_size=12, unique=True),
    relevant=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True),
)
def test_ranking_is_that_of_trec_eval(found: list[str], relevant: list[str]) -> None:
    case = EvalCase("q", "?", evidence=tuple(Evidence(name) for name in relevant))
    made = Prediction("q", passages=tuple(CitedSpan(name) for name in found))
    (ours,) = score_cases([case], {"q": made}, CORPUS)
    measures = {"recall.1,5,10", "success.1,5,10", "ndcg_cut.5,10", "recip_rank"}
    evaluator = pytrec_eval.RelevanceEvaluator({"q": dict.fromkeys(relevant, 1)}, measures)
    run = {name: float(len(found) - rank) for rank, name in enumerate(found)} or {"none": 1.0}
    theirs = evaluator.evaluate({"q": run})["q"]
    named = {f"recall@{k}": f"recall_{k}" for k in (1, 5, 10)}
    named |= {f"hit_rate@{k}": f"success_{k}" for k in (1, 5, 10)}
    named |= {"ndcg@5": "ndcg_cut_5", "ndcg@10": "ndcg_cut_10", "mrr": "recip_rank"}
    for name, reference in named.items():
        assert ours[name][0] / ours[name][1] == pytest.approx(theirs[reference], abs=EXACT), name


def normalize_answer(s: str) -> str:
    """As in evaluate-v2.0.py of SQuAD."""

    def remove_articles(text: str) -> str:
        regex = re.compile(r"\b(a|an|the)\b", re.UNICODE)
        return re.sub(regex, " ", text)

    def white_space_fix(text: str) -> str:
        return " ".join(text.split())

    def remove_punc(text: str) -> str:
        exclude = set(string.punctuation)
        return "".join(ch for ch in text if ch not in exclude)

    return white_space_fix(remove_articles(remove_punc(s.lower())))


def compute_f1(a_gold: str, a_pred: str) -> float:
    """As in evaluate-v2.0.py of SQuAD."""
    gold_toks, pred_toks = normalize_answer(a_gold).split(), normalize_answer(a_pred).split()
    num_same = sum((Counter(gold_toks) & Counter(pred_toks)).values())
    if len(gold_toks) == 0 or len(pred_toks) == 0:
        return float(gold_toks == pred_toks)
    if num_same == 0:
        return 0
    precision, recall = num_same / len(pred_toks), num_same / len(gold_toks)
    return (2 * precision * recall) / (precision + recall)


@given(text=texts)
def test_words_are_those_of_squads_own_script(text: str) -> None:
    assert " ".join(words(text)) == normalize_answer(text)


@given(gold=texts, predicted=texts)
def test_shared_words_are_counted_as_by_squads_own_script(gold: str, predicted: str) -> None:
    if words(gold) and words(predicted):  # a case has an answer, and an empty prediction abstains
        assert token_f1(words(predicted), words(gold)) == pytest.approx(
            compute_f1(gold, predicted), abs=EXACT
        )


@given(one=tokens, other=tokens)
def test_rouge_l_is_that_of_the_textbook(one: list[str], other: list[str]) -> None:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, first in enumerate(one):
        for j, second in enumerate(other):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if first == second else max(table[i][j + 1], table[i + 1][j])
            )
    matched = table[-1][-1]
    precision, recall = (matched / len(side) if side else 0.0 for side in (one, other))
    expected = 2 * precision * recall / (precision + recall) if matched else 0.0
    assert rouge_l(one, other) == pytest.approx(expected, abs=EXACT)


@given(
    known=st.lists(
        st.tuples(st.floats(0, 1, allow_subnormal=False), st.booleans()), min_size=2, max_size=40
    ).filter(lambda known: len({truth for _, truth in known}) == 2)
)
def test_calibration_error_risk_and_coverage_are_those_of_their_definitions(
    known: list[tuple[float, bool]],
) -> None:
    cases = [EvalCase(str(at), "?", answerable=truth) for at, (_, truth) in enumerate(known)]
    made = {str(at): Prediction(str(at), confidence=confidence) for at, (confidence, _) in enumerate(known)}
    found = Calibration.of(cases, made)
    assert found
    error = 0.0
    for number in range(10):
        inside = [(c, t) for c, t in known if min(int(c * 10), 9) == number]
        if inside:
            error += abs(sum(c - t for c, t in inside)) / len(known)
    assert found.error == pytest.approx(error, abs=EXACT)
    for point in found.points:
        answered = [truth for confidence, truth in known if confidence >= point.threshold]
        assert point.coverage == pytest.approx(len(answered) / len(known), abs=EXACT)
        assert point.risk == pytest.approx(1 - sum(answered) / len(answered), abs=EXACT)


@pytest.mark.slow
def test_the_gate_stops_a_regression_of_five_points_and_lets_a_change_that_is_none_pass() -> None:
    assert simulate(200, 5.0, 0.0, runs=100, seed=0) >= CAUGHT
    assert simulate(200, 5.0, 0.02, runs=100, seed=0) >= CAUGHT
    assert simulate(200, 0.0, 0.02, runs=100, seed=1) <= FALSE_ALARMS
