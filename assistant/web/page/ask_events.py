"""The events of asking: what the page sends, checked, and what it is shown while answers grow."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import gradio as gr

from assistant.errors import UserError
from assistant.types import Mode, Question
from assistant.web.asking import Conversation, Conversations, Exchange, parse_day
from assistant.web.screen import rendering

MAX_CHARS = 100_000  # far more than a question may have, so that a text pasted by mistake comes back whole
TAB = re.compile(r"[0-9a-f]{32}")

Note = Callable[[Exchange, Sequence[Exchange], dict[str, str]], Exchange]
Shown = tuple[str, str, Any]  # thread, panel, and whether the examples can be seen


class Asking:
    """The events of asking; each yields the thread, the panel and the examples as they change."""

    def __init__(self, conversations: Conversations, note: Note) -> None:
        self._conversations = conversations
        self._note = note

    async def opened(self, tab: str, request: gr.Request) -> AsyncIterator[Shown]:
        """The conversation of this tab as it was left, and the answers still to come."""
        async for shown in _watched(await self._of(tab, request)):
            yield shown

    async def asked(
        self, text: str, mode: str | None, day: str, within: list[str], tab: str, request: gr.Request
    ) -> AsyncIterator[Shown]:
        conversation = await self._of(tab, request)
        self._conversations.ask(conversation, _exchange(text, mode, day, within))
        async for shown in _watched(conversation):
            yield shown

    async def asked_again(self, tab: str, request: gr.Request, event: gr.EventData) -> AsyncIterator[Shown]:
        """A hint of a question was switched: its answer is replaced; it is given up; or its answer is judged."""
        conversation = await self._of(tab, request)
        sent = event._data if isinstance(event._data, dict) else {}
        number, key = sent.get("turn"), sent.get("key")
        if type(number) is int and sent.get("stop") is True:
            conversation.stop(number)
        elif type(number) is int and isinstance(key, str) and len(key) < MAX_CHARS:
            self._conversations.ask_again(conversation, number, key)
        elif type(number) is int and (exchange := conversation.find(number)):
            said = {name: _plain(sent[name]) for name in ("kind", "quote", "document") if name in sent}
            if said:
                note = asyncio.to_thread(self._note, exchange, conversation.before(number), said)
                await self._conversations.note(conversation, await note)
        async for shown in _watched(conversation):
            yield shown

    async def cleared(self, tab: str, request: gr.Request) -> Shown:
        conversation = await self._of(tab, request)
        await self._conversations.clear(conversation)
        return _shown(conversation.exchanges)

    async def _of(self, tab: str, request: gr.Request) -> Conversation:
        """The conversation of a visitor's tab; a program that names no tab has one per Gradio session."""
        named = tab if isinstance(tab, str) and TAB.fullmatch(tab) else request.session_hash
        key = hashlib.sha256(f"{request.username}\0{named}".encode()).hexdigest()
        return await self._conversations.get(key)


def _exchange(text: str, mode: str | None, day: str, within: list[str]) -> Exchange:
    """The exchange for values that a browser, or anybody, sent: of any type and length."""
    text = _plain(text)
    try:
        as_of = parse_day(_plain(day))
    except UserError as error:
        return Exchange(text, error=str(error))
    chosen: Mode | None = "quote" if mode == "quote" else "write" if mode == "write" else None
    limits = tuple(map(_plain, within)) if isinstance(within, list) else ()
    return Exchange(text, asked=Question(text, (), limits or None, as_of, chosen))


def _plain(value: object) -> str:
    """The text of a value, shortened; lone surrogates, which cannot be encoded, become question marks."""
    text = value if isinstance(value, str) else ""
    return text[:MAX_CHARS].encode("utf-8", "replace").decode()


async def _watched(conversation: Conversation) -> AsyncIterator[Shown]:
    async for exchanges in conversation.states():
        yield _shown(exchanges)


def _shown(exchanges: list[Exchange]) -> Shown:
    return rendering.thread(exchanges), rendering.panel(exchanges), gr.update(visible=not exchanges)
