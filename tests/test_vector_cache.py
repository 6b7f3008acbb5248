import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from assistant.indexing.pipeline import build
from assistant.indexing.planning import BuildOptions
from assistant.storage import vector_cache
from assistant.storage.vector_cache import FILLED, VectorCache
from assistant.types import Vectors
from tests.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("read_here")

LIMIT = 1_000_000
SHRINKER = """
import sys
from pathlib import Path
from assistant.storage.vector_cache import VectorCache

cache = VectorCache(Path(sys.argv[1]), "model")
print("started", flush=True)
while True:
    cache.shrink(int(sys.argv[2]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors.sqlite"


def texts(name: str, count: int) -> list[str]:
    return [f"{name} {number}" for number in range(count)]


def vectors(some: Iterable[str]) -> Vectors:
    """Of length 1; texts of another length or end have another one."""
    rows = [np.arange(384) % (len(text) + ord(text[-1])) for text in some]
    return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def fill(path: Path, some: list[str], model: str = "model") -> None:
    with closing(VectorCache(path, model)) as cache:
        cache.put(some, vectors(some))


def held(path: Path, some: list[str], model: str = "model") -> int:
    """How many of the texts are in the cache, with their vectors."""
    with closing(VectorCache(path, model)) as cache:
        found = cache.get(some)
    for text, vector in zip(some, found, strict=True):
        assert vector is None or vector.tolist() == vectors([text])[0].tolist()
    return sum(vector is not None for vector in found)


def shrink(path: Path, limit: int = LIMIT, model: str = "model") -> None:
    with closing(VectorCache(path, model)) as cache:
        cache.shrink(limit)


def on_day(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    class Day(date):
        @classmethod
        def today(cls) -> "Day":
            return cls(2026, 1, 1) + timedelta(days=number)

    monkeypatch.setattr(vector_cache, "date", Day)


def test_a_cache_within_its_limit_is_left_alone(path: Path) -> None:
    fill(path, texts("a", 100))
    before = path.read_bytes()
    shrink(path)
    assert path.read_bytes() == before


def test_vectors_of_other_models_go_first(path: Path) -> None:
    fill(path, texts("a", 100))
    fill(path, texts("a", 600), model="another")
    shrink(path)
    assert FILLED * LIMIT - 100_000 < path.stat().st_size <= LIMIT
    assert held(path, texts("a", 100)) == 100
    assert 200 < held(path, texts("a", 600), model="another") < 500


def test_then_those_that_were_used_longest_ago(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, name in enumerate("abcd"):
        on_day(monkeypatch, day)
        fill(path, texts(name, 200))
    on_day(monkeypatch, 9)
    assert held(path, texts("b", 200)) == 200  # which uses them
    shrink(path)
    assert path.stat().st_size <= LIMIT
    assert [held(path, texts(name, 200)) for name in "bd"] == [200, 200]
    assert held(path, texts("a", 200)) == 0
    assert held(path, texts("c", 200)) < 150


def test_when_a_vector_was_used_is_written_once_a_day(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = texts("a", 10)
    fill(path, some)
    on_day(monkeypatch, 400)
    with closing(VectorCache(path, "model")) as cache:
        cache.get(some)
        before = path.read_bytes()
        cache.get(some)
        assert path.read_bytes() == before


def test_what_was_just_used_goes_last_and_only_if_it_alone_is_too_much(path: Path) -> None:
    fill(path, texts("old", 300))
    fill(path, texts("new", 300))
    with closing(VectorCache(path, "model")) as cache:
        cache.get(texts("old", 300))
        cache.put(texts("newest", 210), vectors(texts("newest", 210)))
        cache.shrink(LIMIT)  # it takes less than the limit, and more than FILLED of it
    assert held(path, texts("old", 300)) + held(path, texts("newest", 210)) == 510
    assert held(path, texts("new", 300)) == 0
    with closing(VectorCache(path, "model")) as cache:
        cache.put(texts("much", 1800), vectors(texts("much", 1800)))
        cache.shrink(LIMIT)
        assert path.stat().st_size <= LIMIT
        assert None in cache.get(texts("much", 1800))
    assert held(path, texts("much", 1800)) > 400


def test_with_a_limit_of_nothing_nothing_is_kept(path: Path) -> None:
    fill(path, texts("a", 300))
    shrink(path, limit=0)
    assert held(path, texts("a", 300)) == 0
    assert path.stat().st_size < 100_000


@pytest.mark.parametrize("content", [b"scribble" * 500, b"SQLite format 3\0" + b"scribble" * 500, b"", None])
def test_what_is_no_cache_is_thrown_away(path: Path, content: bytes | None) -> None:
    if content is None:
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("CREATE TABLE vectors (something TEXT)")
    else:
        path.write_bytes(content)
    fill(path, texts("a", 10))
    assert held(path, texts("a", 10)) == 10


def test_where_a_cache_cannot_be_cut_down_it_is_thrown_away(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path, texts("a", 700))
    with monkeypatch.context() as patch:
        patch.setattr(vector_cache, "_WHAT_FITS", ("no SQL",))
        shrink(path)
    assert held(path, texts("a", 700)) == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_killed_while_it_is_cut_down_it_is_whole(path: Path) -> None:
    some, size = texts("a", 3000), 0
    for after in (0, 0.003, 0.008, 0.015, 0.03):
        fill(path, some)
        size = path.stat().st_size
        command = [sys.executable, "-c", SHRINKER, str(path), str(size // 2)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(after)
            process.send_signal(signal.SIGKILL)
        assert held(path, some) in range(1000, 3001)
        assert os.listdir(path.parent) == [path.name]


def test_a_build_keeps_the_limit_also_when_nothing_changed(
    notes: Path, tmp_path: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.indexing.pipeline.MB", 1000)
    index = tmp_path / "index"
    path = index / "vectors.sqlite"
    index.mkdir()
    fill(path, texts("a", 700), model=words_embedder.fingerprint)
    build(notes, index, embedder=words_embedder, options=BuildOptions(cache_mb=9000))
    build(notes, index, embedder=words_embedder, options=BuildOptions(cache_mb=1000, dry_run=True))
    assert path.stat().st_size > LIMIT
    assert not build(notes, index, embedder=words_embedder, options=BuildOptions(cache_mb=1000)).built
    assert path.stat().st_size <= LIMIT
    (notes / "new.txt").write_text("Something new.", "utf-8")
    fill(path, texts("b", 700), model=words_embedder.fingerprint)
    assert build(notes, index, embedder=words_embedder, options=BuildOptions(cache_mb=1000)).embedded == 1
    assert path.stat().st_size <= LIMIT
    (notes / "new.txt").write_text("Something else.", "utf-8")
    build(notes, index, embedder=words_embedder, options=BuildOptions(cache_mb=0))
    assert path.stat().st_size < 100_000
    assert (
        build(
            notes, index, embedder=words_embedder, options=BuildOptions(rebuild=True, cache_mb=1000)
        ).embedded
        == 4
    )
    assert (
        build(
            notes, index, embedder=words_embedder, options=BuildOptions(rebuild=True, cache_mb=1000)
        ).embedded
        == 0
    )
