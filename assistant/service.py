"""The web service: the page, the document viewer and a health check, on one FastAPI app."""

import errno
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from rich.console import Console
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.chain import AnswerChain, make_chain
from assistant.errors import UserError
from assistant.settings import Settings
from assistant.types import Question

# The viewer loads and runs nothing at all: what it shows may be hostile.
CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
# The page loads nothing from another host, and no document can make it. Gradio needs inline code and eval.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'"
)

BROKEN = "This link is broken"
Offsets = Annotated[Sequence[Annotated[int, Query(ge=0)]], Query()]  # characters into a document


def make_app(settings: Settings, chain: AnswerChain | None = None) -> FastAPI:
    """The app to be served; without a chain it makes the one that the settings ask for."""
    import gradio as gr

    from assistant.screen.library import LARGEST
    from assistant.screen.page import look, make_page

    chain = chain or make_chain(settings)
    app = FastAPI(title="Assistant", openapi_url=None)  # its own pages of documentation load from a CDN
    app.add_middleware(_Guard)
    _add_health(app, chain)
    _add_viewer(app, chain)
    page = make_page(chain, settings)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        max_file_size=LARGEST,
        show_error=False,
        **look(),
    )
    return mounted


def serve(settings: Settings) -> None:
    """Serve until interrupted; UserError if the address cannot be had."""
    with _bound(settings.host, settings.port) as bound:
        import uvicorn

        chain = make_chain(settings)
        app = make_app(settings, chain)
        threading.Thread(target=_warm_up, args=(chain,), daemon=True).start()
        Console().print(f"Open {address(settings)} in a browser. Ctrl+C stops.", soft_wrap=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[bound])


def _warm_up(chain: AnswerChain) -> None:
    """Load the models and the index while the user still types; what is wrong is said when a question is asked."""
    with suppress(Exception):  # the first question will tell
        chain.invoke(Question("What is ready?", mode="quote"))


def check_port(host: str, port: int) -> None:
    """UserError if the address cannot be served at, before anything heavy is loaded."""
    _bound(host, port).close()


def address(settings: Settings) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"


def _bound(host: str, port: int) -> socket.socket:
    """A socket that holds the address from now on."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            free = port + 1 if port < 65535 else port - 1
            raise UserError(
                f"Port {port} is in use by another program. Choose another: `--port {free}`."
            ) from error
        raise UserError(f"The page cannot be served at {host}:{port}: {error.strerror}.") from error


def _add_health(app: FastAPI, chain: AnswerChain) -> None:
    @app.get("/health")
    def health() -> JSONResponse:
        try:
            manifest = chain.reader.current().manifest
        except UserError as error:
            return JSONResponse({"status": "no index", "detail": str(error)}, status_code=503)
        return JSONResponse(
            {
                "status": "ok",
                "generation": manifest.generation,
                "documents": manifest.documents,
                "chunks": manifest.chunks,
                "mode": "write" if chain.model else "quote",
                "model": chain.model_name,
            }
        )


def _add_viewer(app: FastAPI, chain: AnswerChain) -> None:
    @app.get("/document", response_class=HTMLResponse)
    def document(
        id: str, start: Offsets = (), end: Offsets = (), generation: str = "", check: str = ""
    ) -> HTMLResponse:
        return _document_reply(chain, id, (start, end), generation=generation, check=check)

    @app.exception_handler(RequestValidationError)
    async def broken_link(request: Request, error: RequestValidationError) -> Response:
        return _said(422, BROKEN, "A part of it is missing or no number. Open it again from an answer.")


def _document_reply(
    chain: AnswerChain, id: str, places: tuple[Sequence[int], Sequence[int]], *, generation: str, check: str
) -> HTMLResponse:
    from assistant.screen.viewer import document_page

    starts, ends = places
    spans = list(zip(starts, ends, strict=False))
    if len(starts) != len(ends) or any(left >= right for left, right in spans):
        return _said(400, BROKEN, "Its places in the document make no sense. Open it again from an answer.")
    try:
        served = chain.reader.current()
        found = served.catalog.document(id)
    except UserError as error:
        return _said(503, "Nothing to show yet", str(error))
    except KeyError:
        text = (
            "The index has no such document. It may have been removed or renamed; the library lists them all."
        )
        return _said(404, "Document not found", text)
    html = document_page(found, spans, generation=generation, served=served.name, check=check)
    return HTMLResponse(html)


def _said(code: int, heading: str, sentence: str) -> HTMLResponse:
    from assistant.screen.viewer import message_page

    return HTMLResponse(message_page(heading, sentence), status_code=code)


class _Guard:
    """Adds the headers that keep a hostile document from loading or running anything; streams pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = (
                    CONTENT_POLICY if scope["path"] == "/document" else PAGE_POLICY
                )
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, guarded)
