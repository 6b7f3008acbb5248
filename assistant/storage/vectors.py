"""Vectors in Chroma, embedded on disk or on a server: the only module that knows Chroma."""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import numpy as np
import numpy.typing as npt

from assistant.errors import UserError
from assistant.storage.disk import is_full
from assistant.types import Vectors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

# Chroma's default space is L2, and it cannot be changed later. The other two make its files complete after each
# `add`: by default the last 1,000 vectors are missing, and every process that only searches writes them again.
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "batch_size": 1, "sync_threshold": 1}}
MEND = "Run `assistant doctor --repair`, or `assistant index --rebuild`; the documents themselves are not touched."
DATABASE = "chroma.sqlite3"  # in the folder of an embedded index
_OPENINGS = "acquire_write"  # its table that gets a row at each opening, to read as well
_FORMAT = 24  # bytes at the start of a SQLite database that say how it is written; then it counts its changes
_ROWS = 10_000  # read at a time
OPENING = 65_536  # bytes that suffice to open an embedded index: it takes 12 kilobytes, but Chroma passes on no code
_opening = threading.Lock()  # several threads that open one new path at once raise AttributeError


class VectorIndex:
    """The vectors of one generation; a chunk is known by its number and carries filters as metadata."""

    def __init__(self, client: "ClientAPI", collection: "Collection") -> None:
        self._client = client
        self._collection = collection

    @classmethod
    def create(cls, folder: Path, *, name: str, url: str | None = None) -> "VectorIndex":
        """A new, empty index in `folder`, or as collection `name` on the server at `url`."""
        client = _client(folder, url)
        try:
            return cls(
                client, client.create_collection(name, configuration=_CONFIGURATION, embedding_function=None)
            )
        except BaseException:
            client.close()  # type: ignore[attr-defined]
            raise

    @classmethod
    def open(cls, folder: Path, *, name: str, url: str | None = None) -> "VectorIndex":
        from chromadb.errors import ChromaError

        where = url or str(folder)
        try:
            client = _client(folder, url)
        except (ChromaError, AttributeError) as error:  # the second: Chroma's own, after a failed start
            damaged = f"The vectors of the index at {where} are damaged. {MEND}"
            raise UserError(_refused_by_disk(folder, url, error) or damaged) from error
        try:
            made = cls(client, client.get_collection(name, embedding_function=None))
            made.count()
        except ChromaError as error:
            client.close()  # type: ignore[attr-defined]
            missing = f"The vectors of the index are missing at {where}. {MEND}"
            raise UserError(_refused_by_disk(folder, url, error) or missing) from error
        return made

    def add(self, numbers: Sequence[int], vectors: Vectors, metadata: Sequence[dict[str, Any]]) -> None:
        """Chunk numbers with their vectors, and {"document": int, "published": yyyymmdd or 0} for filters."""
        step = self._client.get_max_batch_size()
        for at in range(0, len(numbers), step):
            part = slice(at, at + step)
            ids = [str(number) for number in numbers[part]]
            self._collection.add(ids=ids, embeddings=vectors[part], metadatas=list(metadata[part]))

    def remove(self, numbers: Sequence[int]) -> None:
        step = self._client.get_max_batch_size()
        for at in range(0, len(numbers), step):
            self._collection.delete(ids=[str(number) for number in numbers[at : at + step]])

    def search(
        self,
        vector: Vectors,
        *,
        count: int,
        documents: Sequence[int] | None = None,
        until: int | None = None,
        among: Sequence[int] | None = None,
    ) -> list[tuple[int, float]]:
        """The nearest chunks as (number, cosine similarity), best first.

        Chroma's own distances differ in the last digits by how an index came about, so they are not used.
        `documents` limits the search to those document numbers, `until` to dates up to yyyymmdd, `among` to
        those chunks.
        """
        clauses: list[Any] = []
        if documents is not None:
            clauses.append({"document": {"$in": list(documents)}})
        if until is not None:
            clauses.append({"published": {"$lte": until}})
        where = {"$and": clauses} if len(clauses) > 1 else clauses[0] if clauses else None
        with _reported_as_damage():
            nearest = self._collection.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=count,
                where=where,
                ids=None if among is None else [str(number) for number in among],
                include=["embeddings"],
            )
        embeddings = nearest["embeddings"]
        numbers = [int(id) for id in nearest["ids"][0]]
        if embeddings is None or not numbers:
            return []
        likeness = _likeness(
            np.asarray(embeddings[0], dtype=np.float64), vector.reshape(-1).astype(np.float64)
        )
        return sorted(zip(numbers, likeness, strict=True), key=lambda pair: -pair[1])

    def count(self) -> int:
        with _reported_as_damage():
            return self._collection.count()

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """(n, dimension) in the order asked for; KeyError where one cannot be read back."""
        with _reported_as_damage():
            stored = self._collection.get(ids=[str(number) for number in numbers], include=["embeddings"])
        embeddings = stored["embeddings"]
        by_id = dict(zip(stored["ids"], embeddings if embeddings is not None else [], strict=True))
        return np.asarray([by_id[str(number)] for number in numbers], dtype=np.float32)

    def drop(self) -> None:
        """Remove a collection from its server; an embedded one goes with its folder."""
        self._client.delete_collection(self._collection.name)

    def close(self) -> None:
        self._client.close()  # type: ignore[attr-defined]


