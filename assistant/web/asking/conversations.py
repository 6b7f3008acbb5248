"""Conversations, kept on the server: none is lost by a reload, an answer in another tab, or a restart."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from assistant.chain import AnswerChain
from assistant.question import LONGEST
from assistant.types import Question
from assistant.web.asking.conversation import GIVEN_UP, STOPPED, Exchange, ask, history, toggle_hint
from assistant.web.asking.conversation_store import ConversationStore
from assistant.web.asking.line import Line
from assistant.web.asking.workers import Workers

AT_ONCE = 4  # questions answered at the same time; more would only compete for the same cores
MAX_WORKERS = 16  # including those still waiting for a chat model although their question was given up
MAX_EXCHANGES = 50  # in a conversation; older ones are dropped
MAX_IN_MEMORY = 50  # conversations; the others are read from disk


class Conversation:
    """One conversation: its exchanges, and the task that answers its questions one after the other."""

    def __init__(self, key: str, exchanges: list[Exchange]) -> None:
        self.key = key
        self.exchanges = exchanges
        self._next = max((exchange.number for exchange in exchanges), default=0) + 1
        self._task: asyncio.Task[None] | None = None
        self.stopped = threading.Event()  # set when the question being answered is given up
        self._changed = asyncio.Event()
        self.keeping = threading.Lock()

    @property
    def busy(self) -> bool:
        return self._task is not None and not self._task.done()

    def add(self, exchange: Exchange) -> None:
        """Add a question to be answered in its turn; an earlier one that was empty or too long is dropped."""
        before = [e for e in self.exchanges if e.question.strip() and len(e.question) <= LONGEST]
        self.exchanges = [*before, replace(exchange, number=self._next)][-MAX_EXCHANGES:]
        self._next += 1
        self.tell()

    def put(self, exchange: Exchange) -> None:
        """Replace the exchange that has the same number; nothing happens if it is gone or equal."""
        there = self.find(exchange.number)
        if there is None or there == exchange:
            return
        self.exchanges = [exchange if e.number == exchange.number else e for e in self.exchanges]
        self.tell()

    def find(self, number: int) -> Exchange | None:
        return next((exchange for exchange in self.exchanges if exchange.number == number), None)

    def before(self, number: int) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.number < number]

    def stop(self, number: int) -> None:
        """Give up a question that is being answered or waits; one that is answered stays as it is."""
        exchange = self.find(number)
        if exchange is None or not exchange.unfinished:
            return
        if exchange is next(each for each in self.exchanges if each.unfinished):
            self.stopped.set()
            self.stopped = threading.Event()
        self.put(replace(exchange, answer=None, error=GIVEN_UP))

    def clear(self) -> None:
        """Start over; the question being answered is given up."""
        self.stopped.set()
        self.stopped = threading.Event()
        if self._task is not None:
            self._task.cancel()
            self._task = None  # so that the next question need not wait until it has ended
        self.exchanges = []
        self._next = 1
        self.tell()

    def run(self, task: asyncio.Task[None]) -> None:
        self._task = task
        task.add_done_callback(lambda _: self.tell())

    def tell(self) -> None:
        """Wake everyone who is watching."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def states(self) -> AsyncIterator[list[Exchange]]:
        """The exchanges now, and whenever they change, until nothing is waiting for an answer."""
        seen: list[Exchange] | None = None
        while True:
            changed, busy = self._changed, self.busy
            if self.exchanges is not seen:
                seen = self.exchanges
                yield seen
            if changed is not self._changed:
                continue
            if not busy:
                return
            await changed.wait()


class Conversations:
    """All conversations of the page by key, and the answering of their questions. Belongs to one event loop."""

    def __init__(self, chain: AnswerChain, store: ConversationStore) -> None:
        self._chain = chain
        self._store = store
        self._line = Line(AT_ONCE)
        self._workers = Workers(MAX_WORKERS)
        self._open: OrderedDict[str, Conversation] = OrderedDict()

    async def get(self, key: str) -> Conversation:
        """The conversation with this key as it was left, or a new one."""
        if key not in self._open:
            kept = await asyncio.to_thread(self._store.load, key)
            self._open.setdefault(key, Conversation(key, [_given_up(exchange) for exchange in kept]))
        self._open.move_to_end(key)
        self._forget()
        return self._open[key]

    def ask(self, conversation: Conversation, exchange: Exchange) -> None:
        """Add a question; it is answered after those already waiting in this conversation."""
        conversation.add(exchange)
        self._go_on(conversation)

    def ask_again(self, conversation: Conversation, number: int, key: str) -> None:
        """Answer a question anew with one of its hints switched off or on; nothing if there is no such question."""
        exchange = conversation.find(number)
        question = toggle_hint(exchange, key) if exchange else None
        if question is not None:
            conversation.put(Exchange(question.text, asked=question, number=number))
            self._go_on(conversation)

    async def note(self, conversation: Conversation, exchange: Exchange) -> None:
        """Keep an exchange with what the user says of it."""
        conversation.put(exchange)
        await self._keep(conversation)

    async def clear(self, conversation: Conversation) -> None:
        """Start over; the question being answered is given up."""
        conversation.clear()
        await self._keep(conversation)

    def _go_on(self, conversation: Conversation) -> None:
        if not conversation.busy:
            conversation.run(asyncio.get_running_loop().create_task(self._answer_all(conversation)))

    async def _answer_all(self, conversation: Conversation) -> None:
        while waiting := next((e for e in conversation.exchanges if e.pending), None):
            # Saved while it waits: a restart does not lose it, and saving does not cost it its place in line.
            await asyncio.gather(self._answer_one(conversation, waiting), self._keep(conversation))
            await self._keep(conversation)

    async def _keep(self, conversation: Conversation) -> None:
        def save() -> None:
            with conversation.keeping:  # the last one in writes the latest state
                self._store.save(conversation.key, conversation.exchanges)

        await asyncio.to_thread(save)

    async def _answer_one(self, conversation: Conversation, exchange: Exchange) -> None:
        asked = exchange.asked or Question(exchange.question)
        question = replace(asked, history=history(conversation.before(exchange.number)))
        loop = asyncio.get_running_loop()
        stopped = conversation.stopped

        def show(grown: Exchange) -> None:
            if not stopped.is_set():
                conversation.put(replace(grown, asked=asked, number=exchange.number))

        def answer() -> None:
            if stopped.is_set():
                return
            answers: Iterator[Exchange] = ask(self._chain, question)
            for grown in answers:
                if stopped.is_set():
                    return
                loop.call_soon_threadsafe(show, grown)

        async with self._line.turn(lambda count: show(replace(exchange, before=count))):
            show(replace(exchange, before=0))
            await self._workers.run(answer)

    def _forget(self) -> None:
        """Drop the least recently used conversations from memory; they stay on disk."""
        for key in list(self._open)[: max(0, len(self._open) - MAX_IN_MEMORY)]:
            if not self._open[key].busy:
                del self._open[key]


def _given_up(exchange: Exchange) -> Exchange:
    """An exchange that was unfinished when the assistant stopped says so."""
    return replace(exchange, answer=None, error=STOPPED) if exchange.unfinished else exchange
