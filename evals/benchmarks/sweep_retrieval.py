"""Prints, for each pack, its retrieval metric at several weights of dense against BM25: a table of evals/LOG.md.

    python -m evals sweep_retrieval ../shared/data --work FOLDER [--only NAME ...]

The work folder may be that of `python -m evals packs`: the indexes are the same.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.indexing.pipeline import build
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question
from assistant.retrieval.search import candidates, rank
from assistant.storage.generations import IndexReader
from evals.benchmarks.packs.options import add_pack_options
from evals.cases import CitedSpan, Corpus, read_cases, resolve, to_question
from evals.metrics import Row, retrieval_metrics, totals, values

WEIGHTS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)
DISCOUNTS = (0.95, 1.0)
# Case file and metric of each pack.
PACKS = {
    "clapnq": ("cases.jsonl", "hit_rate@1"),
    "squad2": ("cases.jsonl", "hit_rate@1"),
    "chunking": ("cases.jsonl", "char_recall@5"),
    "rageval_finance": ("cases.jsonl", "intact_recall@5"),
    "mtrag": ("cases.jsonl", "recall@5"),
    "rgb": ("cases_noise.jsonl", "answer_in_top@5"),
    "financebench": ("cases.jsonl", "recall@5"),
    "ramdocs": ("cases.jsonl", "answer_in_top@5"),
    "realtimeqa": ("cases.jsonl", "answer_in_top@5"),
    "scifact": ("cases.jsonl", "ndcg@10"),
}

console = Console(stderr=True)


def sweep(folder: Path, file: str, index: Path) -> dict[tuple[float, float], dict[str, float]]:
    """(weight, discount) -> the retrieval metrics over all cases of a pack."""
    embedder = load_embedder()
    build(folder / "corpus.jsonl", index, embedder=embedder)
    generation = IndexReader(index).current()
    texts = {document.id: document.text for document in generation.catalog.documents()}
    corpus = Corpus(texts)
    cases = [resolve(case, texts) for case in read_cases(folder / file)]
    by_document = not any(case.quotes for case in cases)
    rows: dict[tuple[float, float], list[Row]] = {(w, d): [] for w in WEIGHTS for d in DISCOUNTS}
    for case in track(cases, description=folder.name, console=console):
        asked = parse_question(to_question(case), names=generation.names)
        found = candidates(asked, generation, embedder)
        for (weight, discount), kept in rows.items():
            ranked = rank(found, asked, generation, dense_weight=weight, discount=discount)
            places = [CitedSpan(p.document, p.start, p.end) for p in ranked]
            kept.append(retrieval_metrics(case, places, corpus, rank_documents=by_document))
    return {key: values(totals(kept)) for key, kept in rows.items()}


def lines(data: Path, work: Path, only: list[str]) -> Iterator[str]:
    yield "| pack, metric | d | " + " | ".join(f"w {weight:g}" for weight in WEIGHTS) + " |"
    yield "|---|---|" + "---|" * len(WEIGHTS)
    for name, (file, metric) in PACKS.items():
        if name not in only or not (data / name).is_dir():
            continue
        found = sweep(data / name, file, work / "indexes" / name)
        for discount in DISCOUNTS:
            figures = " | ".join(f"{found[weight, discount][metric]:.3f}" for weight in WEIGHTS)
            yield f"| {name}, {metric} | {discount:g} | {figures} |"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_pack_options(parser, PACKS)


def main(options: argparse.Namespace) -> None:
    for line in lines(options.data, options.work, options.only):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
