"""Prints how long many users at once wait, and what memory long use takes.

    python -m evals load [--clients 30]

30 clients ask for a minute, with a re-index in the middle; then 400 questions are asked in one session, then one in
each of 400 sessions; then nothing happens for ten seconds. Every client is a browser as far as the server can tell.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from evals.benchmarks.page_client import PageClient
from evals.targets import LOAD

CORPUS = Path("corpus")
SECONDS, USES, IDLE = 60, 400, 10
QUESTIONS = (
    "Who leads the SFC?",
    "How many platforms are licensed?",
    "Who said Hong Kong may go its own way, and on what condition?",
    "What are the five pillars?",
    "When were the first stablecoin licences granted?",
    "How much did HashKey raise in Hong Kong?",
)


class Chat:
    """`assistant chat` over a copy of a corpus, in a process of its own."""

    def __init__(self, folder: Path, corpus: Path = CORPUS) -> None:
        self.corpus = folder / "corpus"
        shutil.copytree(corpus, self.corpus)
        with httpx.Client(trust_env=False) as client:
            port = _free_port()
            self.url = f"http://127.0.0.1:{port}"
            arguments = ["--corpus", self.corpus, "--index", folder / "index", "--port", str(port)]
            self.process = subprocess.Popen(
                [sys.executable, "-m", "assistant", "chat", *map(str, arguments)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._wait(client)

    def _wait(self, client: httpx.Client) -> None:
        while self.process.poll() is None:
            try:
                if client.get(f"{self.url}/health").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        raise RuntimeError("The server ended; `assistant chat` says why.")

    def megabytes(self) -> float:
        """Memory of its own that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) / 1024

    def seconds_used(self) -> float:
        """Of processor time."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Asked:
    """What a client saw of one question."""

    taken: float  # seconds until the question stood on the page
    answered: bool


@contextmanager
def chat(corpus: Path = CORPUS) -> Iterator[Chat]:
    with tempfile.TemporaryDirectory() as folder:
        running = Chat(Path(folder), corpus)
        try:
            yield running
        finally:
            running.process.terminate()
            running.process.wait(20)


def ask(client: PageClient, number: int, questions: Sequence[str] = QUESTIONS) -> Asked:
    taken = 0.0
    last: dict[str, Any] = {}
    for seconds, message in client.ask(questions[number % len(questions)]):
        if not taken and message["msg"] == "process_generating":
            taken = seconds
        last = message
    return Asked(taken, bool(last.get("success")) and "Something went wrong" not in str(last))


def ask_at_once(server: Chat, clients: int, seconds: float) -> list[Asked]:
    """What many clients see who ask again and again, while a document is added and indexed."""
    pages = [PageClient(server.url) for _ in range(clients)]
    ends = time.monotonic() + seconds
    building = threading.Event()

    def use(number: int) -> list[Asked]:
        seen: list[Asked] = []
        while time.monotonic() < ends or building.is_set():
            seen.append(ask(pages[number], number + len(seen)))
        return seen

    def change() -> None:
        building.set()
        time.sleep(seconds / 2)
        (server.corpus / "new.md").write_text("The ferry to Lantau has nineteen seats.", "utf-8")
        PageClient(server.url).reindex()
        building.clear()

    with ThreadPoolExecutor(clients + 1) as pool:
        changed = pool.submit(change)
        seen = [each for found in pool.map(use, range(clients)) for each in found]
        changed.result()
    return seen


def memory(server: Chat, uses: int) -> tuple[list[float], list[float]]:
    """Megabytes after each question of one session, and then of a session for each."""
    page = PageClient(server.url)
    in_one = [_after(server, page, number) for number in range(uses)]
    in_many = [_after(server, PageClient(server.url), number) for number in range(uses)]
    return in_one, in_many


def _after(server: Chat, page: PageClient, number: int) -> float:
    ask(page, number)
    return server.megabytes()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clients", type=int, default=30, help="who ask at once")


def main(options: argparse.Namespace) -> None:
    out = Console(highlight=False)
    with chat() as server:
        seen = ask_at_once(server, options.clients, SECONDS)
        waits = sorted(each.taken for each in seen)
        failed = sum(not each.answered for each in seen)
        out.print(
            f"{options.clients} clients, {SECONDS} s: {len(seen)} answers, {failed} errors ({LOAD['errors']:g})"
        )
        out.print(
            f"taken after {waits[len(waits) // 2]:.2f} s in the median, {waits[-1]:.2f} s at most ({LOAD['taken']:g})"
        )
        for where, used in zip(("one session", "a session each"), memory(server, USES), strict=True):
            quarters = [round(used[at - 1]) for at in range(USES // 4, USES + 1, USES // 4)]
            out.print(f"MB after each quarter of {USES} questions, {where}: {quarters}")
        time.sleep(5)
        before = server.seconds_used()
        time.sleep(IDLE)
        out.print(f"idle: {(server.seconds_used() - before) / IDLE:.1%} of a core")
