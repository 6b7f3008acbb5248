from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.storage.keywords import K1, B, KeywordIndex
from assistant.text.language import content_words

TEXTS = ["The stone bridge at Linden.", "A ferry for Linden, a ferry!", "Rye bread.", "—"]


def test_scores_are_those_of_bm25s(tmp_path: Path) -> None:
    KeywordIndex.build(TEXTS).save(tmp_path)
    reference = bm25s.BM25(k1=K1, b=B)
    reference.index([content_words(text) for text in TEXTS], show_progress=False)
    np.testing.assert_allclose(
        KeywordIndex.load(tmp_path).scores("Linden's ferry, a ferry"),
        reference.get_scores(["linden", "ferri", "ferri"]),
        rtol=1e-6,
    )


def test_words_that_no_text_has_score_nothing() -> None:
    made = KeywordIndex.build(TEXTS)
    assert made.scores("lighthouse").tolist() == made.scores("").tolist() == [0.0] * 4


def test_texts_without_words_make_an_index_too(tmp_path: Path) -> None:
    KeywordIndex.build(["—", "…"]).save(tmp_path)
    assert KeywordIndex.load(tmp_path).scores("bridge").tolist() == [0.0, 0.0]


def test_a_rare_word_weighs_more_and_an_unknown_one_most() -> None:
    idf = KeywordIndex.build(TEXTS).idf
    assert idf("linden") < idf("bread") < idf("lighthouse")
    assert idf("linden") == pytest.approx(np.log1p(4 / 2))


_STEPS = st.lists(
    st.tuples(
        st.sets(st.integers(0, 9)),
        st.dictionaries(st.integers(0, 9), st.lists(st.sampled_from("bridge ferry bread mill".split()))),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(_STEPS)
def test_after_any_changes_it_scores_like_one_made_afresh(
    steps: list[tuple[set[int], dict[int, list[str]]]],
) -> None:
    held: dict[int, str] = {}
    made = KeywordIndex.build({})
    for removed, added in steps:
        texts = {number: " ".join(words) for number, words in added.items()}
        gone = {number for number in removed | texts.keys() if number in held}
        held = {number: text for number, text in held.items() if number not in gone} | texts
        made = made.changed(gone, texts)
    fresh = KeywordIndex.build(held)
    assert made.size == fresh.size == len(held)
    assert len(made.lengths) == len(fresh.lengths) == max(held, default=-1) + 1
    for query in ("bridge", "ferry bread", "mill mill"):
        scores = made.scores(query)
        assert {n: scores[n] for n in held} == {n: fresh.scores(query)[n] for n in held}
        assert not any(scores[n] for n in range(len(scores)) if n not in held)
        words = content_words(query)
        assert made.having(words).tolist() == fresh.having(words).tolist()
    assert made.idf("bridg") == fresh.idf("bridg")
