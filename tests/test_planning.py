import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import UnreadableFile, UserError
from assistant.indexing import planning
from assistant.indexing.pipeline import build
from assistant.indexing.planning import BuildOptions, RemovesMuch, make_plan, scan_files
from assistant.loading import Loaded, files
from assistant.loading.workers import OnSlow
from assistant.storage.generations import IndexReader, current_name, read_manifest
from assistant.storage.lifecycle import roll_back
from assistant.storage.lock import writer_lock
from tests.conftest import ReadHere, WordEmbedder

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_dry_run_tells_what_would_be_done_to_each_document_and_does_nothing(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    first = build(notes, index, embedder=words_embedder)
    bridge = notes / "bridge.md"
    bridge.write_text(
        bridge.read_text("utf-8").replace("published: 2021-05-04", "published: 2021-05-05"), "utf-8"
    )
    (notes / "ferry.md").rename(notes / "boat.md")
    (notes / "bakery.txt").write_text("The bakery has closed.", "utf-8")
    (notes / "mill.txt").write_text("The mill is for sale.", "utf-8")
    told = build(notes, index, embedder=words_embedder, options=BuildOptions(dry_run=True)).changes
    assert (told.added, told.rewritten, told.relabelled) == (("mill.txt",), ("bakery.txt",), ("bridge.md",))
    assert (told.renamed, told.removed) == ({"boat.md": "ferry.md"}, ())
    assert current_name(index) == first.generation
    assert [folder.name for folder in (index / "generations").iterdir()] == [first.generation]


def test_to_remove_many_documents_has_to_be_allowed(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    for number in range(9):
        (notes / f"{number}.txt").write_text(f"Mill {number} is old.", "utf-8")
    first = build(notes, index, embedder=words_embedder)
    for number in range(4):
        (notes / f"{number}.txt").unlink()
    with pytest.raises(RemovesMuch, match=r"remove 4 of 12 documents.*0\.txt.*--yes"):
        build(notes, index, embedder=words_embedder)
    assert IndexReader(index).current().name == first.generation
    assert build(notes, index, embedder=words_embedder, options=BuildOptions(may_remove=True)).documents == 8


def test_of_a_few_documents_any_may_go(notes: Path, index: Path, words_embedder: WordEmbedder) -> None:
    build(notes, index, embedder=words_embedder)
    (notes / "ferry.md").unlink()
    assert build(notes, index, embedder=words_embedder).documents == 2


def test_a_renamed_folder_of_copies_removes_nothing(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "old").mkdir()
    for number in range(6):
        (notes / "old" / f"{number}.txt").write_text("The mill is old.", "utf-8")
    build(notes, index, embedder=words_embedder)
    (notes / "old").rename(notes / "new")
    changes = build(notes, index, embedder=words_embedder).changes
    assert changes.renamed == {f"new/{number}.txt": f"old/{number}.txt" for number in range(6)}
    assert (changes.added, changes.removed) == ((), ())


def test_records_that_are_gone_from_a_file_count_as_removed(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    wire = notes / "wire.jsonl"
    wire.write_text("".join(f'{{"id": "{n}", "text": "Number {n}."}}\n' for n in range(9)), "utf-8")
    build(notes, index, embedder=words_embedder)
    wire.write_text('{"id": "0", "text": "Number 0."}\n', "utf-8")
    with pytest.raises(RemovesMuch, match="8 of 12"):
        build(notes, index, embedder=words_embedder)


def test_a_folder_that_cannot_be_listed_is_no_empty_folder(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (notes / "more").mkdir()
    (notes / "more" / "mill.txt").write_text("The mill is for sale.", "utf-8")
    build(notes, index, embedder=words_embedder)
    scan = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("more"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", scandir)
    with pytest.raises(UserError, match="cannot be listed"):
        build(notes, index, embedder=words_embedder)


def test_the_report_names_documents_of_one_text_and_those_without_date_or_publisher(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "copy.txt").write_text("The mill is for sale.", "utf-8")
    (notes / "mill.txt").write_text("The mill is for sale.", "utf-8")
    report = build(notes, index, embedder=words_embedder)
    assert report.holdings.same_texts == (("copy.txt", "mill.txt"),)
    assert report.holdings.undated == ("copy.txt", "mill.txt")
    assert set(report.holdings.unpublished) == {"bakery.txt", "copy.txt", "mill.txt"}
    assert report.remarks == [
        "1 group of documents with the same text: copy.txt and mill.txt",
        "2 documents without a date: copy.txt, mill.txt",
        "3 documents without a publisher: bakery.txt, copy.txt, mill.txt",
        "Passages per document: 1 to 1, median 1.",
    ]


def test_a_rollback_serves_what_was_before_and_the_next_build_goes_on(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    first = build(notes, index, embedder=words_embedder)
    with pytest.raises(UserError, match="no earlier build"):
        roll_back(index)
    (notes / "mill.txt").write_text("The mill is for sale.", "utf-8")
    build(notes, index, embedder=words_embedder)
    assert roll_back(index).generation == first.generation
    stated = replace(read_manifest(index, first.generation), built="2026-01-02T03:04:05+00:00")
    assert stated.built_at == "2 January 2026, 03:04 UTC"
    assert IndexReader(index).current().catalog.document_count() == 3
    assert build(notes, index, embedder=words_embedder).documents == 4


def test_a_second_build_says_who_holds_the_lock(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    with writer_lock(index), pytest.raises(UserError, match=rf"is running \(process {os.getpid()}, since 20"):
        build(notes, index, embedder=words_embedder)


def test_files_are_told_apart_by_what_they_hold(notes: Path) -> None:
    before = scan_files(notes)
    (notes / "bakery.txt").touch()
    assert make_plan(scan_files(notes), before).is_empty


def test_a_file_is_opened_again_only_where_it_may_have_been_edited(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    digest = planning._digest
    monkeypatch.setattr(planning, "_digest", lambda root, path: opened.append(path) or digest(root, path))
    monkeypatch.setattr(planning, "TICK", 0)  # the files count as old
    build(notes, index, embedder=words_embedder)
    assert opened == ["bakery.txt", "bridge.md", "ferry.md"]
    opened.clear()
    assert not build(notes, index, embedder=words_embedder).built
    assert opened == []
    bakery = notes / "bakery.txt"
    times, text = bakery.stat(), bakery.read_text("utf-8")
    bakery.write_text(text.replace("rye", "oat"), "utf-8")  # of the same size,
    os.utime(bakery, ns=(times.st_atime_ns, times.st_mtime_ns))  # and said to be as old
    report = build(notes, index, embedder=words_embedder)
    assert opened == ["bakery.txt"]
    assert report.changes.rewritten == ("bakery.txt",)
    opened.clear()
    build(notes, index, embedder=words_embedder, options=BuildOptions(rebuild=True))
    assert len(opened) == 3


def test_a_file_that_goes_while_the_folder_is_looked_through_is_no_error(
    notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = files._reason_to_skip

    def look_and_remove(path: str, entry: os.DirEntry[str], corpus: Path) -> str | None:
        reason = look(path, entry, corpus)
        if path == "ferry.md":
            Path(entry.path).unlink()
        return reason

    monkeypatch.setattr(files, "_reason_to_skip", look_and_remove)
    assert list(scan_files(notes)) == ["bakery.txt", "bridge.md"]


def test_a_file_that_held_something_else_when_it_was_read_is_read_by_the_next_build(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    ferry = notes / "ferry.md"
    text = ferry.read_text("utf-8")

    class WhileWritten(ReadHere):
        def load_each(
            self, paths: Sequence[str], on_slow: OnSlow = lambda *_: None
        ) -> Iterator[Loaded | UnreadableFile]:
            ferry.write_text("Half of it.", "utf-8")
            yield from super().load_each(paths, on_slow)
            ferry.write_text(text, "utf-8")

    with monkeypatch.context() as patched:
        patched.setattr("assistant.indexing.cataloguing.FileWorkers", WhileWritten)
        build(notes, index, embedder=words_embedder)
    ferry.write_text(text, "utf-8")
    assert build(notes, index, embedder=words_embedder).changes.rewritten == ("ferry.md",)
    assert not build(notes, index, embedder=words_embedder).built


def test_a_rebuild_reads_every_file_again(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    class Noted(ReadHere):
        def load_each(
            self, paths: Sequence[str], on_slow: OnSlow = lambda *_: None
        ) -> Iterator[Loaded | UnreadableFile]:
            read.extend(paths)
            return super().load_each(paths, on_slow)

    monkeypatch.setattr("assistant.indexing.cataloguing.FileWorkers", Noted)
    build(notes, index, embedder=words_embedder)
    read.clear()
    build(notes, index, embedder=words_embedder, options=BuildOptions(rebuild=True))
    assert read == ["bakery.txt", "bridge.md", "ferry.md"]


def test_a_file_that_was_written_a_moment_ago_is_not_trusted_by_its_times(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    build(notes, index, embedder=words_embedder)
    assert {record.stamp for record in scan_files(notes).values()} == {""}
    bakery = notes / "bakery.txt"
    long_ago = bakery.stat().st_mtime_ns + 10 * planning.TICK
    assert planning._stamp(bakery.stat(), long_ago) != ""
