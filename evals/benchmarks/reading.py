"""Prints how well questions are answered, set by set, with 95 % intervals: the table of evals/README.md.

    python -m evals reading ../shared/data [--only NAME ...] [--limit N] [--work FOLDER] [--readers NAME ...]

Reports, predictions and indexes go to the work folder, which is that of `python -m evals packs`. Of several readers
each has a table, and a folder there.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evals.benchmarks.packs.asking import answer
from evals.benchmarks.packs.opening import Opened, quoting
from evals.benchmarks.packs.options import add_limit, add_pack_options
from evals.cases import EvalCase, own_cases, read_cases, resolve
from evals.metrics import in_words, words
from evals.runs import Result, intervals
from evals.targets import READING
from evals.training.held_out import cases_of, held_out_pairs, write_corpus

OWN, PAIRS = "own", "pairs"  # not packs: our cases over the sample corpus, and the pairs held out of training
TIME_TAGS = {"time", "as_of", "latest"}  # tags of our cases whose answer changes over time
HEADER = (
    "| cases | n | right | wrong | not answered | metric | reached (95 %) | target | quotes exact |\n"
    "|---|--:|--:|--:|--:|---|---|--:|--:|\n"
)

console = Console(stderr=True)


def is_any(case: EvalCase, opened: Opened) -> bool:
    return True


def is_test(case: EvalCase, opened: Opened) -> bool:
    return "test" in case.tags


def is_about_times(case: EvalCase, opened: Opened) -> bool:
    return bool(case.evidence and TIME_TAGS & set(case.tags))


def has_answer_there(case: EvalCase, opened: Opened) -> bool:
    """An accepted answer stands in the documents that the case is asked within."""
    texts = [words(opened.texts[id]) for id in case.documents or ()]
    return any(in_words(words(given), text) for given in case.answers or () for text in texts)


@dataclass(frozen=True, slots=True)
class CaseSet:
    """Some cases of a pack's file; what is measured of them are the metrics of their targets."""

    name: str
    pack: str
    file: str = "cases"
    belongs: Callable[[EvalCase, Opened], bool] = is_any

    @property
    def targets(self) -> dict[str, float]:
        return READING[self.name]


SETS = (
    CaseSet("own, test", OWN, belongs=is_test),
    CaseSet("own, what changes over time", OWN, belongs=is_about_times),
    CaseSet("pairs held out of training", PAIRS),
    CaseSet("clapnq, own documents", "clapnq", "cases_own_docs"),
    CaseSet("clapnq, pooled", "clapnq"),
    CaseSet("squad2, own documents", "squad2", "cases_own_docs"),
    CaseSet("squad2, pooled", "squad2"),
    CaseSet("realtimeqa, own documents", "realtimeqa", "cases_own_docs"),
    CaseSet("realtimeqa, answer in its documents", "realtimeqa", "cases_own_docs", has_answer_there),
    CaseSet("realtimeqa, none of the above", "realtimeqa", "cases_nota_own_docs"),
    CaseSet("ramdocs", "ramdocs"),
    CaseSet("rgb, noise", "rgb", "cases_noise"),
    CaseSet("rgb, rejection", "rgb", "cases_rejection"),
)


def measure(options: argparse.Namespace, reader: str, out: Path) -> Iterator[str]:
    """The rows of SETS; each file of cases is asked once."""
    data, work = options.data, options.work
    open_corpus = quoting(work / "indexes", console, reader=reader)
    asked: dict[tuple[str, str], tuple[Result, Opened]] = {}
    for each in SETS:
        if each.pack not in options.only:
            continue
        if each.pack not in (OWN, PAIRS) and not (data / each.pack).is_dir():
            yield f"| {each.name} | | | | | not measured: {data} has no such pack | | | |"
            continue
        key = each.pack, each.file
        if key not in asked:
            console.print(f"{each.pack}: {each.file}", markup=False, highlight=False)
            documents, cases = _read(each, data, work)
            opened = open_corpus(documents, each.pack)
            resolved = [resolve(case, opened.texts) for case in cases[: options.limit]]
            folder = out / each.pack / each.file
            asked[key] = answer(each.pack, resolved, opened, out=folder, console=console), opened
        result, opened = asked[key]
        yield from rows(each, chosen(each, result, opened))


def _read(each: CaseSet, data: Path, work: Path) -> tuple[Path, list[EvalCase]]:
    """Where the documents are, and the cases."""
    if each.pack == OWN:
        return Path("corpus"), own_cases()
    if each.pack == PAIRS:
        pairs, corpus = held_out_pairs(), work / PAIRS / "corpus.jsonl"
        write_corpus(pairs, corpus)
        return corpus, cases_of(pairs)
    folder = data / each.pack
    return folder / "corpus.jsonl", read_cases(folder / f"{each.file}.jsonl")


def chosen(each: CaseSet, result: Result, opened: Opened) -> Result:
    """The result of the cases that belong to the set."""
    return result.only([each.belongs(case, opened) for case in result.cases])


def rows(each: CaseSet, result: Result) -> Iterator[str]:
    """A row a metric; what came of the cases stands in the first."""
    metrics = result.metrics
    around = intervals(result.rows) if metrics else {}
    exact = f"{metrics['quote_exact'].value:.3f}" if "quote_exact" in metrics else ""
    first = counts(result)
    for name, target in each.targets.items():
        reached = "-"
        if name in metrics:
            low, high = around[name]
            reached = f"{metrics[name].value:.3f} ({low:.3f} to {high:.3f})"
        yield f"| {' | '.join([each.name, *first, name, reached, f'{target:g}', exact])} |"
        first, exact = [""] * len(first), ""


def counts(result: Result) -> list[str]:
    """How many cases, how many of them right, wrong and not answered: "those with an answer + those without"."""
    kinds = [count for count in (result.with_answer, result.without_answer) if count.n]
    columns = zip(*((c.n, c.right, c.wrong, c.not_answered) for c in kinds), strict=True)
    return [" + ".join(map(str, column)) for column in columns] or ["0", "", "", ""]


def add_options(parser: argparse.ArgumentParser) -> None:
    add_pack_options(parser, dict.fromkeys(each.pack for each in SETS))
    add_limit(parser)
    parser.add_argument("--readers", nargs="+", default=["packaged"], help="values of the setting `reader`")


def main(options: argparse.Namespace) -> None:
    several = len(options.readers) > 1
    for reader in options.readers:
        sys.stdout.write((f"\n{reader}\n\n" if several else "") + HEADER)
        out = options.work / re.sub(r"\W+", "-", reader) if several else options.work
        for row in measure(options, reader, out):
            sys.stdout.write(row + "\n")
            sys.stdout.flush()
