"""The sample corpus' documents and sentences, of which larger corpora are made, and vectors for those in no time."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.loading import load, scan
from assistant.text.language import sentences
from assistant.types import Document, Embedder, Vectors

SAMPLE = Path("corpus")
WORDS = 110  # of a paragraph: about one chunk


def sample_documents(sample: Path = SAMPLE) -> list[Document]:
    return [document for path in scan(sample)[0] for document in load(sample / path, root=sample).documents]


def sentences_of(documents: Sequence[Document]) -> list[str]:
    return [d.text[start:end] for d in documents for start, end in sentences(d.text)]


def paragraph(pool: Sequence[str], generator: random.Random) -> str:
    """Sentences drawn until there are enough words."""
    chosen: list[str] = []
    while sum(len(sentence.split()) for sentence in chosen) < WORDS:
        chosen.append(generator.choice(pool))
    return " ".join(chosen)


class SentenceSumEmbedder:
    """Embeds each distinct sentence once; a text's vector is the sum of its sentences', brought to unit length.

    Real vectors of 10,000 passages would take minutes. It has the fingerprint of the real embedder, so that questions
    are asked with that one.
    """

    def __init__(self, real: Embedder) -> None:
        self.fingerprint, self.max_tokens = real.fingerprint, real.max_tokens
        self.token_counts = real.token_counts
        self._real = real
        self._known: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        parts = [[text[start:end] for start, end in sentences(text)] for text in texts]
        new = sorted({part for of in parts for part in of} - self._known.keys())
        self._known.update(zip(new, self._real.embed(new), strict=True))
        sums = np.array([sum(self._known[part] for part in of) for of in parts])
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)
