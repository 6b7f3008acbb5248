"""A chat model's reply over real HTTP: as it grows, stopped, and in every way in which it may fail."""

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest

from assistant.answering.writing.failures import explain
from assistant.answering.writing.prompts import Messages
from assistant.answering.writing.providers import load_model
from assistant.answering.writing.receiving import LONGEST, ChatModel, Reply
from assistant.errors import ModelUnavailable, UserError
from assistant.types import Usage
from tests.chat_servers import Scripted, free_port, model_server, scripted_server, small_model

SENT: Messages = [("system", "Be short."), ("user", "When was the bridge opened?")]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as running:
        running.parts = ("It was ", "opened in 1888. [1]")
        yield running


def model_of(server: Scripted, timeout: float = 5) -> ChatModel:
    return load_model("openai:anything", url=server.url, timeout=timeout)


def replies(server: Scripted, timeout: float = 5) -> list[Reply]:
    return list(model_of(server, timeout).reply(SENT))


def test_the_reply_is_given_as_it_grows(server: Scripted) -> None:
    server.stall = 0.1
    grown = list(dict.fromkeys(reply.text for reply in replies(server)))
    assert [text for text in grown if text] == ["It was ", "It was opened in 1888. [1]"]


def test_the_tokens_and_the_seconds_to_the_first_words_are_told(server: Scripted) -> None:
    server.usage, server.stall = {"prompt_tokens": 812, "completion_tokens": 64, "total_tokens": 876}, 0.3
    usage = replies(server)[-1].usage
    assert (usage.read, usage.wrote, usage.cost) == (812, 64, None)
    assert usage.first_words is not None
    assert 0.3 <= usage.first_words < 3
    assert server.requests[0]["stream_options"] == {"include_usage": True}


def test_while_nothing_comes_the_reply_is_given_as_it_is(server: Scripted) -> None:
    server.stall = 1.2
    assert [reply.text for reply in replies(server)][:3] == ["", "", ""]


@pytest.mark.parametrize("spoken", [0, 1])
def test_who_stops_listening_ends_the_request_at_the_provider(server: Scripted, spoken: int) -> None:
    server.parts = ("It was ", *[f"word{number} " for number in range(1000)])
    server.stall = 30 if not spoken else 0.05
    listening = model_of(server, timeout=60).reply(SENT)
    heard = ""
    while len(heard.split()) < 2 * spoken:
        heard = next(listening).text
    next(listening)
    listening.close()  # type: ignore[attr-defined]
    assert server.left.wait(3)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refused the key"),
        (403, "refused the key"),
        (404, "does not know"),
        (413, "model_context"),
        (500, "failed: Error code: 500"),
    ],
)
def test_a_refusal_is_told_in_one_sentence_and_not_tried_again(
    server: Scripted, status: int, told: str
) -> None:
    server.status = status
    with pytest.raises(ModelUnavailable, match=told):
        replies(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "words", ["maximum context length is 4096 tokens", "the request exceeds the context size"]
)
def test_evidence_that_does_not_fit_is_told_with_the_setting(server: Scripted, words: str) -> None:
    server.status, server.failure = 400, f"This model's {words}"
    with pytest.raises(ModelUnavailable, match="model_context"):
        replies(server)


def test_a_rate_limit_is_waited_for_as_long_as_the_provider_asks(server: Scripted) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    server.refusals = ((429, "0.6"), (503, moment), (529, None))
    started = time.monotonic()
    assert replies(server, timeout=20)[-1].text == "It was opened in 1888. [1]"
    assert len(server.requests) == 4
    assert time.monotonic() - started >= 0.6 + 1


def test_a_wait_that_is_too_long_is_not_begun(server: Scripted) -> None:
    server.refusals = ((429, "3600"),)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="rate limit or your quota"):
        replies(server)
    assert time.monotonic() - started < 3


def test_a_quota_that_is_used_up_is_not_tried_again(server: Scripted) -> None:
    server.status, server.failure = 429, "insufficient_quota: see your billing details"
    with pytest.raises(ModelUnavailable, match="quota"):
        replies(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("stall", [20, 0.2])
def test_a_reply_that_does_not_end_in_time_is_given_up(server: Scripted, stall: float) -> None:
    """Whether nothing comes, or a word now and then."""
    server.parts, server.stall = tuple(f"word{number} " for number in range(1000)), stall
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="longer than 1 seconds"):
        replies(server, timeout=1)
    assert time.monotonic() - started < 3
    assert server.left.wait(3)


