"""The contents of a generation's files when it was finished, and whether they are still the same."""

import hashlib
import json
import os
import sqlite3
from collections.abc import Container
from pathlib import Path
from typing import Literal

from assistant.storage.schema import stamp
from assistant.storage.vectors import DATABASE, content_digest

SEAL = "seal.json"
Look = Literal["touched", "database", "everything"]  # touched files; Chroma's database too; each file


def seal(folder: Path) -> None:
    """Record the contents of a generation's files, and make sure that they are on the disk."""
    sealed = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SEAL):
        _to_disk(path)
        digest = content_digest(path, check=False) if path.name == DATABASE else _digest(path)
        sealed[path.relative_to(folder).as_posix()] = [digest, stamp(path.stat())]
    (folder / SEAL).write_text(json.dumps(sealed, indent=0), "utf-8")
    _to_disk(folder / SEAL)


def broken_files(folder: Path, *, only: Container[str] | None = None, look: Look = "touched") -> list[str]:
    """The files of a generation that are missing or whose content differs from when it was sealed.

    A damaged vector file can end the process that opens it, so this comes before opening. A file that has not been
    touched since is unchanged, as far as the system knows; Chroma's database is touched by every opening, and is slow
    to read.
    """
    try:
        sealed = json.loads((folder / SEAL).read_text("utf-8"))
        return [
            name
            for name, (digest, seen) in sealed.items()
            if (only is None or name in only) and not _is_as_sealed(folder / name, digest, seen, look)
        ]
    except (OSError, ValueError, AttributeError, TypeError):
        return [SEAL]


def is_whole(folder: Path) -> bool:
    """Whether a build can start from this generation; what was read to find out is noted, to save reading it again."""
    database = folder / "chroma" / DATABASE
    seen = stamp(database.stat()) if database.is_file() else ""
    if broken_files(folder, look="database"):
        return False
    note_opening(folder, seen)
    return True


def note_opening(folder: Path, seen: str | None = None) -> None:
    """Record that Chroma's database is unchanged although it was opened, as of the stamp `seen`, or as of now."""
    database, name = folder / "chroma" / DATABASE, f"chroma/{DATABASE}"
    sealed = json.loads((folder / SEAL).read_text("utf-8"))
    if name in sealed and sealed[name][1] != (seen := seen or stamp(database.stat())):
        sealed[name][1] = seen
        pending = (folder / SEAL).with_suffix(".pending")
        pending.write_text(json.dumps(sealed, indent=0), "utf-8")
        _to_disk(pending)
        os.replace(pending, folder / SEAL)


def _is_as_sealed(path: Path, digest: str, seen: str, look: Look) -> bool:
    if not path.is_file():
        return False
    if look != "everything" and stamp(path.stat()) == seen:
        return True
    if path.name != DATABASE:
        return _digest(path) == digest
    try:
        return look == "touched" or content_digest(path) == digest
    except sqlite3.Error:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    file = os.open(path, os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
