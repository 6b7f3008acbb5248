"""Where the built states of the index live: made aside, switched to by one atomic rename, read as a whole.

index/CURRENT               the name of the served generation
index/generations/NAME/     catalog.sqlite, keywords/, chroma/, names.json, manifest.json, seal.json: one generation
index/vectors.sqlite        the cache of vectors, shared by all generations
index/writer.lock           held by the one process that builds; writer.json says which
"""

import json
import math
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import chain
from pathlib import Path

from assistant.errors import UserError
from assistant.storage.catalog import Catalog
from assistant.storage.keywords import KeywordIndex
from assistant.storage.schema import ChunkTable
from assistant.storage.seal import broken_files
from assistant.storage.vectors import MEND, VectorIndex
from assistant.text.chunking import CHUNK_TOKENS
from assistant.types import PageMap, Source

CATALOG, NAMES, MANIFEST = "catalog.sqlite", "names.json", "manifest.json"
LOOK_AGAIN = 5  # seconds after which it is looked up again which files are gone
KEPT = 3  # generations left on disk, the served one included: a reader may still finish on an older one
_NAME = "%Y%m%d-%H%M%S-%f"  # of a generation: the time in UTC makes it unique and gives the order
# How a build cuts texts and records them, besides embedding: a change here makes the next build start from scratch.
INDEX_FORMAT = f"blocks-3-{CHUNK_TOKENS}-header-names"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from and with."""

    generation: str
    embedder: str  # the embedder's fingerprint
    chunking: str  # INDEX_FORMAT at the time
    corpus: str
    documents: int
    chunks: int
    built: str  # when, in UTC, as ISO 8601 writes it
    chroma_url: str | None = None
    collection: str = "chunks"  # on a server, which several generations share, it has a name of its own

    @property
    def built_at(self) -> str:
        """When it was built, in words."""
        moment = datetime.fromisoformat(self.built)
        return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


@dataclass(frozen=True)
class Generation:
    """One built state of the index, opened for reading."""

    manifest: Manifest
    catalog: Catalog
    vectors: VectorIndex
    keywords: KeywordIndex
    names: Mapping[str, str]  # short forms of names -> long ones
    _gone: list[tuple[float, frozenset[int]]] = field(default_factory=lambda: [(-math.inf, frozenset())])

    @property
    def name(self) -> str:
        return self.manifest.generation

    @cached_property
    def table(self) -> ChunkTable:
        return self.catalog.chunk_table()

    @cached_property
    def sources(self) -> dict[int, Source]:
        """Document number -> its source."""
        return self.catalog.sources()

    @cached_property
    def _numbers_by_path(self) -> dict[str, list[int]]:
        return self.catalog.numbers_by_path()

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Document id -> document number."""
        return {source.document: number for number, source in self.sources.items()}

    def gone(self) -> frozenset[int]:
        """The numbers of documents whose file has left the corpus; none where the corpus itself is elsewhere.

        Looked up at most every LOOK_AGAIN seconds.
        """
        looked, known = self._gone[0]
        if time.monotonic() - looked > LOOK_AGAIN:
            root = Path(self.manifest.corpus)
            root = root.parent if root.is_file() else root
            paths = self._numbers_by_path.items() if root.is_dir() else ()
            known = frozenset(chain.from_iterable(of for path, of in paths if not (root / path).exists()))
            self._gone[0] = time.monotonic(), known
        return known

    def page_maps(self, ids: Iterable[str]) -> dict[str, PageMap]:
        """Only of documents that have pages."""
        maps = {id: self.catalog.page_map(id) for id in ids if id in self.numbers}
        return {id: of for id, of in maps.items() if of.starts}

    def close(self) -> None:
        self.catalog.close()
        self.vectors.close()


def current_name(index: Path) -> str | None:
    """The generation that is served, or None before the first build."""
    pointer = index / "CURRENT"
    return pointer.read_bytes().decode("utf-8", "replace").strip() if pointer.exists() else None


def new_name(index: Path) -> str:
    """A name that sorts by time, and after all existing ones: the clock may have been put back."""
    now = datetime.now(UTC).strftime(_NAME)
    newest = max(filter(_is_name, (folder.name for folder in folders(index))), default="")
    return (
        now
        if now > newest
        else (datetime.strptime(newest, _NAME) + timedelta(microseconds=1)).strftime(_NAME)
    )


def _is_name(name: str) -> bool:
    try:
        datetime.strptime(name, _NAME)
    except ValueError:
        return False
    return True


def folder_of(index: Path, name: str) -> Path:
    return index / "generations" / name


def read_manifest(index: Path, name: str) -> Manifest:
    path = folder_of(index, name) / MANIFEST
    try:
        return Manifest(**json.loads(path.read_text("utf-8")))
    except TypeError as error:  # it has other fields
        raise UserError(
            "The index was made by another version of this program: run `assistant index` to renew it."
        ) from error
    except (OSError, ValueError) as error:
        raise UserError(
            f"The index in {index} is damaged ({path} is missing or unreadable). {MEND}"
        ) from error


def open_generation(index: Path, name: str) -> Generation:
    manifest = read_manifest(index, name)
    folder = folder_of(index, name)
    broken = broken_files(folder)
    if broken:
        raise UserError(f"The index in {folder} is damaged: {broken[0]} is not as it was built. {MEND}")
    vectors = VectorIndex.open(folder / "chroma", name=manifest.collection, url=manifest.chroma_url)
    try:
        catalog = Catalog(folder / CATALOG)
        catalog.document_count()
        keywords = KeywordIndex.load(folder / "keywords")
        names = dict(json.loads((folder / NAMES).read_text("utf-8")))
    except (OSError, EOFError, ValueError, TypeError, sqlite3.DatabaseError) as error:
        vectors.close()
        raise UserError(f"The index in {folder} is damaged. {MEND}") from error
    return Generation(manifest, catalog, vectors, keywords, names)


def whole_manifest(index: Path, name: str) -> Manifest | None:
    """The manifest of a finished generation; None where it or the catalog differs from what was sealed."""
    if broken_files(folder_of(index, name), only=(CATALOG, MANIFEST)):
        return None
    try:
        return read_manifest(index, name)
    except UserError:
        return None


def newest_whole_catalog(index: Path) -> Manifest | None:
    """The manifest of the generation that has it: the served one if whole, else the newest that is."""
    names = [current_name(index), *(folder.name for folder in folders(index))]
    manifests = (whole_manifest(index, name) for name in names if name)
    return next((manifest for manifest in manifests if manifest and manifest.chunking == INDEX_FORMAT), None)


class IndexReader:
    """The served generation, reopened when another one is switched to, in this or in another process."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self._lock = threading.Lock()
        self._open: list[Generation] = []  # oldest first

    def current(self) -> Generation:
        """One whole generation to answer one question with."""
        name = current_name(self.index)
        try:
            return self._opened(name)
        except UserError:
            if current_name(self.index) == name:
                raise
            return self.current()  # a build switched to another one and removed this one in the meantime

    def _opened(self, name: str | None) -> Generation:
        if name is None:
            raise UserError(f"There is no index in {self.index} yet. Run `assistant index` to build it.")
        with self._lock:
            if not self._open or self._open[-1].name != name:
                self._open.append(open_generation(self.index, name))
            # Earlier ones stay open for a while: another thread may still be answering with one.
            while len(self._open) > KEPT:
                self._open.pop(0).close()
            return self._open[-1]


def folders(index: Path) -> list[Path]:
    folder = index / "generations"
    return sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
