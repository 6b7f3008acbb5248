"""The life of a generation: begun aside, switched to, rolled back to, pruned."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from assistant.errors import UserError
from assistant.storage.catalog_writer import CatalogWriter
from assistant.storage.generations import (
    CATALOG,
    KEPT,
    MANIFEST,
    NAMES,
    Manifest,
    current_name,
    folder_of,
    folders,
    open_generation,
    read_manifest,
)
from assistant.storage.lock import writer_lock
from assistant.storage.seal import SEAL, broken_files
from assistant.storage.vectors import DATABASE, VectorIndex

PARTS = (CATALOG, "chroma", "keywords")  # what a generation that starts from another one copies


def begin(index: Path, name: str, base: str | None = None, *, parts: Sequence[str] = PARTS) -> CatalogWriter:
    """The catalog of a new generation, which is empty or starts with a copy of `parts` of a finished one."""
    folder = folder_of(index, name)
    folder.mkdir(parents=True)
    if base:
        source = folder_of(index, base)
        for path in (path for part in parts for path in (source / part, *(source / part).rglob("*"))):
            copy = folder / path.relative_to(source)
            if path.name.startswith(f"{DATABASE}-"):  # SQLite's own files, while a reader opens it
                continue
            if path.is_dir():
                copy.mkdir()
            elif path.name == DATABASE:
                _copy_database(path, copy)
            else:
                shutil.copyfile(path, copy)
    path = folder / CATALOG
    return CatalogWriter(path) if base else CatalogWriter.create(path)


def _copy_database(source: Path, target: Path) -> None:
    """Through SQLite, because a reader that opens Chroma writes a mark into it."""
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def store_names(folder: Path, names: Mapping[str, str]) -> None:
    (folder / NAMES).write_text(json.dumps(names, ensure_ascii=False, indent=0), "utf-8")


def write_manifest(index: Path, manifest: Manifest) -> None:
    path = folder_of(index, manifest.generation) / MANIFEST
    pending = path.with_suffix(".pending")
    pending.write_text(json.dumps(asdict(manifest), indent=2), "utf-8")
    os.replace(pending, path)


def switch(index: Path, name: str) -> None:
    """Serve `name` from now on; a crash leaves either the old or the new pointer, never half of one."""
    pending = index / "CURRENT.pending"
    with pending.open("w", encoding="utf-8") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pending, index / "CURRENT")


def roll_back(index: Path) -> Manifest:
    """Serve the newest whole generation that is older than the served one; newer ones are abandoned."""
    with writer_lock(index):
        name = next(
            (name for name in _earlier(index) if not broken_files(folder_of(index, name), look="everything")),
            None,
        )
        if name is None:
            raise UserError("There is no earlier build to go back to; the index is unchanged.")
        open_generation(index, name).close()
        switch(index, name)
        for folder in folders(index):
            if folder.name > name:
                (folder / SEAL).unlink(
                    missing_ok=True
                )  # readers that have it open continue; the next build removes it
        return read_manifest(index, name)


def _earlier(index: Path) -> Iterator[str]:
    current = current_name(index) or ""
    return (folder.name for folder in folders(index) if folder.name < current and (folder / SEAL).exists())


def discard(index: Path, name: str) -> None:
    """Remove a generation that was not finished."""
    _drop_collection(index, folder_of(index, name))
    shutil.rmtree(folder_of(index, name), ignore_errors=True)


def prune(index: Path) -> None:
    """Remove unfinished generations, and all finished ones but the newest KEPT and the served one."""
    current = current_name(index)
    every = folders(index)
    finished = [folder for folder in every if (folder / SEAL).exists()]
    kept = {current, *(folder.name for folder in finished[:KEPT])}
    for folder in every:
        if folder.name not in kept:
            _drop_collection(index, folder)
            shutil.rmtree(folder, ignore_errors=True)


def _drop_collection(index: Path, folder: Path) -> None:
    """Drop the collection of a generation on a Chroma server; where the server is gone, it stays there."""
    if not (folder / MANIFEST).exists():
        return
    try:
        manifest = read_manifest(index, folder.name)
        if manifest.chroma_url:
            VectorIndex.open(folder, name=manifest.collection, url=manifest.chroma_url).drop()
    except UserError:
        return
