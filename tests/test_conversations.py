"""Conversations on the server: one question after the other, a line of those that wait, kept over a restart."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from assistant.types import Answer, Candidate, Citation, Hint, PageMap, Passage, Question, Source, Statement
from assistant.web.asking.conversation import STOPPED, Exchange
from assistant.web.asking.conversation_store import FILE, ConversationStore
from assistant.web.asking.conversations import (
    AT_ONCE,
    MAX_EXCHANGES,
    MAX_IN_MEMORY,
    Conversation,
    Conversations,
)
from assistant.web.asking.line import Line
from assistant.web.asking.workers import Workers
from assistant.web.page.ask_events import _exchange

CHAN = Source(
    "chan.md", "Chan speaks", "Daily", "Desk", date(2023, 2, 21), "https://example.org/chan", ("a", "b")
)
SAID = Statement("He said so.", (Citation(1, CHAN, 0, 11, "He said so.", "Chan", "Daily"),), bold=((0, 2),))
PASSAGE = Passage(CHAN, 0, 11, "He said so.", 0.5, {"dense": 0.25}, (Passage(CHAN, 0, 2, "He", 0.1),))


class SlowChain:
    """Answers once it is let go on; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.go_on = threading.Event()
        self.most = self._now = 0

    def stream(self, question: Question) -> Iterator[Answer]:
        self.asked.append(question)
        self._now += 1
        self.most = max(self.most, self._now)
        yield Answer(question.text, "quote", "g", complete=False)
        self.go_on.wait(10)
        self._now -= 1
        yield Answer(question.text, "quote", "g", (replace(SAID, text=f"Said of {question.text}"),))

    @property
    def index(self) -> Any:
        return self

    def current(self) -> Any:
        return self

    name = "another generation"


def asked(text: str) -> Exchange:
    return Exchange(text, asked=Question(text))


def run(folder: Path, story: Callable[[Conversations, SlowChain], Awaitable[None]]) -> SlowChain:
    chain = SlowChain()

    async def told() -> None:
        await story(Conversations(cast(Any, chain), ConversationStore(folder)), chain)

    asyncio.run(asyncio.wait_for(told(), 20))
    return chain


async def finished(conversation: Conversation) -> list[Exchange]:
    return [exchanges async for exchanges in conversation.states()][-1]


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.01)


