"""Prints how sure the support score must be, and what each doubt of the rules adds, for assistant/checking/check.py.

    python -m evals fit_checker [--struck 0.12]

Fitted on what no training saw: the held-out statements of claims.jsonl.gz, and those of them that are true altered by
rule, as are the lines of the pairs held out. The doubts are the weights of a logistic regression, in the unit of the
score's log-odds; the threshold is where the share --struck of the true held-out statements would be struck.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from assistant.checking import DOUBTS, Support, doubts, nearest
from assistant.models import load_support_score
from evals.training.claim_examples import Row, parts, read_claims
from evals.training.contradicted import RULES, names_in
from evals.training.rows import PAIRS, is_pair_held_out, read_pairs

MOST = 70  # altered statements, and as many lines, of each rule; and lines as they stand
SHORTEST = 7  # words of a line
Table = npt.NDArray[np.float64]


def altered(held_out: Sequence[Row], pairs: Sequence[Row], chance: random.Random) -> Iterator[Row]:
    """What a rule makes of true statements and of lines, MOST of each; and lines as they stand, which are true."""
    found: dict[str, list[Row]] = {}
    by_id = {pair["id"]: pair for pair in pairs}
    true = [
        (row, by_id[row["pair"]]["passages"][row["passage"]])
        for row in held_out
        if row["label"] == "supported"
    ]
    lines = [
        ({"statement": line, "title": passage["title"], "cited": [line], "label": "supported"}, passage)
        for pair in pairs
        for passage in pair["passages"]
        for line in passage["sentences"]
        if len(line.split()) >= SHORTEST
    ]
    for source, rows in (("statement", true), ("line", lines)):
        for row, passage in rows:
            names = names_in(" ".join(passage["sentences"]))
            for kind, rule in RULES.items():
                made = rule(row["statement"], names, chance)
                if made and made != row["statement"]:
                    found.setdefault(f"{source} {kind}", []).append(
                        row | {"statement": made, "label": "altered"}
                    )
    found["lines"] = [row for row, _ in lines]
    for rows_found in found.values():
        yield from chance.sample(rows_found, min(MOST, len(rows_found)))


def table(rows: Sequence[Row], support: Support) -> tuple[Table, Table]:
    """(statements, 1 + kinds of doubt) log-odds and whether there is a doubt; (statements,) whether it is supported."""
    found = []
    for row in rows:
        whole = "\n".join([row["title"], *row["cited"]])
        told = doubts(row["statement"], whole)
        score = support.verdict(row["statement"], nearest(row["statement"], whole)).log_odds
        found.append([score, *(bool(told[kind]) for kind in DOUBTS)])
    return np.array(found, dtype=float), np.array([row["label"] == "supported" for row in rows], dtype=float)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--struck", type=float, default=0.12, help="share of true statements that may be struck"
    )


def main(options: argparse.Namespace) -> None:
    _, held_out, _ = parts(read_claims())
    pairs = [pair for pair in read_pairs(PAIRS) if is_pair_held_out(pair)]
    made = list(altered(held_out, pairs, random.Random(0)))
    values, true = table([*held_out, *made], load_support_score())
    model = LogisticRegression(C=1.0).fit(values, true)
    score, *doubted = model.coef_[0]
    added = {kind: max(0.0, -weight / score) for kind, weight in zip(DOUBTS, doubted, strict=True)}
    left = values[:, 0] - values[:, 1:] @ np.array(list(added.values()))
    stated = np.arange(len(left)) < len(held_out)
    sure = float(np.quantile(left[stated & (true > 0)], options.struck))
    sys.stdout.write(
        f"SURE = {sure:.1f}\nDOUBTS = { {kind: round(float(x), 1) for kind, x in added.items()} }\n"
    )
    for name, chosen in (("held-out statements", stated), ("altered by rule, and lines", ~stated)):
        passed = left[chosen] >= sure
        struck = 1 - passed[true[chosen] > 0].mean()
        wrong = passed[true[chosen] == 0].mean()
        sys.stdout.write(f"{name}: struck {struck:.3f} of the true, pass {wrong:.3f} of the others\n")
