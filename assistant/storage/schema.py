"""The tables of a catalog, and what a row of them is in the program."""

import json
import os
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from assistant.types import Document, Source

SCHEMA = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, hash TEXT NOT NULL, failure TEXT, digest TEXT NOT NULL, stamp TEXT NOT NULL,
    id_taken INTEGER NOT NULL);
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
SOURCE = "id, path, title, publisher, author, published, url, tags"
DOCUMENT = f"{SOURCE}, pages, unit, text"


class FileRecord(NamedTuple):
    """A source file as it was when it was read; `failure` says why it, or a part of it, gave no document."""

    path: str
    hash: str  # of its content, and of what metadata.csv says about it
    failure: str | None = None
    digest: str = ""  # of its content
    stamp: str = ""  # see `stamp`; empty where it was written too recently to tell
    id_taken: bool = False  # it gave no document because another file has a document with the same id


def stamp(status: os.stat_result) -> str:
    """What every edit of a file changes: its size, times or place on the disk."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_dev} {status.st_ino}"


def document_from_row(row: Sequence[str]) -> Document:
    """Of the columns DOCUMENT."""
    pages, unit, text = row[-3:]
    return Document(source_from_row(row[:-3]), text, row[1], tuple(json.loads(pages)), unit)


def source_from_row(row: Sequence[str]) -> Source:
    """Of the columns SOURCE."""
    id, _, title, publisher, author, published, url, tags = row
    day = date.fromisoformat(published) if published else None
    return Source(id, title, publisher, author, day, url, tuple(json.loads(tags)))
