"""The cache of vectors, in SQLite: no text is embedded twice, as long as there is room."""

import hashlib
import os
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np

from assistant.types import Vectors

VERSION = 2
OVERHEAD = 65_536  # bytes of a file besides its rows
UNIT_TOLERANCE = 1e-3  # by so much the square of a vector's length may differ from 1
FILLED = 0.9  # of the limit: a cache over it is cut down to this

# Vectors are kept apart from the day of their last use, which is written more often; and pages are large, because
# few vectors fit into one and the rest of it is wasted.
_SCHEMA = f"""
PRAGMA page_size = 16384;
BEGIN;
CREATE TABLE vectors (number INTEGER PRIMARY KEY, vector BLOB NOT NULL);
CREATE TABLE texts (
    model TEXT, text BLOB, number INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (model, text)) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
COMMIT;
"""

_WHAT_FITS = (
    # Ordered by how much they are needed, the most first; `filled` counts the bytes up to each.
    "CREATE TEMP TABLE ranked AS SELECT number, mine, sum(bytes) OVER "
    "(ORDER BY present DESC, mine DESC, used DESC, number DESC ROWS UNBOUNDED PRECEDING) AS filled FROM "
    "(SELECT number, used, length(vector) AS bytes, model = :model AS present, "
    "model = :model AND text IN temp.mine AS mine FROM old.texts JOIN old.vectors USING (number))",
    "CREATE TEMP TABLE kept AS SELECT number FROM ranked "
    "WHERE filled <= (SELECT max(filled) FROM ranked) * :share * CASE WHEN mine THEN 1 ELSE :filled END",
    "INSERT INTO vectors SELECT * FROM old.vectors WHERE number IN temp.kept ORDER BY number",
    "INSERT INTO texts SELECT * FROM old.texts WHERE number IN temp.kept ORDER BY model, text",
)


class VectorCache:
    """Vectors by (model fingerprint, text embedded).

    All generations of an index share it. It is safe to delete; a damaged one is replaced by an empty one.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._mine: set[bytes] = set()  # hashes of the texts that this object read or wrote
        self._connection = _open(path)

    def close(self) -> None:
        self._connection.close()

    def get(self, texts: Sequence[str]) -> "list[Vectors | None]":
        """None where a text is not known, or its vector is not of unit length."""
        keys = [(self._fingerprint, _hash(text)) for text in texts]
        self._mine.update(text for _, text in keys)
        try:
            rows = self._fetched(keys)
        except sqlite3.DatabaseError as error:
            self._replace_damaged(error)
            return [None] * len(texts)
        vectors = [None if data is None else np.frombuffer(data, dtype=np.float32) for data in rows]
        return [vector if vector is not None and _has_unit_length(vector) else None for vector in vectors]

    def _fetched(self, keys: Sequence[tuple[str, bytes]]) -> list[bytes | None]:
        today = date.today().toordinal()
        query = "SELECT vector, used FROM texts JOIN vectors USING (number) WHERE model = ? AND text = ?"
        with closing(self._connection.cursor()) as cursor:
            rows = [cursor.execute(query, key).fetchone() for key in keys]
        # At most once a day, so that most builds only read.
        stale = [(today, *key) for key, row in zip(keys, rows, strict=True) if row and row[1] != today]
        with self._connection:
            self._connection.executemany("UPDATE texts SET used = ? WHERE model = ? AND text = ?", stale)
        return [row[0] if row else None for row in rows]

    def put(self, texts: Sequence[str], vectors: Vectors) -> None:
        rows = [
            (_hash(text), vector.astype(np.float32).tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        self._mine.update(text for text, _ in rows)
        try:
            self._insert(rows)
        except sqlite3.DatabaseError as error:
            self._replace_damaged(error)
            self._insert(rows)

    def _insert(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        today = date.today().toordinal()
        with self._connection:
            for text, vector in rows:
                made = self._connection.execute("INSERT INTO vectors (vector) VALUES (?)", (vector,))
                row = (self._fingerprint, text, made.lastrowid, today)
                self._connection.execute("INSERT OR REPLACE INTO texts VALUES (?, ?, ?, ?)", row)

    def _replace_damaged(self, error: sqlite3.DatabaseError) -> None:
        """Start an empty one; a full disk or a lock is not damage, and SQLite's OperationalError is raised again."""
        self.close()
        if isinstance(error, sqlite3.OperationalError):
            raise error
        self._path.unlink()
        self._connection = _open(self._path)

    def shrink(self, limit: int) -> None:
        """Where the file has more bytes than `limit`, cut it down to FILLED of that.

        The vectors of other models go first, then those least recently used. Those that this object read or wrote go
        last, and only as far as they exceed the limit itself. Where there is no room to rewrite the file, all go.
        """
        size = self._path.stat().st_size
        if size <= limit:
            return
        self._connection.close()
        try:
            values = {"model": self._fingerprint, "share": max(limit - OVERHEAD, 0) / size, "filled": FILLED}
            _rewrite(self._path, _WHAT_FITS, values, mine=self._mine)
        except (sqlite3.DatabaseError, OSError):
            self._path.unlink()
        self._connection = _open(self._path)


def _has_unit_length(vector: Vectors) -> bool:
    with np.errstate(invalid="ignore", over="ignore"):  # a damaged one may contain anything
        return abs(float(np.sum(np.square(vector, dtype=np.float64))) - 1) < UNIT_TOLERANCE


def _open(path: Path) -> sqlite3.Connection:
    """One that is damaged, or not of this version, is thrown away: it only saves time."""
    _pending(path).unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as connection:
            ((version,),) = connection.execute("PRAGMA user_version")
            connection.execute("SELECT * FROM sqlite_master").fetchall()  # an error where it is damaged
    except sqlite3.DatabaseError:
        version = None
    if version == VERSION:
        return sqlite3.connect(path)
    path.unlink(missing_ok=True)
    return _create(path)


def _create(path: Path, *, journal: str = "DELETE") -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.executescript(_SCHEMA)
    return connection


def _rewrite(
    path: Path, statements: Sequence[str], values: Mapping[str, object], *, mine: Collection[bytes]
) -> None:
    """Write a new file from the old one, and replace that once the new one is complete."""
    with closing(_create(_pending(path), journal="OFF")) as connection:
        connection.execute("ATTACH ? AS old", (str(path),))
        connection.execute("CREATE TEMP TABLE mine (text BLOB PRIMARY KEY) WITHOUT ROWID")
        with connection:
            connection.executemany("INSERT INTO temp.mine VALUES (?)", ((text,) for text in mine))
            for statement in statements:
                connection.execute(statement, values)
    os.replace(_pending(path), path)


def _pending(path: Path) -> Path:
    return path.with_suffix(".pending")


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
