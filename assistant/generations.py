"""Where built states of the index live: made aside, switched to by one atomic rename, read as a whole.

index/CURRENT               the name of the generation that is served
index/generations/NAME/     catalog.sqlite, keywords/, chroma/, names.json and manifest.json of one generation
index/vectors.sqlite        the cache of vectors, shared by all generations
index/writer.lock           held by the one process that builds
"""

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from assistant.catalog import Catalog, ChunkTable
from assistant.chunking import CHUNK_TOKENS
from assistant.errors import UserError
from assistant.keyword_index import KeywordIndex
from assistant.types import Source
from assistant.vector_index import VectorIndex

KEPT = 3  # generations left on disk, the served one included: a reader may still finish on an older one
# What a build does with a text besides embedding it: a change here makes the next build start afresh.
INDEX_FORMAT = f"sentences-5-{CHUNK_TOKENS}-header-names"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from and with."""

    generation: str
    embedder: str  # the embedder's fingerprint
    chunking: str  # INDEX_FORMAT at the time
    corpus: str
    documents: int
    chunks: int
    chroma_url: str | None = None

    @property
    def collection(self) -> str:
        return f"chunks-{self.generation}"


@dataclass(frozen=True)
class Generation:
    """One built state of the index, opened for reading."""

    manifest: Manifest
    catalog: Catalog
    vectors: VectorIndex
    keywords: KeywordIndex
    names: Mapping[str, str] = field(default_factory=dict)  # short forms of names -> long ones

    @property
    def name(self) -> str:
        return self.manifest.generation

    @cached_property
    def table(self) -> ChunkTable:
        return self.catalog.chunk_table()

    @cached_property
    def sources(self) -> list[Source]:
        return self.catalog.sources()

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Document id -> document number."""
        return {source.document: number for number, source in enumerate(self.sources)}

    def chunk_text(self, number: int) -> str:
        """The words of a chunk, by its number."""
        source = self.sources[int(self.table.document[number])]
        text = self.catalog.document(source.document).text
        return text[self.table.start[number] : self.table.end[number]]

    def close(self) -> None:
        self.catalog.close()
        self.vectors.close()


def current_name(index: Path) -> str | None:
    """The generation that is served, or None before the first build."""
    pointer = index / "CURRENT"
    return pointer.read_text("utf-8").strip() if pointer.exists() else None


def new_name(index: Path) -> str:
    """A name that sorts by time and is not taken."""
    name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    return name if not folder_of(index, name).exists() else new_name(index)


def folder_of(index: Path, name: str) -> Path:
    return index / "generations" / name


def read_manifest(index: Path, name: str) -> Manifest:
    path = folder_of(index, name) / "manifest.json"
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"The index in {index} is damaged ({path} is missing or unreadable). {_REBUILD}"
        ) from error


_REBUILD = "Run `assistant index --rebuild` to build it again; the documents themselves are not touched."


def open_generation(index: Path, name: str) -> Generation:
    manifest = read_manifest(index, name)
    folder = folder_of(index, name)
    vectors = VectorIndex.open(folder / "chroma", name=manifest.collection, url=manifest.chroma_url)
    try:
        catalog = Catalog(folder / "catalog.sqlite")
        catalog.document_count()
        keywords = KeywordIndex.load(folder / "keywords")
        names = load_names(folder)
    except (OSError, EOFError, ValueError, TypeError, sqlite3.DatabaseError) as error:
        vectors.close()
        raise UserError(f"The index in {folder} is damaged. {_REBUILD}") from error
    return Generation(manifest, catalog, vectors, keywords, names)


def store_names(folder: Path, names: Mapping[str, str]) -> None:
    (folder / "names.json").write_text(json.dumps(names, ensure_ascii=False, indent=0), "utf-8")


def load_names(folder: Path) -> dict[str, str]:
    """None were learned for a generation that was built before names were."""
    path = folder / "names.json"
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


class Reader:
    """The served generation, reopened when another one is switched to, in this or in another process."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self._lock = threading.Lock()
        self._open: list[Generation] = []  # oldest first

    def current(self) -> Generation:
        """One whole generation to answer one question with."""
        name = current_name(self.index)
        if name is None:
            raise UserError(f"There is no index in {self.index} yet. Run `assistant index` to build it.")
        with self._lock:
            if not self._open or self._open[-1].name != name:
                self._open.append(open_generation(self.index, name))
            # Those before are left open for a while: another thread may still be answering with one.
            while len(self._open) > KEPT:
                self._open.pop(0).close()
            return self._open[-1]


def write_manifest(index: Path, manifest: Manifest) -> None:
    path = folder_of(index, manifest.generation) / "manifest.json"
    pending = path.with_suffix(".pending")
    pending.write_text(json.dumps(asdict(manifest), indent=2), "utf-8")
    os.replace(pending, path)


def switch(index: Path, name: str) -> None:
    """Serve `name` from now on; a crash leaves either the old or the new pointer, never half of one."""
    pending = index / "CURRENT.pending"
    with pending.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pending, index / "CURRENT")


def prune(index: Path) -> None:
    """Remove generations that nobody needs: unfinished ones, and all but the newest KEPT."""
    current = current_name(index)
    folders = sorted((index / "generations").iterdir(), reverse=True)
    finished = [folder for folder in folders if (folder / "manifest.json").exists()]
    kept = {current, *(folder.name for folder in finished[:KEPT])}
    for folder in folders:
        if folder.name not in kept:
            _drop_collection(index, folder)
            shutil.rmtree(folder, ignore_errors=True)


def _drop_collection(index: Path, folder: Path) -> None:
    """A generation on a Chroma server leaves a collection there; a server that is gone keeps it."""
    if not (folder / "manifest.json").exists():
        return
    try:
        manifest = read_manifest(index, folder.name)
        if manifest.chroma_url:
            VectorIndex.open(folder, name=manifest.collection, url=manifest.chroma_url).drop()
    except UserError:
        return


@contextmanager
def writer_lock(index: Path) -> Iterator[None]:
    """One build at a time; the lock goes with the process that holds it."""
    from filelock import FileLock, Timeout  # brings asyncio, which a question does not need

    try:
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / "writer.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UserError(
            f"Another build of {index} is running. Wait until it is done, then try again."
        ) from error
    except OSError as error:
        raise UserError(f"The index folder {index} cannot be written: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()
