"""BM25 over the chunks: made by bm25s with the index and stored beside it, asked with numpy alone.

A question does not import bm25s, which brings scipy: a quarter of a second for the sum of a few columns.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.language import content_words

K1, B = 0.9, 0.4  # chunks differ little in length; evals/LOG.md has what else was tried
_JOINT = re.compile("[.,'&]")
_PARTS = ("data", "indices", "indptr")  # of the sparse matrix, as bm25s stores it


class KeywordIndex:
    """Chunks are numbered from 0 in the order in which they were added.

    Column `vocabulary[word]` of the sparse matrix has the score that the word gives to each chunk it occurs in.
    """

    def __init__(
        self, size: int, vocabulary: Mapping[str, int], *parts: npt.NDArray[np.float32 | np.int32]
    ) -> None:
        self.size = size
        self._vocabulary = vocabulary
        self._scores, self._chunks, self._bounds = parts

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> "KeywordIndex":
        """Index the texts and store the result in `folder`."""
        import bm25s

        tokens = [content_words(text) for text in texts]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "size.json").write_text(json.dumps(len(texts)), "utf-8")
        if any(tokens):
            scorer = bm25s.BM25(k1=K1, b=B)
            scorer.index(tokens, show_progress=False)
            scorer.save(str(folder))
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        size = json.loads((folder / "size.json").read_text("utf-8"))
        if not (folder / "params.index.json").exists():  # no text had a word
            return cls(size, {}, *(np.zeros(0, dtype=np.int32) for _ in _PARTS))
        vocabulary = json.loads((folder / "vocab.index.json").read_text("utf-8"))
        return cls(size, vocabulary, *(np.load(folder / f"{part}.csc.index.npy") for part in _PARTS))

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """(size,) BM25 scores, 0 where no word of the query occurs."""
        scores = np.zeros(self.size, dtype=np.float32)
        for word in content_words(query):
            column = self._column(word)
            scores[self._chunks[column]] += self._scores[column]
        return scores

    def _column(self, word: str) -> slice:
        """Where the chunks with this word lie in the sparse matrix; empty for an unknown word."""
        number = self._vocabulary.get(word)
        return slice(0, 0) if number is None else slice(*self._bounds[number : number + 2])

    def having(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """The chunks, in order, that have all of these stemmed words; "HashKey.com" has "HashKey", too."""
        found = np.arange(self.size)
        for word in words:
            columns = [self._chunks[self._column(each)] for each in (word, *self._joined.get(word, ()))]
            found = np.intersect1d(found, np.concatenate(columns))
        return found

    @cached_property
    def _joined(self) -> dict[str, list[str]]:
        """Stemmed word -> the words of the vocabulary that join it to others by a full stop or the like."""
        found: dict[str, list[str]] = defaultdict(list)
        for joined in self._vocabulary:
            parts = _JOINT.split(joined)
            for word in set(content_words(" ".join(parts))) if len(parts) > 1 else ():
                found[word].append(joined)
        return dict(found)

    def idf(self, word: str) -> float:
        """How rare a stemmed word is: log(1 + chunks / chunks with it); the most where none has it."""
        column = self._column(word)
        return math.log1p(self.size / max(column.stop - column.start, 0.5))
