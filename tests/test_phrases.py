from pathlib import Path

import pytest

from assistant.indexing.pipeline import build
from assistant.retrieval.phrases import chunks_with
from assistant.storage.generations import Generation, IndexReader
from assistant.text.quotation import quoted
from tests.conftest import WordEmbedder


@pytest.fixture
def generation(notes: Path, tmp_path: Path, words_embedder: WordEmbedder) -> Generation:
    title = f"{'A very long title ' * 15}yet another"
    text = f"---\ntitle: {title}\n---\n\nThere were 1,187 accounts with HashKey.com then.\n"
    (notes / "names.md").write_text(text, "utf-8")
    build(notes, tmp_path / "index", embedder=words_embedder)
    return IndexReader(tmp_path / "index").current()


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
        ("Who said ‘don’t go its way’, and what of firms’ and banks’ views?", ("don’t go its way",)),
        ("The ‘own way", ()),
        ("‹rye bread› and ＂blue moon＂ and ”white lie”?", ("rye bread", "blue moon", "white lie")),
        ('他说"数字资产"吗？', ("数字资产",)),
        ('Are 5" and 6" pipes sold?', ()),
        ('Are 5" pipes "sold out" or 6" ones?', ("sold out",)),
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
        ("HashKey", {"names.md"}),
        ("1,187", {"names.md"}),
        ("187", set()),
        ("yet another", {"names.md"}),  # in the part of its title that the index leaves out
    ],
)
def test_chunks_have_a_phrase_in_their_words_or_their_title(
    generation: Generation, phrase: str, documents: set[str]
) -> None:
    found = generation.table.document[chunks_with([phrase], generation)]
    assert {generation.sources[int(number)].document for number in found} == documents
