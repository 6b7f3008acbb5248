import subprocess
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from assistant.answering.writing.prompts import ABSTAIN, SYSTEM
from assistant.answering.writing.write import ChatModel, is_abstention, load_model, split_reply, statements_of
from assistant.errors import ModelUnavailable, UserError
from assistant.types import Passage, Source, Turn
from tests.chat_servers import Scripted, free_port, model_server, scripted_server, small_model

TEXTS = (
    "The stone bridge at Linden was opened in 1888. It has twelve arches.",
    "A ferry carries 40 passengers.",
)
PASSAGES = [
    Passage(Source(f"doc{number}", f"Title {number}"), 50, 50 + len(text), text, 1.0)
    for number, text in enumerate(TEXTS, 1)
]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as running:
        yield running


def model_of(server: Scripted, timeout: float = 5) -> ChatModel:
    return load_model("openai:anything", url=server.url, timeout=timeout)


def reply(model: ChatModel, timeout: float = 5) -> str:
    return list(replace(model, timeout=timeout).stream("When was the bridge opened?", PASSAGES, ()))[-1]


def test_the_reply_is_streamed_as_it_grows(server: Scripted) -> None:
    server.parts = ("It was ", "opened in 1888. [1]")
    grown = list(model_of(server).stream("When?", PASSAGES, ()))
    assert grown == ["It was ", "It was opened in 1888. [1]"]


def test_the_model_is_sent_the_rules_the_numbered_passages_and_the_last_turns(server: Scripted) -> None:
    server.parts = ("Yes. [1]",)
    history = (
        Turn("user", "first"),
        Turn("assistant", "second"),
        Turn("user", "third"),
        Turn("assistant", "fourth"),
    )
    list(model_of(server).stream("When?", PASSAGES, history))
    sent = server.requests[0]["messages"]
    assert isinstance(sent, list)
    assert [message["content"] for message in sent[:3]] == [SYSTEM, "third", "fourth"]
    assert f"[2] Title 2\n{TEXTS[1]}" in sent[3]["content"]
    assert sent[3]["content"].endswith("Question: When?")


def test_citations_become_spans_and_numbers_that_do_not_exist_are_dropped() -> None:
    first, second = statements_of(
        "The ferry carries 40 passengers [2][7]. The bridge is of 1888. [1]", PASSAGES
    )
    assert (first.text, first.supported) == ("The ferry carries 40 passengers.", True)
    assert [(c.marker, c.document, c.start, c.quote) for c in first.citations] == [(1, "doc2", 50, TEXTS[1])]
    assert [(c.marker, c.document) for c in second.citations] == [(2, "doc1")]
    assert second.citations[0].quote == "The stone bridge at Linden was opened in 1888."


def test_a_statement_that_its_source_does_not_bear_out_is_marked() -> None:
    (statement,) = statements_of("The bridge was opened in 1889 [1].", PASSAGES)
    assert not statement.supported
    assert "1889" in statement.reasons[0]


def test_a_statement_whose_only_number_does_not_exist_cites_nothing() -> None:
    (statement,) = statements_of("The bridge was opened in 1888 [9].", PASSAGES)
    assert statement.citations == ()
    assert not statement.supported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One is so [1]. Two is so. [2]", [("One is so.", [1]), ("Two is so.", [2])]),
        ("One is so [1, 2].", [("One is so.", [1, 2])]),
        ("No marker here.", [("No marker here.", [])]),
        ("It ends.\n[3]", [("It ends.", [3])]),
    ],
)
def test_a_marker_belongs_to_the_sentence_it_stands_in_or_after(
    text: str, expected: list[tuple[str, list[int]]]
) -> None:
    assert split_reply(text) == expected


def test_the_models_own_words_of_silence_are_recognised() -> None:
    assert is_abstention(f"{ABSTAIN} [1]")
    assert is_abstention("the documents don’t say")
    assert not is_abstention("The documents say 1888. [1]")


@pytest.mark.parametrize(
    ("status", "told"), [(401, "refused the key"), (404, "does not know"), (500, "failed")]
)
def test_a_server_that_refuses_is_told_in_one_sentence(server: Scripted, status: int, told: str) -> None:
    server.status = status
    with pytest.raises(ModelUnavailable, match=told):
        reply(model_of(server))


def test_a_server_that_stalls_is_given_up(server: Scripted) -> None:
    server.parts, server.stall = ("late",), 20
    with pytest.raises(ModelUnavailable, match=r"nothing for|too long"):
        reply(model_of(server, timeout=30), timeout=0.3)


def test_an_empty_reply_is_a_failure(server: Scripted) -> None:
    server.parts = ("  ",)
    with pytest.raises(ModelUnavailable, match="empty"):
        reply(model_of(server))


def test_a_server_that_is_not_there_is_told() -> None:
    model = load_model("openai:anything", url=f"http://127.0.0.1:{free_port()}", timeout=2)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        reply(model)


@pytest.mark.parametrize("name", ["gpt-4o", "nobody:gpt", "openai:", ""])
def test_a_model_name_that_cannot_be_meant_is_told(name: str) -> None:
    with pytest.raises(UserError, match="PROVIDER:NAME"):
        load_model(name)


def test_a_missing_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UserError, match="key"):
        load_model("openai:gpt-4o-mini")


def test_a_real_language_model_answers_over_the_same_path() -> None:
    try:
        file = small_model()
    except subprocess.CalledProcessError:
        pytest.skip("the small language model cannot be fetched")
    with model_server(file) as url:
        model = load_model("openai:small", url=url, timeout=120)
        grown = list(model.stream("When was the bridge opened?", PASSAGES, ()))
    assert len(grown) > 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(grown))
    assert statements_of(grown[-1], PASSAGES)
