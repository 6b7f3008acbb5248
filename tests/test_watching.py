"""Files that change in a watched folder reach the index by themselves."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from assistant.indexing.watching import changes
from assistant.storage.generations import IndexReader
from tests.conftest import CORPUS

PATIENCE = 60  # seconds for what should take two


@pytest.fixture
def told(notes: Path, tmp_path: Path) -> Iterator["Queue[None]"]:
    """What a watcher says of the notes, which have the index in a folder of theirs."""
    queue: Queue[None] = Queue()
    stop = threading.Event()

    def listen() -> None:
        for _ in changes(notes, leave_out=notes / "index", quiet=200, stop=stop):
            queue.put(None)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert _came(queue, PATIENCE)  # it has begun
    yield queue
    stop.set()
    thread.join()


def _came(queue: "Queue[None]", seconds: float) -> bool:
    try:
        queue.get(timeout=seconds)
    except Exception:  # noqa: BLE001 - queue.Empty
        return False
    return True


def test_many_changes_at_once_are_told_once_when_they_rest(notes: Path, told: "Queue[None]") -> None:
    for number in range(200):
        (notes / f"{number}.txt").write_text("The mill is old.")
    assert _came(told, PATIENCE)
    assert not _came(told, 1)


def test_what_is_hidden_and_the_index_itself_are_not_told(notes: Path, told: "Queue[None]") -> None:
    (notes / "index").mkdir()
    (notes / "index" / "CURRENT").write_text("x")
    (notes / ".uploads").mkdir()
    (notes / ".uploads" / "half.txt").write_text("x")
    assert not _came(told, 1)
    (notes / "ferry.md").unlink()
    assert _came(told, PATIENCE)


def test_the_command_indexes_what_changes_tells_what_is_wrong_and_goes_on(
    notes: Path, tmp_path: Path
) -> None:
    command = [
        sys.executable,
        "-m",
        "assistant",
        "index",
        "--watch",
        "--corpus",
        notes,
        "--index",
        tmp_path / "i",
    ]
    environment = os.environ | {"PYTHONPATH": str(CORPUS.parent), "COLUMNS": "200"}
    (notes / "sheet.ods").write_text("x")
    for number in range(8):
        (notes / f"boat{number}.md").write_text(f"Boat {number} is old.", "utf-8")
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path
    ) as watching:
        lines: Queue[str] = Queue()

        def read() -> None:
            assert watching.stderr
            for line in watching.stderr:
                lines.put(line)

        threading.Thread(target=read, daemon=True).start()

        def wait_for(words: str) -> None:
            while words not in lines.get(timeout=PATIENCE):
                pass

        wait_for("needs attention: sheet.ods")
        wait_for("Watching")
        (notes / "mill.txt").write_text("The mill is for sale.", "utf-8")
        wait_for("Indexed 12 documents")
        (notes / "other.ods").write_text("x")
        while "needs attention" not in (line := lines.get(timeout=PATIENCE)):
            pass
        assert "other.ods" in line  # and not once more what was told before
        for path in notes.glob("*.md"):
            path.rename(path.with_suffix(".hidden"))
        wait_for("This would remove 10 of 12 documents")
        for path in notes.glob("*.hidden"):
            path.rename(path.with_suffix(".md"))
        (notes / "mill.txt").write_text("The mill was sold.", "utf-8")
        wait_for("Indexed 12 documents")
        assert "sold" in IndexReader(tmp_path / "i").current().catalog.document("mill.txt").text
        watching.send_signal(signal.SIGTERM)
        wait_for("Stopped watching")
    assert watching.returncode == 0
