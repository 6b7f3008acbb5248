"""Prints how often the speaker and the relaying source of a sentence are told rightly, on labelled sentences.

    python -m evals attribution [FILE]

A line of the file: {"text", "sentence", "speaker", "reported_via"}; both names as the text has them, or null. All were
written by us, by someone who had not seen the rules.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answering.attribution import attribute
from assistant.text.language import content_words
from evals.cases import read_objects

LABELLED = Path(__file__).with_name("attribution.jsonl")


@dataclass(frozen=True, slots=True)
class Score:
    """Of the names given the share that is right, and of those labelled the share that was given."""

    name: str
    right: int
    given: int
    labelled: int

    def __str__(self) -> str:
        precision, recall = self.right / max(self.given, 1), self.right / max(self.labelled, 1)
        return (
            f"| {self.name} | {precision:.3f} ({self.right}/{self.given}) "
            f"| {recall:.3f} ({self.right}/{self.labelled}) |"
        )


def score(rows: Sequence[dict[str, str | None]]) -> list[Score]:
    found = []
    for row in rows:
        text, sentence = row["text"] or "", row["sentence"] or ""
        start = text.index(sentence)
        found.append(attribute(text, (start, start + len(sentence))))
    scores = []
    for name in ("speaker", "reported_via"):
        pairs = [(getattr(made, name), row[name]) for made, row in zip(found, rows, strict=True)]
        scores.append(
            Score(
                name,
                right=sum(bool(given) and same(given, label) for given, label in pairs),
                given=sum(bool(given) for given, _ in pairs),
                labelled=sum(bool(label) for _, label in pairs),
            )
        )
    totals = (sum(getattr(s, field) for s in scores) for field in ("right", "given", "labelled"))
    return [*scores, Score("both", *totals)]


def same(given: str, label: str | None) -> bool:
    """Whether both name the same: an article or a title more or less makes no other person."""
    one, other = set(content_words(given)), set(content_words(label or ""))
    return bool(one & other) and (one <= other or other <= one)


def read(path: Path) -> list[dict[str, str | None]]:
    return [row for _, row in read_objects(path)]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, nargs="?", default=LABELLED, help="labelled sentences")


def main(options: argparse.Namespace) -> None:
    rows = read(options.file)
    lines = [f"{len(rows)} sentences", "", "| named | precision | recall |", "|---|--:|--:|"]
    sys.stdout.write("\n".join([*lines, *map(str, score(rows))]) + "\n")
