"""The web app over a small corpus, with a fake embedder, for tests that send it requests."""

import asyncio
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import numpy as np
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route

from assistant.chain import AnswerChain
from assistant.indexing.pipeline import build
from assistant.settings import load_settings
from assistant.storage.generations import IndexReader
from assistant.types import Vectors
from assistant.web.service import make_app

ADDRESS = "http://127.0.0.1:7860"


class WordHashes:
    """An embedder without a model: texts that share words are near."""

    fingerprint = "word-hashes"
    max_tokens = 256

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1
        return cast(Vectors, rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class Web:
    """An app over a small corpus, which can be changed and indexed again."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.settings = load_settings(corpus=folder / "corpus", index=folder / "index", **settings)
        self.settings.corpus.mkdir(exist_ok=True)
        self.chain = AnswerChain(IndexReader(self.settings.index), WordHashes(), reader=cast(Any, object()))
        self.app = make_app(self.settings, self.chain)
        self.client = self.browser()

    def browser(self, address: str = ADDRESS, **headers: str) -> TestClient:
        """Another browser, with cookies of its own, which follows no redirect and hides no error of the app."""
        return TestClient(
            self.app,
            base_url=address,
            headers=headers,
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def index(self, **files: str) -> None:
        for name, text in files.items():
            (self.settings.corpus / f"{name}.txt").write_text(text, "utf-8")
        build(self.settings.corpus, self.settings.index, embedder=WordHashes())

    def open(self, **fields: object) -> Any:
        return self.client.get("/document", params=fields)  # type: ignore[arg-type]

    def get_as_it_stands(self, target: str) -> tuple[int, bytes]:
        """Status and body of a path that no client has put in order first: with `//`, `..` and the like."""
        told: list[Any] = []
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "method": "GET", "path": unquote(path), "query_string": query.encode(), "scheme": "http",
            "headers": [(b"host", b"127.0.0.1:7860")], "server": ("127.0.0.1", 7860), "root_path": "",
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            told.append(message)

        asyncio.run(self.app(scope, receive, send))
        return told[0]["status"], b"".join(message.get("body", b"") for message in told)

    def routes(self) -> Iterator[tuple[str, str]]:
        """Every method and path of the route table, Gradio's among them, with something in place of each parameter."""
        for method, path in _routes(self.app):
            yield method, re.sub(r"{\w+(:path)?}", "x1", path)


def _routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        if isinstance(route, Mount):
            yield from _routes(cast(FastAPI, route.app))
        elif isinstance(route, Route):
            yield from ((method, route.path) for method in sorted(route.methods or {"GET"}))
        else:  # a router that FastAPI keeps as it is, instead of copying its routes; they have its prefix
            for inner in cast(Any, route).original_router.routes:
                yield from ((method, inner.path) for method in sorted(inner.methods))
