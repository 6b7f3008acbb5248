"""What a build is asked to do, and would do: files compared with those of the index, documents before with after."""

import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import UserError
from assistant.loading import METADATA_FILE, LoadOptions, read_metadata, read_passwords, root_of, scan
from assistant.settings import Settings
from assistant.storage import Catalog, FileRecord, stamp

TICK = 2_000_000_000  # nanoseconds: the coarsest clock of a file system
LARGE_REMOVAL = 0.25  # of the documents: more are removed only once the user has confirmed it
FEW = 10  # documents: fewer are soon read again, so that nobody is asked


@dataclass(frozen=True)
class BuildOptions:
    """What a user chooses about a build, besides its folders and the embedding model."""

    loading: LoadOptions = field(default_factory=LoadOptions)
    chroma_url: str | None = None  # the server that keeps the vectors; None: they are in the index folder
    cache_mb: int = 1000  # megabytes of vectors kept, so that no text is embedded twice
    rebuild: bool = False  # read every file again
    dry_run: bool = False  # only report what would be done
    may_remove: bool = False  # even a large part of the documents

    @classmethod
    def from_settings(cls, settings: Settings, **choices: bool) -> "BuildOptions":
        """`choices`: rebuild, dry_run and may_remove; UserError where the file of passwords cannot be read."""
        passwords = read_passwords(settings.pdf_passwords)
        return cls(
            LoadOptions(passwords, settings.ocr, settings.file_timeout),
            settings.chroma_url,
            settings.vector_cache_mb,
            **choices,
        )


@dataclass(frozen=True)
class Plan:
    """What a build would do to each file, by path; `moved` maps new paths to old ones."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: dict[str, str] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed or self.moved)

    @property
    def to_read(self) -> int:
        """How many files have changed, moved or been added."""
        return len(self.added) + len(self.changed) + len(self.moved)


@dataclass(frozen=True)
class Changes:
    """What a build does to the documents, by id; a file may hold many. `renamed` maps new ids to old ones."""

    added: tuple[str, ...] = ()
    rewritten: tuple[str, ...] = ()  # another text
    relabelled: tuple[str, ...] = ()  # the same text under another title, date, publisher, author or address
    renamed: dict[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()


class RemovesMuch(UserError):
    """More than LARGE_REMOVAL of the documents would go; nothing was done. `what`: the message without the advice."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} Check that the folder is complete; if they are meant to go, "
            "run `assistant index` for this folder with --yes."
        )
        self.what = what


def scan_files(
    corpus: Path, before: Mapping[str, FileRecord] | None = None, *, options: LoadOptions | None = None
) -> dict[str, FileRecord]:
    """The files of a corpus with their hashes, by path; one that is left out carries the reason.

    A file of the last build (`before`) is opened only where its size, times or place on the disk have changed. Its
    hash also depends on the `options` that it is read with.
    """
    now = time.time_ns()
    before, options = before or {}, options or LoadOptions()
    root, stated = root_of(corpus), read_metadata(corpus)
    readable, skipped = scan(corpus)
    records = {skip.path: FileRecord(skip.path, "", skip.reason) for skip in skipped}
    for path, status in readable.items():
        seen, known = _stamp(status, now), before.get(path)
        try:
            digest = known.digest if known and seen and known.stamp == seen else _digest(root, path)
            hash = stated.hash_of(path, _marked(digest, options.mark(path)), paths=readable.keys())
            records[path] = FileRecord(path, hash, None, digest, seen)
        except OSError as error:
            records[path] = FileRecord(path, "", f"The file cannot be opened: {error.strerror}.")
    if not readable:
        raise UserError(
            f"There are no documents in {corpus}. Put files there (see `assistant index --help`)."
        )
    if stated.hash:
        records[METADATA_FILE] = FileRecord(METADATA_FILE, stated.hash)
    return dict(sorted(records.items()))


def _stamp(status: os.stat_result, now: int) -> str:
    """Empty where the file is so new that it may be written again within the same tick."""
    return "" if now - max(status.st_mtime_ns, status.st_ctime_ns) < TICK else stamp(status)


def _marked(digest: str, mark: str) -> str:
    return hashlib.sha256(f"{digest} {mark}".encode()).hexdigest() if mark else digest


def _digest(root: Path, path: str) -> str:
    with open(os.path.join(root, path), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_plan(files: Mapping[str, FileRecord], before: Mapping[str, FileRecord]) -> Plan:
    """Compare the files with those of the last build, by path and hash."""
    new = [path for path in files if path not in before]
    gone = [path for path in before if path not in files]
    by_hash: dict[str, list[str]] = defaultdict(list)
    for path in filter(lambda path: before[path].hash, reversed(gone)):
        by_hash[before[path].hash].append(path)
    moved = {path: by_hash[files[path].hash].pop() for path in new if by_hash[files[path].hash]}
    same = {path for path in files if path in before and files[path].hash == before[path].hash}
    came = set(moved.values())
    return Plan(
        added=tuple(path for path in new if path not in moved),
        changed=tuple(path for path in files if path in before and path not in same),
        removed=tuple(path for path in gone if path not in came),
        moved=moved,
        unchanged=tuple(path for path in files if path in same),
    )


def compare(before: Catalog | None, after: Catalog, plan: Plan, *, anew: bool = True) -> Changes:
    """The documents of the served catalog against those of the one that is to be served.

    Of all files, or, where not all were read `anew`, of those that have changed.
    """
    paths = None if anew else [*plan.added, *plan.changed, *plan.removed, *plan.moved, *plan.moved.values()]
    old, new = before.digests(paths) if before else {}, after.digests(paths)
    renamed: dict[str, str] = {}
    for path, came_from in plan.moved.items():
        ids = [id for id in after.ids_of(path) if id not in old]
        gone = [id for id in (before.ids_of(came_from) if before else ()) if id not in new]
        renamed |= dict(zip(ids, gone, strict=False))
    both = [id for id in new if id in old]
    return Changes(
        added=tuple(id for id in new if id not in old and id not in renamed),
        rewritten=tuple(id for id in both if new[id][0] != old[id][0]),
        relabelled=tuple(id for id in both if new[id][0] == old[id][0] and new[id][1] != old[id][1]),
        renamed=renamed,
        removed=tuple(id for id in old if id not in new and id not in renamed.values()),
    )


def check_removal(changes: Changes, count: int) -> None:
    """RemovesMuch where more than LARGE_REMOVAL of the `count` documents there were would go, unless they are FEW."""
    gone = len(changes.removed)
    if count >= FEW and gone > LARGE_REMOVAL * count:
        named = ", ".join(changes.removed[:3]) + ("…" if gone > 3 else "")
        raise RemovesMuch(
            f"This would remove {gone} of {count} documents from the index ({named}), so nothing was done."
        )
