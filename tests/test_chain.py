"""The whole chain over the sample corpus, with the real embedder, reader and Chroma."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.answering.writing.write import load_model
from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.indexing.pipeline import build
from assistant.storage.generations import INDEX_FORMAT, IndexReader
from assistant.storage.seal import seal
from assistant.types import Answer, Embedder, Question, Turn
from tests.chat_servers import Scripted, scripted_server
from tests.conftest import WordEmbedder


@pytest.fixture(scope="module")
def chain(corpus_index: Path, real_embedder: Embedder) -> AnswerChain:
    return AnswerChain(IndexReader(corpus_index), real_embedder)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as running:
        yield running


def writer(chain: AnswerChain, server: Scripted, timeout: float = 5) -> AnswerChain:
    model = replace(load_model("openai:scripted", url=server.url), timeout=timeout)
    return AnswerChain(chain.index, chain.embedder, model=model)


def assert_exact(answer: Answer, chain: AnswerChain) -> None:
    catalog = chain.index.current().catalog
    for citation in answer.citations:
        assert catalog.document(citation.document).text[citation.start : citation.end] == citation.quote


QUESTION = "Who said Hong Kong may go its own way, and on what condition?"


@pytest.mark.parametrize("text", [QUESTION, "What is the price of bread?", "Summarise the ASPIRe roadmap"])
def test_the_same_question_of_the_same_index_gets_the_same_answer_to_the_byte(
    corpus_index: Path, real_embedder: Embedder, text: str
) -> None:
    made = [AnswerChain(IndexReader(corpus_index), real_embedder).invoke(text).to_json() for _ in range(2)]
    first, second = (json.dumps(answer | {"timings": None}) for answer in made)
    assert first == second


def test_the_person_and_the_condition_are_quoted_with_their_exact_span(chain: AnswerChain) -> None:
    answer = chain.invoke(QUESTION)
    assert not answer.abstained
    assert 1 <= len(answer.statements) <= 5
    assert "Nick Chan" in answer.text
    assert "financial stability" in answer.text
    assert_exact(answer, chain)


def test_another_persons_expectation_is_quoted(chain: AnswerChain) -> None:
    answer = chain.invoke("What did BOCOM International's chairman expect of licence applicants?")
    assert "only a few" in answer.text
    assert_exact(answer, chain)


def test_what_is_not_in_the_documents_is_met_with_no_statement_or_with_silence(chain: AnswerChain) -> None:
    answer = chain.invoke("What is the price of Bitcoin today?")
    assert (answer.state, answer.statements) == ("unsure", ())
    answer = chain.invoke("What is the weather in Hong Kong?")
    assert (answer.state, answer.statements, answer.also) == ("silent", (), ())
    assert answer.text.startswith("I found no answer in 56 documents.")
    assert answer.passages


def test_what_a_document_says_is_not_known_is_met_with_silence_that_quotes_it(chain: AnswerChain) -> None:
    answer = chain.invoke("Which Liaison Office officials attended the crypto events, by name?")
    assert (answer.state, answer.statements) == ("silent", ())
    assert [candidate.quote for candidate in answer.also] == [
        "The report does not name the officials who came."
    ]
    assert answer.also[0].quote in answer.text


def test_the_same_question_gives_the_same_answer(chain: AnswerChain) -> None:
    first, second = (chain.invoke(QUESTION).to_json() | {"timings": {}} for _ in range(2))
    assert first == second


def test_batch_stream_and_async_give_what_invoke_gives(chain: AnswerChain) -> None:
    async def last() -> Answer:
        return [answer async for answer in chain.astream(QUESTION)][-1]

    wanted = chain.invoke(QUESTION).statements
    assert [answer.statements for answer in chain.batch([QUESTION, QUESTION])] == [wanted, wanted]
    assert list(chain.stream(QUESTION))[-1].statements == wanted
    assert asyncio.run(last()).statements == wanted
    assert asyncio.run(chain.ainvoke(QUESTION)).statements == wanted


def test_nothing_published_after_the_date_is_used(chain: AnswerChain) -> None:
    answer = chain.invoke(Question("How many trading platforms are licensed?", as_of=date(2024, 6, 30)))
    assert answer.passages
    assert all(p.source.published and p.source.published <= date(2024, 6, 30) for p in answer.passages)


def test_only_the_named_documents_are_used_by_id_or_by_title(chain: AnswerChain) -> None:
    title = chain.index.current().catalog.document("aspire-roadmap").source.title
    for name in ("aspire-roadmap", title):
        answer = chain.invoke(Question("What are the pillars of the roadmap?", within=(name,)))
        assert {p.document for p in answer.passages} == {"aspire-roadmap"}


def test_an_unknown_document_is_told_with_the_nearest_name(chain: AnswerChain) -> None:
    with pytest.raises(UserError, match="aspire-roadmap"):
        chain.invoke(Question("What is it?", within=("aspire-roadmapp",)))


def test_a_follow_up_is_answered_within_the_conversation(chain: AnswerChain) -> None:
    history = (
        Turn("user", "Who said Hong Kong may go its own way?"),
        Turn("assistant", "Nick Chan, a member of the National People's Congress, put the matter so."),
    )
    answer = chain.invoke(Question("On what condition?", history=history))
    assert "financial stability" in answer.text


def test_an_index_of_another_embedding_model_is_told(chain: AnswerChain, words_embedder: object) -> None:
    with pytest.raises(UserError, match="embedding model"):
        AnswerChain(chain.index, words_embedder).invoke(QUESTION)  # type: ignore[arg-type]


def test_writing_without_a_model_is_told(chain: AnswerChain) -> None:
    with pytest.raises(UserError, match="ASSISTANT_MODEL"):
        chain.invoke(Question(QUESTION, mode="write"))


def test_a_written_answer_is_streamed_and_checked_at_the_end(chain: AnswerChain, server: Scripted) -> None:
    server.parts = ("Nick Chan said Hong Kong may go its own way. ", "[1] The year was 1888. [1]")
    grown = list(writer(chain, server).stream(QUESTION))
    assert not grown[0].complete
    last = grown[-1]
    assert (last.complete, last.mode, last.model) == (True, "write", "openai:scripted")
    assert [statement.supported for statement in last.statements] == [True, False]
    assert "1888" not in last.text
    assert_exact(last, chain)


def test_a_model_that_keeps_silent_gives_an_abstention(chain: AnswerChain, server: Scripted) -> None:
    server.parts = ("The documents don't say.",)
    answer = writer(chain, server).invoke(QUESTION)
    assert (answer.abstained, answer.mode) == (True, "write")


@pytest.mark.parametrize("parts", [(), ("All of this is invented by 7 Martians [44].",)])
def test_a_model_that_fails_is_told_and_the_answer_is_quoted(
    chain: AnswerChain, server: Scripted, parts: tuple[str, ...]
) -> None:
    server.parts = parts
    answer = writer(chain, server).invoke(QUESTION)
    assert answer.mode == "quote"
    assert "Nick Chan" in answer.text
    assert any("quoted instead" in note for note in answer.notes)


def test_an_index_of_another_version_answers_and_says_so(
    notes: Path, tmp_path: Path, words_embedder: WordEmbedder
) -> None:
    build(notes, tmp_path / "index", embedder=words_embedder)
    (manifest,) = (tmp_path / "index" / "generations").glob("*/manifest.json")
    manifest.write_text(manifest.read_text().replace(INDEX_FORMAT, "sentences-1"))
    seal(manifest.parent)
    answer = AnswerChain(IndexReader(tmp_path / "index"), words_embedder).invoke("What does the ferry cost?")
    assert any("`assistant index`" in note for note in answer.notes)


def test_writing_without_a_chat_model_is_refused_before_anything_is_searched(real_embedder: Embedder) -> None:
    chain = AnswerChain(cast(Any, "no index"), real_embedder)
    with pytest.raises(UserError, match="No chat model is configured"):
        chain.invoke(Question("Who said so?", mode="write"))
