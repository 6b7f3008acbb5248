"""metadata.csv in the corpus -> metadata of its documents that overrides what their files say."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.errors import UnreadableFile
from assistant.loading.metadata import parse_date, parse_tags
from assistant.loading.normalising import one_line
from assistant.loading.tables.delimited import rows_of
from assistant.types import Document

METADATA_FILE = "metadata.csv"
FIELDS = ("title", "publisher", "author", "published", "url", "tags")
HOLD_SEVERAL = (".jsonl", ".mbox", ".xlsx", ".zip")  # documents, which rows can name by id
NAMED_FAULTS = 5  # of the file


@dataclass(frozen=True, slots=True)
class MetadataFile:
    """The rows by path or document id, the hash of the file (empty: there is none), and what is wrong in it."""

    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    hash: str = ""
    wrong: tuple[str, ...] = ()

    def hash_of(self, path: str, hash: str, *, paths: Collection[str]) -> str:
        """A file's hash that changes with the rows that may be about it, so that these reach the index."""
        if not self.rows:
            return hash
        rows = [self.rows[path]] if path in self.rows else []
        if path.lower().endswith(HOLD_SEVERAL):
            rows += [{"id": id, **row} for id, row in self.rows.items() if id not in paths]
        stated = json.dumps(rows, default=str)
        return hashlib.sha256(f"{hash} {stated}".encode()).hexdigest() if rows and hash else hash

    def applied_to(self, document: Document) -> Document:
        """The document with the metadata in the row of its file, overridden by that in the row of its id."""
        fields = {**self.rows.get(document.path, {}), **self.rows.get(document.id, {})}
        return replace(document, source=replace(document.source, **fields))

    def failure(self, known: Collection[str]) -> str | None:
        """What could not be used of it, in words; `known`: the paths and ids that rows may name."""
        unknown = [f"There is no file or document {key}." for key in self.rows if key not in known]
        wrong = [*self.wrong, *unknown]
        if not wrong:
            return None
        more = len(wrong) - NAMED_FAULTS
        return f"Not all of it was used. {' '.join(wrong[:NAMED_FAULTS])}" + (
            f" And {more:,} more." if more > 0 else ""
        )


def read_metadata(corpus: Path) -> MetadataFile:
    """What the file says; nothing where there is none, or where the corpus is one file."""
    path = corpus / METADATA_FILE
    if corpus.is_file() or not path.is_file():
        return MetadataFile()
    if not path.resolve().is_relative_to(corpus.resolve()):
        return MetadataFile(
            hash="unread", wrong=("It is a link that leads out of the folder; copy it there.",)
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        return MetadataFile(hash="unread", wrong=(f"It cannot be opened ({error.strerror}).",))
    digest = hashlib.sha256(data).hexdigest()
    try:
        lines = [[one_line(cell) for cell in row] for row in rows_of(data, METADATA_FILE)]
    except UnreadableFile as error:
        return MetadataFile(hash=digest, wrong=(str(error),))
    rows, wrong = _parsed(lines)
    return MetadataFile(rows, digest, tuple(wrong))


def _parsed(lines: list[list[str]]) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """The rows by path or id, and what is wrong in them."""
    columns = [column.lower() for column in lines[0]] if lines else []
    if "path" not in columns:
        return {}, [f"Its first row must name its columns: path, and any of {', '.join(FIELDS)}."]
    unknown = [column for column in columns if column and column not in ("path", *FIELDS)]
    wrong = [f"Its column {column!r} is not known; use {', '.join(FIELDS)}." for column in unknown]
    rows: dict[str, Mapping[str, Any]] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = dict(zip(columns, line, strict=False))
        key = cells.get("path", "").replace("\\", "/").removeprefix("./")
        if any(line):
            wrong += _wrong_in(cells, key, number, is_known=key in rows)
        if key:
            rows[key] = _fields(cells)
    return rows, wrong


def _fields(cells: Mapping[str, str]) -> dict[str, Any]:
    """What is stated and usable; an empty cell leaves what the file itself says."""
    fields: dict[str, Any] = {name: cells[name] for name in FIELDS if cells.get(name)}
    fields["published"], fields["tags"] = parse_date(fields.get("published")), parse_tags(fields.get("tags"))
    return {name: value for name, value in fields.items() if value}


def _wrong_in(cells: Mapping[str, str], key: str, number: int, *, is_known: bool) -> Iterator[str]:
    if not key:
        yield f"Row {number} has no path."
    if is_known:
        yield f"Row {number} names {key}, as an earlier row does; the later one counts."
    published = cells.get("published")
    if published and parse_date(published) is None:
        yield f"Row {number} has no full date: {published!r}; write it like 2026-03-31."
