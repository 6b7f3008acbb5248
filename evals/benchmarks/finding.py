"""Prints how well passages are found, pack by pack, before and after they are read: the table of evals/README.md.

    python -m evals.finding ../shared/data [--only NAME ...] [--limit N]

Nothing is written but the indexes, which are those of `python -m evals.packs`.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.answering.pipeline import Answerer
from assistant.indexing.build import build
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question
from assistant.retrieval.search import retrieve
from assistant.storage.generations import Reader
from assistant.types import Passage, Question
from evals.benchmarks.packs.asking import VARIANTS, as_given
from evals.cases import CitedSpan, Corpus, EvalCase, own_cases, read_cases, resolve, to_question
from evals.metrics import retrieval_metrics, totals, values

OWN = "own"
# Tags of our cases that ask about a date, or for the latest.
TIMES = {"time", "dates", "as_of", "latest", "date_in_question"}
Found = Callable[[Question], Sequence[Passage]]

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Line:
    """A metric of a pack, and what it should reach."""

    pack: str
    metric: str
    target: float


LINES = (
    Line("scifact", "ndcg@10", 0.74),
    Line("rageval_finance", "intact_recall@5", 0.84),
    Line("chunking", "char_recall@5", 0.82),
    Line("chunking", "char_iou@5", 0.07),
    Line("mtrag", "recall@5", 0.66),
    Line("realtimeqa", "answer_in_top@5", 0.60),
    Line("financebench", "recall@5", 0.65),
    Line(OWN, "hit_rate@5", 0.97),
)


def measure(cases: Sequence[EvalCase], find: Found, corpus: Corpus, label: str) -> dict[str, float]:
    """The retrieval metrics over the cases (resolved)."""
    by_document = not any(case.quotes for case in cases)
    rows = []
    for case in track(cases, description=label, console=console):
        places = [CitedSpan(found.document, found.start, found.end) for found in find(to_question(case))]
        rows.append(retrieval_metrics(case, places, corpus, rank_documents=by_document))
    return values(totals(rows))


def lines(data: Path, pack: str, work: Path, limit: int | None) -> Iterator[str]:
    """A row for each variant of the pack's cases and each of its metrics."""
    documents = Path("corpus") if pack == OWN else data / pack / "corpus.jsonl"
    embedder = load_embedder()
    build(documents, work / "indexes" / pack, embedder=embedder)
    answerer = Answerer(Reader(work / "indexes" / pack), embedder)
    generation = answerer.reader.current()
    texts = {document.id: document.text for document in generation.catalog.documents()}
    cases = [resolve(case, texts) for case in _cases(data, pack)][:limit]
    corpus = Corpus(texts)

    def retrieved(question: Question) -> Sequence[Passage]:
        return retrieve(parse_question(question, names=generation.names), generation, embedder)

    for label, variant in VARIANTS.get(pack, {"": as_given}).items():
        chosen, name = list(map(variant, cases)), ", ".join(filter(None, (pack, label)))
        before = measure(chosen, retrieved, corpus, name)
        after = measure(chosen, lambda question: answerer.answer(question).passages, corpus, f"{name}, read")
        for line in LINES:
            if line.pack == pack:
                figures = f"{before[line.metric]:.3f} | {after[line.metric]:.3f}"
                target = "" if label else f"{line.target:g}"
                yield f"| {name} | {line.metric} | {len(chosen)} | {figures} | {target} |"


def _cases(data: Path, pack: str) -> list[EvalCase]:
    if pack != OWN:
        return read_cases(data / pack / "cases.jsonl")
    return [case for case in own_cases() if case.evidence and TIMES & set(case.tags)]


def main() -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the commands do
    packs = list(dict.fromkeys(line.pack for line in LINES))
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path, help="folder of the packs")
    parser.add_argument("--only", nargs="+", default=packs, choices=packs, help="packs to measure, not all")
    parser.add_argument("--work", type=Path, default=Path("build/packs"), help="folder of the indexes")
    parser.add_argument("--limit", type=int, help="first cases of each file, for a quick look")
    options = parser.parse_args()
    print_line = sys.stdout.write
    print_line("| pack | metric | n | retrieved | read | target |\n|---|---|--:|--:|--:|--:|\n")
    for pack in options.only:
        if pack != OWN and not (options.data / pack).is_dir():
            console.print(f"{pack}: {options.data} has no such pack", markup=False)
            continue
        for line in lines(options.data, pack, options.work, options.limit):
            print_line(line + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
