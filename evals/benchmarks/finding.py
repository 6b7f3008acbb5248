"""Prints how well passages are found, pack by pack, before and after they are read: the table of evals/README.md.

    python -m evals finding ../shared/data [--only NAME ...] [--limit N]

Nothing is written but the indexes, which are those of `python -m evals packs`.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.answering.pipeline import Answerer
from assistant.indexing.pipeline import build
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question
from assistant.retrieval.search import retrieve
from assistant.storage.generations import IndexReader
from assistant.types import Passage, Question
from evals.benchmarks.packs.asking import VARIANTS, as_given
from evals.benchmarks.packs.options import add_limit, add_pack_options
from evals.cases import CitedSpan, Corpus, EvalCase, own_cases, read_cases, resolve, to_question
from evals.metrics import retrieval_metrics, totals, values
from evals.targets import FINDING

OWN = "own"
# Tags of our cases that ask about a date, or for the latest.
TIME_TAGS = {"time", "dates", "as_of", "latest", "date_in_question"}
Find = Callable[[Question], Sequence[Passage]]

console = Console(stderr=True)


def measure(cases: Sequence[EvalCase], find: Find, corpus: Corpus, label: str) -> dict[str, float]:
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
    answerer = Answerer(IndexReader(work / "indexes" / pack), embedder)
    generation = answerer.index.current()
    texts = {document.id: document.text for document in generation.catalog.documents()}
    cases = [resolve(case, texts) for case in _cases(data, pack)][:limit]
    corpus = Corpus(texts)

    def retrieved(question: Question) -> Sequence[Passage]:
        return retrieve(parse_question(question, names=generation.names), generation, embedder)

    for label, variant in VARIANTS.get(pack, {"": as_given}).items():
        chosen, name = list(map(variant, cases)), ", ".join(filter(None, (pack, label)))
        before = measure(chosen, retrieved, corpus, name)
        after = measure(chosen, lambda question: answerer.answer(question).passages, corpus, f"{name}, read")
        for metric, target in FINDING[pack].items():
            figures = f"{before[metric]:.3f} | {after[metric]:.3f}"
            wanted = "" if label else f"{target:g}"
            yield f"| {name} | {metric} | {len(chosen)} | {figures} | {wanted} |"


def _cases(data: Path, pack: str) -> list[EvalCase]:
    if pack != OWN:
        return read_cases(data / pack / "cases.jsonl")
    return [case for case in own_cases() if case.evidence and TIME_TAGS & set(case.tags)]


def add_options(parser: argparse.ArgumentParser) -> None:
    add_pack_options(parser, FINDING)
    add_limit(parser)


def main(options: argparse.Namespace) -> None:
    print_line = sys.stdout.write
    print_line("| pack | metric | n | retrieved | read | target |\n|---|---|--:|--:|--:|--:|\n")
    for pack in options.only:
        if pack != OWN and not (options.data / pack).is_dir():
            console.print(f"{pack}: {options.data} has no such pack", markup=False)
            continue
        for line in lines(options.data, pack, options.work, options.limit):
            print_line(line + "\n")
            sys.stdout.flush()
