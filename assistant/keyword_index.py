"""BM25 over the chunks, by bm25s: built with the index, stored beside it, loaded without a rebuild."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from assistant.language import content_words

K1, B = 1.2, 0.75  # the usual values; evals/LOG.md has what else was tried


class KeywordIndex:
    """Chunks are numbered from 0 in the order in which they were added."""

    def __init__(self, scorer: bm25s.BM25 | None, size: int) -> None:
        self._scorer = scorer
        self.size = size

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> "KeywordIndex":
        """Index the texts and store the result in `folder`."""
        tokens = [content_words(text) for text in texts]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "size.json").write_text(json.dumps(len(texts)), "utf-8")
        if not any(tokens):
            return cls(None, len(texts))
        scorer = bm25s.BM25(k1=K1, b=B)
        scorer.index(tokens, show_progress=False)
        scorer.save(str(folder))
        return cls(scorer, len(texts))

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        size = json.loads((folder / "size.json").read_text("utf-8"))
        has_words = (folder / "params.index.json").exists()
        return cls(bm25s.BM25.load(str(folder)) if has_words else None, size)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """(size,) BM25 scores, 0 where no word of the query occurs."""
        known = self._scorer.vocab_dict if self._scorer else {}
        tokens = [token for token in content_words(query) if token in known]
        if not tokens or self._scorer is None:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._scorer.get_scores(tokens), dtype=np.float32)

    def having(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """The chunks, in order, that have all of these stemmed words."""
        found = np.arange(self.size)
        known = self._scorer.vocab_dict if self._scorer else {}
        for word in words:
            if self._scorer is None or word not in known:
                return np.zeros(0, dtype=np.int64)
            first, last = self._scorer.scores["indptr"][known[word] : known[word] + 2]
            found = np.intersect1d(found, self._scorer.scores["indices"][first:last])
        return found.astype(np.int64)

    def idf(self, word: str) -> float:
        """How rare a stemmed word is: log(1 + chunks / chunks with it); the most where none has it."""
        frequency = 0.5
        if self._scorer is not None and word in self._scorer.vocab_dict:
            token = self._scorer.vocab_dict[word]
            bounds = self._scorer.scores["indptr"]
            frequency = max(float(bounds[token + 1] - bounds[token]), frequency)
        return math.log1p(self.size / frequency)
