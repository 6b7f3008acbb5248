"""One build at a time."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from assistant.errors import UserError


@contextmanager
def writer_lock(index: Path) -> Iterator[None]:
    """UserError where another build holds the lock, which is released when its process ends, however it ends."""
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
        holder = json.loads((index / "writer.json").read_text("utf-8"))
        return f" (process {holder['process']}, since {holder['started']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
