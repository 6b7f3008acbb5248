"""Our own record of one generation, in SQLite, for reading: documents, chunks and hashes."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Literal

import numpy as np

from assistant.errors import UserError
from assistant.storage.schema import (
    DOCUMENT,
    SOURCE,
    ChunkTable,
    FileRecord,
    Summary,
    context_from_json,
    document_from_row,
    source_from_row,
)
from assistant.types import Chunk, Context, Document, PageMap, Source


class Catalog:
    """The documents and chunks of one generation.

    Both keep their numbers for life; those of what was removed last may be given out again.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise UserError(f"The catalog {path} is missing. Run `assistant index` to build the index again.")
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False)

    def close(self) -> None:
        self._connection.close()

    def _rows(self, statement: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def files(self) -> dict[str, FileRecord]:
        columns = ", ".join(FileRecord._fields)
        rows = self._rows(f"SELECT {columns} FROM files ORDER BY path")
        return {row[0]: FileRecord._make((*row[:-1], bool(row[-1]))) for row in rows}

    def has_id_conflict(self) -> bool:
        """Whether a file was left out because another one has a document with the same id."""
        return bool(self._rows("SELECT 1 FROM files WHERE id_taken LIMIT 1"))

    def failures(self) -> dict[str, str]:
        """Path -> the reason why a file, or a part of it, gave no document."""
        return dict(self._rows("SELECT path, failure FROM files WHERE failure IS NOT NULL ORDER BY path"))

    def left_out(self) -> dict[str, str]:
        """Path -> what was left out of a file's documents on purpose, in words."""
        return dict(self._rows("SELECT path, left_out FROM files WHERE left_out != '' ORDER BY path"))

    def paths(self) -> set[str]:
        """Of the files that gave a document."""
        return {row[0] for row in self._rows("SELECT DISTINCT path FROM documents")}

    def numbers_by_path(self) -> dict[str, list[int]]:
        """The numbers of the documents that each file gave."""
        rows = self._rows("SELECT path, number FROM documents ORDER BY path")
        return {path: [number for _, number in of] for path, of in groupby(rows, key=itemgetter(0))}

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
        """Document id -> a digest of its text, and its metadata; for all, or for the files of some paths."""
        some = "" if paths is None else "WHERE path IN (SELECT value FROM json_each(?))"
        rows = self._rows(
            f"SELECT id, digest, title, publisher, author, published, url, tags FROM documents {some} ORDER BY id",
            *([] if paths is None else [json.dumps(list(paths))]),
        )
        return {id: (digest, tuple(rest)) for id, digest, *rest in rows}

    def same_texts(self) -> list[list[str]]:
        """The ids of documents that have the same text, in groups."""
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
        """The ids of the documents that lack it."""
        rows = self._rows(f"SELECT id FROM documents WHERE {column} IS NULL OR {column} = '' ORDER BY id")
        return [row[0] for row in rows]

    def document(self, id: str) -> Document:
        """With its text; KeyError where there is none."""
        rows = self._rows(f"SELECT {DOCUMENT} FROM documents WHERE id = ?", id)
        if not rows:
            raise KeyError(id)
        return document_from_row(rows[0])

    def text(self, id: str) -> str:
        """Of a document, without its blocks, of which a table has very many; KeyError where there is none."""
        rows = self._rows("SELECT text FROM documents WHERE id = ?", id)
        if not rows:
            raise KeyError(id)
        return str(rows[0][0])

    def page_map(self, id: str) -> PageMap:
        """Of a document; KeyError where there is none."""
        rows = self._rows("SELECT unit, pages, labels FROM documents WHERE id = ?", id)
        if not rows:
            raise KeyError(id)
        unit, starts, labels = rows[0]
        return PageMap(unit, tuple(json.loads(starts)), tuple(json.loads(labels)))

    def documents_of(self, path: str) -> list[tuple[Document, list[Chunk], list[tuple[str, str]]]]:
        """The documents of one file, each with its chunks and the names it abbreviates."""
        rows = self._rows(f"SELECT {DOCUMENT}, number FROM documents WHERE path = ? ORDER BY number", path)
        documents = [(document_from_row(row[:-1]), row[-1]) for row in rows]
        return [
            (document, [chunk for _, chunk in self.numbered_chunks(document)[1]], self._names(number))
            for document, number in documents
        ]

    def _names(self, document: int) -> list[tuple[str, str]]:
        return self._rows("SELECT short, long FROM names WHERE document = ? ORDER BY rowid", document)

    def documents(self) -> Iterator[Document]:
        for row in self._rows(f"SELECT {DOCUMENT} FROM documents ORDER BY number"):
            yield document_from_row(row)

    def numbered_chunks(self, document: Document) -> tuple[int, list[tuple[int, Chunk]]]:
        """The number of a document, and its chunks with theirs."""
        rows = self._rows(
            "SELECT documents.number, chunks.number, start, end, context FROM documents "
            "LEFT JOIN chunks ON chunks.document = documents.number WHERE id = ? ORDER BY chunks.number",
            document.id,
        )
        return int(rows[0][0]), [
            (at, Chunk(document.id, start, end, document.text[start:end], context_from_json(context)))
            for _, at, start, end, context in rows
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

    def chunk_context(self, number: int) -> Context:
        """KeyError where there is none."""
        rows = self._rows("SELECT context FROM chunks WHERE number = ?", number)
        if not rows:
            raise KeyError(number)
        return context_from_json(rows[0][0])

    def wrong_spans(self, numbers: Sequence[int]) -> list[str]:
        """The ids of documents in which one of these chunks is not a span of the text with words in it."""
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
        """Whether more chunk numbers have fallen out of use than are in use."""
        ((end,),) = self._rows("SELECT coalesce(max(number) + 1, 0) FROM chunks")
        return int(end) > 2 * self.chunk_count()

    def sources(self) -> dict[int, Source]:
        """By document number, in the order of their ids."""
        rows = self._rows(f"SELECT {SOURCE}, number FROM documents ORDER BY id")
        return {row[-1]: source_from_row(row[:-1]) for row in rows}

    def names(self) -> list[tuple[str, str, int]]:
        """(short form, long form, number of documents that give both)."""
        return self._rows("SELECT short, long, count(*) FROM names GROUP BY short, long")

    def summaries(self) -> list[Summary]:
        rows = self._rows(
            f"SELECT {SOURCE}, (SELECT count(*) FROM chunks WHERE document = documents.number) "
            "FROM documents ORDER BY published DESC, title"
        )
        return [Summary(source_from_row(row[:-1]), row[1], row[-1]) for row in rows]

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
