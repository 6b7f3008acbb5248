"""The bodies of requests: read within limits, checked, and handed on to the app behind."""

import asyncio
import json
from typing import Any

from starlette.types import Message, Receive, Scope

MOST_BYTES = 2 * 2**20  # of a call: a list of a thousand uploaded files has 400 kB
STALLED = 30  # seconds without a byte, after which an upload is ended


class Refused(Exception):
    """A call that is not passed on, with an HTTP status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


NOT_A_CALL = Refused(400, "The page does not make such calls. Reload it.")


def in_time(receive: Receive) -> Receive:
    """Refused where nothing arrives for long: others need the room that is reserved for an upload."""

    async def in_time() -> Message:
        try:
            return await asyncio.wait_for(receive(), STALLED)
        except TimeoutError as error:
            raise Refused(408, "The upload stalled. Try again.") from error

    return in_time


async def whole(receive: Receive) -> bytes:
    """The whole body; Refused once it is larger than any call of the page."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            raise Refused(413, "This is more than the page accepts at once.")
        if message["type"] != "http.request" or not message.get("more_body"):
            return body


def parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NOT_A_CALL from error
    if not isinstance(value, dict):
        raise NOT_A_CALL
    return value


def with_length(scope: Scope, length: int) -> Scope:
    kept = [(k, v) for k, v in scope["headers"] if k not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*kept, (b"content-length", str(length).encode())]}


def replayed(body: bytes, receive: Receive) -> Receive:
    """Yields a body that was read already, then what comes after it."""
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed
