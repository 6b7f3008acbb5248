"""Where built states of the index live: made aside, switched to by one atomic rename, read as a whole.

index/CURRENT               the name of the generation that is served
index/generations/NAME/     catalog.sqlite, keywords/, chroma/, names.json, manifest.json, seal.json: one generation
index/vectors.sqlite        the cache of vectors, shared by all generations
index/writer.lock           held by the one process that builds; writer.json says which
"""

import hashlib
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from assistant.catalog import Catalog, ChunkTable, stamp
from assistant.chunking import CHUNK_TOKENS
from assistant.errors import UserError
from assistant.keyword_index import KeywordIndex
from assistant.types import Source
from assistant.vector_index import DATABASE, MEND, VectorIndex, content_digest

CATALOG, MANIFEST, SEAL = "catalog.sqlite", "manifest.json", "seal.json"
_NAME = "%Y%m%d-%H%M%S-%f"  # of a generation, by the time in UTC
PARTS = (CATALOG, "chroma", "keywords")  # what a generation that goes on from another takes of it
KEPT = 3  # generations left on disk, the served one included: a reader may still finish on an older one
# What a build does with a text besides embedding it: a change here makes the next build start afresh.
INDEX_FORMAT = f"sentences-6-{CHUNK_TOKENS}-header-names"


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
    collection: str = "chunks"  # on a server, which several generations share, it has a name of its own

    @property
    def built_at(self) -> str:
        """When it was built, in words, from its name."""
        try:
            moment = datetime.strptime(self.generation[:15], "%Y%m%d-%H%M%S")
        except ValueError:
            return self.generation
        return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


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
    def sources(self) -> dict[int, Source]:
        """Document number -> its source."""
        return self.catalog.sources()

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Document id -> document number."""
        return {source.document: number for number, source in self.sources.items()}

    def close(self) -> None:
        self.catalog.close()
        self.vectors.close()


def current_name(index: Path) -> str | None:
    """The generation that is served, or None before the first build."""
    pointer = index / "CURRENT"
    return pointer.read_bytes().decode("utf-8", "replace").strip() if pointer.exists() else None


def new_name(index: Path) -> str:
    """A name that sorts by time, and after all that there are: the clock may have been put back."""
    now = datetime.now(UTC).strftime(_NAME)
    newest = max(filter(_is_name, (folder.name for folder in _folders(index))), default="")
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
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"The index in {index} is damaged ({path} is missing or unreadable). {MEND}"
        ) from error


def open_generation(index: Path, name: str) -> Generation:
    manifest = read_manifest(index, name)
    folder = folder_of(index, name)
    if manifest.chunking != INDEX_FORMAT and not (folder / SEAL).exists():
        raise UserError(
            "The index was made by another version of this program: run `assistant index` to renew it."
        )
    broken = broken_files(folder)
    if broken:
        raise UserError(f"The index in {folder} is damaged: {broken[0]} is not as it was built. {MEND}")
    vectors = VectorIndex.open(folder / "chroma", name=manifest.collection, url=manifest.chroma_url)
    try:
        catalog = Catalog(folder / CATALOG)
        catalog.document_count()
        keywords = KeywordIndex.load(folder / "keywords")
        names = load_names(folder)
    except (OSError, EOFError, ValueError, TypeError, sqlite3.DatabaseError) as error:
        vectors.close()
        raise UserError(f"The index in {folder} is damaged. {MEND}") from error
    return Generation(manifest, catalog, vectors, keywords, names)


def seal(folder: Path) -> None:
    """Record what the files of a generation hold, and make sure that they are on the disk."""
    held = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL):
        _to_disk(path)
        digest = content_digest(path, check=False) if path.name == DATABASE else _digest(path)
        held[path.relative_to(folder).as_posix()] = [digest, stamp(path.stat())]
    (folder / SEAL).write_text(json.dumps(held, indent=0), "utf-8")
    _to_disk(folder / SEAL)


Look = Literal["touched", "database", "everything"]  # touched files; Chroma's database too; each file


def broken_files(folder: Path, *, only: Container[str] | None = None, look: Look = "touched") -> list[str]:
    """The files of a generation that are missing or hold something else than when it was sealed.

    A damaged vector file can end the process that opens it, so this comes before opening. What was not touched since
    is as it was, as far as the system knows; Chroma's database is touched by every opening, and takes long to read.
    """
    try:
        held = json.loads((folder / SEAL).read_text("utf-8"))
        return [
            name
            for name, (digest, seen) in held.items()
            if (only is None or name in only) and not _is_as_sealed(folder / name, digest, seen, look)
        ]
    except (OSError, ValueError, AttributeError, TypeError):
        return [SEAL]


def is_whole(folder: Path) -> bool:
    """Whether a generation can be gone on from; what was read for it is noted, so as not to be read again."""
    database = folder / "chroma" / DATABASE
    seen = stamp(database.stat()) if database.is_file() else ""
    if broken_files(folder, look="database"):
        return False
    note_opening(folder, seen)
    return True


def note_opening(folder: Path, seen: str | None = None) -> None:
    """Chroma's database, touched by an opening, is known to hold what it held when its stamp was `seen`, or now."""
    database, name = folder / "chroma" / DATABASE, f"chroma/{DATABASE}"
    held = json.loads((folder / SEAL).read_text("utf-8"))
    if name in held and held[name][1] != (seen := seen or stamp(database.stat())):
        held[name][1] = seen
        pending = (folder / SEAL).with_suffix(".pending")
        pending.write_text(json.dumps(held, indent=0), "utf-8")
        _to_disk(pending)
        os.replace(pending, folder / SEAL)


