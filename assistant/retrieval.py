"""Question -> Passages: dense and BM25 candidates, fused, spread over documents; a LangChain retriever."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from assistant.catalog import as_number
from assistant.generations import Generation, Reader
from assistant.types import Embedder, Passage, Question

CANDIDATES = 100  # passages taken from each of the two lists before they are fused
PASSAGES = 10  # passages returned
# Measured, see evals/LOG.md.
DENSE_WEIGHT = 0.5  # of the fused score; the rest is BM25's
NEWEST_BONUS = 0.3  # added to the newest candidate where the question asks for the state of things
REPEAT_DISCOUNT = 0.95  # each further passage of one document counts for this much of the one before


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunk number -> score, by signal: the best CANDIDATES of each that the question allows."""

    dense: dict[int, float]
    keyword: dict[int, float]


def retrieve(
    query: str,
    generation: Generation,
    embedder: Embedder,
    *,
    question: Question,
    newest: bool = False,
    count: int = PASSAGES,
) -> list[Passage]:
    """The best passages for a query, best first, within the documents and dates that the question allows.

    `newest` prefers those published later.
    """
    found = candidates(query, generation, embedder, question=question)
    return rank(found, generation, newest=newest, count=count)


def candidates(query: str, generation: Generation, embedder: Embedder, *, question: Question) -> Candidates:
    allowed = _allowed(generation, question)
    if not allowed.any():
        return Candidates({}, {})
    dense = _dense(generation, embedder.embed([query]), question)
    return Candidates(dense, _best(generation.keywords.scores(query) * allowed, CANDIDATES))


def rank(
    found: Candidates,
    generation: Generation,
    *,
    newest: bool = False,
    count: int = PASSAGES,
    dense_weight: float = DENSE_WEIGHT,
    discount: float = REPEAT_DISCOUNT,
) -> list[Passage]:
    """The candidates fused, the newer ones preferred if wanted, spread over documents."""
    fused = fuse(found.dense, found.keyword, dense_weight=dense_weight)
    if newest:
        fused = prefer_newest(fused, generation.table.published)
    ranked = spread(fused, generation.table.document, count, discount=discount)
    return [_passage(generation, number, score, found) for number, score in ranked]


def _allowed(generation: Generation, question: Question) -> npt.NDArray[np.bool_]:
    """(chunks,) which chunks the question's documents and date allow; one without a date is always in time."""
    table = generation.table
    allowed = np.ones(len(table.document), dtype=np.bool_)
    if question.within is not None:
        allowed &= np.isin(table.document, [generation.numbers[id] for id in question.within])
    if question.as_of is not None:
        allowed &= table.published <= as_number(question.as_of)
    return allowed


def _dense(generation: Generation, vector: npt.NDArray[np.float32], question: Question) -> dict[int, float]:
    within = question.within
    documents = None if within is None else [generation.numbers[id] for id in within]
    until = as_number(question.as_of) if question.as_of else None
    count = min(CANDIDATES, generation.manifest.chunks)
    return dict(generation.vectors.search(vector, count=count, documents=documents, until=until))


def _best(scores: npt.NDArray[np.float32], count: int) -> dict[int, float]:
    order = np.argsort(-scores, kind="stable")[:count]
    return {int(number): float(scores[number]) for number in order if scores[number] > 0}


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


def prefer_newest(scores: dict[int, float], published: npt.NDArray[np.int64]) -> dict[int, float]:
    """Scores with up to NEWEST_BONUS more, by the order of the candidates' dates; none without a date."""
    days = sorted({int(published[number]) for number in scores} - {0})
    rank = {day: at / len(days) for at, day in enumerate(days, 1)}
    return {
        number: score + NEWEST_BONUS * rank.get(int(published[number]), 0.0)
        for number, score in scores.items()
    }


def spread(
    scores: dict[int, float],
    documents: Sequence[int] | npt.NDArray[np.int64],
    count: int,
    *,
    discount: float = REPEAT_DISCOUNT,
) -> list[tuple[int, float]]:
    """The best `count` chunks, best first; the further chunks of one document are discounted step by step."""
    seen: dict[int, int] = defaultdict(int)
    discounted = []
    for number, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        document = int(documents[number])
        discounted.append((number, score * discount ** seen[document]))
        seen[document] += 1
    return sorted(discounted, key=lambda item: (-item[1], item[0]))[:count]


def _passage(generation: Generation, number: int, score: float, found: Candidates) -> Passage:
    table = generation.table
    source = generation.sources[int(table.document[number])]
    start, end = int(table.start[number]), int(table.end[number])
    text = generation.catalog.document(source.document).text[start:end]
    scores = {"keyword": found.keyword.get(number, 0.0)}
    if number in found.dense:
        scores["dense"] = found.dense[number]
    return Passage(source, start, end, text, round(score, 6), scores)


class PassageRetriever(BaseRetriever):
    """The same search for LangChain: passages as its documents, their spans and sources as metadata."""

    reader: Any  # generations.Reader; pydantic cannot check plain classes and protocols
    embedder: Any  # types.Embedder
    count: int = PASSAGES

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        reader: Reader = self.reader
        passages = retrieve(
            query, reader.current(), self.embedder, question=Question(query), count=self.count
        )
        return [
            LangChainDocument(page_content=p.text, metadata=p.source.to_json() | p.to_json())
            for p in passages
        ]
