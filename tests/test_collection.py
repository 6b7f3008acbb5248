"""Questions about the documents themselves, answered from the catalog of a real index."""

from pathlib import Path

import pytest

from assistant.chain import AnswerChain
from assistant.indexing.pipeline import build
from assistant.question.collections import find_of_documents
from assistant.storage import IndexReader
from assistant.types import Answer, Embedder

FILES = {
    "harbour.md": "---\ntitle: Harbour rules\nauthor: Ada Bloom\ndate: 2023-05-03\n---\nBoats wait at the lock.",
    "ferries.md": "---\ntitle: Report on ferries\nauthor: Ben Stahl\ndate: 2024-02-01\n---\nThe ferry carries sheep.",
    "lights.md": "---\ntitle: Report on lights\nauthor: Ada Bloom\ndate: 2024-11-20\n---\nThe lamps are gas lamps.",
    "undated.txt": "Nets are mended in winter. Sheep are kept on the moor.",
}


def chain_over(folder: Path, embedder: Embedder) -> AnswerChain:
    index = folder.parent / f"{folder.name}-index"
    build(folder, index, embedder=embedder)
    return AnswerChain(IndexReader(index), embedder)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, real_embedder: Embedder) -> dict[str, Answer]:
    folder = tmp_path_factory.mktemp("collection")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    chain = chain_over(folder, real_embedder)
    return {question: chain.invoke(question) for question in ASKED}


ASKED = {
    "How many documents are there?": [
        "4 documents",
        "undated",
        "Harbour rules",
        "Report on ferries",
        "Report on lights",
    ],
    "How many documents are from 2024?": ["2 documents", "Report on ferries", "Report on lights"],
    "What is the newest document?": ["Report on lights"],
    "Which is the oldest report?": ["Report on ferries"],
    "Which documents mention sheep?": ["undated", "Report on ferries"],
    "Which briefings mention sheep?": ["undated", "Report on ferries"],
    "Which documents did Ada Bloom write?": ["Harbour rules", "Report on lights"],
    "Who wrote the report on ferries?": ["Ben Stahl: Report on ferries"],
    "When was ferries.md published?": ["1 February 2024: Report on ferries"],
    "List all documents since May 2024": ["Report on lights"],
}


@pytest.mark.parametrize("question", ASKED)
def test_the_catalog_answers_and_says_that_it_does(question: str, answers: dict[str, Answer]) -> None:
    answer = answers[question]
    assert all(statement.computed for statement in answer.statements)
    assert any("catalog" in note for note in answer.notes)
    given = [statement.text for statement in answer.statements]
    assert len(given) == len(ASKED[question])
    assert all(want.lower() in text.lower() for want, text in zip(ASKED[question], given, strict=True)), given


@pytest.mark.parametrize(
    "question",
    ["Who wrote to the mayor?", "When was the licence issued?", "Which documents must a skipper carry?"],
)
def test_what_only_sounds_like_it_is_read_for(question: str, tmp_path: Path, real_embedder: Embedder) -> None:
    (tmp_path / "skippers.txt").write_text(
        "Cora Vane wrote to the mayor. The licence was issued in 2021. A skipper must carry a logbook.",
        "utf-8",
    )
    answer = chain_over(tmp_path, real_embedder).invoke(question)
    assert not any(statement.computed for statement in answer.statements)
    assert find_of_documents(question) is not None


def test_a_file_is_summed_up_by_its_name(tmp_path: Path, real_embedder: Embedder) -> None:
    (tmp_path / "nets.txt").write_text("Nets are mended in winter. They are dried on the moor.", "utf-8")
    chain = chain_over(tmp_path, real_embedder)
    assert "mended" in chain.invoke("What is nets.txt about?").text
    assert chain.invoke("What is boats.txt about?").abstained
