"""A chat model's reply as it grows, within a limit of seconds; who stops listening ends the request at the provider."""

import asyncio
import queue
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import tenacity

from assistant.answering.writing.failures import explain, may_pass, retry_after
from assistant.answering.writing.prompts import Messages
from assistant.answering.writing.reply import goes_round
from assistant.errors import ModelUnavailable
from assistant.types import Usage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

BEAT = (
    0.25  # seconds without a word after which the reply is given again as it is, so that its reader can stop
)
LONGEST = 5_000  # characters of a reply, many times what is asked for; who writes more never ends
TRIES = 4  # of a request that the provider refuses for the moment
REASONED = frozenset(["openai", "azure_openai", "anthropic", "ollama"])  # they say why a reply ends

_starting = threading.Lock()
_loops: list[
    asyncio.AbstractEventLoop
] = []  # one a process: clients keep connections, which belong to a loop


@dataclass(frozen=True, slots=True)
class Reply:
    """What has come so far; `finish` is the provider's word for why it ended."""

    text: str = ""
    usage: Usage = field(default_factory=Usage)
    finish: str = ""


@dataclass(frozen=True)
class ChatModel:
    """A chat model, the PROVIDER:NAME it is configured by, and how many seconds a reply may take in all."""

    model: "BaseChatModel"
    name: str
    timeout: float

    def reply(self, sent: Messages) -> Iterator[Reply]:
        """The reply as it grows, and again unchanged while nothing comes; ModelUnavailable if it is of no use."""
        return _Listener(self, sent).replies()


@dataclass
class _Listener:
    """Hears one reply. What comes is put into `arrived` by the loop's thread: a part, an error, or None at the end."""

    chat: ChatModel
    sent: Messages
    arrived: "queue.Queue[AIMessageChunk | Exception | None]" = field(default_factory=queue.Queue)
    started: float = field(default_factory=time.monotonic)
    begun: bool = False  # whether any of it has come
    stopped: bool = False  # whether nobody listens any more

    def replies(self) -> Iterator[Reply]:
        request: Future[None] = asyncio.run_coroutine_threadsafe(self._receive(), _loop())
        reply = Reply()
        try:
            while (part := self._next()) is not None:
                if isinstance(part, Exception):
                    raise ModelUnavailable(explain(part)) from part
                reply = self._with(reply, part)
                if self.arrived.empty():  # else its reader is behind, and need not see each word
                    yield reply
            yield reply
        finally:
            self.stopped = True
            request.cancel()
        if not reply.text.strip():
            raise ModelUnavailable(_refused(reply) or "The chat model sent an empty reply.")
        if told := _refused(reply) or _cut(reply) or (self._broken(reply)):
            raise ModelUnavailable(told)

    def _next(self) -> Any:
        """What came; something empty where nothing has for a while."""
        from langchain_core.messages import AIMessageChunk

        left = self.started + self.chat.timeout - time.monotonic()
        if left <= 0:
            raise ModelUnavailable(f"The chat model took longer than {self.chat.timeout:g} seconds.")
        try:
            return self.arrived.get(timeout=min(BEAT, left))
        except queue.Empty:
            return AIMessageChunk(content="")

    def _with(self, reply: Reply, part: "AIMessageChunk") -> Reply:
        text = reply.text + str(part.text)
        if len(text) > LONGEST:
            raise ModelUnavailable(f"The chat model went on past {LONGEST:,} characters.")
        if part.text and goes_round(text):
            raise ModelUnavailable("The chat model said the same again and again.")
        usage = _counted(reply.usage, part)
        if text.strip() and usage.first_words is None:
            usage = replace(usage, first_words=round(time.monotonic() - self.started, 2))
        return Reply(text, usage, _finish(part) or reply.finish)

    def _broken(self, reply: Reply) -> str:
        reasoned = self.chat.name.partition(":")[0] in REASONED
        return "The chat model's reply broke off." if reasoned and not reply.finish else ""

    async def _receive(self) -> None:
        try:
            async for attempt in tenacity.AsyncRetrying(
                retry=tenacity.retry_if_exception(lambda error: not self.begun and may_pass(error)),
                wait=_wait,
                stop=tenacity.stop_after_attempt(TRIES) | tenacity.stop_before_delay(self.chat.timeout),
                reraise=True,
            ):
                with attempt:
                    await self._hear()
            self.arrived.put(None)
        except Exception as error:  # noqa: BLE001 - every provider raises its own; the user gets one sentence
            self.arrived.put(error)

    async def _hear(self) -> None:
        # A fast stream swallows the cancellation (asyncio.wait_for in Python 3.11, which LangChain uses).
        async with aclosing(self.chat.model.astream(list(self.sent))) as parts:  # type: ignore[type-var]
            async for part in parts:
                self.begun = True
                self.arrived.put(part)
                await asyncio.sleep(0)
                if self.stopped:
                    return


def _loop() -> asyncio.AbstractEventLoop:
    with _starting:
        if not _loops:
            _loops.append(asyncio.new_event_loop())
            threading.Thread(target=_loops[0].run_forever, daemon=True, name="chat model").start()
        return _loops[0]


_backoff = tenacity.wait_exponential_jitter(initial=0.5, max=8)


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds: what the provider asks for, else longer each time."""
    error = state.outcome.exception() if state.outcome else None
    asked = retry_after(error) if error else None
    return _backoff(state) if asked is None else asked


def _counted(usage: Usage, part: "AIMessageChunk") -> Usage:
    """Providers tell what they count at the start, at the end, or bit by bit."""
    told = part.usage_metadata
    cost = (part.response_metadata.get("token_usage") or {}).get("cost")
    if told:
        read, wrote = told["input_tokens"], told["output_tokens"]
        usage = replace(usage, read=(usage.read or 0) + read, wrote=(usage.wrote or 0) + wrote)
    return replace(usage, cost=cost) if isinstance(cost, int | float) else usage


def _finish(part: "AIMessageChunk") -> str:
    told = (part.response_metadata.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
    return str(next(filter(None, told), ""))


def _refused(reply: Reply) -> str:
    refusals = ("refusal", "content_filter", "safety")
    return "The chat model refused to answer." if reply.finish.lower() in refusals else ""


def _cut(reply: Reply) -> str:
    return (
        "The chat model's reply was cut off at its limit." if reply.finish in ("length", "max_tokens") else ""
    )
