"""Prints how often the check passes what is contradicted, strikes what is true, and is right on public claims.

    python -m evals checking [--data ../shared/data] [--rules] [--show SET]

The sets contradicted.jsonl and paraphrased.jsonl beside this file are ours and nothing is fitted on them. The public
packs lie outside of the repository, are never copied into it, and nothing is fitted on them either.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.checking import Support, check
from assistant.models import load_support_score
from evals.benchmarks.checking.sets import PACKS, Known, contradicted, held_out, pack, paraphrased
from evals.benchmarks.packs.claims import verdict_scores
from evals.targets import CHECKING

Judged = tuple[Known, tuple[str, ...]]


def judge(known: Sequence[Known], support: Support | None) -> list[Judged]:
    return [(one, check(one.statement, one.cited, support)) for one in known]


def lines(data: Path, support: Support | None, *, show: str) -> Iterator[str]:
    """Rows of a Markdown table, and what is shown of the set named."""
    yield "| set | n | what | share | target |"
    yield "|---|--:|---|--:|--:|"
    ours = judge(contradicted(), support)
    for kind in dict.fromkeys(one.kind for one, _ in ours):
        yield _row("contradicted", [j for j in ours if j[0].kind == kind], f"pass: {kind}", passes=True)
    true = judge(paraphrased(), support)
    yield _row("paraphrased", true, "struck", passes=False)
    kept = judge(held_out(), support)
    for label in ("supported", "contradicted", "unsupported"):
        chosen = [j for j in kept if j[0].kind.startswith(label)]
        what = "struck" if label == "supported" else f"pass: {label}"
        yield _row("held-out statements", chosen, what, passes=label != "supported")
    sets = {"contradicted": ours, "paraphrased": true, "held-out": kept}
    for name in PACKS:
        if not (data / name).is_dir():
            yield f"| {name} | | not measured: {data} has no such pack | | |"
            continue
        began = time.perf_counter()
        sets[name] = judge(pack(data / name), support)
        seconds = (time.perf_counter() - began) / len(sets[name])
        for metric, value in verdict_scores([(one.supported, not why) for one, why in sets[name]]).items():
            yield f"| {name} | {len(sets[name])} | {metric} | {value:.3f} | {CHECKING[name][metric]} |"
        yield f"| {name} | {len(sets[name])} | seconds a claim | {seconds:.3f} | |"
    yield from _shown(sets.get(show, ()))


def _row(name: str, judged: Sequence[Judged], what: str, *, passes: bool) -> str:
    wrong = sum((not why) == passes for _, why in judged)
    target = CHECKING.get(name, {}).get("at most", "")
    return f"| {name} | {len(judged)} | {what} | {wrong / max(len(judged), 1):.3f} ({wrong}) | {target} |"


def _shown(judged: Sequence[Judged]) -> Iterator[str]:
    """What was judged wrongly, and how often each reason struck what is true."""
    for one, why in judged:
        if one.supported == bool(why):
            yield f"\n{one.kind}: {one.statement}\n  {' / '.join(one.cited)}\n  {' '.join(why) or 'passed'}"
    struck = Counter(reason.split("“")[0] for one, why in judged if one.supported for reason in why)
    yield from (f"{count} {reason}" for reason, count in struck.most_common(10))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="folder of the public packs"
    )
    parser.add_argument("--rules", action="store_true", help="the rules alone, without the learned score")
    parser.add_argument("--show", default="", metavar="SET", help="print what is judged wrongly in this set")


def main(options: argparse.Namespace) -> None:
    support = None if options.rules else load_support_score()
    for line in lines(options.data, support, show=options.show):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
