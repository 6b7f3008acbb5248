"""Whether a run may pass: no named metric under its floor, or worse than before beyond chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.errors import UserError
from evals.metrics import LOWER_IS_BETTER, OPINION, ORDER
from evals.runs.changes import Changes
from evals.runs.comparison import Comparison, worse_by_chance
from evals.runs.results import Result

CHANCE = 0.05  # that a change that is none fails, whatever the number of metrics


@dataclass(frozen=True, slots=True)
class Gate:
    """A metric that must not get worse, and with `floor` not be under it either (over it, where lower is better)."""

    metric: str
    floor: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Gate":
        """From "NAME" or "NAME=FLOOR"."""
        name, equals, number = (part.strip() for part in text.partition("="))
        if name not in ORDER:
            raise UserError(f"--gate: there is no metric {name!r}; there are {', '.join(ORDER)}.")
        if name == OPINION:
            raise UserError(
                f"--gate {name}: what a judge thinks changes from run to run; name another metric."
            )
        try:
            return cls(name, float(number) if equals else None)
        except ValueError:
            raise UserError(f"--gate: {number!r} is no number; write {name}=0.6, for example.") from None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a metric passes, and why, in a sentence."""

    passed: bool
    sentence: str


def judge(result: Result, gates: Sequence[Gate]) -> list[Verdict]:
    """One verdict a gate, and a second one where it has a floor.

    The chance of a false alarm is CHANCE for all of them together. UserError for a metric that does not apply to the
    cases: a gate that measures nothing must not pass.
    """
    metrics, compared = result.metrics, result.compared
    for gate in gates:
        if gate.metric not in metrics or (gate.floor is None and gate.metric not in compared):
            lacking = "the run compared with" if gate.metric in metrics else "these cases"
            raise UserError(f"--gate {gate.metric}: {lacking} cannot be measured by it; name another metric.")
    names = list(dict.fromkeys(gate.metric for gate in gates if gate.metric in compared))
    chances = _chances(result.changes, names) if result.changes and names else {}
    verdicts = []
    for gate in gates:
        if gate.metric in compared:
            verdicts.append(_against(gate.metric, compared[gate.metric], chances[gate.metric]))
        if gate.floor is not None:
            verdicts.append(_over(gate, metrics[gate.metric].value))
    return verdicts


def _chances(changes: Changes, names: Sequence[str]) -> dict[str, float]:
    return worse_by_chance(changes.rows, changes.others, names, lower_is_better=LOWER_IS_BETTER)


def _against(name: str, comparison: Comparison, chance: float) -> Verdict:
    now = comparison.other + comparison.difference
    told = f"{name} {comparison.other:.3f} → {now:.3f}, chance of as bad a change {chance:.3f}"
    worse = chance <= CHANCE
    return Verdict(not worse, f"{told}: worse beyond chance" if worse else told)


def _over(gate: Gate, value: float) -> Verdict:
    assert gate.floor is not None
    lower = gate.metric in LOWER_IS_BETTER
    passed = value <= gate.floor if lower else value >= gate.floor
    limit = "at most" if lower else "at least"
    return Verdict(passed, f"{gate.metric} {value:.3f}, {limit} {gate.floor:g} is asked for")
