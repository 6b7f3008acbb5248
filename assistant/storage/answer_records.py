"""What was asked and how it was answered (SQLite, JSON), the latest so many, so that any answer can be looked into."""

import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assistant.errors import UserError
from assistant.types import Question

FILE = "answers.sqlite"  # in the index folder
_TABLE = """CREATE TABLE IF NOT EXISTS answer
    (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, asked TEXT, question TEXT, told TEXT)"""
_QUESTION = TypeAdapter(Question)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """`asked`: when, in UTC, as ISO 8601 writes it; `told`: the answer, and how it came about."""

    id: str
    asked: str
    question: Question
    told: Mapping[str, Any]


class AnswerRecords:
    """Keeps the latest `most` answers; on a full or read-only disk none is kept, and asking still works."""

    def __init__(self, folder: Path, *, most: int) -> None:
        self._path = folder / FILE
        self._most = most
        self._using = threading.Lock()

    def add(self, question: Question, told: Mapping[str, Any]) -> str | None:
        """The new record's id; None where it could not be kept."""
        id = secrets.token_hex(4)
        row = (id, datetime.now(UTC).isoformat(timespec="seconds"), _QUESTION.dump_json(question).decode())
        try:
            with self._opened() as database:
                told_as_json = json.dumps(told, ensure_ascii=True)
                database.execute(
                    "INSERT INTO answer (id, asked, question, told) VALUES (?, ?, ?, ?)", (*row, told_as_json)
                )
                database.execute(
                    "DELETE FROM answer WHERE number <= (SELECT max(number) FROM answer) - ?", (self._most,)
                )
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("An answer could not be recorded: %s", error)
            return None
        return id

    def latest(self, count: int) -> list[AnswerRecord]:
        """The newest first."""
        return self._read("ORDER BY number DESC LIMIT ?", count)

    def find(self, id: str) -> AnswerRecord:
        """The one whose id begins so; UserError where there is none, or more than one."""
        found = self._read("WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2", id) if id else []
        if len(found) != 1:
            many = f"Several answers have ids that begin with {id!r}: give more of it."
            raise UserError(
                many if found else f"No answer {id!r} is recorded. `assistant replay` lists those that are."
            )
        return found[0]

    def _read(self, which: str, value: object) -> list[AnswerRecord]:
        if not self._path.exists():
            return []
        try:
            with self._opened() as database:
                rows = database.execute(f"SELECT id, asked, question, told FROM answer {which}", (value,))
                return [AnswerRecord(i, a, _QUESTION.validate_json(q), json.loads(t)) for i, a, q, t in rows]
        except (sqlite3.Error, OSError, ValueError) as error:
            raise UserError(f"{self._path} cannot be read: {error}. It is safe to delete.") from error

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        new = not self._path.exists()
        with self._using, closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            if new:
                self._path.chmod(0o600)
            database.execute(_TABLE)
            yield database
