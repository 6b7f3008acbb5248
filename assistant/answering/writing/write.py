"""Passages -> Answer written by a chat model, streamed; its citations are checked, never trusted."""

import os
import queue
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.answering.check import check, supporting_spans
from assistant.answering.writing import prompts
from assistant.errors import ModelUnavailable, UserError
from assistant.text.language import sentences, words
from assistant.types import Citation, Passage, Statement, Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PROVIDERS = ("openai", "anthropic", "ollama")
LONGEST_REPLY = 600  # tokens: five sentences need a quarter of it
REFUSALS = {  # by status of HTTP
    401: "The chat model refused the key. Check the provider's key in your environment.",
    403: "The chat model refused the key. Check the provider's key in your environment.",
    404: "The provider does not know that chat model. Check the name in ASSISTANT_MODEL.",
    408: "The chat model took too long to answer.",
    429: "The provider refused the request: its rate limit or your quota is used up.",
    504: "The chat model took too long to answer.",
}
_TRAILING = re.compile(r"([.!?][\"”’)]*)((?:\s*\[\d+(?:\s*,\s*\d+)*\])+)")
_MARKER = re.compile(r"\s*\[(\d+(?:\s*,\s*\d+)*)\]")


@dataclass(frozen=True)
class ChatModel:
    """A chat model, the name it is configured by, and how many seconds it may take for its next words."""

    model: "BaseChatModel"
    name: str
    timeout: float = 60

    def stream(self, question: str, passages: Sequence[Passage], history: Sequence[Turn]) -> Iterator[str]:
        """The reply as it grows; ModelUnavailable when the next words take longer than `timeout` seconds."""
        return _received(self.model, prompts.messages(question, passages, history), timeout=self.timeout)


def load_model(name: str, *, url: str | None = None, timeout: float = 60) -> ChatModel:
    """The chat model PROVIDER:NAME, by LangChain; `url` is the address of an OpenAI-compatible server."""
    provider, _, model = name.partition(":")
    if provider not in PROVIDERS or not model:
        raise UserError(
            f"ASSISTANT_MODEL is {name!r}; it has to be PROVIDER:NAME with one of {', '.join(PROVIDERS)}, "
            "for example openai:gpt-4o-mini."
        )
    from langchain.chat_models import init_chat_model

    try:
        made = init_chat_model(model, model_provider=provider, **_options(provider, url, timeout))
    except Exception as error:
        raise UserError(
            f"The chat model {name} cannot be used: {_first_line(error)}. "
            f"Set the key its provider asks for, or unset ASSISTANT_MODEL to get quoted answers."
        ) from error
    return ChatModel(cast("BaseChatModel", made), name, timeout)


def _options(provider: str, url: str | None, timeout: float) -> dict[str, Any]:
    options: dict[str, Any] = {"temperature": 0}
    if provider == "ollama":
        options |= {"num_predict": LONGEST_REPLY, "client_kwargs": {"timeout": timeout}}
    else:
        options |= {"max_tokens": LONGEST_REPLY, "timeout": timeout, "max_retries": 1}
    if url:
        options["base_url"] = url.rstrip("/")
    if url and provider == "openai":
        # A bare address means the usual place; one with a path is taken as it is given.
        options["base_url"] = url.rstrip("/") + ("" if urlsplit(url).path.strip("/") else "/v1")
        if not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # a server of one's own needs no key, but the client insists on one
    return options


def _received(
    model: "BaseChatModel", messages: Sequence[tuple[str, str]], *, timeout: float
) -> Iterator[str]:
    arrived: queue.Queue[str | Exception | None] = queue.Queue()
    stopped = threading.Event()

    def receive() -> None:
        try:
            for part in model.stream(list(messages)):
                if stopped.is_set():
                    return
                arrived.put(part.text)
            arrived.put(None)
        except Exception as error:  # noqa: BLE001 - every provider raises its own; the user gets one sentence
            arrived.put(error)

    threading.Thread(target=receive, daemon=True).start()
    reply = ""
    try:
        while True:
            try:
                part = arrived.get(timeout=timeout)
            except queue.Empty:
                raise ModelUnavailable(f"The chat model sent nothing for {timeout:g} seconds.") from None
            if isinstance(part, Exception):
                raise ModelUnavailable(_explain(part)) from part
            if part is None:
                break
            if part:
                reply += part
                yield reply
    finally:
        stopped.set()
    if not reply.strip():
        raise ModelUnavailable("The chat model sent an empty reply.")


def _explain(error: Exception) -> str:
    """By the status of HTTP that providers keep with their errors, or by what went wrong on the way."""
    import httpx

    status = getattr(error, "status_code", None)
    if status in REFUSALS:
        return REFUSALS[status]
    for cause in _causes(error):
        if isinstance(cause, TimeoutError | httpx.TimeoutException):
            return "The chat model took too long to answer."
        if isinstance(cause, ConnectionError | httpx.TransportError):
            return "The chat model cannot be reached. Check ASSISTANT_MODEL_URL and that the server runs."
    return f"The chat model failed: {_first_line(error)}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those it was raised from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0][:200] if lines else type(error).__name__).rstrip(".")


def is_abstention(reply: str) -> bool:
    return " ".join(words(prompts.ABSTAIN)) in " ".join(words(_MARKER.sub("", reply)))


def statements_of(reply: str, passages: Sequence[Passage]) -> list[Statement]:
    """The reply's sentences with their citations resolved to spans and checked.

    A number that is no passage's is dropped. A document has one marker, numbered as they first appear.
    """
    markers: dict[str, int] = {}
    found = []
    for text, numbers in split_reply(reply):
        cited = [passages[number - 1] for number in numbers if 1 <= number <= len(passages)]
        citations = []
        for passage in cited:
            marker = markers.setdefault(passage.document, len(markers) + 1)
            for start, end in supporting_spans(text, passage):
                quote = passage.text[start - passage.start : end - passage.start]
                citations.append(Citation(marker, passage.source, start, end, quote))
        reasons = check(text, [f"{prompts.describe(passage)}\n{passage.text}" for passage in cited])
        found.append(Statement(text, tuple(dict.fromkeys(citations)), supported=not reasons, reasons=reasons))
    return found


def unchecked(reply: str) -> list[Statement]:
    """The sentences so far, to be shown while the reply still grows."""
    return [Statement(text, supported=False) for text, _ in split_reply(reply)]


def split_reply(reply: str) -> list[tuple[str, list[int]]]:
    """The sentences of a reply without their markers, and the passage numbers that each one cites.

    Markers after the full stop belong to the sentence before them.
    """
    pulled = _TRAILING.sub(lambda match: f"{''.join(match[2].split())}{match[1]}", reply)
    found = []
    for start, end in sentences(pulled):
        sentence = pulled[start:end]
        numbers = [int(n) for group in _MARKER.findall(sentence) for n in group.split(",")]
        text = " ".join(_MARKER.sub("", sentence).split())
        if words(text):
            found.append((text, list(dict.fromkeys(numbers))))
        elif numbers and found:
            found[-1] = (found[-1][0], list(dict.fromkeys([*found[-1][1], *numbers])))
    return found
