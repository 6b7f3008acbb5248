"""The page in a real browser, for tests: the real app on a real port, and a visit to it."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Locator, sync_playwright

from assistant.chain import make_chain
from assistant.indexing.pipeline import build
from assistant.settings import Settings
from assistant.web.service import make_app

CHROMIUM = Path("/usr/bin/chromium")
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs Chromium at {CHROMIUM}")


class Server:
    """The real app on a real port, in a thread."""

    def __init__(self, settings: Settings, port: int = 0) -> None:
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        chain = make_chain(settings)
        build(settings.corpus, settings.index, embedder=chain.embedder)
        self.uvicorn = uvicorn.Server(
            uvicorn.Config(make_app(settings, chain), log_level="warning", timeout_graceful_shutdown=3)
        )
        self.thread = threading.Thread(
            target=self.uvicorn.run, kwargs={"sockets": [self.socket]}, daemon=True
        )

    def __enter__(self) -> "Server":
        self.thread.start()
        deadline = time.monotonic() + 30
        while not self.uvicorn.started and time.monotonic() < deadline:
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self.uvicorn.should_exit = True
        self.thread.join(timeout=10)


class Visit:
    """A browser on the page, and everything it did that a test may want to know."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.problems: list[str] = []
        self.elsewhere: list[str] = []
        self.url = url
        self.page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("dialog", self._refuse)
        context.on("request", lambda request: self._note(request.url))
        self.page.goto(url)
        self.page.wait_for_selector(".welcome")

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Your question")

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.problems.append(said.text)

    def _refuse(self, dialog: Dialog) -> None:
        self.problems.append("a dialog opened: something ran as code")
        dialog.dismiss()

    def _note(self, address: str) -> None:
        if not address.startswith((self.url, "data:", "blob:")):
            self.elsewhere.append(address)

    def ask(self, question: str) -> Locator:
        """Send a question and wait for the whole answer; returns its turn."""
        before = self.page.locator(".turn").last
        number = (
            int(before.get_attribute("data-number") or 0) + 1 if self.page.locator(".turn").count() else 1
        )
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.page.locator(f'.turn[data-answer="a{number}"]')
        turn.locator(".meta, .error").wait_for()
        return turn

    def open_library(self) -> None:
        self.page.get_by_role("tab", name="Library").click()

    def open_chat(self) -> None:
        self.page.get_by_role("tab", name="Ask").click()

    def upload(self, name: str, text: str) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Add files").click()
        chooser.value.set_files({"name": name, "mimeType": "text/markdown", "buffer": text.encode()})


@contextmanager
def visited(
    server: Server, browser: Browser, size: tuple[int, int] = (1440, 900), permissions: Sequence[str] = ()
) -> Iterator[Visit]:
    """A fresh conversation; whatever happens in it, no error is logged and no other host is asked."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, permissions=list(permissions)
    )
    made = Visit(context, server.url)
    yield made
    context.close()
    assert made.problems == []
    assert made.elsewhere == []


@contextmanager
def started_browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as started:
        yield started.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
