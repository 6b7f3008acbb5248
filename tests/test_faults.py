"""What is promised when something goes wrong: builds killed, files damaged, disks full, readers in between.

With SLOW_TESTS=1 there are ten times as many kills, and files are damaged in more places.
"""

import errno
import json
import logging
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest
from chromadb.errors import InternalError

from assistant.errors import UserError
from assistant.indexing import storing
from assistant.indexing.doctor import examine
from assistant.indexing.pipeline import build, repair
from assistant.indexing.planning import BuildOptions
from assistant.question.parse import parse_question
from assistant.retrieval.search import retrieve
from assistant.storage.generations import Generation, IndexReader, current_name, folder_of, open_generation
from assistant.storage.lifecycle import KEPT, begin, roll_back
from assistant.storage.seal import SEAL, broken_files
from assistant.storage.vectors import DATABASE, content_digest
from assistant.types import Question
from tests.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("read_here")

KILLS = 200 if os.environ.get("SLOW_TESTS") else 20
ISLANDS = [f"island{number}" for number in range(6)]
TOWNS = [f"town{number}" for number in range(20)]  # so many other files that changes are made in a copy
STAGES = [
    "Reading files",
    "Embedding passages",
    "Storing",
    "sealing",
    "verifying",
    "switching",
    "pruning",
]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def write_version(corpus: Path, number: int) -> None:
    corpus.mkdir(exist_ok=True)
    for name in ISLANDS:
        (corpus / f"{name}.txt").write_text(f"The lighthouse of {name} has version{number}.", "utf-8")


class Asking(threading.Thread):
    """Asks without a pause, and notes errors and passages of two versions in one answer."""

    def __init__(self, reader: IndexReader) -> None:
        super().__init__(daemon=True)
        self.reader, self.embedder = reader, WordEmbedder()
        self.errors: list[str] = []
        self.mixed: list[str] = []
        self.answers, self.longest = 0, 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            started = time.perf_counter()
            try:
                asked = parse_question(Question("What does the lighthouse have?"))
                found = retrieve(asked, self.reader.current(), self.embedder)
            except Exception as error:  # noqa: BLE001 whatever it is, a reader must not see it
                self.errors.append(repr(error))
                continue
            versions = [passage.text.split("version")[1] for passage in found if "version" in passage.text]
            if len(versions) != len(ISLANDS) or len(set(versions)) != 1:
                self.mixed.append(f"passages of the versions {versions}")
            self.answers += 1
            self.longest = max(self.longest, time.perf_counter() - started)