def test_an_endless_reply_is_stopped(server: Scripted) -> None:
    server.parts, server.endless = tuple(f"Some {number} sentences. " for number in range(1000)), True
    with pytest.raises(ModelUnavailable, match=f"{LONGEST:,} characters"):
        replies(server, timeout=30)
    assert server.left.wait(3)


@pytest.mark.parametrize("said", ["ha ", "The bridge was opened in 1888 by the king of the valley [1]. "])
def test_a_model_that_goes_round_in_circles_is_stopped(server: Scripted, said: str) -> None:
    server.parts, server.endless = (said,), True
    with pytest.raises(ModelUnavailable, match="again and again"):
        replies(server, timeout=30)


@pytest.mark.parametrize("parts", [(), ("  ", "\n")])
def test_an_empty_reply_is_a_failure(server: Scripted, parts: tuple[str, ...]) -> None:
    server.parts = parts
    with pytest.raises(ModelUnavailable, match="empty"):
        replies(server)


@pytest.mark.parametrize(("finish", "told"), [("length", "cut off"), ("content_filter", "refused to answer")])
def test_why_a_reply_ended_early_is_told(server: Scripted, finish: str, told: str) -> None:
    server.finish = finish
    with pytest.raises(ModelUnavailable, match=told):
        replies(server)


def test_a_stream_that_breaks_off_is_told(server: Scripted) -> None:
    server.breaks_off = True
    with pytest.raises(ModelUnavailable, match="broke off"):
        replies(server)


@pytest.mark.parametrize(
    "raw", ["{not json", '{"error": {"message": "out of memory"}}', '"\\ud800"', "[1, 2]"]
)
def test_what_is_no_event_is_told(server: Scripted, raw: str) -> None:
    server.raw = raw
    with pytest.raises(ModelUnavailable, match=r"cannot be read|failed"):
        replies(server)


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    model = load_model("openai:anything", url=f"http://127.0.0.1:{free_port()}", timeout=20)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        list(model.reply(SENT))
    assert time.monotonic() - started < 5


def test_a_failure_of_any_other_kind_is_told_by_its_first_line() -> None:
    assert explain(RuntimeError("It rains.\nTraceback…")) == "The chat model failed: It rains."
    assert explain(RuntimeError()) == "The chat model failed: RuntimeError."


@pytest.mark.parametrize("name", ["gpt-4o", "openai:", ":gpt", ""])
def test_a_model_name_that_cannot_be_meant_is_told(name: str) -> None:
    with pytest.raises(UserError, match="PROVIDER:NAME"):
        load_model(name)


def test_a_provider_that_langchain_does_not_know_is_told_with_those_it_knows() -> None:
    with pytest.raises(UserError, match=r"no provider 'nobody'. It knows .*anthropic.*openai"):
        load_model("nobody:gpt")


def test_a_provider_whose_package_is_missing_is_told_with_its_name() -> None:
    with pytest.raises(UserError, match="`pip install langchain-mistralai`"):
        load_model("mistralai:mistral-small")


def test_a_missing_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UserError, match="key"):
        load_model("openai:gpt-4o-mini")


@pytest.mark.parametrize("name", ["openai:m", "anthropic:m", "ollama:m"])
def test_each_provider_gets_the_limits_under_its_own_names(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    made = load_model(name, url="http://127.0.0.1:9").model
    limits = [getattr(made, key, None) for key in ("max_tokens", "num_predict")]
    assert 1_000 in limits
    assert made.temperature == 0  # type: ignore[attr-defined]
    assert getattr(made, "max_retries", 0) == 0


def test_a_real_language_model_answers_over_the_same_path_and_stops() -> None:
    try:
        file = small_model()
    except subprocess.CalledProcessError:
        pytest.skip("the small language model cannot be fetched")
    with model_server(file) as url:
        model = load_model("openai:small", url=url, timeout=120)
        grown = list(model.reply(SENT))
        assert len({reply.text for reply in grown}) > 3
        assert all(later.text.startswith(earlier.text) for earlier, later in pairwise(grown))
        assert grown[-1].finish == "stop"
        assert grown[-1].usage != Usage()
        asking = load_model("openai:small", url=url, timeout=120).reply([("user", "Count to ten thousand.")])
        next(text for reply in asking if (text := reply.text))
        asking.close()  # type: ignore[attr-defined]
        short = load_model("openai:small", url=url, timeout=120)
        short.model.max_tokens = 5  # type: ignore[attr-defined]
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match="cut off"):
            list(short.reply([("user", "Count to one hundred.")]))
        assert time.monotonic() - started < 30  # the server was free: the request before had ended
