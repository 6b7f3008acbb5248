from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from assistant.loading import load, scan
from assistant.loading.layout import Part, laid_out, table
from assistant.text.chunking import chunks, embedded
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


def test_before_a_chunk_the_title_and_date_are_embedded_and_a_title_that_is_too_long_is_cut() -> None:
    (short,) = embedded(document("x", "The old bridge"), chunks(document("x"), count), count)
    assert short == "The old bridge\nx"
    long = document("x", "word " * 500)
    assert count(embedded(long, chunks(long, count), count))[0] <= 48 + 1


def test_a_chunk_knows_the_headings_above_it_and_its_columns() -> None:
    parts = [
        Part("heading", "Handbook", level=1),
        Part("heading", "Fees", level=2),
        *table([["Plan", "Deposit"], ["Silver", "94"], ["Gold", "96"]]),
        Part("heading", "Leave", level=2),
        Part("paragraph", "Ask early."),
    ]
    text, blocks = laid_out(parts)
    handbook = Document(Source("d", "Handbook"), text, blocks=blocks)
    found = chunks(handbook, count, limit=6)
    assert embedded(handbook, found, count) == [
        "Handbook\nHandbook\n\nFees\n\nPlan | Deposit",
        "Handbook > Fees\nPlan: Silver | Deposit: 94",
        "Handbook > Fees\nPlan: Gold | Deposit: 96",
        "Handbook\nLeave\n\nAsk early.",
    ]
    assert found[-1].context.above(found[-1].start + 8) == ("Leave",)
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in found)


def test_a_chunk_knows_the_lists_and_the_notes_in_it() -> None:
    parts = [
        Part("paragraph", "It was long ago. Two firms left:"),
        *(Part("item", f"- {name}") for name in ("Alpha;", "Beta.")),
        Part("note", "Beta came back.", hangs_on=1),
    ]
    text, blocks = laid_out(parts)
    (whole,) = chunks(Document(Source("d"), text, blocks=blocks), count, limit=60)
    assert [text[start:end] for start, end in whole.context.lists] == ["Two firms left:\n\n- Alpha;\n- Beta."]
    assert [(text[first:last], text[start:end]) for first, last, start, end in whole.context.notes] == [
        ("- Beta.", "Beta came back.")
    ]


def test_no_chunk_of_the_sample_corpus_is_longer_with_its_header_than_the_embedder_reads(
    real_embedder: Embedder,
) -> None:
    files, _ = scan(CORPUS)
    odd = Document(
        Source("odd", "長い題名 " * 200, published=date(2024, 2, 29)),
        "虛擬資產" * 900 + "\n\n" + "a-b_c/" * 500,
    )
    for document in [odd, *(d for path in files for d in load(CORPUS / path, root=CORPUS).documents)]:
        found = chunks(document, real_embedder.token_counts)
        texts = embedded(document, found, real_embedder.token_counts)
        assert max(real_embedder.token_counts(texts)) <= real_embedder.max_tokens, document.id
