"""The packaged embedder against the reference, on what documents and questions are made of."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant.models.embedder import (
    PACKAGED,
    PackagedEmbedder,
    SentenceTransformerEmbedder,
    load_embedder,
)

TEXTS = [
    "Who said Hong Kong may go its own way, and on what condition?",
    "",
    "   \n\t ",
    "香港證監會向虛擬資產交易平台發牌。",
    "🚢🚢 the ferry 🏴‍☠️ naïve café ﬁnance",
    "a\x00b\x07c\u200bd\ufeffe\ufffd",
    "[CLS] [SEP] [MASK] ##ing",
    "x" * 5_000,
    "The licence was granted on 3 June 2023, the commission said. " * 60,
    "虛擬資產" * 400,
]


@pytest.fixture(scope="module")
def packaged() -> PackagedEmbedder:
    return PackagedEmbedder()


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(PACKAGED)


def test_vectors_equal_those_of_sentence_transformers(
    packaged: PackagedEmbedder, reference: SentenceTransformerEmbedder
) -> None:
    vectors = packaged.embed(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, reference.embed(TEXTS), atol=1e-4)


def test_tokens_are_counted_as_the_reference_counts_them(
    packaged: PackagedEmbedder, reference: SentenceTransformerEmbedder
) -> None:
    assert packaged.token_counts(TEXTS) == reference.token_counts(TEXTS)
    assert packaged.max_tokens == reference.max_tokens


def test_the_fingerprint_stays_so_that_cached_vectors_do_too(packaged: PackagedEmbedder) -> None:
    assert packaged.fingerprint == "all-MiniLM-L6-v2:9ee071f9513e"


def test_nothing_is_embedded_as_nothing(packaged: PackagedEmbedder) -> None:
    assert packaged.embed([]).shape == (0, 384)
    assert packaged.token_counts([]) == []


def test_several_threads_get_what_one_gets(packaged: PackagedEmbedder) -> None:
    alone = [packaged.embed([text]) for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: packaged.embed([text]), TEXTS))
    np.testing.assert_allclose(np.vstack(together), np.vstack(alone), atol=1e-5)


def test_only_the_packaged_model_is_served_without_torch() -> None:
    assert isinstance(load_embedder(), PackagedEmbedder)
    assert isinstance(load_embedder("some/folder"), SentenceTransformerEmbedder)
