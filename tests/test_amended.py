"""What a newer document says that it replaces goes before what it amends."""

import pytest

from assistant.chain import AnswerChain
from assistant.indexing.pipeline import build
from assistant.storage import IndexReader
from assistant.types import Embedder

FILES = {
    "rules.md": "---\ntitle: Rules of the quay\npublished: 2022-01-10\n---\n# Rules of the quay\n\n"
    "3. A boat may lie at the quay for 14 days.\n\n4. The fee is 5 pounds a night.\n\n"
    "5. Dogs and cats may be kept on board.",
    "first.md": "---\ntitle: First notice on the rules of the quay\npublished: 2023-02-01\n---\n"
    'In rule 4, the words "5 pounds" are replaced by "6 pounds".',
    "second.md": "---\ntitle: Second notice on the rules of the quay\npublished: 2024-03-01\n---\n"
    'In rule 4, as amended, the words "6 pounds" are replaced by "8 pounds". '
    'In rule 5 the words "and cats" are struck out.',
    "other.md": "---\ntitle: Notice on the mooring of barges\npublished: 2025-01-01\n---\n"
    "In rule 3 the number 14 is replaced by 30.",
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, real_embedder: Embedder) -> AnswerChain:
    folder = tmp_path_factory.mktemp("amended")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    index = tmp_path_factory.mktemp("amended-index")
    build(folder, index, embedder=real_embedder)
    return AnswerChain(IndexReader(index), real_embedder)


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("What is the fee for a night at the quay?", ["second.md", "first.md", "rules.md"]),
        ("May cats be kept on board?", ["second.md", "rules.md"]),
        (
            "For how many days may a boat lie at the quay?",
            ["rules.md"],
        ),  # amended by nothing that has to do with it
    ],
)
def test_the_newest_change_of_a_clause_goes_first(
    question: str, documents: list[str], chain: AnswerChain
) -> None:
    answer = chain.invoke(question)
    cited = [statement.citations[0].document for statement in answer.statements]
    assert cited[: len(documents)] == documents
    assert "other.md" not in cited


def test_the_new_words_are_the_short_answer_and_as_of_an_earlier_day_the_old_ones(chain: AnswerChain) -> None:
    now = chain.invoke("What is the fee for a night at the quay?")
    assert now.short
    assert now.short.quote == "8 pounds"
    then = chain.invoke("What is the fee for a night at the quay as of 1 June 2022?")
    assert then.short
    assert then.short.quote.startswith("5 pounds")
