import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.errors import UserError
from assistant.indexing.doctor import examine
from assistant.indexing.pipeline import build, repair
from assistant.indexing.planning import BuildOptions
from assistant.indexing.report import BuildReport
from assistant.indexing.verifying import check
from assistant.storage.catalog_writer import CatalogWriter
from assistant.storage.generations import IndexReader
from assistant.storage.lifecycle import KEPT
from assistant.types import Block, Chunk, Context, Document, Heading, Source, Vectors
from tests.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def run(notes: Path, index: Path, embedder: WordEmbedder) -> BuildReport:
    embedder.embedded.clear()
    return build(notes, index, embedder=embedder)


def test_a_first_build_holds_every_document_and_every_passage_is_its_span(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    report = run(notes, index, words_embedder)
    assert (report.documents, report.built, report.failures) == (3, True, {})
    catalog = IndexReader(index).current().catalog
    for document in catalog.documents():
        for _, chunk in catalog.numbered_chunks(document)[1]:
            assert document.text[chunk.start : chunk.end] == chunk.text
    bridge = catalog.document("bridge.md").source
    assert (bridge.title, str(bridge.published), bridge.publisher) == (
        "The old bridge",
        "2021-05-04",
        "Valley Gazette",
    )


def test_places_blocks_and_what_a_chunk_stands_under_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = CatalogWriter.create(path)
    blocks = (Block(0, 4, "row", columns=((0, "Name"),)), Block(6, 10, "note", hangs_on=0))
    slides = Document(Source("a.pptx"), "One.\n\nTwo.", "a.pptx", (0, 6), "slide", blocks)
    chunk = Chunk("a.pptx", 0, 4, "One.", Context((Heading(0, 1, "Above"),), ((0, "Name"),)))
    catalog.add_document(slides, [chunk])
    catalog.commit()
    assert catalog.document("a.pptx") == slides
    assert catalog.numbered_chunks(slides) == (0, [(0, chunk)])
    assert catalog.chunk_context(0) == chunk.context


def test_a_second_build_of_the_same_files_does_nothing(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    first = run(notes, index, words_embedder)
    second = run(notes, index, words_embedder)
    assert (second.built, second.generation, words_embedder.embedded) == (False, first.generation, [])


class SmallEmbedder(WordEmbedder):
    fingerprint = "words-64-small"
    max_tokens = 100


def test_with_another_embedder_documents_are_cut_anew(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    text = " ".join(f"The mill number {number} was sold to a baker of the town." for number in range(40))
    (notes / "mill.txt").write_text(text, "utf-8")
    run(notes, index, words_embedder)
    with pytest.raises(UserError, match="words-64; configured is words-64-small"):
        repair(index, embedder=SmallEmbedder())
    run(notes, index, SmallEmbedder())
    run(notes, index.with_name("afresh"), SmallEmbedder())
    held, afresh = (IndexReader(folder).current().catalog for folder in (index, index.with_name("afresh")))
    mill = held.document("mill.txt")
    assert held.numbered_chunks(mill) == afresh.numbered_chunks(mill)


def test_only_what_changed_is_embedded(notes: Path, index: Path, words_embedder: WordEmbedder) -> None:
    run(notes, index, words_embedder)
    (notes / "bakery.txt").write_text("Title: The bakery\n\nThe bakery has closed for good.", "utf-8")
    (notes / "mill.txt").write_text("The mill is for sale.", "utf-8")
    (notes / "ferry.md").unlink()
    (notes / "bridge.md").rename(notes / "old-bridge.md")
    report = build(notes, index, embedder=words_embedder, options=BuildOptions(may_remove=True))
    plan = report.plan
    assert (plan.added, plan.changed, plan.removed) == (("mill.txt",), ("bakery.txt",), ("ferry.md",))
    assert plan.moved == {"old-bridge.md": "bridge.md"}
    assert report.embedded == 2
    ids = [row.source.document for row in IndexReader(index).current().catalog.summaries()]
    assert sorted(ids) == ["bakery.txt", "mill.txt", "old-bridge.md"]


def test_a_lost_index_is_rebuilt_without_embedding_anything_again(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    run(notes, index, words_embedder)
    shutil.rmtree(index / "generations")
    (index / "CURRENT").unlink()
    assert run(notes, index, words_embedder).embedded == 0


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_is_indexed(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 this is no PDF")
    report = run(notes, index, words_embedder)
    assert report.documents == 3
    assert list(report.failures) == ["broken.pdf"]
    assert run(notes, index, words_embedder).failures == report.failures


def test_two_documents_with_one_id_are_not_mixed_up(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    row = '{"id": "bridge.md", "text": "Another bridge."}'
    (notes / "wire.jsonl").write_text(row, "utf-8")
    assert "taken by another file" in run(notes, index, words_embedder).failures["wire.jsonl"]


def test_an_emptied_folder_leaves_the_served_index_alone(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    first = run(notes, index, words_embedder)
    for file in notes.iterdir():
        file.unlink()
    with pytest.raises(UserError, match="no documents"):
        run(notes, index, words_embedder)
    assert IndexReader(index).current().name == first.generation


def test_a_missing_folder_is_told(index: Path, tmp_path: Path, words_embedder: WordEmbedder) -> None:
    with pytest.raises(UserError, match="does not exist"):
        run(tmp_path / "nowhere", index, words_embedder)


def test_a_reader_moves_to_the_new_generation_and_old_ones_are_pruned(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    run(notes, index, words_embedder)
    reader = IndexReader(index)
    before = reader.current().name
    for number in range(KEPT + 1):
        (notes / "new.txt").write_text(f"Number {number}.", "utf-8")
        run(notes, index, words_embedder)
    after = reader.current()
    assert after.name != before
    assert after.catalog.document("new.txt").text == f"Number {KEPT}."
    assert len(list((index / "generations").iterdir())) == KEPT


def test_a_build_that_dies_midway_leaves_the_served_index_alone(
    notes: Path, index: Path, words_embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(notes, index, words_embedder)
    (notes / "new.txt").write_text("Something new.", "utf-8")

    def die(texts: Sequence[str]) -> Vectors:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(words_embedder, "embed", die)
        with pytest.raises(RuntimeError):
            run(notes, index, words_embedder)
    assert IndexReader(index).current().name == first.generation
    assert run(notes, index, words_embedder).documents == 4


def test_the_doctor_finds_nothing_on_a_fresh_index_and_names_what_is_wrong(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    run(notes, index, words_embedder)
    assert all(finding.ok for finding in examine(notes, index, embedder=words_embedder))
    (notes / "new.txt").write_text("Something new.", "utf-8")
    words_embedder.fingerprint = "another-model"
    told = " ".join(
        finding.what for finding in examine(notes, index, embedder=words_embedder) if not finding.ok
    )
    assert "1 added" in told
    assert "another-model" in told


def test_the_doctor_finds_vectors_that_are_missing(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    run(notes, index, words_embedder)
    generation = IndexReader(index).current()
    generation.vectors.remove([0])
    told = [finding.what for finding in check(generation) if not finding.ok]
    assert any("vectors 2" in what for what in told)
    told = [finding.what for finding in examine(notes, index, embedder=words_embedder) if not finding.ok]
    assert any("damaged" in what for what in told)


def test_an_id_that_a_new_file_takes_first_is_reported_and_given_back(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "b.jsonl").write_text('{"id": "x", "text": "The first with this id."}', "utf-8")
    run(notes, index, words_embedder)
    (notes / "a.jsonl").write_text('{"id": "x", "text": "The second with this id."}', "utf-8")
    assert list(run(notes, index, words_embedder).failures) == ["b.jsonl"]
    (notes / "a.jsonl").unlink()
    report = run(notes, index, words_embedder)
    assert (report.failures, report.documents) == ({}, 4)


@pytest.mark.parametrize(
    "part", ["manifest.json", "catalog.sqlite", "keywords/counts.npy", "chroma/chroma.sqlite3"]
)
def test_a_damaged_index_is_told_and_the_next_build_mends_it(
    notes: Path, index: Path, words_embedder: WordEmbedder, part: str
) -> None:
    name = run(notes, index, words_embedder).generation
    (index / "generations" / name / part).write_bytes(b"scribble" * 500)
    with pytest.raises(UserError, match="--rebuild"):
        IndexReader(index).current()
    assert any(not finding.ok for finding in examine(notes, index, embedder=words_embedder))
    assert run(notes, index, words_embedder).built
    assert IndexReader(index).current().catalog.document_count() == 3


def test_a_damaged_cache_of_vectors_is_thrown_away(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    run(notes, index, words_embedder)
    (index / "vectors.sqlite").write_bytes(b"scribble" * 500)
    (notes / "new.txt").write_text("Something new.", "utf-8")
    assert run(notes, index, words_embedder).documents == 4


def test_many_builds_in_one_process_leave_nothing_open(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    def open_files() -> int:
        """Of this index alone: what other tests have started in this process opens files of its own."""
        links = (os.path.realpath(link) for link in Path("/proc/self/fd").iterdir())
        return sum(target.startswith(str(index.resolve())) for target in links)

    reader = IndexReader(index)
    counts = []
    for number in range(KEPT + 6):
        (notes / "new.txt").write_text(f"Number {number}.", "utf-8")
        run(notes, index, words_embedder)
        reader.current()
        counts.append(open_files())
    assert 0 < counts[-1] <= counts[KEPT + 2] + 4


def test_the_words_of_a_chunk_are_cut_out_of_its_document_by_letters(
    tmp_path: Path, words_embedder: WordEmbedder
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    text = "香港 𝒳𝒴 naïve café. " * 40 + "\n\n" + "Größe 👩‍🚀 zählt. " * 60
    (corpus / "odd.txt").write_text(text, "utf-8")
    build(corpus, tmp_path / "index", embedder=words_embedder)
    catalog = IndexReader(tmp_path / "index").current().catalog
    document = catalog.document("odd.txt")
    _, chunks = catalog.numbered_chunks(document)
    assert len(chunks) > 1
    assert all(catalog.chunk_text(number) == chunk.text for number, chunk in chunks)


def test_an_index_of_another_version_is_told_and_renewed(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    name = run(notes, index, words_embedder).generation
    manifest = index / "generations" / name / "manifest.json"
    fields = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**fields, "another": 1}), "utf-8")
    with pytest.raises(UserError, match="another version of this program: run `assistant index`"):
        IndexReader(index).current()
    assert run(notes, index, words_embedder).built
    assert IndexReader(index).current().catalog.document_count() == 3
