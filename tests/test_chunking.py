from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assistant.loading import load, scan
from assistant.text.chunking import chunks, header
from assistant.text.language import sentences
from assistant.types import Document, Embedder, Source
from tests.conftest import CORPUS, WordEmbedder

count = WordEmbedder().token_counts


def document(text: str, title: str = "") -> Document:
    return Document(Source("d", title), text)


def test_chunks_end_at_sentence_ends() -> None:
    text = "One two three four. Five six seven. Eight nine ten eleven twelve."
    found = chunks(document(text), count, limit=8)
    assert [chunk.text for chunk in found] == [
        "One two three four. Five six seven.",
        "Eight nine ten eleven twelve.",
    ]


def test_a_paragraph_that_fits_is_kept_whole() -> None:
    text = "One two three.\n\nFour five six. Seven eight nine."
    assert [chunk.text for chunk in chunks(document(text), count, limit=8)] == [
        "One two three.",
        "Four five six. Seven eight nine.",
    ]


def test_a_sentence_longer_than_the_limit_is_split_and_nothing_is_lost() -> None:
    text = " ".join(f"word{n}" for n in range(50))
    found = chunks(document(text), count, limit=8)
    assert all(count([chunk.text])[0] <= 8 for chunk in found)
    assert " ".join(chunk.text for chunk in found) == text


@given(st.text(alphabet="ab. \n", max_size=200), st.integers(2, 12))
def test_every_sentence_lies_in_chunks_that_are_spans_within_the_limit(text: str, limit: int) -> None:
    found = chunks(document(text), count, limit=limit)
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in found)
    assert all(count([chunk.text])[0] <= limit for chunk in found)
    covered = {at for chunk in found for at in range(chunk.start, chunk.end)}
    assert all(text[at].isspace() or at in covered for a, b in sentences(text) for at in range(a, b))


def test_the_header_has_title_and_date_and_cuts_a_title_that_is_too_long() -> None:
    assert header(document("x", "The old bridge"), count) == "The old bridge\n"
    assert count([header(document("x", "word " * 500), count)])[0] <= 48


def test_no_chunk_of_the_sample_corpus_is_longer_with_its_header_than_the_embedder_reads(
    real_embedder: Embedder,
) -> None:
    files, _ = scan(CORPUS)
    odd = Document(
        Source("odd", "長い題名 " * 200, published=date(2024, 2, 29)),
        "虛擬資產" * 900 + "\n\n" + "a-b_c/" * 500,
    )
    for document in [odd, *(d for path in files for d in load(CORPUS / path, root=CORPUS).documents)]:
        prefix = header(document, real_embedder.token_counts)
        texts = [prefix + chunk.text for chunk in chunks(document, real_embedder.token_counts)]
        assert max(real_embedder.token_counts(texts)) <= real_embedder.max_tokens, document.id
