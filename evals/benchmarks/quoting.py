"""Prints how well questions are answered from quotes, pack by pack, with 95 % intervals: the table of evals/README.md.

    python -m evals quoting ../shared/data [--only NAME ...] [--limit N] [--work FOLDER]

Reports, predictions and indexes go to the work folder, which is that of `python -m evals packs`.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from evals.benchmarks.packs.asking import answer
from evals.benchmarks.packs.opening import Opened, quoting
from evals.benchmarks.packs.options import add_limit, add_pack_options
from evals.cases import EvalCase, own_cases, read_cases, resolve
from evals.metrics import in_words, words
from evals.runs import Result, intervals
from evals.targets import QUOTING

OWN = "own"
TIME_TAGS = {"time", "as_of", "latest"}  # tags of our cases whose answer changes over time

console = Console(stderr=True)


def every(cases: Sequence[EvalCase], opened: Opened) -> list[EvalCase]:
    return list(cases)


def answerable(cases: Sequence[EvalCase], opened: Opened) -> list[EvalCase]:
    return [case for case in cases if case.answerable]


def about_times(cases: Sequence[EvalCase], opened: Opened) -> list[EvalCase]:
    return [case for case in cases if case.evidence and TIME_TAGS & set(case.tags)]


def with_answer_there(cases: Sequence[EvalCase], opened: Opened) -> list[EvalCase]:
    """Those of which an accepted answer stands in the documents they are asked within."""
    return [case for case in cases if _answer_is_there(case, opened)]


def _answer_is_there(case: EvalCase, opened: Opened) -> bool:
    texts = [words(opened.texts[id]) for id in case.documents or ()]
    return any(in_words(words(given), text) for given in case.answers or () for text in texts)


@dataclass(frozen=True, slots=True)
class Line:
    """A metric over some cases of a pack."""

    name: str
    pack: str
    cases: str
    metric: str
    chosen: Callable[[Sequence[EvalCase], Opened], list[EvalCase]] = every

    @property
    def target(self) -> float:
        return QUOTING[self.name][self.metric]


LINES = (
    Line("clapnq, own documents", "clapnq", "cases_own_docs", "abstention_hmean"),
    Line("clapnq, own documents", "clapnq", "cases_own_docs", "citation_f1"),
    Line("clapnq, pooled", "clapnq", "cases", "abstention_hmean"),
    Line("squad2, pooled", "squad2", "cases", "abstention_hmean"),
    Line("squad2, pooled", "squad2", "cases", "contains", answerable),
    Line("squad2, own documents", "squad2", "cases_own_docs", "contains", answerable),
    Line("realtimeqa, none of the above", "realtimeqa", "cases_nota_own_docs", "abstention_hmean"),
    Line(
        "realtimeqa, answer in its documents", "realtimeqa", "cases_own_docs", "contains", with_answer_there
    ),
    Line("ramdocs", "ramdocs", "cases", "contains"),
    Line("rgb, noise", "rgb", "cases_noise", "contains"),
    Line("rgb, rejection", "rgb", "cases_rejection", "unanswerable_recall"),
    Line("own, all", OWN, "cases", "abstention_hmean"),
    Line("own, what changes over time", OWN, "cases", "leads_with_evidence", about_times),
)


def measure(data: Path, work: Path, only: Sequence[str], limit: int | None) -> Iterator[str]:
    """A row for each of LINES; each file of cases is asked once."""
    open_corpus = quoting(work / "indexes", console)
    asked: dict[tuple[str, str], tuple[Result, Opened]] = {}
    for line in LINES:
        if line.pack not in only:
            continue
        if line.pack != OWN and not (data / line.pack).is_dir():
            yield f"| {line.name} | {line.metric} | | not measured: {data} has no such pack | {line.target:g} | |"
            continue
        key = line.pack, line.cases
        if key not in asked:
            documents = Path("corpus") if line.pack == OWN else data / line.pack / "corpus.jsonl"
            opened = open_corpus(documents, line.pack)
            cases = [resolve(case, opened.texts) for case in _cases(data, line)][:limit]
            console.print(f"{line.pack}: {line.cases}", markup=False, highlight=False)
            asked[key] = (
                answer(line.pack, cases, opened, out=work / line.pack / line.cases, console=console),
                opened,
            )
        result, opened = asked[key]
        kept = {case.id for case in line.chosen(result.cases, opened)}
        rows = [row for case, row in zip(result.cases, result.rows, strict=True) if case.id in kept]
        result = replace(result, cases=[case for case in result.cases if case.id in kept], rows=rows)
        yield _row(line, result)


def _cases(data: Path, line: Line) -> list[EvalCase]:
    if line.pack != OWN:
        return read_cases(data / line.pack / f"{line.cases}.jsonl")
    return own_cases()


def _row(line: Line, result: Result) -> str:
    metrics = result.metrics
    if line.metric not in metrics:
        return f"| {line.name} | {line.metric} | {len(result.cases)} | - | {line.target:g} | |"
    low, high = intervals(result.rows)[line.metric]
    value = f"{metrics[line.metric].value:.3f} ({low:.3f} to {high:.3f})"
    exact = metrics["quote_exact"].value if "quote_exact" in metrics else float("nan")
    return f"| {line.name} | {line.metric} | {len(result.cases)} | {value} | {line.target:g} | {exact:.3f} |"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_pack_options(parser, dict.fromkeys(line.pack for line in LINES))
    add_limit(parser)


def main(options: argparse.Namespace) -> None:
    sys.stdout.write(
        "| cases | metric | n | reached (95 %) | target | quotes exact |\n|---|---|--:|---|--:|--:|\n"
    )
    for row in measure(options.data, options.work, options.only, options.limit):
        sys.stdout.write(row + "\n")
        sys.stdout.flush()
