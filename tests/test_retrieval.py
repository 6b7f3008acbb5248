from datetime import date
from pathlib import Path

import pytest

from assistant.answering.scope import allowed, gone, searched
from assistant.chain import PassageRetriever
from assistant.indexing.pipeline import build
from assistant.question.parse import parse_question
from assistant.retrieval.search import fuse, retrieve, spread
from assistant.storage.generations import Generation, IndexReader
from assistant.types import Embedder, Question
from tests.conftest import WordEmbedder


@pytest.fixture
def generation(notes: Path, tmp_path: Path, words_embedder: WordEmbedder) -> Generation:
    build(notes, tmp_path / "index", embedder=words_embedder)
    return IndexReader(tmp_path / "index").current()


def found(generation: Generation, embedder: WordEmbedder, question: Question) -> list[str]:
    return [p.document for p in retrieve(parse_question(question), generation, embedder)]


def test_the_passage_that_answers_comes_first(generation: Generation, words_embedder: WordEmbedder) -> None:
    assert (
        found(generation, words_embedder, Question("How many passengers does the ferry carry?"))[0]
        == "ferry.md"
    )


def test_passages_keep_their_scores_and_are_spans(
    generation: Generation, words_embedder: WordEmbedder
) -> None:
    passages = retrieve(parse_question(Question("ferry")), generation, words_embedder)
    assert passages[0].scores["keyword"] > 0
    assert passages[0].scores["dense"] > 0
    for passage in passages:
        assert generation.catalog.document(passage.document).text[passage.start : passage.end] == passage.text


def test_questions_are_answered_after_the_last_passages_were_removed(
    notes: Path, tmp_path: Path, words_embedder: WordEmbedder
) -> None:
    for name in ("mill.txt", "well.txt"):
        (notes / name).write_text(f"The {name} is old.", "utf-8")
    build(notes, tmp_path / "index", embedder=words_embedder)
    (notes / "well.txt").unlink()
    build(notes, tmp_path / "index", embedder=words_embedder)
    generation = IndexReader(tmp_path / "index").current()
    assert found(generation, words_embedder, Question("ferry"))[0] == "ferry.md"


def test_only_the_documents_asked_for_are_searched(
    generation: Generation, words_embedder: WordEmbedder
) -> None:
    assert set(found(generation, words_embedder, Question("ferry", within=("bridge.md",)))) == {"bridge.md"}
    assert found(generation, words_embedder, Question("ferry", within=())) == []


def test_nothing_published_later_is_used(generation: Generation, words_embedder: WordEmbedder) -> None:
    question = Question("ferry bridge bakery", as_of=date(2021, 12, 31))
    assert set(found(generation, words_embedder, question)) == {"bridge.md", "bakery.txt"}


def test_a_file_that_is_gone_is_not_searched_which_is_said(
    notes: Path, generation: Generation, words_embedder: WordEmbedder
) -> None:
    (notes / "ferry.md").unlink()
    assert "ferry.md" not in found(
        generation, words_embedder, Question("How many passengers does the ferry carry?")
    )
    (told,) = gone(generation)
    assert "1 document whose file is no longer in the folder (ferry.md)" in told
    assert searched(allowed(Question("x"), generation), None) == "2 documents"


def test_an_index_without_its_corpus_stands_for_itself(
    notes: Path, generation: Generation, words_embedder: WordEmbedder
) -> None:
    notes.rename(notes.with_name("elsewhere"))
    assert found(generation, words_embedder, Question("ferry"))[0] == "ferry.md"


def test_what_both_lists_have_beats_what_only_one_has() -> None:
    fused = fuse({1: 0.9, 2: 0.88, 3: 0.1}, {2: 7.0, 4: 8.0})
    assert max(fused, key=fused.__getitem__) == 2


def test_one_document_does_not_crowd_out_the_rest() -> None:
    ranked = spread({0: 1.0, 1: 0.99, 2: 0.98, 3: 0.97}, [5, 5, 5, 6], 3)
    assert [number for number, _ in ranked] == [0, 3, 1]


def test_the_langchain_retriever_gives_spans_and_sources(
    notes: Path, tmp_path: Path, real_embedder: Embedder
) -> None:
    build(notes, tmp_path / "index", embedder=real_embedder)
    retriever = PassageRetriever(index=IndexReader(tmp_path / "index"), embedder=real_embedder, count=2)
    documents = retriever.invoke("Where can I buy something to eat?")
    assert len(documents) == 2
    assert documents[0].metadata["document"] == "bakery.txt"
    assert documents[0].page_content.startswith("The bakery")
