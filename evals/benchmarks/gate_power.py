"""Simulates the gate: how often it stops a planted regression, and how often a change that is none.

    python -m evals gate_power [--cases 200] [--points 5] [--runs 100]

A case is right as often as ours are. Between two runs a share of the cases changes sides by chance: the churn of a
change that is neither better nor worse; quoting without a change has none. A regression makes right cases wrong on top.
"""

import argparse
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evals.cases import EvalCase, Prediction
from evals.metrics import Row
from evals.runs import Changes, Gate, Result, judge
from evals.runs.outcomes import Outcome, with_outcomes
from evals.runs.scores import scored

RIGHT = 0.72  # of our own cases
CHURNS = (0.0, 0.02, 0.05)
GATES = (Gate("right_overall"), Gate("wrong_overall"))  # those of `make gate`
CAUGHT, FALSE_ALARMS = 0.80, 0.05  # at least, and at most

Flags = npt.NDArray[np.bool_]


def simulate(cases: int, points: float, churn: float, *, runs: int, seed: int = 0) -> float:
    """The share of runs that the gate stops."""
    generator = np.random.default_rng(seed)
    return float(np.mean([stopped(*pair(generator, cases, points, churn)) for _ in range(runs)]))


def pair(generator: np.random.Generator, cases: int, points: float, churn: float) -> tuple[Flags, Flags]:
    """Which cases are right before and after; the churn leaves the expected share as it is."""
    before = generator.random(cases) < RIGHT
    redrawn = generator.random(cases) < churn / (2 * RIGHT * (1 - RIGHT))  # of which so many change sides
    after = np.where(redrawn, generator.random(cases) < RIGHT, before)
    right = np.flatnonzero(after)
    lost = generator.choice(right, size=min(len(right), round(cases * points / 100)), replace=False)
    after[lost] = False
    return before, after


def stopped(before: Flags, after: Flags) -> bool:
    """Whether the gate fails on this change."""
    cases = [EvalCase(str(number), "?", answers=("x",)) for number in range(len(before))]
    came = [[Outcome.right if flag else Outcome.wrong for flag in flags] for flags in (before, after)]
    empty: Sequence[Row] = [{} for _ in cases]
    first, second = (with_outcomes(empty, outcomes) for outcomes in came)
    earlier, now = scored(cases, came[0], first), scored(cases, came[1], second)
    changes = Changes.of("before", [(case, now[case.id]) for case in cases], earlier)
    made = {case.id: Prediction(case.id, answer="x") for case in cases}
    result = Result("simulated", cases, made, second, came[1], changes=changes)
    return not all(verdict.passed for verdict in judge(result, GATES))


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--points", type=float, default=5.0, help="percentage points of the regression")
    parser.add_argument("--runs", type=int, default=100)


def main(options: argparse.Namespace) -> None:
    sys.stdout.write(
        f"| {options.cases} cases, {options.runs} runs each, churn | regression of {options.points:g} points stopped "
        f"(target {CAUGHT:.0%}) | no change stopped (target {FALSE_ALARMS:.0%} at most) |\n|---|--:|--:|\n"
    )
    for churn in CHURNS:
        caught, alarms = (
            simulate(options.cases, points, churn, runs=options.runs, seed=seed)
            for seed, points in enumerate((options.points, 0.0))
        )
        sys.stdout.write(f"| {churn:.0%} | {caught:.0%} | {alarms:.0%} |\n")
        sys.stdout.flush()
