"""Prints how long a question takes beside the plain way: sentence-transformers and Chroma's own query.

    python -m evals speed [--chunks 10000]

The corpus is made of the sample corpus' sentences, shuffled. Both ways ask the same vectors, in turns and in one run,
so that the ratios hold on a machine that is busy too. The work folder is kept for the next run.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console

from assistant.chain import AnswerChain
from assistant.indexing.pipeline import build
from assistant.models.embedder import PACKAGED, SentenceTransformerEmbedder, load_embedder, model_folder
from assistant.question.parse import parse_question
from assistant.retrieval.search import PASSAGES, retrieve
from assistant.storage import generations
from assistant.types import Document, Embedder, Question
from evals.benchmarks.sample import SAMPLE, SentenceSumEmbedder, paragraph, sample_documents, sentences_of
from evals.cases import own_cases
from evals.targets import SPEED

PARAGRAPHS = 10  # of a document
QUESTIONS = 30
COLD_RUNS = 5

# The program that a quickstart has a user write; it starts as cold as `assistant ask`.
QUICKSTART = """
import sys
import chromadb
from sentence_transformers import SentenceTransformer
model, folder, name, question = sys.argv[1:]
encoder = SentenceTransformer(model, device="cpu", local_files_only=True)
client = chromadb.PersistentClient(folder, settings=chromadb.Settings(anonymized_telemetry=False))
collection = client.get_collection(name, embedding_function=None)
vector = encoder.encode([question], normalize_embeddings=True)
print(collection.query(query_embeddings=vector, n_results=10)["ids"])
"""

console = Console(stderr=True)


def write_corpus(sample: Path, path: Path, *, chunks: int) -> None:
    """A .jsonl file of documents that make about that many chunks; the same each time."""
    generator = random.Random(0)
    documents = sample_documents(sample)
    pool = sentences_of(documents)
    with path.open("w", encoding="utf-8") as file:
        for number in range(-(-chunks // PARAGRAPHS)):
            like = documents[number % len(documents)]
            text = "\n\n".join(paragraph(pool, generator) for _ in range(PARAGRAPHS))
            file.write(json.dumps(_record(number, like, text)) + "\n")


def _record(number: int, like: Document, text: str) -> dict[str, object]:
    published = like.source.published
    date = published.isoformat() if published else None
    return {"id": f"made-{number}", "title": like.source.title, "published": date, "text": text}


def make_index(sample: Path, work: Path, embedder: Embedder, *, chunks: int) -> Path:
    """Built at the first run, and again where the way of building has changed."""
    folder = work / str(chunks)
    folder.mkdir(parents=True, exist_ok=True)
    corpus = folder / "corpus.jsonl"
    if not corpus.exists():
        write_corpus(sample, corpus, chunks=chunks)
    report = build(corpus, folder / "index", embedder=SentenceSumEmbedder(embedder))
    console.print(report.summary)
    return folder / "index"


def warm(index: Path, questions: Sequence[str]) -> dict[str, float]:
    """Median seconds of each way to ask, in one process that has asked before."""
    reader, embedder = generations.IndexReader(index), load_embedder()
    chain = AnswerChain(reader, embedder)
    plain = SentenceTransformerEmbedder(PACKAGED)
    generation = reader.current()
    ways: dict[str, Callable[[str], object]] = {
        "plain": lambda q: generation.vectors.search(plain.embed([q]), count=PASSAGES),
        "passages": lambda q: retrieve(
            parse_question(Question(q), names=generation.names), generation, embedder
        ),
        "answer": chain.invoke,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way("What warms up?")
    for question in questions:
        for name, way in ways.items():
            taken[name].append(_seconds(lambda way=way, question=question: way(question)))  # type: ignore[misc]
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def cold(index: Path, questions: Sequence[str]) -> dict[str, float]:
    """Median seconds of whole processes, each of which asks one question."""
    name = generations.current_name(index) or ""
    manifest = generations.read_manifest(index, name)
    chroma = generations.folder_of(index, name) / "chroma"
    quickstart = ["-c", QUICKSTART, model_folder(PACKAGED), str(chroma), manifest.collection]
    ours = ["-m", "assistant", "ask", "--index", str(index)]
    taken: dict[str, list[float]] = {"cold plain": [], "cold ask": []}
    for question in questions:
        for way, arguments in (("cold plain", quickstart), ("cold ask", ours)):
            taken[way].append(_seconds(lambda a=arguments, q=question: _process([*a, q], index)))  # type: ignore[misc]
    return {way: statistics.median(seconds) for way, seconds in taken.items()}


def _process(arguments: list[str], index: Path) -> None:
    """From the index folder, where no settings of the user's lie."""
    environment = {**os.environ, "PYTHONPATH": str(Path(generations.__file__).parents[2])}
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=index, env=environment)


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def lines(seconds: dict[str, float]) -> Iterator[str]:
    rows = [
        ("question -> vector -> nearest, sentence-transformers and Chroma", "plain", "plain"),
        ("question -> passages, `retrieve`", "passages", "plain"),
        ("question -> answer, `AnswerChain.invoke`", "answer", "plain"),
        ("cold process, the quickstart's way", "cold plain", "cold plain"),
        ("cold `assistant ask`", "cold ask", "cold plain"),
    ]
    yield "| what | milliseconds | ratio | target |"
    yield "|---|--:|--:|--:|"
    for what, name, base in rows:
        target = SPEED.get(name, "")
        yield f"| {what} | {1000 * seconds[name]:.1f} | {seconds[name] / seconds[base]:.2f} | {target} |"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--chunks", type=int, default=10_000, help="about so many chunks in the index")
    parser.add_argument("--sample", type=Path, default=SAMPLE, help="documents that lend sentences")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "assistant-speed")


def main(options: argparse.Namespace) -> None:
    questions = [case.question for case in own_cases() if not case.history]
    questions = random.Random(0).sample(questions, QUESTIONS)
    index = make_index(options.sample, options.work, load_embedder(), chunks=options.chunks)
    seconds = {**warm(index, questions), **cold(index, questions[:COLD_RUNS])}
    sys.stdout.write("\n".join(lines(seconds)) + "\n")
