"""The packaged score of support, in int8, and the network it is trained as."""

from pathlib import Path

import pytest

from assistant.checking import check
from assistant.errors import DamagedModel
from assistant.models import SupportScore, Verdict, checker, load_support_score

CITED = (
    "Licences, Gazette, 31 August 2023\nThe Securities and Futures Commission (SFC) approved HashKey's application on "
    "3 August. OSL plans to open its exchange to retail clients. Trading volumes rose after the decision."
)
TRUE = "HashKey's application was approved by the SFC on 3 August 2023."
WRONG = {
    "negated": "The SFC did not approve HashKey's application.",
    "roles": "HashKey approved the application of the SFC.",
    "opposite": "The SFC rejected HashKey's application on 3 August.",
    "direction": "After the decision trading volumes went down.",
    "plan": "OSL has opened its exchange to retail clients.",
}


@pytest.fixture(scope="module")
def score(tmp_path_factory: pytest.TempPathFactory) -> SupportScore:
    return load_support_score(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("statement", WRONG.values(), ids=WRONG)
def test_what_says_otherwise_scores_below_what_is_true(score: SupportScore, statement: str) -> None:
    assert score.verdict(statement, CITED).log_odds < score.verdict(TRUE, CITED).log_odds - 1
    assert check(statement, [CITED], score)


def test_what_is_true_in_other_words_is_supported(score: SupportScore) -> None:
    assert check(TRUE, [CITED], score) == ()


def test_a_verdict_is_a_share_of_one(score: SupportScore) -> None:
    verdict = score.verdict(TRUE, CITED)
    assert verdict.supported + verdict.contradicted + verdict.unsupported == pytest.approx(1)
    assert Verdict(1.0, 0.0, 0.0).log_odds > 0 > Verdict(0.0, 0.5, 0.5).log_odds


def test_int8_says_what_the_trained_network_says(score: SupportScore) -> None:
    torch = pytest.importorskip("torch")
    from evals.training.checker_network import Batcher, CheckerNetwork
    from evals.training.claim_examples import Example

    network = CheckerNetwork(Path(checker.__file__).with_name(checker.CHANGES)).eval()
    batcher = Batcher()
    examples = [Example(statement, "", CITED, 0) for statement in (TRUE, *WRONG.values())]
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        logits = network(batcher.batch(batcher.encode(examples), [0] * len(examples))).float()
    for shares, example in zip(logits.softmax(1).tolist(), examples, strict=True):
        assert score.verdict(example.statement, CITED).supported == pytest.approx(shares[0], abs=0.15)


def test_weights_that_are_missing_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "CHANGES", "nothing.safetensors")
    with pytest.raises(DamagedModel, match=r"nothing\.safetensors"):
        load_support_score(tmp_path)
