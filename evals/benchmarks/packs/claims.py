"""The check that written answers go through, on claims and the documents they cite."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.checking import check
from assistant.models import load_support_score
from evals.benchmarks.packs.lines import Line, median
from evals.cases import read_objects


def measure(folder: Path, *, limit: int | None, console: Console) -> Iterator[Line]:
    """One line: a claim counts as supported when the check has nothing against it, given the whole document."""
    support = load_support_score()
    rows = [row for _, row in read_objects(folder / "claims.jsonl")][:limit]
    verdicts, seconds = [], []
    for row in track(rows, f"{folder.name}: claims", console=console, transient=True):
        started = time.perf_counter()
        found = check(row["claim"], ["\n".join(row["document_sentences"])], support) == ()
        seconds.append(time.perf_counter() - started)
        verdicts.append((row["label"] == "supported", found))
    yield Line(folder.name, "claims.jsonl", len(rows), verdict_scores(verdicts), median(seconds))


def verdict_scores(verdicts: Iterable[tuple[bool, bool]]) -> dict[str, float]:
    """F1 of "supported" and accuracy, from (truly supported, found supported)."""
    pairs = list(verdicts)
    both = sum(truly and found for truly, found in pairs)
    either = sum(truly + found for truly, found in pairs)
    alike = sum(truly == found for truly, found in pairs)
    return {"f1": 2 * both / either if either else 0.0, "accuracy": alike / len(pairs) if pairs else 0.0}
