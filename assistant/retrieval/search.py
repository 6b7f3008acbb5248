"""Question -> Passages: dense and BM25 candidates, fused, spread over documents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.retrieval.copies import deduplicate
from assistant.retrieval.periods import period_bonus
from assistant.retrieval.phrases import chunks_with
from assistant.storage import Generation, yyyymmdd
from assistant.text.names import both_forms
from assistant.types import Embedder, ParsedQuestion, Passage, Question

CANDIDATES = 100  # passages taken from each of the two lists before they are fused
PASSAGES = 10  # passages returned
LOOKED_AT = 2  # times as many are looked at for copies
# Measured, see evals/LOG.md.
DENSE_WEIGHT = 0.5  # of the fused score; the rest is BM25's
NEWEST_BONUS = 0.45  # added to the newest candidate where the question asks for the state of things
REPEAT_DISCOUNT = 0.95  # each further passage of one document counts for this much of the one before


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunk number -> score, by signal, for one wording: the best CANDIDATES of each that the question allows."""

    dense: dict[int, float]
    keyword: dict[int, float]
    weight: float = 1.0  # of the wording


def retrieve(
    asked: ParsedQuestion, generation: Generation, embedder: Embedder, *, count: int = PASSAGES
) -> list[Passage]:
    """The best passages for a question, best first, within the documents and dates that it allows."""
    return rank(candidates(asked, generation, embedder), asked, generation, count=count)


def candidates(asked: ParsedQuestion, generation: Generation, embedder: Embedder) -> list[Candidates]:
    """Of each wording; a chunk has the better of its scores for the names as they are, and in their other form."""
    allowed = _allowed(generation, asked.question)
    if not allowed.any():
        return []
    limited = asked.question.phrases or generation.gone()
    among = np.flatnonzero(allowed).tolist() if limited else None
    found = []
    for wording, weight in asked.queries:
        dense: dict[int, float] = {}
        keyword = np.zeros(len(allowed), dtype=np.float32)
        for form in both_forms(wording, asked.names):
            for number, score in _dense(generation, embedder.embed([form]), asked.question, among).items():
                dense[number] = max(score, dense.get(number, score))
            keyword = np.maximum(keyword, generation.keywords.scores(form))
        keywords = best(keyword * allowed, CANDIDATES, generation.table.order)
        found.append(Candidates(dense, keywords, weight))
    return found


def rank(
    found: Sequence[Candidates],
    asked: ParsedQuestion,
    generation: Generation,
    *,
    count: int = PASSAGES,
    dense_weight: float = DENSE_WEIGHT,
    discount: float = REPEAT_DISCOUNT,
) -> list[Passage]:
    """The candidates fused, the newer ones or those of some periods preferred if wanted, spread over documents."""
    total = sum(of.weight for of in found)
    fused: dict[int, float] = defaultdict(float)
    for of in found:
        for number, score in fuse(of.dense, of.keyword, dense_weight=dense_weight).items():
            fused[number] += of.weight / total * score
    newer = newest_bonus(fused, generation.table.published) if asked.newest else {}
    period = period_bonus(fused, asked.periods, generation) if asked.periods else {}
    scores = {number: score + newer.get(number, 0) + period.get(number, 0) for number, score in fused.items()}
    table = generation.table
    ranked = spread(scores, table.document, LOOKED_AT * count, discount=discount, order=table.order)
    signals: dict[str, Mapping[int, float]] = {
        "dense": _highest(of.dense for of in found),
        "keyword": _highest(of.keyword for of in found),
        "newer": newer,
        "period": period,
    }
    return deduplicate((_passage(generation, number, score, signals) for number, score in ranked), count)


def missing_phrases(question: Question, generation: Generation) -> tuple[str, ...]:
    """The question's phrases that no allowed passage has together with those before them."""
    kept: tuple[str, ...] = ()
    for phrase in question.phrases:
        if _allowed(generation, replace(question, phrases=(*kept, phrase))).any():
            kept = (*kept, phrase)
    return tuple(phrase for phrase in question.phrases if phrase not in kept)


