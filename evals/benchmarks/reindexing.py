"""Prints what re-indexing costs: with nothing changed, and with one document in a hundred changed.

    python -m evals reindexing [--documents 10000]

The documents are files made of the sample corpus' sentences, shuffled. Their vectors are in the cache before anything
is timed, and all is timed in one run, so that the ratios hold on a machine that is busy too. What takes seconds is done
three times, and the least time counts.
"""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from rich.console import Console

from assistant.indexing.pipeline import build
from assistant.indexing.planning import BuildOptions
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question
from assistant.retrieval.search import retrieve
from assistant.storage.generations import IndexReader
from assistant.types import Embedder, Question
from evals.benchmarks.sample import SentenceSumEmbedder, paragraph, sample_documents, sentences_of
from evals.targets import REINDEXING

PARAGRAPHS = 2  # of a document
REPEATS = 3  # of what is quick; the least time counts
SHARE = 0.01  # of the documents are changed
QUESTION = "What does the SFC say of licensed platforms?"

console = Console(stderr=True)


def write_files(folder: Path, count: int) -> list[str]:
    """So many text files, and the sentences that they were made of."""
    pool = sentences_of(sample_documents())
    generator = random.Random(0)
    for number in range(count):
        path = folder / f"{number // 100:03}" / f"{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(paragraph(pool, generator) for _ in range(PARAGRAPHS)), "utf-8")
    return pool


def timed(*work: Callable[[], object]) -> float:
    """The least seconds of several that do the same: what else the machine does comes on top."""
    seconds = []
    for each in work:
        started = time.perf_counter()
        each()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def write_and_build(texts: Mapping[Path, str], corpus: Path, index: Path, embedder: Embedder) -> None:
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    build(corpus, index, embedder=embedder)


class Asking(threading.Thread):
    """Asks one question after the other, and remembers the longest wait."""

    def __init__(self, index: Path) -> None:
        super().__init__(daemon=True)
        self.longest, self.stopped = 0.0, threading.Event()
        self.reader = IndexReader(index)

    def run(self) -> None:
        asked = parse_question(Question(QUESTION))
        while not self.stopped.is_set():
            self.longest = max(
                self.longest, timed(lambda: retrieve(asked, self.reader.current(), load_embedder()))
            )


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=int, default=10_000)


def main(options: argparse.Namespace) -> None:
    folder = Path(tempfile.mkdtemp())
    corpus, index = folder / "corpus", folder / "index"
    embedder = SentenceSumEmbedder(load_embedder())
    pool = write_files(corpus, options.documents)
    files = sorted(corpus.rglob("*.txt"))
    console.print(build(corpus, index, embedder=embedder).summary)

    whole = timed(lambda: build(corpus, index, embedder=embedder, options=BuildOptions(rebuild=True)))
    reading = timed(*[lambda: [path.read_bytes() for path in files]] * REPEATS)
    nothing = timed(*[lambda: build(corpus, index, embedder=embedder)] * REPEATS)
    changed = {
        path: path.read_text("utf-8") for path in random.Random(1).sample(files, int(SHARE * len(files)))
    }
    generator = random.Random(2)
    new = {path: paragraph(pool, generator) for path in changed}
    for texts in (new, changed):  # so that the cache has the vectors of what comes again
        write_and_build(texts, corpus, index, embedder)
    some = timed(*(partial(write_and_build, texts, corpus, index, embedder) for texts in (new, changed, new)))
    asking = Asking(index)
    retrieve(parse_question(Question(QUESTION)), asking.reader.current(), load_embedder())
    asking.start()
    write_and_build(changed, corpus, index, embedder)
    time.sleep(1)
    asking.stopped.set()
    asking.join()
    shutil.rmtree(folder)
    some_target, nothing_target, longest_target = REINDEXING.values()
    sys.stdout.write(
        f"| {options.documents:,} documents | seconds | ratio | target |\n|---|--:|--:|--:|\n"
        f"| built anew, vectors in the cache | {whole:.1f} | 1 | |\n"
        f"| {SHARE:.0%} of them changed | {some:.1f} | {some / whole:.3f} | {some_target:g} |\n"
        f"| files read once | {reading:.2f} | 1 | |\n"
        f"| nothing changed | {nothing:.2f} | {nothing / reading:.1f} | {nothing_target:g} |\n"
        f"| longest question meanwhile, the switch with it | {asking.longest:.2f} | | {longest_target:g} |\n"
    )
