"""Prints how sure the support score must be, and what each doubt of the rules adds, for assistant/checking/check.py.

    python -m evals fit_checker [--struck 0.06]

Fitted on the held-out statements of claims.jsonl.gz, which no training saw, by a logistic regression over the score's
log-odds and the kinds of doubt. The threshold is where the share --struck of the true ones would be struck.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from assistant.checking import DOUBTS, Support, doubts, nearest
from assistant.models import load_support_score
from evals.training.claim_examples import Row, parts, read_claims

Table = npt.NDArray[np.float64]


def table(rows: Sequence[Row], support: Support) -> tuple[Table, Table]:
    """(statements, 1 + kinds of doubt) log-odds and whether there is a doubt; (statements,) whether it is supported."""
    found = []
    for row in rows:
        whole = "\n".join([row["title"], *row["cited"]])
        told = doubts(row["statement"], whole)
        score = support.verdict(row["statement"], nearest(row["statement"], whole)).log_odds
        found.append([score, *(bool(told[kind]) for kind in DOUBTS)])
    return np.array(found, dtype=float), np.array([row["label"] == "supported" for row in rows], dtype=float)


def fit(values: Table, true: Table, *, struck: float) -> tuple[float, dict[str, float]]:
    """The log-odds that must be reached, and the doubts in the same unit."""
    model = LogisticRegression(C=1.0).fit(values, true)
    score, *doubted = model.coef_[0]
    added = {kind: max(0.0, -weight / score) for kind, weight in zip(DOUBTS, doubted, strict=True)}
    left = values[:, 0] - values[:, 1:] @ np.array(list(added.values()))
    return float(np.quantile(left[true > 0], struck)), added


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--struck", type=float, default=0.06, help="share of true statements that may be struck"
    )


def main(options: argparse.Namespace) -> None:
    _, held_out, _ = parts(read_claims())
    values, true = table(held_out, load_support_score())
    sure, added = fit(values, true, struck=options.struck)
    left = values[:, 0] - values[:, 1:] @ np.array(list(added.values())) >= sure
    sys.stdout.write(
        f"SURE = {sure:.1f}\nDOUBTS = { {kind: round(weight, 1) for kind, weight in added.items()} }\n"
    )
    sys.stdout.write(f"{len(true)} statements: struck {1 - left[true > 0].mean():.3f} of those supported, ")
    sys.stdout.write(f"pass {left[true == 0].mean():.3f} of the others\n")
