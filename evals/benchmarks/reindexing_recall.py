"""Prints how well vectors are found after many changes in place, beside an index made afresh.

    python -m evals reindexing_recall [--documents 5000] [--rounds 30]

In each round some documents are taken out and as many others put in, as a build does in a copy of the last generation.
A passage's vector is the sum of the vectors of some of the sample corpus' sentences; a question is one sentence.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.models.embedder import load_embedder
from assistant.storage.vectors import VectorIndex
from assistant.types import Vectors
from evals.benchmarks.sample import sample_documents, sentences_of

PASSAGES = 2  # of a document
SENTENCES = 5  # of a passage
SHARE = 0.03  # of the documents are replaced in a round
QUESTIONS = 500
COUNTS = (10, 100)  # the second is as many as a question takes
MEASURED = 10  # rounds between two measurements


class Index:
    """Vectors in Chroma, opened again for each change, and the same in memory for an exact search."""

    def __init__(self, folder: Path, vectors: Vectors) -> None:
        self._folder = folder
        self._vectors = np.empty((0, vectors.shape[1]), dtype=np.float32)
        self._alive = np.empty(0, dtype=bool)
        VectorIndex.create(folder, name="chunks").close()
        self.replace([], vectors)

    @property
    def numbers(self) -> npt.NDArray[np.int64]:
        """Those in use."""
        return np.flatnonzero(self._alive)

    @property
    def vectors(self) -> Vectors:
        return np.asarray(self._vectors[self.numbers])

    def replace(self, gone: Sequence[int], vectors: Vectors) -> None:
        new = range(len(self._vectors), len(self._vectors) + len(vectors))
        store = VectorIndex.open(self._folder, name="chunks")
        store.remove(gone)
        store.add(new, vectors, [{"document": number, "published": 0} for number in new])
        store.close()
        self._vectors = np.concatenate([self._vectors, vectors])
        self._alive = np.concatenate([self._alive, np.ones(len(vectors), dtype=bool)])
        self._alive[list(gone)] = False

    def recall(self, questions: Vectors) -> list[float]:
        """The share of the nearest by exact search that Chroma finds too, for each of COUNTS."""
        store = VectorIndex.open(self._folder, name="chunks")
        order = np.argsort(-(questions @ self.vectors.T), axis=1)
        nearest = self.numbers[order]
        shares = []
        for count in COUNTS:
            found = [{number for number, _ in store.search(question, count=count)} for question in questions]
            both = [len(got.intersection(row[:count])) for got, row in zip(found, nearest, strict=True)]
            shares.append(float(np.mean(both)) / count)
        store.close()
        return shares

    def lost(self) -> int:
        """How many vectors are not what is found when they are searched themselves."""
        store = VectorIndex.open(self._folder, name="chunks")
        nearest = [store.search(vector, count=1) for vector in self.vectors]
        store.close()
        return sum(not found or found[0][1] < 0.999 for found in nearest)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=30)


def main(options: argparse.Namespace) -> None:
    generator = np.random.default_rng(0)
    pool = load_embedder().embed(sorted(set(sentences_of(sample_documents()))))

    def made(count: int) -> Vectors:
        sums = pool[generator.integers(len(pool), size=(count * PASSAGES, SENTENCES))].sum(axis=1)
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)

    questions = pool[generator.choice(len(pool), QUESTIONS, replace=False)]
    replaced = int(SHARE * options.documents)
    told = " | ".join(f"recall@{count} | made afresh" for count in COUNTS)
    sys.stdout.write(f"| rounds | {told} | not found | made afresh |\n|--:|--:|--:|--:|--:|--:|--:|\n")
    with tempfile.TemporaryDirectory() as name:
        index = Index(Path(name) / "changed", made(options.documents))
        for number in range(options.rounds + 1):
            if number % MEASURED == 0:
                afresh = Index(Path(name) / f"afresh-{number}", index.vectors)
                pairs = zip(index.recall(questions), afresh.recall(questions), strict=True)
                shares = " | ".join(f"{changed:.4f} | {new:.4f}" for changed, new in pairs)
                sys.stdout.write(f"| {number} | {shares} | {index.lost()} | {afresh.lost()} |\n")
                sys.stdout.flush()
            first = generator.choice(index.numbers[::PASSAGES], replaced, replace=False)
            index.replace([int(at) + part for at in first for part in range(PASSAGES)], made(replaced))
