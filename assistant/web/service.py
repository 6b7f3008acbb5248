"""The web service: the page, the document viewer and a health check, on one FastAPI app."""

import asyncio
import errno
import ipaddress
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from rich.console import Console
from starlette.concurrency import run_in_threadpool

from assistant.chain import AnswerChain, make_chain
from assistant.errors import UserError
from assistant.settings import Settings
from assistant.types import Question
from assistant.web.doors import Access, Doors, Gate, SafeHeaders, add_login, address_of
from assistant.web.screen import LARGEST, SWEPT, Uploads, upload_folder

BROKEN = "This link is broken"
Offsets = Annotated[Sequence[Annotated[int, Query(ge=0)]], Query()]  # characters into a document


def make_app(settings: Settings, chain: AnswerChain | None = None) -> FastAPI:
    """The app to be served, with the given chain or the one that the settings describe."""
    access = Access.from_settings(settings)
    uploads = Uploads(upload_folder())  # before Gradio is imported, which reads it from the environment
    import gradio as gr

    from assistant.web.page import look, make_page

    chain = chain or make_chain(settings)
    app = FastAPI(title="Assistant", openapi_url=None, lifespan=partial(_swept, uploads))
    page = make_page(chain, settings)
    # A request meets the last one added first.
    app.add_middleware(
        Gate, uploads=uploads, handlers={number: len(fn.inputs) for number, fn in page.fns.items()}
    )
    app.add_middleware(Doors, access=access)
    app.add_middleware(SafeHeaders)
    _add_health(app, chain)
    _add_viewer(app, chain, settings.evaluations)
    add_login(app, access.passwords)
    page.has_launched = True  # mounting leaves it unset, and Gradio then accepts any path as an upload
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        max_file_size=LARGEST,
        show_error=False,
        auth_dependency=lambda request: str(request.scope["visitor"]),
        **look(),
    )
    return mounted


@asynccontextmanager
async def _swept(uploads: Uploads, app: FastAPI) -> AsyncIterator[None]:
    """Delete uploads that were never added to the library while the app runs."""

    async def sweep() -> None:
        while True:
            await run_in_threadpool(uploads.sweep)
            await asyncio.sleep(SWEPT)

    task = asyncio.create_task(sweep())
    yield
    task.cancel()


def serve(settings: Settings) -> None:
    """Serve until interrupted; UserError if the address is not available."""
    with _bound(settings.host, settings.port) as bound:
        import uvicorn

        chain = make_chain(settings)
        app = make_app(settings, chain)
        threading.Thread(target=_warm_up, args=(chain,), daemon=True).start()
        Console().print(f"{_where(settings)} Press Ctrl+C to stop.", soft_wrap=True)
        config = uvicorn.Config(
            app,
            log_level="warning",
            proxy_headers=settings.behind_proxy,
            server_header=False,
            timeout_graceful_shutdown=3,  # an open page never closes its connection
        )
        uvicorn.Server(config).run(sockets=[bound])


def _warm_up(chain: AnswerChain) -> None:
    """Load the models and the index while the user is still typing; errors surface when a question is asked."""
    with suppress(Exception):  # the first question will show it
        list(chain.unrecorded(Question("What is ready?", mode="quote")))


def check_address(settings: Settings) -> None:
    """UserError if the page may not or cannot be served there, before anything heavy is loaded."""
    Access.from_settings(settings)
    _bound(settings.host, settings.port).close()


def _where(settings: Settings) -> str:
    if settings.behind_proxy:
        return f"Served to the proxy at {address(settings)}."
    return f"Open {address(settings)} in a browser."


def address(settings: Settings) -> str:
    """The address of the page; where it is served at every address, one that other machines can reach."""
    host = settings.host
    if ipaddress.ip_address(address_of(host, settings.port)).is_unspecified:
        host = next(iter(settings.allowed_hosts), None) or _own_address()
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and ":" not in name:
        return f"http://{host}"  # `allowed_hosts` may name the port too
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _own_address() -> str:
    """This machine's address in its network, found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _bound(host: str, port: int) -> socket.socket:
    """A socket that holds the address from now on, the same one that was checked."""
    numeric = address_of(host, port)
    family = socket.AF_INET6 if ":" in numeric else socket.AF_INET
    try:
        return socket.create_server((numeric, port), family=family)
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
            manifest = chain.index.current().manifest
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


def _add_viewer(app: FastAPI, chain: AnswerChain, folder: Path) -> None:
    @app.get("/document", response_class=HTMLResponse)
    def document(
        id: str, start: Offsets = (), end: Offsets = (), generation: str = "", check: str = ""
    ) -> HTMLResponse:
        return _document_reply(chain, id, (start, end), generation=generation, check=check)

    @app.get("/evaluation", response_class=HTMLResponse)
    def evaluation(run: str, against: str = "") -> HTMLResponse:
        return _evaluation_reply(chain, folder, run, against)

    @app.exception_handler(RequestValidationError)
    async def broken_link(request: Request, error: RequestValidationError) -> Response:
        return _message(
            422, BROKEN, "A part of it is missing or is not a number. Open it again from an answer."
        )


def _document_reply(
    chain: AnswerChain, id: str, places: tuple[Sequence[int], Sequence[int]], *, generation: str, check: str
) -> HTMLResponse:
    from assistant.web.screen import document_page

    starts, ends = places
    spans = list(zip(starts, ends, strict=False))
    if len(starts) != len(ends) or any(left >= right for left, right in spans):
        return _message(
            400, BROKEN, "Its positions in the document make no sense. Open it again from an answer."
        )
    try:
        served = chain.index.current()
        shown = served.catalog.document(id)
    except UserError as error:
        return _message(503, "Nothing to show yet", str(error))
    except KeyError:
        text = (
            "The index has no such document. It may have been removed or renamed; the library lists them all."
        )
        return _message(404, "Document not found", text)
    html = document_page(shown, spans, generation=generation, served=served.name, check=check)
    return HTMLResponse(html)


def _evaluation_reply(chain: AnswerChain, folder: Path, run: str, against: str) -> HTMLResponse:
    """The whole report of a kept run; it brings a policy of its own, which allows its one script."""
    from assistant.web.screen import evaluations

    try:
        page, policy = evaluations.kept_report(folder, run, against, chain.index.current().catalog)
    except UserError as error:
        return _message(404, "There is no such run", str(error))
    return HTMLResponse(page, headers={"Content-Security-Policy": f"{policy}; frame-ancestors 'none'"})


def _message(code: int, heading: str, sentence: str) -> HTMLResponse:
    from assistant.web.screen import message_page

    return HTMLResponse(message_page(heading, sentence), status_code=code)
