"""Prints how long a question takes beside the plain way: sentence-transformers and Chroma's own query.

    python -m evals.speed [--chunks 10000]

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

import numpy as np
from rich.console import Console

from assistant.chain import AnswerChain
from assistant.indexing.build import build
from assistant.loading import load, scan
from assistant.models.embedder import PACKAGED, SentenceTransformerEmbedder, load_embedder, model_folder
from assistant.question.parse import parse_question
from assistant.retrieval.search import PASSAGES, retrieve
from assistant.storage import generations
from assistant.text.language import sentences
from assistant.types import Document, Embedder, Question, Vectors
from evals.cases import read_cases

PARAGRAPHS, WORDS = 10, 110  # of a document, and of a paragraph: about one chunk
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


class SentenceSumEmbedder:
    """Embeds each distinct sentence once; a text's vector is the sum of its sentences', brought to unit length.

    Real vectors of 10,000 passages would take minutes. It has the fingerprint of the real embedder, so that questions
    are asked with that one.
    """

    def __init__(self, real: Embedder) -> None:
        self.fingerprint, self.max_tokens = real.fingerprint, real.max_tokens
        self.token_counts = real.token_counts
        self._real = real
        self._known: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        parts = [[text[start:end] for start, end in sentences(text)] for text in texts]
        new = sorted({part for of in parts for part in of} - self._known.keys())
        self._known.update(zip(new, self._real.embed(new), strict=True))
        sums = np.array([sum(self._known[part] for part in of) for of in parts])
        return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)


def write_corpus(sample: Path, path: Path, *, chunks: int) -> None:
    """A .jsonl file of documents that make about that many chunks; the same each time."""
    generator = random.Random(0)
    documents = [
        document for path in scan(sample)[0] for document in load(sample / path, root=sample).documents
    ]
    pool = [d.text[start:end] for d in documents for start, end in sentences(d.text)]
    with path.open("w", encoding="utf-8") as file:
        for number in range(-(-chunks // PARAGRAPHS)):
            like = documents[number % len(documents)]
            text = "\n\n".join(paragraph(pool, generator) for _ in range(PARAGRAPHS))
            file.write(json.dumps(_record(number, like, text)) + "\n")


def paragraph(pool: Sequence[str], generator: random.Random) -> str:
    chosen: list[str] = []
    while sum(len(sentence.split()) for sentence in chosen) < WORDS:
        chosen.append(generator.choice(pool))
    return " ".join(chosen)


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
    reader, embedder = generations.Reader(index), load_embedder()
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
        ("question -> vector -> nearest, sentence-transformers and Chroma", "plain", "plain", ""),
        ("question -> passages, `retrieve`", "passages", "plain", "<= .6 (<= 4 with a reranker)"),
        ("question -> answer, `AnswerChain.invoke`", "answer", "plain", "<= 6"),
        ("cold process, the quickstart's way", "cold plain", "cold plain", ""),
        ("cold `assistant ask`", "cold ask", "cold plain", "<= .3"),
    ]
    yield "| what | milliseconds | ratio | target |"
    yield "|---|--:|--:|---|"
    for what, name, base, target in rows:
        yield f"| {what} | {1000 * seconds[name]:.1f} | {seconds[name] / seconds[base]:.2f} | {target} |"


def main() -> None:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the commands do
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--chunks", type=int, default=10_000, help="about so many chunks in the index")
    parser.add_argument("--sample", type=Path, default=Path("corpus"), help="documents that lend sentences")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "assistant-speed")
    options = parser.parse_args()
    cases = [case for file in sorted(Path("evals/cases").glob("*.jsonl")) for case in read_cases(file)]
    questions = [case.question for case in cases if not case.history]
    questions = random.Random(0).sample(questions, QUESTIONS)
    index = make_index(options.sample, options.work, load_embedder(), chunks=options.chunks)
    seconds = {**warm(index, questions), **cold(index, questions[:COLD_RUNS])}
    sys.stdout.write("\n".join(lines(seconds)) + "\n")


if __name__ == "__main__":
    main()
