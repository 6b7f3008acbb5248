from pathlib import Path

import bm25s
import numpy as np
import pytest

from assistant.keyword_index import KeywordIndex

TEXTS = ["The stone bridge at Linden.", "A ferry for Linden, a ferry!", "Rye bread.", "—"]


def test_scores_are_those_of_bm25s(tmp_path: Path) -> None:
    made = KeywordIndex.build(TEXTS, tmp_path)
    reference = bm25s.BM25.load(str(tmp_path))
    np.testing.assert_allclose(
        made.scores("Linden's ferry, a ferry"), reference.get_scores(["linden", "ferri", "ferri"])
    )


def test_words_that_no_text_has_score_nothing(tmp_path: Path) -> None:
    made = KeywordIndex.build(TEXTS, tmp_path)
    assert made.scores("lighthouse").tolist() == made.scores("").tolist() == [0.0] * 4


def test_texts_without_words_make_an_index_too(tmp_path: Path) -> None:
    KeywordIndex.build(["—", "…"], tmp_path)
    assert KeywordIndex.load(tmp_path).scores("bridge").tolist() == [0.0, 0.0]


def test_a_rare_word_weighs_more_and_an_unknown_one_most(tmp_path: Path) -> None:
    idf = KeywordIndex.build(TEXTS, tmp_path).idf
    assert idf("linden") < idf("bread") < idf("lighthouse")
    assert idf("linden") == pytest.approx(np.log1p(4 / 2))