class Builder:
    """Makes builds that can be killed; a process that imports the program once."""

    def __enter__(self) -> "Builder":
        command = [sys.executable, "-m", "tests.slow_builder"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def killed_at(self, stage: str, after: float, *arguments: object) -> str | None:
        """The stage in which a build died that was killed so long after a stage began; None where it was done."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(arguments, default=str) + "\n")
        self._process.stdin.flush()
        build = int(self._process.stdout.readline())
        told = ""
        while told not in (stage, "done"):
            told = self._process.stdout.readline().strip()
            assert told
            assert not told.startswith("ended"), "the build failed"
        time.sleep(after)
        with suppress(ProcessLookupError):
            os.kill(build, signal.SIGKILL)
        last = told
        while not (told := self._process.stdout.readline().strip()).startswith("ended"):
            assert told
            last = told
        return last if int(told.split()[1]) == signal.SIGKILL and last != "done" else None


def test_builds_killed_at_any_moment_lose_nothing_and_no_reader_notices(tmp_path: Path, index: Path) -> None:
    corpus = tmp_path / "notes"
    write_version(corpus, 0)
    for town in TOWNS:
        (corpus / f"{town}.txt").write_text(f"The bakery of {town} sells bread.", "utf-8")
    build(corpus, index, embedder=WordEmbedder())
    reader, generator = IndexReader(index), random.Random(0)
    askers = [Asking(reader) for _ in range(4)]
    for asker in askers:
        asker.start()
    hits: Counter[str | None] = Counter()
    with Builder() as builder:
        for number in range(1, KILLS + 1):
            write_version(corpus, number)
            small = generator.choice([0, 1])  # made anew, or changed in a copy
            stage = STAGES[number % len(STAGES)]
            hits[builder.killed_at(stage, generator.uniform(0, 0.06), corpus, index, small)] += 1
    for asker in askers:
        asker.stopped.set()
        asker.join()
    answers, longest = sum(asker.answers for asker in askers), max(asker.longest for asker in askers)
    logging.getLogger(__name__).info("%s; %s answers, the longest after %.2f s", hits, answers, longest)
    assert [asker.errors + asker.mixed for asker in askers] == [[]] * 4
    assert min(asker.answers for asker in askers) > 0
    assert sum(hits[stage] for stage in STAGES) >= KILLS / 2
    assert hits["switching"]
    assert hits["pruning"]
    build(corpus, index, embedder=WordEmbedder())
    found = IndexReader(index).current().catalog
    texts = [found.document(f"{name}.txt").text for name in ISLANDS]
    assert texts == [f"The lighthouse of {name} has version{KILLS}." for name in ISLANDS]
    assert found.document_count() == len(ISLANDS) + len(TOWNS)
    assert all(finding.ok for finding in examine(corpus, index, embedder=WordEmbedder()))


def damage_by_removal(path: Path) -> None:
    path.unlink()


def damage_by_cutting(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def damage_by_scribbling(path: Path, part: float) -> None:
    """64 bytes, that far into the file."""
    data = bytearray(path.read_bytes())
    at = int(part * max(0, len(data) - 64))
    data[at : at + 64] = os.urandom(64)
    path.write_bytes(data)


PARTS = (0, 0.25, 0.5, 0.75, 1) if os.environ.get("SLOW_TESTS") else (0, 0.5, 1)
SCRIBBLED = [partial(damage_by_scribbling, part=part) for part in PARTS]


DAMAGES: list[Callable[[Path], None]] = [damage_by_removal, damage_by_cutting, *SCRIBBLED]


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_file_that_is_damaged_is_found_and_repaired_without_the_documents(
    notes: Path, index: Path, words_embedder: WordEmbedder, damage: Callable[[Path], None]
) -> None:
    build(notes, index, embedder=words_embedder)
    (notes / "new.txt").write_text("Something new.", "utf-8")
    build(notes, index, embedder=words_embedder)
    name = current_name(index)
    assert name
    files = [p.relative_to(folder_of(index, name)) for p in folder_of(index, name).rglob("*") if p.is_file()]
    assert len(files) > 10
    for file in files:
        current = current_name(index)
        assert current
        path = folder_of(index, current)
        (hit,) = [path / file] if (path / file).exists() else list(path.rglob(file.name))
        if hit.stat().st_size == 0:
            continue
        damage(hit)
        harmless = damage in SCRIBBLED and hit.name == DATABASE and is_as_sealed(index, current, hit)
        found = [finding for finding in examine(notes, index, embedder=words_embedder) if not finding.ok]
        assert found or harmless, file
        made = repair(index, embedder=words_embedder)
        assert made.documents in (3, 4)
        assert all(
            f.ok for f in examine(notes, index, embedder=words_embedder) if "changed since" not in f.what
        )
        assert build(notes, index, embedder=words_embedder).documents == 4


def is_as_sealed(index: Path, name: str, database: Path) -> bool:
    """Whether every row is there still: what was hit is unused space, or the marks of openings."""
    sealed = json.loads((folder_of(index, name) / SEAL).read_text("utf-8"))
    try:
        digest, _ = sealed[database.relative_to(folder_of(index, name)).as_posix()]
        return content_digest(database) == digest
    except sqlite3.DatabaseError:
        return False


def test_a_row_changed_in_the_database_of_vectors_is_found_before_a_build_goes_on_from_it(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    name = build(notes, index, embedder=words_embedder).generation
    database = folder_of(index, name) / "chroma" / DATABASE
    with closing(sqlite3.connect(database)) as rows, rows:
        rows.execute("UPDATE embedding_metadata SET int_value = 20300101 WHERE key = 'published'")
    found = [finding.what for finding in examine(notes, index, embedder=words_embedder) if not finding.ok]
    assert found == [f"chroma/{DATABASE} is not as it was built."]
    assert build(notes, index, embedder=words_embedder).built
    assert all(finding.ok for finding in examine(notes, index, embedder=words_embedder))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b"\1\1\0@  ", b"\5\1\0@  "), (b"tablemax_seq_id", b"tablemax\xa5seq_id")],
    ids=["format", "schema"],
)
def test_a_build_does_not_go_on_from_a_database_of_vectors_that_cannot_be_opened(
    notes: Path, index: Path, words_embedder: WordEmbedder, was: bytes, becomes: bytes
) -> None:
    name = build(notes, index, embedder=words_embedder).generation
    database = folder_of(index, name) / "chroma" / DATABASE
    data = database.read_bytes()
    database.write_bytes(data.replace(was, becomes))
    assert broken_files(folder_of(index, name), look="everything") == [f"chroma/{DATABASE}"]
    assert build(notes, index, embedder=words_embedder).built
    assert all(finding.ok for finding in examine(notes, index, embedder=words_embedder))


def test_a_database_of_vectors_that_was_only_opened_is_as_it_was(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    name = build(notes, index, embedder=words_embedder).generation
    database = folder_of(index, name) / "chroma" / DATABASE
    with closing(sqlite3.connect(database)) as rows, rows:  # as a year of openings does
        rows.executemany("INSERT INTO acquire_write (lock_status) VALUES (?)", [(1,)] * 5_000)
    assert all(finding.ok for finding in examine(notes, index, embedder=words_embedder))
    assert not build(notes, index, embedder=words_embedder).built


SHARED = [
    *((file, damage) for file in ("CURRENT", "vectors.sqlite", "writer.json") for damage in DAMAGES[:3]),
    *(("vectors.sqlite", damage) for damage in DAMAGES[3:]),  # the others have fewer bytes than are scribbled
]


@pytest.mark.parametrize(("file", "damage"), SHARED)
def test_each_file_that_generations_share_can_be_damaged(
    notes: Path, index: Path, words_embedder: WordEmbedder, damage: Callable[[Path], None], file: str
) -> None:
    for number in range(200):
        (notes / f"{number}.txt").write_text(f"The lighthouse {number} stands on an island.", "utf-8")
    build(notes, index, embedder=words_embedder)
    damage(index / file)
    if file == "CURRENT":
        assert not all(finding.ok for finding in examine(notes, index, embedder=words_embedder))
    assert repair(index, embedder=words_embedder).documents == 203
    damage(index / file)
    assert build(notes, index, embedder=words_embedder, options=BuildOptions(rebuild=True)).documents == 203
    assert all(finding.ok for finding in examine(notes, index, embedder=words_embedder))


def test_what_sqlite_keeps_beside_a_database_while_a_reader_opens_it_is_not_copied(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    name = build(notes, index, embedder=words_embedder).generation
    (folder_of(index, name) / "chroma" / f"{DATABASE}-journal").touch()
    begin(index, "copy", name).close()
    assert [path.name for path in (folder_of(index, "copy") / "chroma").glob("chroma*")] == [DATABASE]


def test_where_the_clock_was_put_back_the_order_of_builds_is_kept(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(notes, index, embedder=words_embedder).generation
    clock = Mock(wraps=datetime)
    clock.now.side_effect = lambda zone=None: datetime.now(zone) - timedelta(hours=1)
    monkeypatch.setattr("assistant.storage.generations.datetime", clock)
    names = [first]
    for number in range(4):
        (notes / "new.txt").write_text(f"Something new: {number}.", "utf-8")
        names.append(build(notes, index, embedder=words_embedder).generation)
    assert names == sorted(names)
    assert sorted(folder.name for folder in (index / "generations").iterdir()) == names[-KEPT:]
    assert roll_back(index).generation == names[-2]


def three_builds(notes: Path, index: Path, embedder: WordEmbedder) -> list[str]:
    names = []
    for number in range(3):
        (notes / "new.txt").write_text(f"Something new: {number}.", "utf-8")
        names.append(build(notes, index, embedder=embedder).generation)
    return names


def test_a_damaged_generation_is_not_gone_back_to(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    first, second, _ = three_builds(notes, index, words_embedder)
    (folder_of(index, second) / "names.json").write_text("{", "utf-8")
    assert roll_back(index).generation == first


def test_what_was_gone_back_from_does_not_come_again(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    first, second, third = three_builds(notes, index, words_embedder)
    asked = IndexReader(index).current()
    assert [roll_back(index).generation, roll_back(index).generation] == [second, first]
    (notes / "new.txt").write_text("Something else.", "utf-8")
    last = build(notes, index, embedder=words_embedder).generation
    assert sorted(folder.name for folder in (index / "generations").iterdir()) == [first, last]
    assert roll_back(index).generation == first
    assert (asked.name, asked.vectors.count()) == (third, 4)


def test_a_reader_that_comes_late_reads_what_was_switched_to_meanwhile(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(notes, index, embedder=words_embedder)
    opened: list[str] = []

    def opens_late(index: Path, name: str) -> Generation:
        opened.append(name)
        if len(opened) == 1:
            (notes / "new.txt").write_text("Something new.", "utf-8")
            build(notes, index, embedder=words_embedder)
            shutil.rmtree(folder_of(index, name))
        return open_generation(index, name)

    monkeypatch.setattr("assistant.storage.generations.open_generation", opens_late)
    assert IndexReader(index).current().name == current_name(index) != opened[0]


def test_a_damaged_index_is_an_error_for_the_one_who_asks_and_no_crash(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    name = build(notes, index, embedder=words_embedder).generation
    (header,) = folder_of(index, name).rglob("header.bin")
    header.write_bytes(header.read_bytes()[:10])
    with pytest.raises(UserError, match=r"header\.bin is not as it was built.*--repair"):
        IndexReader(index).current()


@pytest.mark.parametrize(
    "stage",
    [
        "pipeline.fill",
        "pipeline.embed_cached",
        "storing.KeywordIndex.save",
        "draft.seal.seal",
        "draft.lifecycle.switch",
    ],
)
def test_a_full_disk_is_told_in_one_sentence_and_the_old_index_is_served(
    notes: Path, index: Path, words_embedder: WordEmbedder, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(notes, index, embedder=words_embedder)
    (notes / "new.txt").write_text("Something new.", "utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"assistant.indexing.{stage}", full)
        with pytest.raises(UserError, match=r"is full.*as it was"):
            build(notes, index, embedder=words_embedder)
    assert IndexReader(index).current().name == first.generation
    assert [folder.name for folder in (index / "generations").iterdir()] == [first.generation]
    assert build(notes, index, embedder=words_embedder).documents == 4


@pytest.mark.parametrize(
    ("chroma_says", "left", "told"),
    [
        ("(code: 13) database or disk is full", 8_192, "is full.*make room"),
        ("(code: 8) attempt to write a readonly database", 10_000_000, "cannot be written to.*allow it"),
    ],
)
def test_a_disk_that_chroma_cannot_write_to_is_no_damage(
    notes: Path,
    index: Path,
    words_embedder: WordEmbedder,
    chroma_says: str,
    left: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build(notes, index, embedder=words_embedder)

    def refuse(*_: object) -> None:
        raise InternalError(chroma_says)

    monkeypatch.setattr("assistant.storage.vectors._client", refuse)
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("assistant.storage.disk.shutil.disk_usage", lambda _: Mock(free=left))
    with pytest.raises(UserError, match=told):
        IndexReader(index).current()


def test_a_build_goes_on_where_it_cannot_be_noted_who_holds_the_lock(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (index / "writer.json").mkdir(parents=True)
    assert build(notes, index, embedder=words_embedder).built


def test_a_generation_that_does_not_verify_is_not_served(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(notes, index, embedder=words_embedder)
    (notes / "new.txt").write_text("Something new.", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(storing.VectorIndex, "add", lambda *_: None)
        with pytest.raises(UserError, match="failed its checks"):
            build(notes, index, embedder=words_embedder)
    assert current_name(index) == first.generation


def test_a_file_that_can_no_longer_be_read_keeps_its_text_and_is_reported(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    build(notes, index, embedder=words_embedder)
    (notes / "bakery.txt").write_bytes(b"\x00\x01\x02" * 400)
    report = build(notes, index, embedder=words_embedder)
    assert "text from the last build is kept" in report.failures["bakery.txt"]
    assert "rye bread" in IndexReader(index).current().catalog.document("bakery.txt").text
    (notes / "bakery.txt").write_text("The bakery has closed.", "utf-8")
    assert build(notes, index, embedder=words_embedder).failures == {}
    assert IndexReader(index).current().catalog.document("bakery.txt").text == "The bakery has closed."


def test_an_index_in_the_folder_of_documents_is_no_document(
    notes: Path, words_embedder: WordEmbedder
) -> None:
    index = notes / "index"
    report = build(notes, index, embedder=words_embedder)
    assert (report.documents, report.failures) == (3, {})
    assert not build(notes, index, embedder=words_embedder).built


def test_a_file_whose_name_is_not_utf_8_is_reported(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    try:
        Path(os.fsdecode(os.fsencode(notes) + b"/\xff.txt")).write_text("Something new.", "utf-8")
    except OSError:
        pytest.skip("Here every name is UTF-8.")
    report = build(notes, index, embedder=words_embedder)
    assert report.documents == 3
    assert report.failures == {"?.txt": "Its name is not written in UTF-8; rename it."}
    assert not build(notes, index, embedder=words_embedder).built


def test_a_link_that_leads_to_itself_is_reported(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "loop.txt").symlink_to("loop.txt")
    report = build(notes, index, embedder=words_embedder)
    assert (report.documents, list(report.failures)) == (3, ["loop.txt"])


@pytest.mark.parametrize("stage", ["pipeline.fill", "pipeline.embed_cached", "storing.KeywordIndex.save"])
def test_a_full_disk_is_told_by_the_code_of_sqlite_too(
    notes: Path, tmp_path: Path, words_embedder: WordEmbedder, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a large draft is discarded there is room again, so that what is left does not tell."""

    def full(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(f"assistant.indexing.{stage}", full)
    with pytest.raises(UserError, match=r"is full.*as it was"):
        build(notes, tmp_path / "index", embedder=words_embedder)


def test_a_full_disk_is_told_before_the_draft_that_fills_it_is_gone(
    notes: Path, tmp_path: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma and numpy name no reason: what is left on the disk has to be looked at while the draft is there."""
    index = tmp_path / "index"

    class Usage:
        @property
        def free(self) -> int:
            return 0 if list((index / "generations").iterdir()) else 100_000_000

    def full(*_: object, **__: object) -> None:
        raise OSError("problem writing element 1024 to file")

    monkeypatch.setattr("assistant.indexing.storing.KeywordIndex.save", full)
    monkeypatch.setattr("assistant.storage.disk.shutil.disk_usage", lambda _: Usage())
    with pytest.raises(UserError, match=r"is full.*as it was"):
        build(notes, index, embedder=words_embedder)
