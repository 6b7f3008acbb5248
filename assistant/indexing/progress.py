"""The progress of a build, for the terminal, the page and JSON alike."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

ENOUGH_TO_FORECAST = 0.02  # share of a step that has to be done before its end is forecast
HOUR, MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a build, and how much of it is done."""

    step: str
    done: int
    total: int
    seconds_left: float | None = None  # of this step; None where it cannot be forecast yet
    slow: str = ""  # what is taking long, in words

    def __str__(self) -> str:
        counted = f" {self.done:,} of {self.total:,}" if self.total > 1 else ""
        left = f", {in_words(self.seconds_left)} left" if self.seconds_left else ""
        return f"{self.step}{counted}{left}" + (f"; {self.slow}" if self.slow else "")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


OnProgress = Callable[[Progress], None]


class Steps:
    """Calls back as a step progresses, with the seconds left at the pace of the step so far.

    Without them while one thing takes long: that breaks the pace, and the forecast would grow as one waits.
    """

    def __init__(self, on_progress: OnProgress = lambda _: None) -> None:
        self._on_progress = on_progress
        self._step, self._started = "", 0.0

    def __call__(
        self, step: str, done: int, total: int, *, share: float | None = None, slow: str = ""
    ) -> None:
        """`share`: how much of the work is done, where the things counted differ in size."""
        if step != self._step:
            self._step, self._started = step, time.monotonic()
        if share is None:
            share = done / total if total else 1.0
        passed = time.monotonic() - self._started
        left = round(passed * (1 - share) / share, 1) if share > ENOUGH_TO_FORECAST and not slow else None
        self._on_progress(Progress(step, done, total, left, slow))


def in_words(seconds: float) -> str:
    """ "40 s", "3 min", "1 h 20 min"."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"
