"""How sure a number is: bootstrap over cases of one system; of two on the same cases a permutation test as well.

Not by scipy.stats.bootstrap: its interval is nan as soon as one draw holds no case of a metric. Nor by its
permutation_test: a metric here is a ratio of two sums, of which each case has its part.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evals.metrics import Row, totals, values

Floats = npt.NDArray[np.float64]
SAMPLES = 2000
NOISE = 12  # decimals kept of a difference: below them it is the order in which floats were added


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric of this system against another's; `low` to `high` is the 95 % interval of the difference.

    `below`, `above`: how often it would be as low, or as high, if for each case it were chance which of the two
    results is whose (paired permutation test, each with one added to both counts).
    """

    other: float
    difference: float
    low: float
    high: float
    below: float
    above: float

    @property
    def p(self) -> float:
        """Two-sided."""
        return min(1.0, 2 * min(self.below, self.above))

    def to_json(self) -> dict[str, float]:
        names = ("other", "difference", "low", "high", "p")
        return {name: round(getattr(self, name), 4) for name in names}


def compare(rows: Sequence[Row], others: Sequence[Row]) -> dict[str, Comparison]:
    """The metrics that both systems have; the same cases are drawn for both."""
    if len(rows) != len(others):
        raise ValueError(f"{len(rows)} cases cannot be paired with {len(others)}")
    first, second = values(totals(rows)), values(totals(others))
    names = [name for name in first if name in second]
    weights = _draws(len(rows))
    drawn = _drawn(rows, names, weights) - _drawn(others, names, weights)
    by_chance = _swapped(rows, others, names)
    return {
        name: _compared(first[name], second[name], drawn[:, column], by_chance[:, column])
        for column, name in enumerate(names)
    }


def worse_by_chance(
    rows: Sequence[Row], others: Sequence[Row], names: Sequence[str], *, lower_is_better: Collection[str] = ()
) -> dict[str, float]:
    """By metric, how often the worst of all of them would be as bad by chance: one-sided, and for all together.

    The single-step min-p of Westfall and Young (1993): metrics that move together count about as one.
    """
    by_chance = np.nan_to_num(_swapped(rows, others, names))
    first, second = values(totals(rows)), values(totals(others))
    observed = np.array([first[name] - second[name] for name in names])
    signs = np.array([-1.0 if name in lower_is_better else 1.0 for name in names])
    drawn = np.round(np.vstack([signs * observed, signs * by_chance]), NOISE)
    ranked = np.sort(drawn, axis=0)
    chances = np.column_stack(
        [np.searchsorted(ranked[:, at], drawn[:, at], side="right") / len(drawn) for at in range(len(names))]
    )
    worst = chances.min(axis=1)
    return {name: float((worst <= chances[0, at]).mean()) for at, name in enumerate(names)}


def intervals(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """The 95 % interval of each metric."""
    names = list(values(totals(rows)))
    drawn = _drawn(rows, names, _draws(len(rows)))
    return {name: _middle(drawn[:, column]) for column, name in enumerate(names)}


def _compared(value: float, other: float, drawn: Floats, by_chance: Floats) -> Comparison:
    drawn, by_chance = (np.round(found[~np.isnan(found)], NOISE) for found in (drawn, by_chance))
    low, high = _middle(drawn if drawn.size else np.zeros(1))
    difference = round(value - other, NOISE)
    below, above = (by_chance <= difference).sum(), (by_chance >= difference).sum()
    size = by_chance.size + 1
    return Comparison(other, value - other, low, high, float(below + 1) / size, float(above + 1) / size)


def _middle(drawn: Floats) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile; draws in which a metric applied to no case are left out."""
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def _draws(size: int) -> Floats:
    """(SAMPLES, size): how often each case is in each sample, the same each time."""
    generator = np.random.default_rng(0)
    return generator.multinomial(size, np.full(size, 1 / size), size=SAMPLES).astype(np.float64)


def _swapped(rows: Sequence[Row], others: Sequence[Row], names: Sequence[str]) -> Floats:
    """(SAMPLES, names): each metric's difference where each case's two results are swapped or not, by chance."""
    generator = np.random.default_rng(1)
    kept = generator.integers(0, 2, size=(SAMPLES, len(rows))).astype(np.float64)
    both, weights = [*rows, *others], np.hstack([kept, 1 - kept])
    return _drawn(both, names, weights) - _drawn(both, names, 1 - weights)


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