def _allowed(generation: Generation, question: Question) -> npt.NDArray[np.bool_]:
    """(chunks,) which the question and what is left of the corpus allow; one without a date is always in time."""
    table = generation.table
    allowed = (table.document >= 0) & ~np.isin(table.document, list(generation.gone()))
    if question.within is not None:
        allowed &= np.isin(table.document, [generation.numbers[id] for id in question.within])
    if question.as_of is not None:
        allowed &= table.published <= yyyymmdd(question.as_of)
    if question.phrases:
        allowed &= chunks_with(question.phrases, generation)
    return allowed


def _dense(
    generation: Generation, vector: npt.NDArray[np.float32], question: Question, among: Sequence[int] | None
) -> dict[int, float]:
    within = question.within
    documents = None if within is None else [generation.numbers[id] for id in within]
    until = yyyymmdd(question.as_of) if question.as_of else None
    count = min(CANDIDATES, generation.manifest.chunks)
    found = generation.vectors.search(vector, count=count, documents=documents, until=until, among=among)
    return dict(found)


def best(
    scores: npt.NDArray[np.float32], count: int, order: npt.NDArray[np.int64] | None = None
) -> dict[int, float]:
    """Chunk number -> score of the `count` highest above 0; of equal ones the first, or the first in an order."""
    likely = np.flatnonzero(scores > 0)
    if len(likely) > count:
        least = np.partition(scores[likely], -count)[-count]
        likely = likely[scores[likely] >= least]
    first = likely if order is None else order[likely]
    ranked = likely[np.lexsort((first, -scores[likely]))][:count]
    return {int(number): float(scores[number]) for number in ranked}


def fuse(
    dense: dict[int, float], keyword: dict[int, float], *, dense_weight: float = DENSE_WEIGHT
) -> dict[int, float]:
    """Chunk number -> a convex combination of both scores, each brought to 0..1; missing from a list is 0."""
    low = min(dense.values(), default=0.0)
    span = (max(dense.values(), default=0.0) - low) or 1.0
    top = max(keyword.values(), default=0.0) or 1.0
    return {
        number: dense_weight * (dense.get(number, low) - low) / span
        + (1 - dense_weight) * keyword.get(number, 0.0) / top
        for number in dense.keys() | keyword.keys()
    }


def newest_bonus(numbers: Iterable[int], published: npt.NDArray[np.int64]) -> dict[int, float]:
    """Up to NEWEST_BONUS for each chunk, by the order of their dates; none for one without a date."""
    dates = {number: int(published[number]) for number in numbers}
    days = sorted(set(dates.values()) - {0})
    rank = {day: at / len(days) for at, day in enumerate(days, 1)}
    return {number: NEWEST_BONUS * rank[day] for number, day in dates.items() if day}


def spread(
    scores: dict[int, float],
    documents: Sequence[int] | npt.NDArray[np.int64],
    count: int,
    *,
    discount: float = REPEAT_DISCOUNT,
    order: Sequence[int] | npt.NDArray[np.int64] | None = None,
) -> list[tuple[int, float]]:
    """The best `count` chunks, best first; the further chunks of one document are discounted step by step.

    Equal ones come in their `order`: by it, how an index came about has no say.
    """

    def by_score(item: tuple[int, float]) -> tuple[float, int]:
        number, score = item
        return -score, int(number if order is None else order[number])

    seen: dict[int, int] = defaultdict(int)
    discounted = []
    for number, score in sorted(scores.items(), key=by_score):
        document = int(documents[number])
        discounted.append((number, score * discount ** seen[document]))
        seen[document] += 1
    return sorted(discounted, key=by_score)[:count]


def _highest(lists: Iterable[Mapping[int, float]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for scores in lists:
        for number, score in scores.items():
            found[number] = max(score, found.get(number, score))
    return found


def _passage(
    generation: Generation, number: int, score: float, signals: Mapping[str, Mapping[int, float]]
) -> Passage:
    table = generation.table
    source = generation.sources[int(table.document[number])]
    scores = {name: round(of[number], 6) for name, of in signals.items() if number in of}
    text, context = generation.catalog.chunk_text(number), generation.catalog.chunk_context(number)
    start, end = int(table.start[number]), int(table.end[number])
    return Passage(source, start, end, text, round(score, 6), scores, context=context)
