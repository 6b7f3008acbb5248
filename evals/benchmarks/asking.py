"""Prints how many of the town's cases come out right, by kind of question: as people ask, not as a test asks.

    python -m evals asking [--half test] [--work FOLDER]
    python -m evals asking --bent [--work FOLDER]

The corpus and the cases are in `evals/corpora`. Half of the cases, by the bytes of their ids, are kept apart ("test").
One is right if all statements together hold what is accepted and nothing wrong; without an answer, if it is unsure or
silent. "--bent" asks our own cases over the sample corpus that stand alone, by themselves and after each of the
conversations of our follow-ups in turn: how many answers are the same.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from rich.console import Console

from assistant.answering import Answerer
from assistant.indexing.pipeline import build
from assistant.models import load_embedder
from assistant.reading import load_reader
from assistant.storage import IndexReader
from assistant.types import Answer
from evals.cases import EvalCase, own_cases, read_cases, to_question
from evals.metrics.answers import contains
from evals.metrics.words import words

CORPORA = Path(__file__).parents[1] / "corpora"
SAMPLE = Path("corpus")
CORPUS, CASES = CORPORA / "town", CORPORA / "town_cases.jsonl"
COMPUTED = ("count", "extreme", "sum")  # judged by what comes first: a figure may stand in any row by chance
TARGET, LEAST = 0.85, 0.7  # of all, and of each kind


def is_right(case: EvalCase, answerer: Answerer) -> bool:
    answer = answerer.answer(to_question(case))
    if not case.answerable:
        return answer.abstained
    shown = answer.statements[:1] if case.tags[0] in COMPUTED else answer.statements
    short = [answer.short.quote] if answer.short else []
    told = " ".join([*short, *(statement.text for statement in shown)])
    return not answer.abstained and contains(case, words(told))


def table(right: dict[str, list[bool]]) -> list[str]:
    every = [one for found in right.values() for one in found]
    rows = [_row(kind, found, LEAST) for kind, found in right.items()]
    return ["| kind | right | share | target |", "|---|--:|--:|--:|", *rows, _row("all", every, TARGET)]


def _row(kind: str, right: Sequence[bool], target: float) -> str:
    return f"| {kind} | {sum(right)} of {len(right)} | {sum(right) / len(right):.2f} | {target} |"


def measure(half: str, work: Path, console: Console) -> list[str]:
    answerer = _answerer(CORPUS, work)
    cases = [case for case in read_cases(CASES) if half in case.tags]
    right: dict[str, list[bool]] = defaultdict(list)
    with console.status("Asking"):
        for case in cases:
            right[case.tags[0]].append(is_right(case, answerer))
    return table(right)


def measure_bent(work: Path, console: Console) -> list[str]:
    answerer = _answerer(SAMPLE, work)
    cases = own_cases()
    conversations = cycle([case.history for case in cases if case.history])
    same: list[bool] = []
    with console.status("Asking"):
        for case in cases:
            if not case.history:
                alone = to_question(case)
                after = replace(alone, history=next(conversations))
                same.append(_shown(answerer.answer(alone)) == _shown(answerer.answer(after)))
    return [
        f"{sum(same)} of {len(same)} questions that stand alone are answered after a conversation as without one."
    ]


def _shown(answer: Answer) -> tuple[object, ...]:
    return answer.state, answer.short, answer.statements, answer.also


def _answerer(corpus: Path, work: Path) -> Answerer:
    embedder = load_embedder()
    build(corpus, work, embedder=embedder)
    return Answerer(IndexReader(work), embedder, reader=load_reader())


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--bent", action="store_true")
    parser.add_argument("--work", type=Path, help="where the index is kept; default: nowhere")


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work, console = options.work or Path(folder), Console(stderr=True)
        rows = measure_bent(work, console) if options.bent else measure(options.half, work, console)
    sys.stdout.write("\n".join(rows) + "\n")
