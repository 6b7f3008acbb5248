"""What went wrong with a chat model, in one sentence; and whether it may pass if one waits."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

KEY = "The chat model refused the key. Check the provider's key in your environment."
SLOW = "The chat model took too long to answer."
REFUSALS = {  # by status of HTTP
    401: KEY,
    403: KEY,
    404: "The provider does not know that chat model. Check the name in ASSISTANT_MODEL.",
    408: SLOW,
    413: "The evidence is too much for the chat model. Set `model_context` lower.",
    429: "The provider refused the request: its rate limit or your quota is used up.",
    503: "The chat model is overloaded or not ready yet.",
    504: SLOW,
    529: "The chat model is overloaded or not ready yet.",
}
PASSING = frozenset([408, 429, 502, 503, 504, 529])  # worth another try
_TOO_LONG = re.compile(
    r"context.{0,40}(?:length|window|size)|(?:too|maximum).{0,30}(?:long|tokens|context)", re.IGNORECASE
)
_NO_QUOTA = re.compile(r"insufficient_quota|billing", re.IGNORECASE)


def explain(error: Exception) -> str:
    """By the status of HTTP that providers keep with their errors, or by what went wrong on the way."""
    import httpx
    from langchain_core.exceptions import ContextOverflowError

    status = _status(error)
    if isinstance(error, ContextOverflowError) or (status == 400 and _TOO_LONG.search(str(error))):
        return REFUSALS[413]
    if status in REFUSALS:
        return REFUSALS[status]
    for cause in _causes(error):
        if isinstance(cause, TimeoutError | httpx.TimeoutException):
            return SLOW
        if isinstance(cause, httpx.RemoteProtocolError | httpx.ReadError):
            return "The chat model's reply broke off."
        if isinstance(cause, ConnectionError | httpx.TransportError):
            return "The chat model cannot be reached. Check ASSISTANT_MODEL_URL and that the server runs."
        if isinstance(cause, json.JSONDecodeError | UnicodeDecodeError):
            return "The chat model's server sent what cannot be read."
    return f"The chat model failed: {first_line(error)}."


def may_pass(error: BaseException) -> bool:
    """Whether the provider only asks to come again later."""
    return _status(error) in PASSING and not _NO_QUOTA.search(str(error))


def retry_after(error: BaseException) -> float | None:
    """Seconds that the provider asks to wait: a number, or until a moment; None where it asks nothing."""
    response = getattr(error, "response", None)
    told = str(getattr(response, "headers", {}).get("retry-after", "")).strip()
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0][:200] if lines else type(error).__name__).rstrip(".")


def _status(error: BaseException) -> Any:
    return getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those it was raised from."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