def _likeness(vectors: npt.NDArray[np.float64], vector: npt.NDArray[np.float64]) -> list[float]:
    """The cosine of each (n, dimension) vector with one, to as many digits as do not depend on the order of sums."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(vector)
    return [round(value, 9) for value in (vectors @ vector / lengths).tolist()]


def _refused_by_disk(folder: Path, url: str | None, error: Exception) -> str | None:
    """What to say where an embedded index is whole, but Chroma cannot write its mark of the opening."""
    if url is not None or not folder.exists():
        return None
    if is_full(folder, error, least=OPENING):
        return f"The disk that holds {folder} is full, and opening the index takes some kilobytes; make room there."
    if not os.access(folder / DATABASE, os.W_OK):
        return f"{folder} cannot be written to, which opening the index takes; allow it, or copy the index elsewhere."
    return None


@contextmanager
def _reported_as_damage() -> Iterator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise UserError(f"The vectors of the index cannot be read ({error}). {MEND}") from error


def content_digest(path: Path, *, check: bool = True) -> str:
    """Of the format, schema and every row of an embedded index's database, except the marks of its openings.

    sqlite3.DatabaseError where it is damaged; `check` includes its indexes. It takes 60 ms for 10,000 vectors.
    """
    digest = hashlib.sha256()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            for part in _content(database, check=check):
                digest.update(part)
    except ValueError as error:  # SQLite's own message repeats damaged text
        raise sqlite3.DatabaseError(f"{path} is damaged") from error
    with path.open("rb") as file:
        digest.update(file.read(_FORMAT))
    return digest.hexdigest()


def _content(database: sqlite3.Connection, *, check: bool) -> Iterator[bytes]:
    if check and database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
        raise sqlite3.DatabaseError("SQLite's integrity check failed")
    schema = database.execute("SELECT type, name, rootpage, sql FROM sqlite_master ORDER BY name").fetchall()
    yield repr(schema).encode()
    for kind, name, rootpage, _ in schema:
        if kind == "table" and rootpage and name != _OPENINGS:  # a virtual table has no page of its own
            table = database.execute(f'SELECT * FROM "{name}" NOT INDEXED')  # in the table's order
            while rows := table.fetchmany(_ROWS):
                yield repr(rows).encode("utf-8", "surrogatepass")


def _address(url: str) -> tuple[SplitResult, int]:
    try:
        address = urlsplit(url)
        port = address.port or (443 if address.scheme == "https" else 80)
    except ValueError:
        address, port = urlsplit(""), 0
    if address.scheme not in ("http", "https") or not address.hostname:
        raise UserError(f"ASSISTANT_CHROMA_URL is {url!r}; it should look like http://127.0.0.1:8000.")
    return address, port


def _client(folder: Path, url: str | None) -> "ClientAPI":
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    with _opening:
        if url is None:
            return chromadb.PersistentClient(str(folder), settings=settings)
        address, port = _address(url)
        try:
            return chromadb.HttpClient(
                host=address.hostname or "", port=port, ssl=address.scheme == "https", settings=settings
            )
        except ValueError as error:
            raise UserError(
                f"No Chroma server answers at {url}. Start one with `chroma run --path DIR --port {port}`, "
                "or unset ASSISTANT_CHROMA_URL to keep the vectors in the index folder."
            ) from error
