"""The part of Gradio that can be reached: the routes that the page uses, and calls that hold only plain values.

Gradio has some sixty more routes, which hand out files, fetch addresses or run programs: none is needed here.
"""

import json
import logging
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.doors.bodies import NOT_A_CALL, Refused, in_time, parsed, replayed, whole, with_length
from assistant.web.screen import MOST_WAITING, Uploads

log = logging.getLogger(__name__)

READ = re.compile(
    r"/(?:health|document|evaluation|login|config|theme\.css|favicon\.ico|robots\.txt|manifest\.json"
    r"|(?:assets|static|svelte)(?!.*\.\.)(?:/[\w.+@-]+)+"
    r"|gradio_api/(?:heartbeat/\w{1,64}|queue/data|theme\.css|app_id))?"  # the last: is the server back?
)
CALL, UPLOAD, STREAM = "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/queue/data"
HEARTBEAT = "/gradio_api/heartbeat/"
STOP = re.compile(r"/gradio_api/(?:cancel|reset)")
FORM = re.compile(r"/login|/logout")
FIELDS = "session_hash data event_data fn_index trigger_id".split()  # of a call; other apps use the rest
WORD = re.compile(r"\w{1,64}", re.ASCII)  # the form of session and event ids
LONGEST_PATH = 255
MOST_SESSIONS = 10_000  # whose owners are remembered
FAILED = "This request could not be read; the details are in the server's log. Reload the page."


class Gate:
    """Passes on what the page itself would send; answers everything else here, in one sentence."""

    def __init__(self, app: ASGIApp, *, uploads: Uploads, handlers: Mapping[int, int]) -> None:
        self._app = app
        self._uploads = uploads
        self._handlers = handlers  # functions that may be called, by number, and how many values each takes
        self._owners: OrderedDict[str, str] = OrderedDict()  # session -> visitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = failed = False

        async def watched(message: Message) -> None:
            nonlocal begun, failed
            failed = failed or (message["type"] == "http.response.start" and message["status"] == 500)
            if not failed:
                begun = True
                await send(message)

        try:
            await self._pass(scope, receive, watched)
        except Refused as refused:
            if not begun:
                await JSONResponse({"detail": refused.sentence}, refused.status)(scope, receive, send)
            return
        except Exception:  # the outermost layer; Gradio fails on some of what it cannot read
            log.exception("A request could not be answered")
            failed = True
        if failed and not begun:
            await JSONResponse({"detail": FAILED}, 500)(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method == "POST" and path == UPLOAD:
            await self._upload(scope, receive, send)
        elif method == "POST" and (path == CALL or STOP.fullmatch(path)):
            body = parsed(await whole(receive))
            check = self._call if path == CALL else self._stop
            checked = json.dumps(check(body, scope["visitor"])).encode()
            await self._app(with_length(scope, len(checked)), replayed(checked, receive), send)
        elif method == "POST" and FORM.fullmatch(path):
            form = await whole(receive)
            await self._app(with_length(scope, len(form)), replayed(form, receive), send)
        elif method in ("GET", "HEAD") and READ.fullmatch(path) and len(path) <= LONGEST_PATH:
            self._listen(scope)
            await self._app(scope, receive, send)
        else:
            raise Refused(404, "There is nothing here.")

    def _listen(self, scope: Scope) -> None:
        """Refused where a stream of answers, or the sign that a page is open, is not this visitor's."""
        path, visitor = scope["path"], scope["visitor"]
        if path.startswith(HEARTBEAT):
            self._claim(path.removeprefix(HEARTBEAT), visitor)
        elif path == STREAM:
            named = QueryParams(scope["query_string"]).getlist("session_hash")
            if len(named) != 1 or self._owners.get(named[0]) != visitor:
                raise Refused(404, "There is no such session. Reload the page.")

    def _claim(self, session: str, visitor: str) -> None:
        """A session belongs to the first visitor who uses it; Refused for any other."""
        if self._owners.setdefault(session, visitor) != visitor:
            raise Refused(403, "This session belongs to another visitor. Reload the page.")
        self._owners.move_to_end(session)
        while len(self._owners) > MOST_SESSIONS:
            self._owners.popitem(last=False)

    def _stop(self, body: dict[str, Any], visitor: str) -> dict[str, Any]:
        """The checked fields of a request to end an event, which only its own visitor may."""
        words: dict[str, Any] = {name: body[name] for name in ("session_hash", "event_id") if name in body}
        number = body.get("fn_index", 0)
        if type(number) is not int or not all(
            isinstance(w, str) and WORD.fullmatch(w) for w in words.values()
        ):
            raise NOT_A_CALL
        if "session_hash" in words and self._owners.get(words["session_hash"]) != visitor:
            raise NOT_A_CALL
        return {**words, "fn_index": number}

    def _call(self, body: dict[str, Any], visitor: str) -> dict[str, Any]:
        """The fields that the page sends, passed on exactly as they were checked."""
        call = {name: body[name] for name in FIELDS if name in body}
        number, session, data = call.get("fn_index"), call.get("session_hash"), call.get("data")
        if type(number) is not int or number not in self._handlers:
            raise Refused(404, "The page has no such function. Reload it.")
        if not isinstance(session, str) or not WORD.fullmatch(session) or not isinstance(data, list):
            raise NOT_A_CALL
        for value in filter(_is_file, _objects(call)):
            if not self._uploads.owns(visitor, value.get("path")):
                raise Refused(403, "Only files that were uploaded here can be named.")
            value.pop("url", None)
        if len(data) != self._handlers[number]:
            raise NOT_A_CALL
        self._claim(session, visitor)
        return call

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            raise Refused(411, "State the length of the upload (Content-Length).")
        if not await run_in_threadpool(self._uploads.begin, int(length)):
            limit = MOST_WAITING // 2**20
            raise Refused(413, f"At most {limit} MB can wait to be added. Add fewer files at a time.")
        reply: list[bytes] = []

        async def listened(message: Message) -> None:
            if message["type"] == "http.response.body":
                reply.append(message.get("body", b""))
                if not message.get("more_body"):
                    self._note(scope["visitor"], b"".join(reply))
            await send(message)

        # The reply is read here, so it must not be compressed.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        try:
            await self._app({**scope, "headers": headers}, in_time(receive), listened)
        finally:
            self._uploads.end(int(length))

    def _note(self, visitor: str, reply: bytes) -> None:
        try:
            paths = json.loads(reply)
        except ValueError:
            return  # it says in words why nothing was accepted
        for path in paths if isinstance(paths, list) else []:
            self._uploads.note(visitor, str(path))


def _is_file(value: dict[str, Any]) -> bool:
    """Whether Gradio could take an object for a file, by its mark or by its fields."""
    meta = value.get("meta")
    return "path" in value or "url" in value or (isinstance(meta, dict) and "_type" in meta)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            yield inner
            waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner
