"""The commands that measure finding, on a pack of two documents."""

import json
from pathlib import Path

import pytest

from assistant.storage.vector_cache import VectorCache
from assistant.types import Document, Source
from evals.benchmarks import compare_chunking, finding
from evals.benchmarks.compare_chunking import Ways
from tests.conftest import WordEmbedder

TEXT = "\n\n".join(
    f"Part {part} begins here. " + "The ferry leaves the old harbour at noon every day. " * 8
    for part in range(6)
)
RECORDS = [
    {
        "id": "ferry",
        "title": "The ferry",
        "text": "The ferry to Linden carries 40 passengers. It leaves at noon.",
    },
    {
        "id": "bakery",
        "title": "The bakery",
        "text": "The bakery on Mill Street sells rye bread. It opens at six.",
    },
]
CASE = {
    "id": "one", "question": "How many passengers does the ferry carry?", "answerable": True, "answers": ["40"],
    "evidence": [{"document": "ferry", "quote": "The ferry to Linden carries 40 passengers.", "start": 0}], "tags": [],
}  # fmt: skip


@pytest.fixture
def ways(tmp_path: Path, words_embedder: WordEmbedder) -> Ways:
    return Ways(words_embedder, VectorCache(tmp_path / "vectors.sqlite", words_embedder.fingerprint))


def test_every_way_of_chunking_covers_the_text_within_its_limit(ways: Ways) -> None:
    document = Document(Source("d"), TEXT)
    for name, way in ways.all().items():
        spans = way(document)
        limit = next(int(word) for word in name.replace(",", "").split() if word.isdigit())
        repeated = "repeated" in name  # one sentence more than the limit
        covered = set().union(*(range(start, end) for start, end in spans))
        assert all(at in covered for at, letter in enumerate(TEXT) if not letter.isspace()), name
        assert all(len(TEXT[start:end].split()) <= limit + 12 * repeated for start, end in spans), name


def pack(folder: Path, name: str) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "corpus.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    (folder / name / "cases.jsonl").write_text(json.dumps(CASE) + "\n")
    return folder


def test_a_row_has_the_metric_before_and_after_reading(tmp_path: Path) -> None:
    data = pack(tmp_path / "data", "financebench")
    (row,) = finding.lines(data, "financebench", tmp_path / "work", None)
    assert row == "| financebench | recall@5 | 1 | 1.000 | 1.000 | 0.65 |"


def test_chunking_is_compared_with_the_way_that_is_used(tmp_path: Path, ways: Ways) -> None:
    head, _, *rows = compare_chunking.lines(pack(tmp_path / "data", "chunking"), "chunking", ways)
    assert head.startswith("| chunking | chunks | char_recall@5 |")
    assert len(rows) == len(ways.all())
    assert all("*" not in row for row in rows)  # one case tells nothing apart
