"""metadata.csv in the corpus -> what is to be known of its documents."""

from datetime import date
from pathlib import Path

import pytest

from assistant.answering.pipeline import Answerer
from assistant.errors import UserError
from assistant.indexing.doctor import examine
from assistant.indexing.pipeline import build
from assistant.indexing.report import BuildReport
from assistant.loading import scan
from assistant.loading.metadata_file import METADATA_FILE, NAMED_FAULTS, read_metadata
from assistant.storage.generations import Generation, IndexReader
from assistant.types import Question, Source
from tests.conftest import WordEmbedder

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def run(notes: Path, index: Path, embedder: WordEmbedder, metadata: str = "") -> BuildReport:
    if metadata:
        (notes / METADATA_FILE).write_text(metadata, "utf-8")
    embedder.embedded.clear()
    return build(notes, index, embedder=embedder)


def served(index: Path) -> Generation:
    return IndexReader(index).current()


def source(index: Path, id: str) -> Source:
    return served(index).catalog.document(id).source


def test_a_row_overrides_what_the_file_says_and_an_empty_cell_does_not(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    rows = (
        "path,title,publisher,author,published,url\nbridge.md,Bridge,,Ann Lee,5 March 2022,https://x.org/1\n"
    )
    report = run(notes, index, words_embedder, rows)
    assert report.failures == {}
    assert report.documents == 3
    assert source(index, "bridge.md") == Source(
        "bridge.md", "Bridge", "Valley Gazette", "Ann Lee", date(2022, 3, 5), "https://x.org/1"
    )
    assert any(text.startswith("Bridge (5 March 2022)\n") for text in words_embedder.embedded)


def test_a_change_of_the_file_alone_reaches_the_index(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    run(notes, index, words_embedder)
    report = run(notes, index, words_embedder, "path,title\nbridge.md,Bridge\n")
    assert (report.plan.added, report.plan.changed) == ((METADATA_FILE,), ("bridge.md",))
    assert len(report.plan.unchanged) == 2
    assert source(index, "bridge.md").title == "Bridge"
    assert not run(notes, index, words_embedder).built
    assert all(finding.ok for finding in examine(notes, index, embedder=words_embedder))
    run(notes, index, words_embedder, "path,title\nbridge.md,Two\n")
    assert source(index, "bridge.md").title == "Two"
    (notes / METADATA_FILE).unlink()
    run(notes, index, words_embedder)
    assert source(index, "bridge.md").title == "The old bridge"


def test_a_document_of_a_file_with_several_is_named_by_its_id(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "wire.jsonl").write_text('{"id": "w1", "text": "One."}\n{"id": "w2", "text": "Two."}', "utf-8")
    run(notes, index, words_embedder)
    report = run(notes, index, words_embedder, "path,publisher,title\nwire.jsonl,The Wire,\nw2,,Second\n")
    assert report.failures == {}
    assert (source(index, "w1").publisher, source(index, "w1").title) == ("The Wire", "")
    assert (source(index, "w2").publisher, source(index, "w2").title) == ("The Wire", "Second")
    run(notes, index, words_embedder, "path,publisher,title\nwire.jsonl,The Wire,\nw2,,Other\n")
    assert source(index, "w2").title == "Other"


def test_what_is_wrong_in_it_is_reported_and_the_rest_is_used(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    lines = (
        "path,title,published,colour",
        "bridge.md,Bridge,March 2022,x",
        "brigde.md,B,,",
        ",C,,",
        "ferry.md,F,,",
    )
    rows = "\n".join([*lines, "ferry.md,G,,", ""])
    told = run(notes, index, words_embedder, rows).failures[METADATA_FILE]
    for word in (
        "'colour'",
        "'March 2022'",
        "no file or document brigde.md",
        "Row 4 has no path",
        "ferry.md, as an",
    ):
        assert word in told
    assert source(index, "bridge.md").title == "Bridge"
    assert source(index, "bridge.md").published == date(2021, 5, 4)
    assert source(index, "ferry.md").title == "G"
    (notes / "brigde.md").write_text("A file of that name.")
    assert "brigde.md" not in run(notes, index, words_embedder).failures[METADATA_FILE]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"title\nBridge\n", "path, and any of"),
        (b"", "path, and any of"),
        (b"\x00\x01\x02" * 50, "UTF-8"),
        (b'path,title\nbridge.md,"' + b"x" * 200_000, "never closed"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported(
    notes: Path, index: Path, words_embedder: WordEmbedder, content: bytes, word: str
) -> None:
    (notes / METADATA_FILE).write_bytes(content)
    report = run(notes, index, words_embedder)
    assert word in report.failures[METADATA_FILE]
    assert report.documents == 3


def test_a_spreadsheets_way_of_writing_it_is_read(notes: Path) -> None:
    content = "Path;Title;Published\r\n.\\bridge.md;Brücke;2022-03-05\r\n;;\r\n"
    (notes / METADATA_FILE).write_bytes(content.encode("utf-8-sig"))
    stated = read_metadata(notes)
    assert stated.rows == {"bridge.md": {"title": "Brücke", "published": date(2022, 3, 5)}}
    assert stated.wrong == ()


def test_it_is_no_document_except_deeper_in_the_folder(notes: Path) -> None:
    (notes / "tables").mkdir()
    for folder in (notes, notes / "tables"):
        (folder / METADATA_FILE).write_text("path,title\n")
    paths, _ = scan(notes)
    assert METADATA_FILE not in paths
    assert f"tables/{METADATA_FILE}" in paths
    assert read_metadata(notes / "bridge.md").hash == ""


def test_a_link_that_leads_out_of_the_folder_is_not_followed(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("path,title\nbridge.md,Secret\n")
    (notes / METADATA_FILE).symlink_to(tmp_path / "outside.csv")
    stated = read_metadata(notes)
    assert stated.rows == {}
    assert "link" in stated.wrong[0]


def test_of_much_that_is_wrong_only_some_is_named(notes: Path) -> None:
    (notes / METADATA_FILE).write_text(
        "path\n" + "".join(f"{number}.md\n" for number in range(NAMED_FAULTS + 20))
    )
    told = read_metadata(notes).failure(known=())
    assert told is not None
    assert told.count("There is no file") == NAMED_FAULTS
    assert told.endswith(" And 20 more.")


def test_tags_come_from_the_file_or_the_rows_and_limit_a_question(
    notes: Path, index: Path, words_embedder: WordEmbedder
) -> None:
    (notes / "mill.md").write_text("---\ntags: [Sale, old mills]\n---\n\nThe mill is for sale.", "utf-8")
    (notes / "boat.jsonl").write_text(
        '{"id": "boat", "text": "The boat is for sale.", "tags": ["sale"]}', "utf-8"
    )
    (notes / METADATA_FILE).write_text('path,tags\nferry.md,"sale; ferries, sale"\n', "utf-8")
    build(notes, index, embedder=words_embedder)
    answerer = Answerer(IndexReader(index), words_embedder)
    sources = {source.document: source.tags for source in answerer.index.current().sources.values()}
    assert sources["mill.md"] == ("Sale", "old mills")
    assert sources["ferry.md"] == ("sale", "ferries")
    assert sources["bakery.txt"] == ()
    for within, documents in (
        (("sale",), {"mill.md", "boat", "ferry.md"}),
        (("Old Mills", "boat"), {"mill.md", "boat"}),
    ):
        answer = answerer.answer(Question("What is for sale?", within=within))
        assert {passage.document for passage in answer.passages} == documents
    with pytest.raises(UserError, match=r"document or tag 'sales'.*'sale'"):
        answerer.answer(Question("What is for sale?", within=("sales",)))
