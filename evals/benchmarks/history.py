"""Our own cases over time: what came of them at each baseline that was committed.

python -m evals history
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import UserError
from evals.runs.outcomes import Counts, Outcome

BASELINE = "evals/baseline.jsonl"


def lines(repository: Path) -> Iterator[str]:
    """A row a commit of the baseline, the oldest first; UserError where there is no history of it."""
    root = Path(_git(repository, "rev-parse", "--show-toplevel").strip())
    log = _git(root, "log", "--reverse", "--diff-filter=AM", "--format=%as %h", "--", BASELINE).splitlines()
    if not log:
        raise UserError(f"{repository}: no {BASELINE} was ever committed; `make baseline` makes it.")
    for line in log:
        day, commit = line.split()
        cases = [json.loads(each) for each in _git(root, "show", f"{commit}:{BASELINE}").splitlines()]
        came = Counts.of(Outcome(case["outcome"]) for case in cases)
        if not came.n:
            continue
        right, wrong = (f"{count} · {count / came.n:.0%}" for count in (came.right, came.wrong))
        yield f"| {day} | {commit} | {came.n} | {right} | {wrong} | {came.not_answered} |"


def _git(repository: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise UserError(f"{repository} has no history; run this in a clone of the repository.") from None
    return done.stdout


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repository", type=Path, default=Path())


def main(options: argparse.Namespace) -> None:
    sys.stdout.write("| day | commit | cases | right | wrong | not answered |\n|---|---|--:|--:|--:|--:|\n")
    for line in lines(options.repository):
        sys.stdout.write(f"{line}\n")
