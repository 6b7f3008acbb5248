"""How sure a number is: bootstrap over cases, of one system or of two on the same cases.

Not by scipy.stats.bootstrap: its interval is nan as soon as one draw holds no case of a metric, and it has no `p`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.metrics import Row, totals, values

Floats = npt.NDArray[np.float64]
SAMPLES = 2000
NOISE = 12  # decimals kept of a difference: below them it is the order in which floats were added


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric of this system against another's; `low` to `high` is the 95 % interval of the difference."""

    other: float
    difference: float
    low: float
    high: float
    p: float

    def to_json(self) -> dict[str, float]:
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


def compare(rows: Sequence[Row], others: Sequence[Row]) -> dict[str, Comparison]:
    """The metrics that both systems have; the same cases are drawn for both.

    `p` is two-sided: how often the difference would be as far on the other side of zero.
    """
    if len(rows) != len(others):
        raise ValueError(f"{len(rows)} cases cannot be paired with {len(others)}")
    first, second = values(totals(rows)), values(totals(others))
    names = [name for name in first if name in second]
    weights = _draws(len(rows))
    drawn = _drawn(rows, names, weights) - _drawn(others, names, weights)
    return {
        name: _compared(first[name], second[name], np.round(drawn[:, column], NOISE))
        for column, name in enumerate(names)
    }


def intervals(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each metric."""
    names = list(values(totals(rows)))
    drawn = _drawn(rows, names, _draws(len(rows)))
    return {name: _middle(drawn[:, column]) for column, name in enumerate(names)}


def _compared(value: float, other: float, differences: Floats) -> Comparison:
    differences = differences[~np.isnan(differences)]
    if not differences.size:
        differences = np.zeros(1)
    low, high = _middle(differences)
    extreme = min((differences <= 0).sum(), (differences >= 0).sum())
    p = min(1.0, 2 * float(extreme + 1) / (differences.size + 1))
    return Comparison(other, value - other, low, high, p)


def _middle(drawn: Floats) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile; draws in which a metric applied to no case are left out."""
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _draws(size: int) -> Floats:
    """(SAMPLES, size): how often each case is in each sample, the same each time."""
    generator = np.random.default_rng(0)
    return generator.multinomial(size, np.full(size, 1 / size), size=SAMPLES).astype(np.float64)


def _drawn(rows: Sequence[Row], names: Sequence[str], weights: Floats) -> Floats:
    """(samples, names): the value of each metric in each sample, NaN where it applied to no case."""
    columns = {name: _ratio(rows, name, weights) for name in names if name != "abstention_hmean"}
    if "abstention_hmean" in names:
        one, two = columns["unanswerable_recall"], columns["answerable_coverage"]
        both = one + two
        columns["abstention_hmean"] = 2 * one * two / np.where(both == 0, 1, both)
    return np.column_stack([columns[name] for name in names]) if names else np.empty((len(weights), 0))


def _ratio(rows: Sequence[Row], name: str, weights: Floats) -> Floats:
    shares = np.array([row.get(name, (0, 0)) for row in rows], dtype=np.float64)
    sums = weights @ shares
    ratio: Floats = np.divide(sums[:, 0], sums[:, 1], out=np.full(len(weights), np.nan), where=sums[:, 1] > 0)
    return ratio
