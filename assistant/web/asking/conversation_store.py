"""Conversations on disk (SQLite), as JSON, for a week: they outlive the process, not the browser's session."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import TypeAdapter

from assistant.web.asking.conversation import Exchange

FILE = "conversations.sqlite"  # in the index folder
KEPT = 7 * 24 * 3600  # seconds after the last question
MOST = 1_000  # conversations; the oldest go first

_TABLE = "CREATE TABLE IF NOT EXISTS conversation (key TEXT PRIMARY KEY, used INT, exchanges BLOB)"

log = logging.getLogger(__name__)


class ConversationStore:
    """Loads and saves whole conversations; a disk that is full or read-only costs them, but no answer."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._exchanges = TypeAdapter(list[Exchange])
        self._using = threading.Lock()

    def load(self, key: str) -> list[Exchange]:
        """Empty where there is none, or where another version wrote it."""
        try:
            with self._using, self._opened() as database:
                found = database.execute(
                    "SELECT exchanges FROM conversation WHERE key = ?", (key,)
                ).fetchone()
            return self._exchanges.validate_json(found[0]) if found else []
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("A conversation could not be read: %s", error)
            return []

    def save(self, key: str, exchanges: Sequence[Exchange]) -> None:
        now = int(time.time())
        try:
            with self._using, self._opened() as database:
                if exchanges:
                    told = self._exchanges.dump_json(list(exchanges))
                    database.execute("REPLACE INTO conversation VALUES (?, ?, ?)", (key, now, told))
                else:
                    database.execute("DELETE FROM conversation WHERE key = ?", (key,))
                database.execute(
                    "DELETE FROM conversation WHERE used < ? OR key IN "
                    "(SELECT key FROM conversation ORDER BY used DESC LIMIT -1 OFFSET ?)",
                    (now - KEPT, MOST),
                )
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("A conversation could not be kept: %s", error)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = not self._path.exists()
        with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            if new:
                self._path.chmod(0o600)
            database.execute(_TABLE)
            yield database
