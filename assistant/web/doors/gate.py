"""What of Gradio can be reached: the routes that the page uses, and calls that hold nothing but plain values.

Gradio has some sixty routes more, which hand out files, fetch addresses or run programs: none is needed here.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.screen.uploads import MOST_WAITING, Uploads

MOST_BYTES = 2 * 2**20  # of a call: a list of a thousand uploaded files has 400 kB
READ = re.compile(
    r"/(?:health|document|login|config|theme\.css|favicon\.ico|robots\.txt|manifest\.json|(?:assets|static|svelte)/(?!.*\.\.)[\w./+@-]+"
    r"|gradio_api/(?:heartbeat/\w+|queue/data|theme\.css))?"
)
CALL, UPLOAD = "/gradio_api/queue/join", "/gradio_api/upload"
WRITE = re.compile(rf"{CALL}|/gradio_api/(?:cancel|reset)|/login|/logout")
FIELDS = (
    "session_hash",
    "data",
    "event_data",
    "fn_index",
    "trigger_id",
)  # of a call; the rest is for other apps


class Refused(Exception):
    """A call that is not passed on, with a status of HTTP and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


NO_CALL = Refused(400, "This is no call of the page. Reload it.")


class Gate:
    """Passes on what the page itself would send; everything else is answered here, in one sentence."""

    def __init__(self, app: ASGIApp, *, uploads: Uploads, handlers: Collection[int]) -> None:
        self._app = app
        self._uploads = uploads
        self._handlers = handlers  # numbers of the functions that may be called

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._pass(scope, receive, send)
        except Refused as refused:
            reply = JSONResponse({"detail": refused.sentence}, refused.status)
            await reply(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method == "POST" and path == UPLOAD:
            await self._upload(scope, receive, send)
        elif method == "POST" and WRITE.fullmatch(path):
            body = await _whole(receive)
            if path == CALL:
                body = json.dumps(self._checked(_parsed(body), scope["visitor"])).encode()
            await self._app(_with_length(scope, len(body)), _replayed(body, receive), send)
        elif method in ("GET", "HEAD") and READ.fullmatch(path):
            await self._app(scope, receive, send)
        else:
            raise Refused(404, "There is nothing here.")

    def _checked(self, body: dict[str, Any], visitor: str) -> dict[str, Any]:
        """The call with the fields that the page sends, to be passed on word for word as it was checked."""
        call = {name: body[name] for name in FIELDS if name in body}
        number = call.get("fn_index")
        if type(number) is not int or number not in self._handlers:
            raise Refused(404, "The page has no such function. Reload it.")
        if not isinstance(call.get("data"), list) or not re.fullmatch(
            r"\w{1,64}", str(call.get("session_hash"))
        ):
            raise NO_CALL
        for found in _objects(call):
            if not _is_file(found):
                continue
            if not self._uploads.owns(visitor, found.get("path")):
                raise Refused(403, "Only files that were uploaded here can be named.")
            found.pop("url", None)
        return call

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            raise Refused(411, "Say how long the upload is.")
        if not self._uploads.begin(int(length)):
            most = MOST_WAITING // 2**20
            raise Refused(413, f"At most {most} MB can wait to be taken in. Add fewer files at a time.")
        told: list[bytes] = []

        async def listened(message: Message) -> None:
            if message["type"] == "http.response.body":
                told.append(message.get("body", b""))
                if not message.get("more_body"):
                    self._note(scope["visitor"], b"".join(told))
            await send(message)

        # The answer must be readable here, so it may not be compressed.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        try:
            await self._app({**scope, "headers": headers}, receive, listened)
        finally:
            self._uploads.end(int(length))

    def _note(self, visitor: str, reply: bytes) -> None:
        try:
            paths = json.loads(reply)
        except ValueError:
            return  # it says in words why nothing was taken
        for path in paths if isinstance(paths, list) else []:
            self._uploads.note(visitor, str(path))


def _is_file(value: dict[str, Any]) -> bool:
    """Whether Gradio could take an object for a file: by its mark, or by the fields that such an object has."""
    meta = value.get("meta")
    return "path" in value or "url" in value or (isinstance(meta, dict) and "_type" in meta)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here


async def _whole(receive: Receive) -> bytes:
    """What was sent; Refused once it is more than any call of the page has."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            raise Refused(413, "This is more than the page takes at once.")
        if message["type"] != "http.request" or not message.get("more_body"):
            return body


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NO_CALL from error
    if not isinstance(value, dict):
        raise NO_CALL
    return value


def _with_length(scope: Scope, length: int) -> Scope:
    kept = [(k, v) for k, v in scope["headers"] if k not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*kept, (b"content-length", str(length).encode())]}


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, then what comes after it."""
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed
