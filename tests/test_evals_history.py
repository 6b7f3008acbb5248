"""The figures of our own cases over time."""

import json
import subprocess
from pathlib import Path

import pytest

from assistant.errors import UserError
from evals.benchmarks.history import BASELINE, lines


def commit(folder: Path, *outcomes: str) -> None:
    kept = [json.dumps({"id": str(at), "outcome": each}) for at, each in enumerate(outcomes)]
    (folder / BASELINE).write_text("\n".join(kept), "utf-8")
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for arguments in (("add", "."), (*name, "commit", "-qm", "a baseline")):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def test_each_committed_baseline_is_a_row_the_oldest_first(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "evals").mkdir()
    commit(tmp_path, "right", "wrong", "abstained, wrongly", "answered, should abstain")
    commit(tmp_path, "right", "right", "abstained, rightly", "wrong")
    subprocess.run(["git", "rm", "-q", BASELINE], cwd=tmp_path, check=True)
    (tmp_path / "evals" / "other").mkdir(parents=True)
    (tmp_path / "evals" / "other" / "note.md").write_text("A note.", "utf-8")
    for arguments in (
        ("add", "."),
        ("-c", "user.name=A", "-c", "user.email=a@b.org", "commit", "-qm", "gone"),
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    first, second = lines(tmp_path / "evals" / "other")
    assert first.endswith("| 4 | 1 · 25% | 2 · 50% | 1 |")
    assert second.endswith("| 4 | 3 · 75% | 1 · 25% | 0 |")


def test_a_history_without_a_baseline_is_told(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "a.md").write_text("A note.", "utf-8")
    for arguments in (("add", "."), ("-c", "user.name=A", "-c", "user.email=a@b.org", "commit", "-qm", "a")):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    with pytest.raises(UserError, match="was ever committed"):
        list(lines(tmp_path))


def test_a_folder_without_a_history_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no history"):
        list(lines(tmp_path))
