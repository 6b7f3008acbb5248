"""Many users at once, and for long: no errors, everybody sees at once that a question was taken, memory levels off.

With SLOW_TESTS=1 the 30 clients go on for 60 seconds, and there are 400 questions in one session, then 400 sessions.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assistant.screen.page import example_questions
from tests.chat_servers import free_port
from tests.conftest import CORPUS
from tests.page_client import PageClient

SLOW = bool(os.environ.get("SLOW_TESTS"))
CLIENTS, SECONDS = 30, 60 if SLOW else 6
USES = 400 if SLOW else 40
QUESTIONS = example_questions(CORPUS)
TAKEN = 1.0  # seconds after which everybody has seen that the question was taken


class Chat:
    """`assistant chat` over a copy of the sample corpus."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(CORPUS, folder / "corpus")
        self.corpus = folder / "corpus"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        arguments = ["--corpus", str(self.corpus), "--index", str(folder / "index"), "--port", str(port)]
        self.process = subprocess.Popen([sys.executable, "-m", "assistant", "chat", *arguments])
        while self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        raise AssertionError("The server ended.")

    def megabytes(self) -> float:
        """Memory of its own that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) / 1024


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    made = Chat(tmp_path)
    yield made
    made.process.terminate()
    assert made.process.wait(10) is not None


def ask(client: PageClient, number: int) -> tuple[float, bool]:
    """Seconds until the question stands on the page, and whether an answer came."""
    taken, last = 0.0, {}
    for seconds, message in client.ask(QUESTIONS[number % len(QUESTIONS)]):
        if not taken and message["msg"] == "process_generating":
            taken = seconds
        last = message
    return taken, bool(last["success"]) and "Something went wrong" not in str(last)


def test_thirty_clients_and_a_re_index_bring_no_error_and_each_sees_at_once_that_it_is_heard(
    chat: Chat,
) -> None:
    clients = [PageClient(chat.url) for _ in range(CLIENTS)]
    ends = time.monotonic() + SECONDS
    building = threading.Event()

    def use(number: int) -> list[tuple[float, bool]]:
        seen: list[tuple[float, bool]] = []
        while time.monotonic() < ends or building.is_set():
            seen.append(ask(clients[number], number + len(seen)))
        return seen

    def change() -> None:
        time.sleep(SECONDS / 2)
        building.set()
        (chat.corpus / "new.md").write_text("The ferry to Lantau has nineteen seats.", "utf-8")
        PageClient(chat.url).reindex()
        building.clear()

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        changed = pool.submit(change)
        seen = [each for found in pool.map(use, range(CLIENTS)) for each in found]
        changed.result()
    waits = sorted(taken for taken, _ in seen)
    sys.stderr.write(
        f"\n{len(seen)} answers; taken after {waits[len(waits) // 2]:.2f} s, at most {waits[-1]:.2f} s\n"
    )
    assert all(answered for _, answered in seen)
    assert waits[-1] < TAKEN
    assert "nineteen seats" in str(list(PageClient(chat.url).ask("How many seats has the ferry to Lantau?")))


def test_memory_levels_off(chat: Chat) -> None:
    client = PageClient(chat.url)
    in_one = [used_after(chat, client, number) for number in range(USES)]
    in_many = [used_after(chat, PageClient(chat.url), number) for number in range(USES)]
    for used in (in_one, in_many):
        told = [round(used[at]) for at in (0, *range(USES // 4 - 1, USES, USES // 4))]
        sys.stderr.write(f"\nMB after the first, and each quarter of {USES}: {told}\n")
        assert used[-1] - used[USES // 2] < 10


def used_after(chat: Chat, client: PageClient, number: int) -> float:
    """Megabytes held after one more question."""
    assert ask(client, number)[1]
    return chat.megabytes()
