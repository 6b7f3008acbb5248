"""Whether a generation is whole: counts, every vector read back, spans against texts, passages found by search."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.storage import Generation

READ_BACK = 1_000  # vectors read back at a time
SAMPLED = 10  # passages that are searched for with their own vector and words
TOLERANCE = 1e-3  # by so much a vector's length, or a passage's likeness to itself, may differ from 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked; `remedy` says what to do where it is not `ok`.

    `of_file`: it is about a file of the corpus; the index is whole, but the file needs the user's attention.
    """

    what: str
    ok: bool
    remedy: str = ""
    of_file: bool = False


REPAIR = "Run `assistant doctor --repair`."


def check(generation: Generation, numbers: Sequence[int] | None = None) -> Iterator[Finding]:
    """Check all passages, or those of some numbers where the rest is known to be whole."""
    yield _counts(generation)
    if numbers is None:
        numbers = generation.catalog.chunk_numbers()
    yield _vectors(generation, numbers)
    yield _spans(generation, numbers)
    yield _found_again(generation, numbers)


def _counts(generation: Generation) -> Finding:
    counts = {
        "catalog": generation.catalog.chunk_count(),
        "vectors": generation.vectors.count(),
        "keywords": generation.keywords.size,
    }
    counted = ", ".join(f"{name} {count}" for name, count in counts.items())
    ok = set(counts.values()) == {generation.manifest.chunks}
    return Finding(f"Passages counted: {counted}.", ok=ok, remedy="" if ok else REPAIR)


def _vectors(generation: Generation, numbers: Sequence[int]) -> Finding:
    for at in range(0, len(numbers), READ_BACK):
        try:
            read = generation.vectors.vectors(numbers[at : at + READ_BACK])
        except KeyError as error:
            return Finding(f"The vector of passage {error} is missing.", ok=False, remedy=REPAIR)
        if not np.allclose(np.linalg.norm(read, axis=1), 1, atol=TOLERANCE):
            return Finding("Vectors differ from what was stored.", ok=False, remedy=REPAIR)
    return Finding("Every vector can be read back.", ok=True)


def _spans(generation: Generation, numbers: Sequence[int]) -> Finding:
    for id in generation.catalog.wrong_spans(numbers):
        return Finding(f"A passage of {id} lies outside its text.", ok=False, remedy=REPAIR)
    return Finding("Every passage is a span of its document.", ok=True)


def _found_again(generation: Generation, numbers: Sequence[int]) -> Finding:
    """Searching with a passage's own vector finds it, or an equal one, first; with its words, it scores."""
    sample = numbers[:: max(1, len(numbers) // SAMPLED)][:SAMPLED]
    for number in sample:
        if not _is_found(generation, number):
            what = f"Passage {number} is not found by its own words."
            return Finding(what, ok=False, remedy=REPAIR)
    return Finding(f"{len(sample)} passages are found by their own words.", ok=True)


def _is_found(generation: Generation, number: int) -> bool:
    try:
        (vector,) = generation.vectors.vectors([number])
    except KeyError:
        return False
    nearest = generation.vectors.search(vector, count=1)
    scores = generation.keywords.scores(generation.catalog.chunk_text(number))
    return bool(nearest and nearest[0][1] > 1 - TOLERANCE and (scores[number] or not scores.any()))
