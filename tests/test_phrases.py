from pathlib import Path

import pytest

from assistant.generations import Generation, Reader
from assistant.indexing import build
from assistant.phrases import chunks_with, quoted
from tests.conftest import WordEmbedder


@pytest.fixture
def generation(notes: Path, tmp_path: Path, words_embedder: WordEmbedder) -> Generation:
    build(notes, tmp_path / "index", embedder=words_embedder)
    return Reader(tmp_path / "index").current()


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('Who said "go its own way"?', ("go its own way",)),
        ("Who said “go its own way,” and “as  long as China”?", ("go its own way", "as long as China")),
        ("«rye bread»?", ("rye bread",)),
        ("谁说「数字资产」？", ("数字资产",)),
        ('Who said "go its own way?', ()),
        ("What is “the” or “of it” or “.”?", ()),
        ("What's the SFC's view of 'this'?", ()),
    ],
)
def test_a_phrase_is_what_stands_between_quotation_marks_and_says_something(
    text: str, phrases: tuple[str, ...]
) -> None:
    assert quoted(text) == phrases


@pytest.mark.parametrize(
    ("phrase", "documents"),
    [
        ("stone bridge at LINDEN", {"bridge.md"}),
        ("ferry for linden", {"ferry.md"}),  # in the title
        ("bridge at", {"bridge.md"}),
        ("ridge at Linden", set()),
        ("Linden bridge", set()),
    ],
)
def test_chunks_have_a_phrase_in_their_words_or_their_title(
    generation: Generation, phrase: str, documents: set[str]
) -> None:
    found = generation.table.document[chunks_with([phrase], generation)]
    assert {generation.sources[int(number)].document for number in found} == documents
