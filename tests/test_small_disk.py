"""Builds on a disk that fills at every stage: of the catalog, the cache, the vectors, the keywords, the switch.

With SLOW_TESTS=1 the sizes of the disk are eight kilobytes apart.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STEP = 8 if os.environ.get("SLOW_TESTS") else 256  # kilobytes
TO_OPEN = 12  # kilobytes that Chroma writes to open its database
NAMESPACES = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])


def namespace(folder: Path) -> list[str]:
    """How a disk can be mounted that nobody else sees."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    for way in NAMESPACES if shutil.which("unshare") else ():
        if subprocess.run([*way, *mount], capture_output=True, check=False).returncode == 0:
            return way
    pytest.skip("No disk can be mounted here, not even in a namespace of one's own.")


def test_a_build_on_a_disk_that_gets_full_is_told_in_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    program = [*namespace(tmp_path), sys.executable, "-m", "tests.small_disk", str(tmp_path), str(STEP)]
    run = subprocess.run(program, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    trials = [json.loads(line) for line in run.stdout.splitlines()]
    failed = [trial for trial in trials if trial["built"]]
    assert 10 < len(failed) < len(trials)
    for trial in failed:
        assert trial["built"] == 1, trial
        assert trial["said"].startswith("Error: The disk that holds "), trial
        assert " is full" in trial["said"], trial
        assert len(trial["said"].splitlines()) == 1, trial
    for trial in trials:
        assert trial["again"] == 0, trial
        if not trial["first"] and trial["left"] >= TO_OPEN:
            assert (trial["asked"], trial["wrong"]) == (0, []), trial
