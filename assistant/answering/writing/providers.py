"""PROVIDER:NAME -> the chat model, by LangChain: any provider that it knows and whose package is installed."""

import os
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from assistant.answering.writing.failures import first_line
from assistant.answering.writing.receiving import ChatModel
from assistant.errors import UserError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

LONGEST_REPLY = 1_000  # tokens: four sentences need a tenth of it, a model that thinks first needs the rest
WANTED: dict[str, Any] = {  # by what the classes of providers call it; each takes those it knows
    "temperature": 0,
    "max_tokens": LONGEST_REPLY,
    "num_predict": LONGEST_REPLY,
    "max_output_tokens": LONGEST_REPLY,
    "max_retries": 0,  # `receiving` does that, for all providers alike
    "stream_usage": True,
}


def load_model(name: str, *, url: str | None = None, timeout: float = 120) -> ChatModel:
    """UserError with what to do where it cannot be had; `url` is the address of a server of one's own."""
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise UserError(
            f"{name!r} names no chat model; it has to be PROVIDER:NAME, for example openai:gpt-4o-mini."
        )
    where = _address(provider, url) if url else {}
    try:
        known = _fields(_made(provider, model, where))
        made = _made(provider, model, where | {key: value for key, value in WANTED.items() if key in known})
    except ImportError as error:
        package = (getattr(error.__cause__, "name", None) or error.name or f"langchain-{provider}").partition(
            "."
        )[0]
        package = package.replace("_", "-")
        raise UserError(
            f"The provider {provider} needs the package {package}: run `pip install {package}`."
        ) from error
    except Exception as error:
        if str(error).startswith("Unsupported provider"):
            known_to_it = str(error).rpartition(": ")[2]
            raise UserError(f"LangChain knows no provider {provider!r}. It knows {known_to_it}.") from error
        raise UserError(
            f"The chat model {name} cannot be used: {first_line(error)}. "
            "Set the key its provider asks for; without a chat model answers are quoted."
        ) from error
    return ChatModel(made, name, timeout)


def _made(provider: str, model: str, options: dict[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    return cast("BaseChatModel", init_chat_model(model, model_provider=provider, **options))


def _fields(made: "BaseChatModel") -> set[str]:
    """The names of the options that its class takes."""
    fields = type(made).model_fields
    return {*fields, *(info.alias for info in fields.values() if info.alias)}


def _address(provider: str, url: str) -> dict[str, Any]:
    options = {"base_url": url.rstrip("/")}
    if provider == "openai":
        # A bare address means the usual place; one with a path is taken as it is given.
        options["base_url"] += "" if urlsplit(url).path.strip("/") else "/v1"
        if not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"  # a server of one's own needs no key, but the client insists on one
    return options
