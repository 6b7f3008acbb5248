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
MAX_AGE = 7 * 24 * 3600  # seconds since the last question
MAX_CONVERSATIONS = 1_000  # the least recently used go first

_TABLE = "CREATE TABLE IF NOT EXISTS conversation (key TEXT PRIMARY KEY, used INT, exchanges BLOB)"

log = logging.getLogger(__name__)


class ConversationStore:
    """Loads and saves conversations; on a full or read-only disk they are not kept, and asking still works."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._exchanges = TypeAdapter(list[Exchange])
        self._using = threading.Lock()

    def load(self, key: str) -> list[Exchange]:
        """Empty where there is none, or where another version wrote it."""
        try:
            with self._using, self._opened() as database:
                row = database.execute("SELECT exchanges FROM conversation WHERE key = ?", (key,)).fetchone()
            # With a field that is not known any more it was written by another version, and may mean something else.
            return self._exchanges.validate_json(row[0], extra="forbid") if row else []
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("A conversation could not be read: %s", str(error).partition("\n")[0])
            return []

    def save(self, key: str, exchanges: Sequence[Exchange]) -> None:
        now = int(time.time())
        try:
            with self._using, self._opened() as database:
                if exchanges:
                    serialized = self._exchanges.dump_json(list(exchanges))
                    database.execute("REPLACE INTO conversation VALUES (?, ?, ?)", (key, now, serialized))
                else:
                    database.execute("DELETE FROM conversation WHERE key = ?", (key,))
                database.execute(
                    "DELETE FROM conversation WHERE used < ? OR key IN "
                    "(SELECT key FROM conversation ORDER BY used DESC LIMIT -1 OFFSET ?)",
                    (now - MAX_AGE, MAX_CONVERSATIONS),
                )
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("A conversation could not be saved: %s", error)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = not self._path.exists()
        with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
            if new:
                self._path.chmod(0o600)
            database.execute(_TABLE)
            yield database
