"""The text that the HTML loader takes from a page, against the article as people marked it."""

import gzip
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.loading.markup.html import load_html
from evals.benchmarks.packs.lines import Line, median

SHINGLE = 4  # words


def measure(folder: Path, *, limit: int | None, console: Console) -> Iterator[Line]:
    """One line: the scores of all pages of ground-truth.json."""
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    pairs, seconds = [], []
    for page in track(sorted(truth)[:limit], folder.name, console=console, transient=True):
        data = gzip.decompress((folder / "html" / f"{page}.html.gz").read_bytes())
        started = time.perf_counter()
        loaded = load_html(data, f"{page}.html")
        seconds.append(time.perf_counter() - started)
        pairs.append((truth[page]["articleBody"], "\n".join(document.text for document in loaded.documents)))
    yield Line(folder.name, "html", len(pairs), shingle_scores(pairs), median(seconds))


def shingle_scores(pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Precision and recall of (true, extracted) texts, averaged over pages, and the F1 of the two means.

    As upstream does it, a page without shingles on one side is left out of the mean that divides by them.
    Scaling a page's counts to sum to 1, as the pack describes it, would cancel out of both.
    """
    precisions, recalls = [], []
    for true, extracted in pairs:
        gold, found = shingles(true), shingles(extracted)
        right = (gold & found).total()
        if found:
            precisions.append(right / found.total())
        if gold:
            recalls.append(right / gold.total())
    precision = statistics.mean(precisions) if precisions else 0.0
    recall = statistics.mean(recalls) if recalls else 0.0
    both = precision + recall
    return {
        "shingle_f1": 2 * precision * recall / both if both else 0.0,
        "precision": precision,
        "recall": recall,
    }


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """How often each run of SHINGLE words occurs; a shorter text is one run, an empty one none."""
    words = re.findall(r"\w+", text)
    runs = (tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))
    return Counter(run for run in runs if run)
