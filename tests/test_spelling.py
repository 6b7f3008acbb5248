"""Misspelt questions: what is put right, what is left, and that it is told."""

from pathlib import Path

import pytest

from assistant.chain import AnswerChain
from assistant.indexing.pipeline import build
from assistant.retrieval import corrections
from assistant.storage import IndexReader
from assistant.types import Embedder, Question

TEXT = (
    "The harbour office issues a licence for each ferry. The fee for a licence is 40 pounds. Ask Ms Thorne."
)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, real_embedder: Embedder) -> AnswerChain:
    folder: Path = tmp_path_factory.mktemp("spelling")
    (folder / "fees.txt").write_text(TEXT, "utf-8")
    index = tmp_path_factory.mktemp("spelling-index")
    build(folder, index, embedder=real_embedder)
    return AnswerChain(IndexReader(index), real_embedder)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("licnece fee", {"licnece": "licence"}),
        ("What is the fee for a lisence at the harbuor?", {"lisence": "licence", "harbuor": "harbour"}),
        ("WHO IS THE HARBUOR OFFICER", {"HARBUOR": "harbour"}),
        ("whats the licnece fee", {"whats": "what's", "licnece": "licence"}),
        ("Is Thorn a clerk?", {}),  # a name
        ("Can I bring a horse?", {}),  # English, though the index does not have it
        ("“licnece” fee", {}),  # quoted
        ("licence fees", {}),
        ("Wieviel kostet eine Genehmigung fuer Faehren", {}),
    ],
)
def test_words_that_are_nowhere_are_put_right_by_those_of_the_index(
    typed: str, meant: dict[str, str], chain: AnswerChain
) -> None:
    assert corrections(typed, chain.index.current()) == meant


def test_it_is_told_and_can_be_undone(chain: AnswerChain) -> None:
    answer = chain.invoke("what is the fee for a lisence")
    assert answer.question == "what is the fee for a lisence"
    assert "40 pounds" in answer.text
    assert [(hint.key, hint.label, hint.applied) for hint in answer.hints] == [
        ("spelling", "searched for: licence", True)
    ]
    undone = chain.invoke(Question("what is the fee for a lisence", disabled_hints=("spelling",)))
    assert [hint.applied for hint in undone.hints] == [False]
