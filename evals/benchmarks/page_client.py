"""A program that uses the page as a browser does, by Gradio's queue: for tests with many clients."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx


class PageClient:
    """One tab of one browser."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self.http.get("/").raise_for_status()
        config = self.http.get("/config").json()
        self._ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        self._dependencies = config["dependencies"]
        self.session = secrets.token_hex(5)
        self.tab = secrets.token_hex(16)
        loaded = (e for e in self._dependencies if any(kind == "load" for _, kind in e["targets"]))
        list(self._call(next(event for event in loaded if event["api_name"] == "opened"), [self.tab]))

    def ask(self, question: str) -> Iterator[tuple[float, dict[str, Any]]]:
        """Each message of the answer, and the seconds after which it came."""
        yield from self._call(self._event("question", "submit"), [question, None, "", [], self.tab])

    def reindex(self) -> None:
        """Press the button: what it calls at once, and what follows that."""
        pressed = self._event("reindex", "click")
        list(self._call(pressed, []))
        follows = next(event for event in self._dependencies if event["trigger_after"] == pressed["id"])
        list(self._call(follows, []))

    def _event(self, element: str, kind: str) -> dict[str, Any]:
        wanted = [self._ids[element], kind]
        return next(event for event in self._dependencies if wanted in event["targets"])

    def _call(self, event: dict[str, Any], data: list[Any]) -> Iterator[tuple[float, dict[str, Any]]]:
        begun = time.monotonic()
        call = {"data": data, "fn_index": event["id"], "session_hash": self.session}
        wanted = self.http.post("/gradio_api/queue/join", json=call).raise_for_status().json()["event_id"]
        with self.http.stream(
            "GET", "/gradio_api/queue/data", params={"session_hash": self.session}
        ) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data:") or "{}")
                if message.get("event_id") == wanted:
                    yield time.monotonic() - begun, message
                    if message["msg"] == "process_completed":
                        return