def whole_manifest(index: Path, name: str) -> Manifest | None:
    """The manifest of a finished generation if it, and the catalog, are as they were sealed."""
    if broken_files(folder_of(index, name), only=(CATALOG, MANIFEST)):
        return None
    try:
        return read_manifest(index, name)
    except UserError:
        return None


def newest_whole_catalog(index: Path) -> Manifest | None:
    """Of the generation that has it: the served one if that is whole, else the newest that is."""
    names = [current_name(index), *(folder.name for folder in _folders(index))]
    found = (whole_manifest(index, name) for name in names if name)
    return next((manifest for manifest in found if manifest and manifest.chunking == INDEX_FORMAT), None)


def _is_as_sealed(path: Path, digest: str, seen: str, look: Look) -> bool:
    if not path.is_file():
        return False
    if look != "everything" and stamp(path.stat()) == seen:
        return True
    if path.name != DATABASE:
        return _digest(path) == digest
    try:
        return look == "touched" or content_digest(path) == digest
    except sqlite3.Error:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def begin(index: Path, name: str, base: str | None = None, *, parts: Sequence[str] = PARTS) -> Catalog:
    """The catalog of a new generation, which is empty or starts with a copy of `parts` of a finished one."""
    folder = folder_of(index, name)
    folder.mkdir(parents=True)
    if base:
        source = folder_of(index, base)
        for path in (path for part in parts for path in (source / part, *(source / part).rglob("*"))):
            copy = folder / path.relative_to(source)
            if path.name.startswith(f"{DATABASE}-"):  # SQLite's own, while a reader opens it
                continue
            if path.is_dir():
                copy.mkdir()
            elif path.name == DATABASE:
                _copy_database(path, copy)
            else:
                shutil.copyfile(path, copy)
    return Catalog(folder / CATALOG, create=base is None)


def _copy_database(source: Path, target: Path) -> None:
    """By SQLite's own means: a reader that opens Chroma writes a mark into it."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


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
        try:
            return self._opened(name)
        except UserError:
            if current_name(self.index) == name:
                raise
            return self.current()  # another one was switched to, and this one removed, in between

    def _opened(self, name: str | None) -> Generation:
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
    path = folder_of(index, manifest.generation) / MANIFEST
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


def roll_back(index: Path) -> Manifest:
    """Serve the newest whole generation that is older than the served one; the newer ones are given up."""
    with writer_lock(index):
        name = next(
            (name for name in _earlier(index) if not broken_files(folder_of(index, name), look="everything")),
            None,
        )
        if name is None:
            raise UserError("There is no earlier generation to go back to; the index is as it was.")
        open_generation(index, name).close()
        switch(index, name)
        for folder in _folders(index):
            if folder.name > name:
                (folder / SEAL).unlink(missing_ok=True)  # who has it open goes on; the next build removes it
        return read_manifest(index, name)


def earlier_name(index: Path) -> str | None:
    """The newest finished generation that is older than the served one."""
    return next(_earlier(index), None)


def _earlier(index: Path) -> Iterator[str]:
    current = current_name(index) or ""
    return (folder.name for folder in _folders(index) if folder.name < current and (folder / SEAL).exists())


def _folders(index: Path) -> list[Path]:
    folder = index / "generations"
    return sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []


def discard(index: Path, name: str) -> None:
    """Remove a generation that was not finished."""
    _drop_collection(index, folder_of(index, name))
    shutil.rmtree(folder_of(index, name), ignore_errors=True)


def prune(index: Path) -> None:
    """Remove generations that nobody needs: unfinished ones, and all but the newest KEPT."""
    current = current_name(index)
    folders = _folders(index)
    finished = [folder for folder in folders if (folder / SEAL).exists()]
    kept = {current, *(folder.name for folder in finished[:KEPT])}
    for folder in folders:
        if folder.name not in kept:
            _drop_collection(index, folder)
            shutil.rmtree(folder, ignore_errors=True)


def _drop_collection(index: Path, folder: Path) -> None:
    """A generation on a Chroma server leaves a collection there; a server that is gone keeps it."""
    if not (folder / MANIFEST).exists():
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
            f"Another build of {index} is running{_holder(index)}. Wait until it is done, then try again."
        ) from error
    except OSError as error:
        raise UserError(f"The index folder {index} cannot be written: {error.strerror}.") from error
    try:
        with suppress(OSError):  # it only informs
            started = datetime.now().astimezone().isoformat(timespec="seconds")
            (index / "writer.json").write_text(
                json.dumps({"process": os.getpid(), "started": started}), "utf-8"
            )
        yield
    finally:
        lock.release()


def _holder(index: Path) -> str:
    try:
        held = json.loads((index / "writer.json").read_text("utf-8"))
        return f" (process {held['process']}, since {held['started']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
