"""Measures every public data pack and prints the table of evals/README.md.

    python -m evals packs ../shared/data [--only NAME ...] [--work FOLDER] [--indexes FOLDER] [--limit N]

The packs lie outside of the repository and are never copied into it. Written to the work folder: packs.json, and
for each case file predictions.jsonl, report.html and metrics.json.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from assistant.errors import UserError
from evals.benchmarks.packs import articles, asking, claims, files, injections
from evals.benchmarks.packs.lines import Line, markdown
from evals.benchmarks.packs.opening import Opener, quoting
from evals.benchmarks.packs.options import add_limit

Measure = Callable[[Path], Iterable[Line]]


def measures(
    *, limit: int | None, open_corpus: Opener, work: Path, console: Console
) -> dict[str, list[Measure]]:
    """What is done with each pack, in the order it is done: the longest comes last."""
    plain: dict[str, Any] = {"limit": limit, "console": console}
    with_answers = plain | {"open_corpus": open_corpus, "work": work}
    packs: dict[str, list[Measure]] = {
        "article_extraction": [partial(articles.measure, **plain)],
        "bipia": [partial(injections.measure, **with_answers)],
        "broken_docs": [partial(files.measure_broken, **plain)],
        "encodings": [partial(files.measure_encodings, **plain)],
        "prompt_injections": [partial(injections.measure_prompts, limit=limit)],
        "wice": [partial(claims.measure, **plain)],
    }
    asked = partial(asking.measure, **with_answers)
    packs |= {name: [asked] for name in asking.METRICS if name != "scifact"}
    return packs | {"scifact": [partial(claims.measure, **plain), asked]}


def measure_packs(data: Path, packs: dict[str, list[Measure]], *, work: Path) -> list[Line]:
    """Measures what is in the folder `data`; packs.json is written anew after each pack, in case one fails."""
    work.mkdir(parents=True, exist_ok=True)
    lines: list[Line] = []
    for name, steps in packs.items():
        if (data / name).is_dir():
            lines += [line for measure in steps for line in measure(data / name)]
        else:
            lines.append(Line(name, "", 0, note=f"not measured: {data} has no such pack"))
        rows = [line.to_json() for line in lines]
        (work / "packs.json").write_text(json.dumps(rows, indent=2) + "\n", "utf-8")
    return lines


def chosen(packs: dict[str, list[Measure]], only: Sequence[str]) -> dict[str, list[Measure]]:
    """The packs named, in their order; all of them where none is named."""
    unknown = [name for name in only if name not in packs]
    if unknown:
        raise UserError(f"There is no pack {unknown[0]!r}; the packs are {', '.join(packs)}.")
    return {name: steps for name, steps in packs.items() if not only or name in only}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", type=Path, help="folder of the packs")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="packs to measure, not all")
    parser.add_argument("--work", type=Path, default=Path("build/packs"), help="folder for what is written")
    parser.add_argument("--indexes", type=Path, help="folder of their indexes, by pack [WORK/indexes]")
    add_limit(parser)


def main(options: argparse.Namespace) -> None:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else it warns of the processes that read files
    console = Console(stderr=True)
    open_corpus = quoting(options.indexes or options.work / "indexes", console)
    packs = measures(limit=options.limit, open_corpus=open_corpus, work=options.work, console=console)
    lines = measure_packs(options.data, chosen(packs, options.only), work=options.work)
    sys.stdout.write(markdown(lines) + "\n")
