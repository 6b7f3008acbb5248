"""A floor under the quality of answers: every third of our own cases, so that no change lowers it unseen.

The floors lie one or two cases under what was reached; `make eval` measures all cases.
"""

from pathlib import Path

import pytest
from rich.console import Console

from assistant.chain import AnswerChain
from assistant.storage.generations import IndexReader
from assistant.types import Embedder
from evals.cases import Corpus, gather, resolve
from evals.runs import Result, ask

CASES = Path(__file__).parent.parent / "evals" / "cases"
FLOORS = {
    "hit_rate@5": 0.93,
    "contains": 0.46,
    "leads_with_evidence": 0.29,
    "answerable_coverage": 0.74,
    "unanswerable_recall": 0.42,
    "citation_f1": 0.35,
    "first_right": 0.6,
    "right": 0.51,
    "answer_precision": 0.57,
    "quote_exact": 1.0,
}


@pytest.fixture(scope="module")
def result(corpus_index: Path, real_embedder: Embedder) -> Result:
    chain = AnswerChain(IndexReader(corpus_index), real_embedder)
    texts = {document.id: document.text for document in chain.index.current().catalog.documents()}
    cases = [
        resolve(case, texts)
        for case in gather(sorted(set(CASES.glob("*.jsonl")) - {CASES / "second_set.jsonl"}))[::3]
    ]
    given = ask(cases, chain.invoke, predictions=None, console=Console(quiet=True))
    return Result.of("own", cases, {made.id: made for made in given}, Corpus(texts))


@pytest.mark.parametrize("metric", FLOORS)
def test_answers_are_no_worse_than_they_were(result: Result, metric: str) -> None:
    assert result.missing == 0
    assert result.metrics[metric].value >= FLOORS[metric]
