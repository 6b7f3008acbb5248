"""Documents that say nearly the same: a MinHash sketch of each, and those of which the sketches are alike."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

RUN = 5  # words in a row that are compared; each Han character is a word
HASHES = 128  # bytes in a sketch
BAND = np.uint32  # four bytes: documents that have no band in common are not compared
ALIKE = 0.8  # of the runs of two documents, on average, stand in the other: Dice's coefficient
_JACCARD = ALIKE / (2 - ALIKE)  # the same as a share of all runs of both, which is what sketches estimate

_WORD = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+")


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finalizer of SplitMix64: numbers that are near each other go far apart."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        numbers = (numbers ^ (numbers >> np.uint64(shift))) * np.uint64(factor)
    return numbers ^ (numbers >> np.uint64(31))


_RANDOM = _mixed(np.arange(1, RUN + 2 * HASHES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
_PLACES = _RANDOM[:RUN] | np.uint64(1)
_FACTORS, _SUMMANDS = (_RANDOM[RUN:] | np.uint64(1)).reshape(2, HASHES, 1)


def sketch(text: str) -> bytes:
    """For each of HASHES hash functions a byte of the least hash of a run; nothing where there are no words.

    Sketches are kept in the catalog: one that comes out otherwise asks for another INDEX_FORMAT.
    """
    found = _WORD.findall(text.lower())
    if not found:
        return b""
    words = np.array([crc32(word.encode("utf-8", "surrogatepass")) for word in found], dtype=np.uint64)
    length = min(RUN, len(words))
    runs = _mixed(sliding_window_view(words, length) @ _PLACES[:length])
    parts = np.array_split(runs, 1 + len(runs) // 1000)  # less memory, and quicker
    least = np.min([(part * _FACTORS + _SUMMANDS).min(axis=1) for part in parts], axis=0)
    return bytes((least >> np.uint64(32)).astype(np.uint8))


def groups(sketches: Sequence[bytes]) -> list[list[int]]:
    """The places of documents that are alike, in groups: each is ALIKE to another of its group."""
    places = np.flatnonzero([bool(sketch) for sketch in sketches])
    whole = np.frombuffer(b"".join(sketches), dtype=np.uint8).reshape(-1, HASHES)
    return [[int(places[at]) for at in group] for group in _joined(_pairs(whole), len(whole))]


def _pairs(sketches: npt.NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Pairs that are alike; of all that have a band in common, the first is compared with each of the others."""
    compared = []
    for band in sketches.view(BAND).T:
        order = np.argsort(band, kind="stable")
        opens = np.diff(band[order], prepend=~band[order[:1]]) != 0
        first = order[np.flatnonzero(opens)[np.cumsum(opens) - 1]]
        compared.append((first * len(band) + order)[~opens])
    pairs = np.stack(np.divmod(np.unique(np.concatenate(compared)), max(len(sketches), 1)), axis=1)
    parts = np.array_split(pairs, 1 + len(pairs) // 10_000)
    alike = [(sketches[part[:, 0]] == sketches[part[:, 1]]).mean(axis=1) >= _JACCARD for part in parts]
    return [(one, other) for one, other in pairs[np.concatenate(alike)].tolist()]


def _joined(pairs: Sequence[tuple[int, int]], count: int) -> list[list[int]]:
    """The groups that pairs make, of two or more."""
    first = list(range(count))

    def of(at: int) -> int:
        while first[at] != at:
            first[at] = at = first[first[at]]
        return at

    for one, other in pairs:
        low, high = sorted((of(one), of(other)))
        first[high] = low
    found: dict[int, list[int]] = {}
    for at in sorted({at for pair in pairs for at in pair}):
        found.setdefault(of(at), []).append(at)
    return list(found.values())
