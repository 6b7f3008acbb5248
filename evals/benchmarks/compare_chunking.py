"""Compares ways of chunking on packs whose evidence is quoted: a table of evals/LOG.md.

    python -m evals compare_chunking ../shared/data [--only NAME ...] [--work FOLDER]

Every way is searched alike: the packaged embedder and BM25, fused as the program does it. Differences from the
program's own way are tested by paired bootstrap; `*` marks those whose 95 % interval leaves out 0.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from assistant.indexing.storing import embed_cached
from assistant.loading import load
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question
from assistant.retrieval.search import CANDIDATES, PASSAGES, best, fuse, spread
from assistant.storage.keywords import KeywordIndex
from assistant.storage.vector_cache import VectorCache
from assistant.text.chunking import CHUNK_TOKENS, TokenCounts, chunks, embedded
from assistant.text.language import Span, sentences
from assistant.types import Chunk, Document, Embedder
from evals.cases import CitedSpan, Corpus, EvalCase, read_cases, resolve, to_question
from evals.metrics import Row, retrieval_metrics, totals, values
from evals.runs import compare

METRICS = ("char_recall@5", "char_iou@5", "intact_recall@5", "hit_rate@1")
PACKS = ("chunking", "rageval_finance", "clapnq")
Chunker = Callable[[Document], list[Span]]
_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\n))*")

console = Console(stderr=True)


class Ways:
    """The ways of chunking that are compared: each gives the spans of a document's chunks."""

    def __init__(self, embedder: Embedder, cache: VectorCache) -> None:
        self.counts: TokenCounts = embedder.token_counts
        self.embed = partial(embed_cached, embedder=embedder, cache=cache)

    def all(self) -> dict[str, Chunker]:
        ways: dict[str, Chunker] = {
            f"sentences, up to {limit}": partial(self.packed, limit=limit)
            for limit in (80, 100, 120, 140, 160, 180, 200)
        }
        for limit in (160, 200):
            ways[f"sentences, up to {limit}, the last one repeated"] = partial(self.overlapping, limit=limit)
            ways[f"paragraphs, up to {limit}"] = partial(self.paragraphs, limit=limit)
            ways[f"cut where sentences differ most, up to {limit}"] = partial(self.semantic, limit=limit)
            ways[f"windows of {limit} tokens, half overlapping"] = partial(self.windows, limit=limit)
        return ways

    def packed(self, document: Document, *, limit: int) -> list[Span]:
        return [(chunk.start, chunk.end) for chunk in chunks(document, self.counts, limit=limit)]

    def overlapping(self, document: Document, *, limit: int) -> list[Span]:
        """The same, each chunk opened by the last sentence of the one before."""
        spans = self.packed(document, limit=limit)
        ends = [start for start, _ in sentences(document.text)]
        found = spans[:1]
        for before, span in pairwise(spans):
            last = [start for start in ends if before[0] < start < before[1]]
            found.append((last[-1] if last else span[0], span[1]))
        return found

    def paragraphs(self, document: Document, *, limit: int) -> list[Span]:
        """A paragraph a chunk; only a longer one is cut."""
        found = []
        for start, end in (match.span() for match in _PARAGRAPH.finditer(document.text)):
            alone = Document(document.source, document.text[start:end])
            found += [(start + first, start + last) for first, last in self.packed(alone, limit=limit)]
        return found

    def semantic(self, document: Document, *, limit: int) -> list[Span]:
        """Halved, again and again, where two neighbouring sentences are least alike, until all fits."""
        spans = sentences(document.text)
        if not spans:
            return []
        vectors, _ = self.embed([document.text[start:end] for start, end in spans])
        sizes = self.counts([document.text[start:end] for start, end in spans])
        likeness = (vectors[:-1] * vectors[1:]).sum(axis=1)

        def cut(first: int, last: int) -> Iterator[Span]:
            if last - first == 1 or sum(sizes[first:last]) <= limit:
                yield spans[first][0], spans[last - 1][1]
                return
            middle = first + 1 + int(np.argmin(likeness[first : last - 1]))
            yield from cut(first, middle)
            yield from cut(middle, last)

        return list(cut(0, len(spans)))

    def windows(self, document: Document, *, limit: int) -> list[Span]:
        """Runs of words of about `limit` tokens, wherever sentences end, each begun in the middle of the last."""
        places = [match.span() for match in re.finditer(r"\S+", document.text)]
        sizes = np.cumsum([0, *self.counts([document.text[start:end] for start, end in places])])
        found, first = [], 0
        while first < len(places):
            last = max(int(np.searchsorted(sizes, sizes[first] + limit, side="right")) - 1, first + 1)
            found.append((places[first][0], places[last - 1][1]))
            if last >= len(places):
                break
            first = max(int(np.searchsorted(sizes, sizes[first] + limit // 2)), first + 1)
        return found


def measure(
    documents: Sequence[Document], cases: Sequence[EvalCase], chunker: Chunker, ways: Ways
) -> tuple[int, list[Row]]:
    """How many chunks, and the retrieval metrics of each case."""
    places, texts = [], []
    for document in documents:
        found = [Chunk(document.id, *span, document.text[slice(*span)]) for span in chunker(document)]
        places += [CitedSpan(document.id, chunk.start, chunk.end) for chunk in found]
        texts += embedded(document, found, ways.counts)
    vectors, _ = ways.embed(texts)
    queries = [parse_question(to_question(case)).query for case in cases]
    asked, _ = ways.embed(queries)
    numbers = {document.id: number for number, document in enumerate(documents)}
    of = [numbers[place.document] for place in places]
    corpus = Corpus({document.id: document.text for document in documents})
    keywords = KeywordIndex.build(texts)
    rows = []
    for case, query, vector in zip(cases, queries, asked, strict=True):
        fused = fuse(best(vectors @ vector, CANDIDATES), best(keywords.scores(query), CANDIDATES))
        ranked = [places[number] for number, _ in spread(fused, of, PASSAGES)]
        rows.append(retrieval_metrics(case, ranked, corpus, rank_documents=False))
    return len(texts), rows


def lines(data: Path, pack: str, ways: Ways) -> Iterator[str]:
    documents = load(data / pack / "corpus.jsonl", root=data / pack).documents
    texts = {document.id: document.text for document in documents}
    cases = [resolve(case, texts) for case in read_cases(data / pack / "cases.jsonl")]
    cases = [case for case in cases if case.quotes and case.documents is None]
    yield f"| {pack} | chunks | {' | '.join(METRICS)} |"
    yield f"|---|---|{'---|' * len(METRICS)}"
    found = {
        name: measure(documents, cases, way, ways)
        for name, way in track(ways.all().items(), description=pack, console=console)
    }
    ours = found[f"sentences, up to {CHUNK_TOKENS}"][1]
    for name, (count, rows) in found.items():
        against = compare(rows, ours)
        figures = values(totals(rows))
        told = (
            f"{figures[m]:.3f}{'*' if against[m].low > 0 or against[m].high < 0 else ''}" for m in METRICS
        )
        yield f"| {name} | {count} | {' | '.join(told)} |"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, help="folder of the packs")
    parser.add_argument("--only", nargs="+", default=PACKS, metavar="NAME", help="packs to compare on")
    parser.add_argument("--work", type=Path, default=Path("build/packs"), help="folder of the vector cache")


def main(options: argparse.Namespace) -> None:
    options.work.mkdir(parents=True, exist_ok=True)
    embedder = load_embedder()
    ways = Ways(embedder, VectorCache(options.work / "chunking.sqlite", embedder.fingerprint))
    for pack in options.only:
        for line in lines(options.data, pack, ways):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        sys.stdout.write("\n")
