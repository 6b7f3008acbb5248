"""Our own record, in SQLite: documents, chunks and hashes of one generation."""

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.errors import UserError
from assistant.text.near_duplicates import sketch
from assistant.types import Chunk, Document, Source

_SCHEMA = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, hash TEXT NOT NULL, failure TEXT, digest TEXT NOT NULL, stamp TEXT NOT NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, title TEXT NOT NULL,
    publisher TEXT, author TEXT, published TEXT, url TEXT, tags TEXT NOT NULL, pages TEXT NOT NULL, unit TEXT NOT NULL,
    text TEXT NOT NULL, digest TEXT NOT NULL);
CREATE INDEX documents_by_digest ON documents (digest);
CREATE INDEX documents_by_path ON documents (path);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, start INTEGER NOT NULL,
    end INTEGER NOT NULL);
CREATE INDEX chunks_by_document ON chunks (document);
CREATE TABLE names (document INTEGER NOT NULL REFERENCES documents, short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX names_by_document ON names (document);
CREATE TABLE sketches (document INTEGER PRIMARY KEY REFERENCES documents, sketch BLOB NOT NULL);
"""


class FileRecord(NamedTuple):
    """A source file as it was when it was read; `failure` says why it, or a part of it, gave no document."""

    path: str
    hash: str  # of what it holds, and of what metadata.csv says of it
    failure: str | None = None
    digest: str = ""  # of what it holds
    stamp: str = ""  # see `stamp`; empty where it was written too late to tell


def stamp(status: os.stat_result) -> str:
    """What no edit of a file leaves as it is: its size, times and place on the disk."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_dev} {status.st_ino}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A row of the library: a document without its text."""

    source: Source
    path: str
    chunks: int


@dataclass(frozen=True, slots=True)
class ChunkTable:
    """All chunks as columns, indexed by chunk number; `published` is yyyymmdd, 0 where unknown.

    `document` is -1 where there is no chunk of a number. `order` is the place of a chunk among all, by document id:
    the numbers themselves depend on when a document came in.
    """

    document: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    published: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]


def yyyymmdd(day: date | None) -> int:
    """yyyymmdd, which Chroma can compare; 0 where unknown."""
    return day.year * 10_000 + day.month * 100 + day.day if day else 0


