"""The writing side of a catalog: what a build puts into, and takes out of, the record of a new generation."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.storage.catalog import Catalog
from assistant.storage.schema import DOCUMENT, SCHEMA, FileRecord, blocks_to_json, context_to_json
from assistant.text.near_duplicates import sketch
from assistant.types import Chunk, Document


class CatalogWriter(Catalog):
    """A catalog that is being filled, by one thread; what is written counts once `commit` is called."""

    @classmethod
    def create(cls, path: Path) -> "CatalogWriter":
        """An empty one."""
        connection = sqlite3.connect(path)
        try:
            connection.executescript(SCHEMA)
        finally:
            connection.close()
        return cls(path)

    def commit(self) -> None:
        with self._lock:
            self._connection.commit()

    def add_file(self, record: FileRecord) -> None:
        self._connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", record)

    def restamp(self, records: Iterable[FileRecord]) -> None:
        """For files with the same content that were touched, moved on the disk, or are now old enough."""
        rows = [(record.stamp, record.path) for record in records]
        self._connection.executemany("UPDATE files SET stamp = ? WHERE path = ?", rows)

    def remove_file(self, path: str) -> list[int]:
        """Remove a file and its documents; the numbers of the chunks that went with them."""
        of = "SELECT number FROM documents WHERE path = ?"
        gone = [row[0] for row in self._rows(f"SELECT number FROM chunks WHERE document IN ({of})", path)]
        for table in ("chunks", "names", "sketches"):
            self._connection.execute(f"DELETE FROM {table} WHERE document IN ({of})", (path,))
        self._connection.execute("DELETE FROM documents WHERE path = ?", (path,))
        self._connection.execute("DELETE FROM files WHERE path = ?", (path,))
        return gone

    def add_document(
        self, document: Document, chunks: Sequence[Chunk], names: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Store a document with its chunks and the names that it abbreviates."""
        number = self._insert(document)
        first = int(self._rows("SELECT coalesce(max(number) + 1, 0) FROM chunks")[0][0])
        rows = [
            (at, number, c.start, c.end, context_to_json(c.context)) for at, c in enumerate(chunks, first)
        ]
        self._connection.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", rows)
        self._connection.executemany(
            "INSERT INTO names VALUES (?, ?, ?)", [(number, short, long) for short, long in names]
        )
        self._connection.execute("INSERT INTO sketches VALUES (?, ?)", (number, sketch(document.text)))

    def _insert(self, document: Document) -> int:
        source, blocks = document.source, blocks_to_json(document.blocks)
        cursor = self._connection.execute(
            f"INSERT INTO documents ({DOCUMENT}, digest, number) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(number) + 1, 0) FROM documents))",
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
                json.dumps(document.labels),
                blocks,
                document.text,
                hashlib.sha256(f"{document.text}{blocks}".encode("utf-8", "surrogatepass")).hexdigest(),
            ),
        )
        return int(cursor.lastrowid or 0)
