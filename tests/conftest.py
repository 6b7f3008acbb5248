"""Parts that tests share: a tiny corpus, a fake embedder for speed, and the real one beside it."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import numpy as np
import pytest

from assistant.errors import UnreadableFile
from assistant.indexing.pipeline import build
from assistant.loading import Loaded, load
from assistant.loading.workers import FileWorkers, OnSlow
from assistant.models.embedder import load_embedder
from assistant.settings import Settings
from assistant.text.language import content_words
from assistant.types import Embedder, Vectors

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser import Server

# A busy machine is slow, and no test of texts is about time.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

CORPUS = Path(__file__).parent.parent / "corpus"

NOTES = {
    "bridge.md": "---\ntitle: The old bridge\npublished: 2021-05-04\npublisher: Valley Gazette\n---\n\n"
    "The stone bridge at Linden was opened in 1888. Mayor Ada Bloom said it will be closed for repairs in "
    "June.\n\n"
    "Its tower is 31 metres high.\n",
    "ferry.md": "---\ntitle: A ferry for Linden\npublished: 2022-03-01\npublisher: River Post\n---\n\n"
    "A ferry will replace the bridge during the repairs. The ferry carries 40 passengers and costs two "
    "crowns.\n",
    "bakery.txt": "Title: The bakery\nDate: 2020-01-15\n\n"
    "The bakery on Mill Street sells rye bread. It opens at six.\n",
}


class WordEmbedder:
    """A deterministic fake: a text's vector counts its words in 64 buckets; a token is a word."""

    fingerprint = "words-64"
    max_tokens = 254

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        vectors = np.full((len(texts), 64), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in content_words(text):
                vectors[row, sum(word.encode()) * 31 % 64] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class ReadHere(FileWorkers):
    """Reads files in this process, for speed, where many builds are made."""

    def start(self, count: int) -> None:
        """Nothing is to be made ready."""

    def load_each(
        self, paths: Sequence[str], on_slow: OnSlow = lambda *_: None
    ) -> Iterator[Loaded | UnreadableFile]:
        for path in paths:
            try:
                yield load(self._root / path, root=self._root, options=self._options)
            except UnreadableFile as error:
                yield error


@pytest.fixture
def words_embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Builds of this process read files themselves; the workers have tests of their own."""
    monkeypatch.setattr("assistant.indexing.cataloguing.FileWorkers", ReadHere)


@pytest.fixture(scope="session")
def real_embedder() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory, real_embedder: Embedder) -> Path:
    """The sample corpus, indexed with the real embedder; only to be read."""
    folder = tmp_path_factory.mktemp("corpus-index")
    build(CORPUS, folder, embedder=real_embedder)
    return folder


def write_notes(folder: Path) -> Path:
    """Three short documents in a new folder."""
    folder.mkdir(parents=True)
    for name, text in NOTES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return write_notes(tmp_path / "notes")


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium; a module's own, for nothing else can run an event loop while it is there."""
    from tests.browser import started_browser

    with started_browser() as started:
        yield started


@pytest.fixture(scope="module")
def server(settings: Settings) -> "Iterator[Server]":
    """The real app over what the module's fixture `settings` says."""
    from tests.browser import Server

    with Server(settings) as running:
        yield running


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With REQUIRE_ALL_TESTS set, a skipped test fails the run, but where a language model could not be fetched."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    wanted = [each for each in skipped if "language model cannot be fetched" not in str(each.longrepr)]
    if os.environ.get("REQUIRE_ALL_TESTS") and reporter and wanted and exitstatus == 0:
        reporter.write_line("Tests were skipped, which REQUIRE_ALL_TESTS forbids.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
