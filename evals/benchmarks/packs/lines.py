"""What was measured, as lines of one table."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.targets import FILES


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of one case file: shares are floats, counts ints; `seconds` is the median of one case.

    A `note` says why there is no number.
    """

    pack: str
    cases: str
    n: int
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        metrics = {name: round(value, 4) for name, value in self.metrics.items()}
        row = {"pack": self.pack, "cases": self.cases, "n": self.n, "metrics": metrics}
        return row | {"seconds": self.seconds, "note": self.note}


def median(seconds: Iterable[float]) -> float | None:
    """None where no time is on record."""
    taken = list(seconds)
    return round(statistics.median(taken), 4) if taken else None


def markdown(lines: Sequence[Line]) -> str:
    """One Markdown table."""
    rows = [("pack", "cases", "n", "metrics", "median s"), ("---", "---", "--:", "---", "--:")]
    rows += [_cells(line) for line in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(line: Line) -> tuple[str, str, str, str, str]:
    targets = FILES.get(line.pack, {})
    numbers = ", ".join(
        f"{name} {_shown(value)}" + (f" (target {targets[name]:g})" if name in targets else "")
        for name, value in line.metrics.items()
    )
    seconds = "" if line.seconds is None else f"{line.seconds:.3f}"
    return line.pack, line.cases, f"{line.n:,}", numbers or line.note, seconds


def _shown(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
