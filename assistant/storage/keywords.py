"""BM25 over the chunks, kept as word counts, so that chunks can be removed and added one by one.

The scores are those of bm25s, which can do neither and would import scipy for every question.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.text.language import content_words

K1, B = 0.9, 0.4  # chunks differ little in length; evals/LOG.md has what else was tried
_JOINT = re.compile("[.,'&]")
_NO_CHUNK = -1
_ARRAYS = ("bounds", "chunks", "counts", "lengths")

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class KeywordIndex:
    """The words of each chunk, counted, word by word: those of word w lie at bounds[w]:bounds[w + 1]."""

    vocabulary: Mapping[str, int]  # stemmed word -> its number, in order
    bounds: Numbers  # (words + 1,)
    chunks: Numbers  # which chunks have the word, in order
    counts: Numbers  # and how often
    lengths: Numbers  # (highest chunk number + 1,) words of each chunk; -1 where there is none of that number

    @classmethod
    def build(cls, texts: Mapping[int, str] | Sequence[str]) -> "KeywordIndex":
        """Of texts by chunk number."""
        numbered = texts if isinstance(texts, Mapping) else dict(enumerate(texts))
        nothing = np.zeros(0, dtype=np.int32)
        return cls({}, np.zeros(1, dtype=np.int32), nothing, nothing, nothing).changed((), numbered)

    def changed(self, removed: Collection[int], added: Mapping[int, str]) -> "KeywordIndex":
        """The same without some chunks, and with others; a number may be removed and added again."""
        size = max([len(self.lengths), *(number + 1 for number in added)])
        lengths = np.full(size, _NO_CHUNK, dtype=np.int32)
        lengths[: len(self.lengths)] = self.lengths
        lengths[list(removed)] = _NO_CHUNK
        vocabulary = dict(self.vocabulary)
        new: list[tuple[int, int, int]] = []  # word, chunk, count
        for number, text in added.items():
            words = content_words(text)
            lengths[number] = len(words)
            new += (
                (vocabulary.setdefault(word, len(vocabulary)), number, count)
                for word, count in Counter(words).items()
            )
        lengths = lengths[: np.flatnonzero(lengths >= 0).max(initial=-1) + 1]
        stay = ~np.isin(self.chunks, list(removed))
        old_words = np.repeat(np.arange(len(self.bounds) - 1, dtype=np.int32), np.diff(self.bounds))
        old = np.stack([old_words, self.chunks, self.counts])[:, stay]
        come = np.asarray(sorted(new), dtype=np.int32).reshape(-1, 3).T
        places = np.searchsorted(
            _keys(old), _keys(come)
        )  # both are in order of words, and of chunks in a word
        words, chunks, counts = np.insert(old, places, come, axis=1)
        bounds = np.searchsorted(words, np.arange(len(vocabulary) + 1)).astype(np.int32)
        return KeywordIndex(vocabulary, bounds, chunks, counts, lengths)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vocabulary.txt").write_text("\n".join(self.vocabulary), "utf-8")
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> "KeywordIndex":
        words = (folder / "vocabulary.txt").read_text("utf-8").split("\n")
        vocabulary = {word: number for number, word in enumerate(words) if word}
        return cls(vocabulary, *(np.load(folder / f"{name}.npy") for name in _ARRAYS))

    @cached_property
    def size(self) -> int:
        """How many chunks there are."""
        return int((self.lengths >= 0).sum())

    @cached_property
    def _weights(self) -> npt.NDArray[np.float64]:
        """(highest chunk number + 1,) what is added to a count in the denominator: more for a longer chunk."""
        alive = self.lengths[self.lengths >= 0]
        mean = (float(alive.mean()) if len(alive) else 0.0) or 1.0
        return np.asarray(K1 * (1 - B + B * self.lengths / mean), dtype=np.float64)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """(highest chunk number + 1,) BM25 scores, 0 where no word of the query occurs."""
        scores = np.zeros(len(self.lengths), dtype=np.float32)
        for word in content_words(query):
            column = self._column(word)
            chunks, counts = self.chunks[column], self.counts[column]
            rare = math.log(1 + (self.size - len(chunks) + 0.5) / (len(chunks) + 0.5))
            scores[chunks] += (rare * counts / (counts + self._weights[chunks])).astype(np.float32)
        return scores

    def _column(self, word: str) -> slice:
        """Where the chunks with this word lie; empty for an unknown word."""
        number = self.vocabulary.get(word)
        return slice(0, 0) if number is None else slice(*self.bounds[number : number + 2])

    def having(self, words: Sequence[str]) -> npt.NDArray[np.int64]:
        """The chunks, in order, that have all of these stemmed words; "HashKey.com" has "HashKey", too."""
        matching = np.flatnonzero(self.lengths >= 0)
        for word in words:
            columns = [self.chunks[self._column(each)] for each in (word, *self._joined.get(word, ()))]
            matching = np.intersect1d(matching, np.concatenate(columns))
        return matching

    @cached_property
    def _joined(self) -> dict[str, list[str]]:
        """Stemmed word -> the words of the vocabulary that join it to others by a full stop or the like."""
        containing: dict[str, list[str]] = defaultdict(list)
        for joined in self.vocabulary:
            parts = _JOINT.split(joined)
            for word in set(content_words(" ".join(parts))) if len(parts) > 1 else ():
                containing[word].append(joined)
        return dict(containing)

    def idf(self, word: str) -> float:
        """How rare a stemmed word is: log(1 + chunks / chunks with it); the most where none has it."""
        column = self._column(word)
        return math.log1p(self.size / max(column.stop - column.start, 0.5))


def _keys(entries: Numbers) -> npt.NDArray[np.int64]:
    """(words, chunks, counts) as numbers that are in the order of words, and of chunks in a word."""
    return np.asarray((entries[0].astype(np.int64) << 32) + entries[1], dtype=np.int64)