def test_the_second_question_waits_for_the_first_and_knows_its_answer(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        conversation = await conversations.get("a")
        conversations.ask(conversation, asked("First?"))
        conversations.ask(conversation, asked("Second?"))
        await until(lambda: len(chain.asked) == 1)
        assert [exchange.pending for exchange in conversation.exchanges] == [False, True]
        chain.go_on.set()
        exchanges = await finished(conversation)
        assert [exchange.answer.text for exchange in exchanges if exchange.answer] == [
            "Said of First?", "Said of Second?",
        ]  # fmt: skip

    chain = run(tmp_path, story)
    assert [turn.content for turn in chain.asked[1].history] == ["First?", "Said of First?"]


def test_a_question_that_waits_for_others_says_at_once_how_many_are_before_it(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        every = [await conversations.get(str(number)) for number in range(AT_ONCE + 2)]
        for conversation in every:
            conversations.ask(conversation, asked("Which?"))
        await until(lambda: len(chain.asked) == AT_ONCE)
        assert [conversation.exchanges[0].before for conversation in every] == [*[0] * AT_ONCE, 1, 2]
        chain.go_on.set()
        for conversation in every:
            (exchange,) = await finished(conversation)
            assert exchange.answer is not None
            assert exchange.before == 0

    assert run(tmp_path, story).most == AT_ONCE


def test_a_new_conversation_is_empty_at_once_and_stays_so_whatever_was_being_answered(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        conversation = await conversations.get("a")
        for number in range(10):
            chain.go_on.clear()
            conversations.ask(conversation, asked(f"Question {number}?"))
            await until(lambda: len(chain.asked) > 2 * number)  # noqa: B023 - it is called at once
            await conversations.clear(conversation)
            assert conversation.exchanges == []
            conversations.ask(conversation, asked("Next?"))
            chain.go_on.set()
            exchanges = await finished(conversation)
            assert [(e.question, e.answer and e.answer.text) for e in exchanges] == [
                ("Next?", "Said of Next?")
            ]
            await conversations.clear(conversation)
            assert await finished(conversation) == []

    run(tmp_path, story)


def test_everybody_who_watches_sees_the_same_in_the_end(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        conversation = await conversations.get("a")
        conversations.ask(conversation, asked("First?"))
        watching = [asyncio.create_task(finished(conversation)) for _ in range(3)]
        await asyncio.sleep(0.05)
        conversations.ask(conversation, asked("Second?"))
        chain.go_on.set()
        seen = await asyncio.gather(*watching)
        assert [len(exchanges) for exchanges in seen] == [2, 2, 2]
        assert seen[0] == seen[1] == seen[2] == conversation.exchanges

    run(tmp_path, story)


def test_a_conversation_outlives_the_process_and_what_was_unfinished_says_so(tmp_path: Path) -> None:
    whole = Answer(
        "Who?", "quote", "g", (SAID,), (PASSAGE,), "answered", SAID.citations[0], (Candidate(CHAN, 0, 2, "He", 0.25),),
        confidence=0.5, hints=(Hint("k", "l", "n"),), timings={"read": 0.5},
    )  # fmt: skip
    question = Question("Who?", (), ("a.md",), date(2024, 1, 1), "quote", ("words",), frozenset({"newest"}))
    kept = [
        Exchange("Who?", whole, pages={"chan.md": PageMap("page", (0, 5))}, asked=question, number=3),
        Exchange("Oh?", error="No.", number=4),
        replace(asked("And?"), number=5),
    ]
    ConversationStore(tmp_path).save("a", kept)
    assert ConversationStore(tmp_path).load("a") == kept

    async def story(conversations: Conversations, chain: SlowChain) -> None:
        conversation = await conversations.get("a")
        assert conversation.exchanges[:2] == kept[:2]
        assert conversation.exchanges[2].error == STOPPED
        chain.go_on.set()
        conversations.ask(conversation, asked("Next?"))
        assert (await finished(conversation))[-1].number == 6
        assert (await conversations.get("b")).exchanges == []

    run(tmp_path, story)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_conversation_of_a_version_with_other_fields_is_dropped_with_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = ConversationStore(tmp_path)
    silent = Answer("Who?", "quote", "g", state="silent", abstention="No.")
    store.save("a", [Exchange("Who?", silent)])
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        changed = database.execute(
            """UPDATE conversation SET exchanges = replace(exchanges, '"state":"silent"', '"abstained":true')"""
        )
        assert changed.rowcount == 1
    assert store.load("a") == []
    (told,) = caplog.messages
    assert "could not be read" in told
    assert "\n" not in told
    store.save("a", [Exchange("Who?", silent)])
    assert store.load("a") == [Exchange("Who?", silent)]


def test_a_damaged_or_read_only_store_costs_the_conversations_and_no_answer(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 1_000)

    async def story(conversations: Conversations, chain: SlowChain) -> None:
        chain.go_on.set()
        conversation = await conversations.get("a")
        conversations.ask(conversation, asked("First?"))
        assert (await finished(conversation))[0].answer is not None

    run(tmp_path, story)
    run(tmp_path / FILE / "no folder", story)


def test_the_file_of_conversations_can_be_deleted_at_any_time(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        chain.go_on.set()
        conversation = await conversations.get("a")
        for text in ("First?", "Second?"):
            conversations.ask(conversation, asked(text))
            assert (await finished(conversation))[-1].answer is not None
            (tmp_path / FILE).unlink()
        assert len(conversation.exchanges) == 2
        assert ConversationStore(tmp_path).load("a") == []

    run(tmp_path, story)


def test_words_that_no_encoding_has_are_not_kept_and_answered_all_the_same(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        chain.go_on.set()
        conversation = await conversations.get("a")
        conversations.ask(conversation, asked("\ud800?"))
        assert (await finished(conversation))[0].answer is not None

    run(tmp_path, story)


def test_memory_and_disk_are_bounded(tmp_path: Path) -> None:
    async def story(conversations: Conversations, chain: SlowChain) -> None:
        chain.go_on.set()
        conversation = await conversations.get("long")
        for number in range(MAX_EXCHANGES + 5):
            conversations.ask(conversation, asked(f"Question {number}?"))
            await finished(conversation)
        assert len(conversation.exchanges) == MAX_EXCHANGES
        assert conversation.exchanges[0].number == 6
        for number in range(MAX_IN_MEMORY + 5):
            await conversations.get(str(number))
        assert len(conversations._open) == MAX_IN_MEMORY
        assert len((await conversations.get("long")).exchanges) == MAX_EXCHANGES

    run(tmp_path, story)


def test_old_conversations_are_deleted(tmp_path: Path, monkeypatch: Any) -> None:
    store = ConversationStore(tmp_path)
    monkeypatch.setattr("time.time", lambda: 1_000_000)
    store.save("old", [asked("Who?")])
    monkeypatch.setattr("time.time", lambda: 1_000_000 + 8 * 24 * 3600)
    store.save("new", [asked("Who?")])
    assert (len(store.load("old")), len(store.load("new"))) == (0, 1)


def test_who_leaves_the_line_lets_the_others_move_up(monkeypatch: Any) -> None:
    monkeypatch.setattr("assistant.web.asking.line.NOTIFY_INTERVAL", 0)

    async def story() -> list[list[int]]:
        line = Line(1)
        told: list[list[int]] = [[], [], []]

        async def stand(number: int, seconds: float) -> None:
            async with line.turn(told[number].append):
                await asyncio.sleep(seconds)

        tasks = [asyncio.create_task(stand(number, 0.05)) for number in range(3)]
        await asyncio.sleep(0.01)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return told

    assert asyncio.run(story()) == [[], [1], [2, 1]]


def test_with_many_in_line_each_is_told_of_its_place_once_a_second_at_most() -> None:
    async def story() -> list[int]:
        line = Line(1)
        told: list[int] = []

        async def stand(tell: Callable[[int], None]) -> None:
            async with line.turn(tell):
                await asyncio.sleep(0.001)

        others = [asyncio.create_task(stand(lambda _: None)) for _ in range(20)]
        await asyncio.sleep(0)
        await asyncio.gather(*others, stand(told.append))
        return told

    assert asyncio.run(story()) == [20]


def test_work_that_hangs_takes_a_few_threads_at_most_and_is_left_behind(tmp_path: Path) -> None:
    async def story() -> int:
        workers, hang = Workers(3), threading.Event()
        begun: list[int] = []

        def work() -> None:
            begun.append(1)
            hang.wait(10)

        tasks = [asyncio.create_task(workers.run(work)) for _ in range(9)]
        await asyncio.sleep(0.1)
        for task in tasks[:3]:
            task.cancel()
        await asyncio.sleep(0.1)
        running = len(begun)
        hang.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert len(begun) == 9
        return running

    assert asyncio.run(story()) == 3


def test_an_error_of_work_is_raised_where_it_is_waited_for() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(Workers(1).run(fails))


@pytest.mark.parametrize("text", [None, 5, ["a"], "\ud800 what?", "why " * 200_000])
def test_whatever_is_sent_as_a_question_becomes_one_that_can_be_shown_and_kept(
    tmp_path: Path, text: Any
) -> None:
    exchange = _exchange(text, "quote", "2024-01-01", ["a.md"])
    assert len(exchange.question) <= 100_000
    exchange.question.encode()
    store = ConversationStore(tmp_path)
    store.save("a", [exchange])
    assert store.load("a") == [exchange]


def test_of_questions_that_are_too_long_only_the_last_is_kept(tmp_path: Path) -> None:
    conversation = Conversation("a", [])
    for text in ("Short?", "long " * 2_000, "longer " * 2_000):
        conversation.add(Exchange(text))
    assert [len(exchange.question) for exchange in conversation.exchanges] == [6, 14_000]
