"""Whether something failed because the disk is full."""

import errno
import shutil
import sqlite3
from pathlib import Path


def is_full(folder: Path, error: BaseException, *, least: int) -> bool:
    """By the code that the system or SQLite gives; libraries that pass on neither: by fewer than `least` bytes left."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return True
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return True
    return shutil.disk_usage(folder).free < least
