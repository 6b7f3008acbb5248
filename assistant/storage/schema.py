"""The tables of a catalog, and what a row of them is in the program."""

import json
import os
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from assistant.types import Block, Context, Document, Heading, Source

SCHEMA = """
CREATE TABLE files (
    path TEXT PRIMARY KEY, hash TEXT NOT NULL, failure TEXT, digest TEXT NOT NULL, stamp TEXT NOT NULL,
    left_out TEXT NOT NULL, id_taken INTEGER NOT NULL);
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL, title TEXT NOT NULL,
    publisher TEXT, author TEXT, published TEXT, url TEXT, tags TEXT NOT NULL, pages TEXT NOT NULL, unit TEXT NOT NULL,
    labels TEXT NOT NULL, blocks TEXT NOT NULL, text TEXT NOT NULL, digest TEXT NOT NULL);
CREATE INDEX documents_by_digest ON documents (digest);
CREATE INDEX documents_by_path ON documents (path);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents, start INTEGER NOT NULL,
    end INTEGER NOT NULL, context TEXT NOT NULL);
CREATE INDEX chunks_by_document ON chunks (document);
CREATE TABLE names (document INTEGER NOT NULL REFERENCES documents, short TEXT NOT NULL, long TEXT NOT NULL);
CREATE INDEX names_by_document ON names (document);
CREATE TABLE sketches (document INTEGER PRIMARY KEY REFERENCES documents, sketch BLOB NOT NULL);
"""
SOURCE = "id, path, title, publisher, author, published, url, tags"
DOCUMENT = f"{SOURCE}, pages, unit, labels, blocks, text"


class FileRecord(NamedTuple):
    """A source file as it was when it was read; `failure` says why it, or a part of it, gave no document."""

    path: str
    hash: str  # of its content, and of what metadata.csv says about it
    failure: str | None = None
    digest: str = ""  # of its content
    stamp: str = ""  # see `stamp`; empty where it was written too recently to tell
    left_out: str = ""  # what was left out of its documents on purpose, in words
    id_taken: bool = False  # it gave no document because another file has a document with the same id


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


def stamp(status: os.stat_result) -> str:
    """What every edit of a file changes: its size, times or place on the disk."""
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_dev} {status.st_ino}"


def document_from_row(row: Sequence[str]) -> Document:
    """Of the columns DOCUMENT."""
    pages, unit, labels, blocks, text = row[-5:]
    source, starts, printed = source_from_row(row[:-5]), tuple(json.loads(pages)), tuple(json.loads(labels))
    return Document(source, text, row[1], starts, unit, blocks_from_json(blocks), printed)


def source_from_row(row: Sequence[str]) -> Source:
    """Of the columns SOURCE."""
    id, _, title, publisher, author, published, url, tags = row
    day = date.fromisoformat(published) if published else None
    return Source(id, title, publisher, author, day, url, tuple(json.loads(tags)))


def blocks_to_json(blocks: Sequence[Block]) -> str:
    return json.dumps([astuple(block) for block in blocks], ensure_ascii=False) if blocks else ""


def blocks_from_json(data: str) -> tuple[Block, ...]:
    rows = json.loads(data) if data else ()
    return tuple(
        Block(start, end, kind, level, _columns(columns), hangs_on)
        for start, end, kind, level, columns, hangs_on in rows
    )


def context_to_json(context: Context) -> str:
    return json.dumps(astuple(context), ensure_ascii=False) if context != Context() else ""


def context_from_json(data: str) -> Context:
    if not data:
        return Context()
    headings, columns, lists, notes = json.loads(data)
    return Context(
        tuple(Heading(*heading) for heading in headings),
        _columns(columns),
        tuple((start, end) for start, end in lists),
        tuple((start, end, first, last) for start, end, first, last in notes),
    )


def _columns(pairs: Sequence[Sequence[Any]]) -> tuple[tuple[int, str], ...]:
    return tuple((at, name) for at, name in pairs)