class Catalog:
    """The documents and chunks of one generation.

    Both keep their numbers for life; those of what was removed last may be given out again.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.exists():
            raise UserError(f"The catalog {path} is missing. Run `assistant index` to build the index again.")
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        if create:
            try:
                self._connection.executescript(_SCHEMA)
            except sqlite3.Error:
                self._connection.close()
                raise

    def close(self) -> None:
        self._connection.close()

    def commit(self) -> None:
        with self._lock:
            self._connection.commit()

    # writing

    def add_file(self, record: FileRecord) -> None:
        row = (record.path, record.hash, record.failure, record.digest, record.stamp)
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", row)

    def restamp(self, records: Iterable[FileRecord]) -> None:
        """Files that hold what they held, and were touched, moved on the disk, or have come to be old enough."""
        rows = [(record.stamp, record.path) for record in records]
        self._connection.executemany("UPDATE files SET stamp = ? WHERE path = ?", rows)

    def remove_file(self, path: str) -> list[int]:
        """Forget a file and its documents; the numbers of the chunks that went."""
        of = "SELECT number FROM documents WHERE path = ?"
        gone = [row[0] for row in self._rows(f"SELECT number FROM chunks WHERE document IN ({of})", path)]
        for table in ("chunks", "names", "sketches"):
            self._connection.execute(f"DELETE FROM {table} WHERE document IN ({of})", (path,))
        self._connection.execute("DELETE FROM documents WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))
        return gone

    def add_document(
        self, document: Document, spans: Sequence[tuple[int, int]], names: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Store a document with the spans of its chunks and the names that it abbreviates."""
        source = document.source
        cursor = self._connection.execute(
            f"INSERT INTO documents ({_DOCUMENT}, digest, number) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(number) + 1, 0) FROM documents))",
            (
                source.document,
                document.path,
                source.title,
                source.publisher,
                source.author,
                source.published.isoformat() if source.published else None,
                source.url,
                json.dumps(source.tags),
                json.dumps(document.pages),
                document.unit,
                document.text,
                hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest(),
            ),
        )
        number = int(cursor.lastrowid or 0)
        first = int(self._rows("SELECT coalesce(max(number) + 1, 0) FROM chunks")[0][0])
        rows = [(first + at, number, start, end) for at, (start, end) in enumerate(spans)]
        self._connection.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?)", rows)
        self._connection.executemany(
            "INSERT INTO names VALUES (?, ?, ?)", [(number, short, long) for short, long in names]
        )
        self._connection.execute("INSERT INTO sketches VALUES (?, ?)", (number, sketch(document.text)))

    # reading

    def _rows(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def files(self) -> dict[str, FileRecord]:
        rows = self._rows("SELECT path, hash, failure, digest, stamp FROM files ORDER BY path")
        return {row[0]: FileRecord._make(row) for row in rows}

    def failures(self) -> dict[str, str]:
        """Path -> the reason why a file, or a part of it, gave no document."""
        return dict(self._rows("SELECT path, failure FROM files WHERE failure IS NOT NULL ORDER BY path"))

    def paths(self) -> set[str]:
        """Of the files that gave a document."""
        return {row[0] for row in self._rows("SELECT DISTINCT path FROM documents")}

    def document_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM documents")[0][0])

    def chunk_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM chunks")[0][0])

    def spread(self) -> tuple[int, int, int]:
        """The fewest chunks that a document has, the median, and the most."""
        rows = self._rows(
            "SELECT count(chunks.number) FROM documents LEFT JOIN chunks ON document = documents.number "
            "GROUP BY documents.number ORDER BY 1"
        )
        return (rows[0][0], rows[(len(rows) - 1) // 2][0], rows[-1][0]) if rows else (0, 0, 0)

    def has_document(self, id: str) -> bool:
        return bool(self._rows("SELECT 1 FROM documents WHERE id = ?", id))

    def ids_of(self, path: str) -> list[str]:
        return [row[0] for row in self._rows("SELECT id FROM documents WHERE path = ? ORDER BY number", path)]

    def digests(self, paths: Collection[str] | None = None) -> dict[str, tuple[str, tuple[str | None, ...]]]:
        """Document id -> a digest of its text, and what is known besides it; of all, or of the files of some paths."""
        some = "" if paths is None else "WHERE path IN (SELECT value FROM json_each(?))"
        rows = self._rows(
            f"SELECT id, digest, title, publisher, author, published, url, tags FROM documents {some} ORDER BY id",
            *([] if paths is None else [json.dumps(list(paths))]),
        )
        return {id: (digest, tuple(rest)) for id, digest, *rest in rows}

    def same_texts(self) -> list[list[str]]:
        """The ids of documents that have one text, in groups."""
        rows = self._rows(
            "SELECT digest, id FROM documents WHERE digest IN "
            "(SELECT digest FROM documents GROUP BY digest HAVING count(*) > 1) ORDER BY digest, id"
        )
        return [[id for _, id in group] for _, group in groupby(rows, key=lambda row: row[0])]

    def sketches(self) -> dict[str, bytes]:
        """Document id -> the sketch of its text."""
        return dict(
            self._rows("SELECT id, sketch FROM documents JOIN sketches ON document = number ORDER BY id")
        )

    def without(self, column: Literal["published", "publisher"]) -> list[str]:
        """The ids of the documents of which something is not known."""
        rows = self._rows(f"SELECT id FROM documents WHERE {column} IS NULL OR {column} = '' ORDER BY id")
        return [row[0] for row in rows]

    def document(self, id: str) -> Document:
        """KeyError where there is none."""
        rows = self._rows(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", id)
        if not rows:
            raise KeyError(id)
        return _document(rows[0])

    def documents_of(self, path: str) -> list[tuple[Document, list[tuple[int, int]], list[tuple[str, str]]]]:
        """The documents of one file, each with the spans of its chunks and the names it abbreviates."""
        rows = self._rows(f"SELECT {_DOCUMENT}, number FROM documents WHERE path = ? ORDER BY number", path)
        return [(_document(row[:-1]), self._spans(row[-1]), self._names(row[-1])) for row in rows]

    def _names(self, document: int) -> list[tuple[str, str]]:
        return self._rows("SELECT short, long FROM names WHERE document = ? ORDER BY rowid", document)

    def _spans(self, document: int) -> list[tuple[int, int]]:
        return self._rows("SELECT start, end FROM chunks WHERE document = ? ORDER BY number", document)

    def documents(self) -> Iterator[Document]:
        for row in self._rows(f"SELECT {_DOCUMENT} FROM documents ORDER BY number"):
            yield _document(row)

    def chunks(self, document: Document) -> list[Chunk]:
        rows = self._rows(
            "SELECT start, end FROM chunks WHERE document = (SELECT number FROM documents WHERE id = ?) "
            "ORDER BY number",
            document.id,
        )
        return [Chunk(document.id, start, end, document.text[start:end]) for start, end in rows]

    def numbered_chunks(self, document: Document) -> tuple[int, list[tuple[int, Chunk]]]:
        """The number of a document, and its chunks with theirs."""
        rows = self._rows(
            "SELECT documents.number, chunks.number, start, end FROM documents "
            "LEFT JOIN chunks ON chunks.document = documents.number WHERE id = ? ORDER BY chunks.number",
            document.id,
        )
        return int(rows[0][0]), [
            (at, Chunk(document.id, start, end, document.text[start:end]))
            for _, at, start, end in rows
            if at is not None
        ]

    def chunk_numbers(self) -> list[int]:
        return [row[0] for row in self._rows("SELECT number FROM chunks ORDER BY number")]

    def chunk_text(self, number: int) -> str:
        """The words of a chunk; KeyError where there is none."""
        rows = self._rows(
            "SELECT substr(text, start + 1, end - start) FROM chunks "
            "JOIN documents ON documents.number = document WHERE chunks.number = ?",
            number,
        )
        if not rows:
            raise KeyError(number)
        return str(rows[0][0])

    def wrong_spans(self, numbers: Sequence[int]) -> list[str]:
        """The ids of documents of which one of these chunks is no span of the text with words in it."""
        rows = self._rows(
            "SELECT document, start, end FROM chunks WHERE number IN (SELECT value FROM json_each(?)) "
            "ORDER BY document",
            json.dumps(list(numbers)),
        )
        wrong = []
        for document, spans in groupby(rows, key=itemgetter(0)):
            ((id, text),) = self._rows("SELECT id, text FROM documents WHERE number = ?", document)
            if not all(0 <= start < end <= len(text) and text[start:end].strip() for _, start, end in spans):
                wrong.append(id)
        return wrong

    def is_sparse(self) -> bool:
        """Whether more numbers of chunks have fallen out of use than are used."""
        return (
            int(self._rows("SELECT coalesce(max(number) + 1, 0) FROM chunks")[0][0]) > 2 * self.chunk_count()
        )

    def sources(self) -> dict[int, Source]:
        """By document number, in the order of their ids."""
        rows = self._rows(f"SELECT {_SOURCE}, number FROM documents ORDER BY id")
        return {row[-1]: _source(row[:-1]) for row in rows}

    def names(self) -> list[tuple[str, str, int]]:
        """(short form, long form, number of documents that give both)."""
        return self._rows("SELECT short, long, count(*) FROM names GROUP BY short, long")

    def summaries(self) -> list[Summary]:
        rows = self._rows(
            f"SELECT {_SOURCE}, (SELECT count(*) FROM chunks WHERE document = documents.number) "
            "FROM documents ORDER BY published DESC, title"
        )
        return [Summary(_source(row[:-1]), row[1], row[-1]) for row in rows]

    def chunk_table(self) -> ChunkTable:
        rows = self._rows(
            "SELECT chunks.number, chunks.document, start, end, coalesce(replace(published, '-', ''), 0) "
            "FROM chunks JOIN documents ON documents.number = chunks.document ORDER BY documents.id, start"
        )
        numbers, *columns = np.asarray(rows, dtype=np.int64).reshape(-1, 5).T
        table = np.full((5, numbers.max(initial=-1) + 1), -1, dtype=np.int64)
        for row, column in zip(table, (*columns, np.arange(len(numbers))), strict=True):
            row[numbers] = column
        return ChunkTable(*table)


_SOURCE = "id, path, title, publisher, author, published, url, tags"
_DOCUMENT = f"{_SOURCE}, pages, unit, text"


def _document(row: Sequence[str]) -> Document:
    pages, unit, text = row[-3:]
    return Document(_source(row[:-3]), text, row[1], tuple(json.loads(pages)), unit)


def _source(row: Sequence[str]) -> Source:
    id, _, title, publisher, author, published, url, tags = row
    day = date.fromisoformat(published) if published else None
    return Source(id, title, publisher, author, day, url, tuple(json.loads(tags)))
