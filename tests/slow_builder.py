"""Builds slowly and says what it does, to be killed: python -m tests.slow_builder, then a JSON line for each build.

A line names the corpus, the index and what counts as a small change. Each build runs in a forked process, so that the
imports are paid for once; it prints the process's id, then each stage, and "ended" with the status when it is over.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.indexing import served
from assistant.indexing.pipeline import build
from assistant.indexing.progress import Progress
from assistant.storage import generations, lifecycle, seal
from assistant.types import Vectors
from tests.conftest import WordEmbedder


class SlowEmbedder(WordEmbedder):
    def embed(self, texts: Any) -> Vectors:
        time.sleep(0.05)
        return super().embed(texts)


def slow_down(module: Any, name: str, stage: str = "") -> None:
    work: Callable[..., Any] = getattr(module, name)
    pause = 0.03 if stage else 0.002

    def slower(*args: Any, **named: Any) -> Any:
        if stage:
            say(stage)
        time.sleep(pause)
        done = work(*args, **named)
        time.sleep(pause)
        return done

    setattr(module, name, slower)


def say(words: object) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def tell(progress: Progress) -> None:
    say(progress.step)
    time.sleep(0.01)


def main() -> None:
    slow_down(seal, "seal", "sealing")
    slow_down(generations, "open_generation", "verifying")
    slow_down(lifecycle, "switch", "switching")
    slow_down(lifecycle, "prune", "pruning")
    for name in ("fsync", "replace", "unlink"):
        slow_down(os, name)
    for line in sys.stdin:
        corpus, index, small = json.loads(line)
        process = os.fork()
        if not process:
            say(os.getpid())
            served.SMALL_CHANGE = small
            build(Path(corpus), Path(index), embedder=SlowEmbedder(), on_progress=tell)
            say("done")
            os._exit(0)
        say(f"ended {os.waitpid(process, 0)[1]}")


if __name__ == "__main__":
    main()
