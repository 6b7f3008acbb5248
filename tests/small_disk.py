"""Builds an index on a disk of a few megabytes, which only this process sees: python -m tests.small_disk FOLDER STEP.

Prints a line of JSON for each size of the disk: what was said, and what the index was like before and after there was
room. To be run in a mount namespace of its own.
"""

import json
import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import chromadb  # noqa: F401 what is imported here is not imported by each command again
import filelock  # noqa: F401
import rich.progress  # noqa: F401

import assistant.indexing.cataloguing
import assistant.indexing.doctor
import assistant.indexing.draft
import assistant.indexing.pipeline
import assistant.models
from assistant.__main__ import main as command
from assistant.question.parse import parse_question
from assistant.retrieval.search import retrieve
from assistant.storage.generations import IndexReader
from assistant.types import Question
from tests.conftest import ReadHere, WordEmbedder

BLOCK = 4  # kilobytes
ROOM = 65_536  # more than enough
SMALL, LARGE = 10, 200  # documents of the first build, and of the second
LAST = 6  # blocks below the smallest size that is enough, where each is tried


def write(corpus: Path, count: int) -> None:
    corpus.mkdir(exist_ok=True)
    for number in range(count):
        words = " ".join(f"word{7 * number + at}" for at in range(100))
        (corpus / f"{number}.txt").write_text(f"Lighthouse {number} stands on an island. {words}.", "utf-8")


@contextmanager
def disk(folder: Path, kilobytes: int) -> Iterator[Callable[[int], None]]:
    """A disk of so many kilobytes, and what changes its size; one of less than a block would have no limit."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(folder), "-o"]
    subprocess.run([*mount, f"size={max(BLOCK, kilobytes)}k"], check=True)
    try:
        yield lambda size: subprocess.run([*mount, f"remount,size={size}k"], check=True) and None
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def in_process(work: Callable[[], object], output: Path) -> tuple[int, str]:
    """The exit status of `work` in a process of its own, and what it printed."""

    def run() -> None:
        with output.open("w", encoding="utf-8") as sys.stdout:
            sys.stderr = sys.stdout
            work()

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    return process.exitcode or 0, output.read_text("utf-8").strip()


def ask(index: Path) -> None:
    found = retrieve(
        parse_question(Question("Which lighthouse?")), IndexReader(index).current(), WordEmbedder()
    )
    print(len(found))  # noqa: T201


class Trial:
    def __init__(self, home: Path) -> None:
        self.disk, self.corpus, self.output = home / "disk", home / "notes", home / "output"
        self.index, self.first = self.disk / "index", home / "first"

    def run(self, *arguments: str) -> tuple[int, str]:
        def work() -> None:
            sys.argv = ["assistant", *arguments, "--corpus", str(self.corpus), "--index", str(self.index)]
            command()

        return in_process(work, self.output)

    def build_small(self) -> int:
        """The first index, kept to begin with at each size; the kilobytes it takes."""
        write(self.corpus, SMALL)
        with disk(self.disk, ROOM):
            assert self.run("index")[0] == 0
            shutil.copytree(self.index, self.first)
            taken = shutil.disk_usage(self.disk).used // 1024
        write(self.corpus, LARGE)
        return taken

    def on(self, size: int, *, first: bool) -> dict[str, Any]:
        """A build where there is an index already, or where it is the `first`."""
        with disk(self.disk, size) as resize:
            if not first:
                shutil.copytree(self.first, self.index)
            left = shutil.disk_usage(self.disk).free // 1024
            built, said = self.run("index")
            asked, answer = in_process(lambda: ask(self.index), self.output)
            found = self.run("doctor")[1].splitlines()
            resize(ROOM)
            again = self.run("index")[0] or self.run("doctor")[0]
        return {
            "first": first,
            "left": left,
            "built": built,
            "said": said,
            "asked": asked,
            "answer": answer,
            "wrong": [line for line in found if line.startswith("FAIL") and "has changed since" not in line],
            "again": again,
        }


def main() -> None:
    assistant.indexing.draft.ALMOST_FULL = 100_000
    assistant.indexing.cataloguing.FileWorkers = ReadHere  # type: ignore[misc]
    assistant.models.load_embedder = lambda *_: WordEmbedder()  # type: ignore[assignment]
    trial, step = Trial(Path(sys.argv[1])), int(sys.argv[2])
    taken = trial.build_small()

    @cache
    def tried(size: int, *, first: bool = False) -> bool:
        outcome = trial.on(size, first=first)
        sys.stdout.write(json.dumps(outcome) + "\n")
        return bool(outcome["built"] == 0)

    for size in (BLOCK, 300):
        tried(size, first=True)
    small = taken
    while not tried(small + step):
        small += step
        if small > ROOM:
            raise SystemExit("The build fails however large the disk is.")
    enough = small + step
    while enough - small > BLOCK:
        middle = small + (enough - small) // (2 * BLOCK) * BLOCK
        small, enough = (small, middle) if tried(middle) else (middle, enough)
    for below in range(2, LAST):
        tried(enough - below * BLOCK)


if __name__ == "__main__":
    main()
