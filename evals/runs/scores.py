"""What a run found of each case, kept so that a later run can be compared with it: one JSON object a line.

{"id", "case": fingerprint, "outcome", "scores": {metric: [numerator, denominator]}}
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from assistant.errors import UserError
from evals.cases import EvalCase, Line, check, fingerprint, read_objects
from evals.metrics import Row
from evals.runs.outcomes import Outcome
from evals.runs.results import Result

DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """What a run found of one case; `case`: the fingerprint of what was asked and expected."""

    case: str
    outcome: Outcome
    row: Row


class ScoreLine(Line):
    id: str = Field(description="a text")
    case: str = Field(description="a text")
    outcome: str = Field(description="what came of the case")
    scores: dict[str, list[float]] = Field(description="a pair of numbers a metric")

    @field_validator("outcome")
    @classmethod
    def _known(cls, outcome: str) -> str:
        if outcome not in list(Outcome):
            raise ValueError(f"one of {[each.value for each in Outcome]}")
        return outcome

    @field_validator("scores")
    @classmethod
    def _pairs(cls, scores: dict[str, list[float]]) -> dict[str, list[float]]:
        if any(len(pair) != 2 for pair in scores.values()):
            raise ValueError("a pair of numbers a metric")
        return scores


def scored(cases: Sequence[EvalCase], outcomes: Sequence[Outcome], rows: Sequence[Row]) -> dict[str, Scored]:
    """By the id of the case."""
    each = zip(cases, outcomes, rows, strict=True)
    return {case.id: Scored(fingerprint(case), came, row) for case, came, row in each}


def scores_of(result: Result) -> dict[str, Scored]:
    return scored(result.cases, result.outcomes, result.rows)


def write_scores(path: Path, found: Mapping[str, Scored], *, only: Collection[str] | None = None) -> None:
    """`only`: the metrics to keep, so that a file that is committed stays small. UserError where it cannot be."""
    lines = [json.dumps(_line(id, each, only), sort_keys=False) + "\n" for id, each in found.items()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(lines), "utf-8")
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); choose another place.") from None


def read_scores(path: Path) -> dict[str, Scored]:
    """By case id; UserError names the file and the line of the first that is wrong."""
    found: dict[str, Scored] = {}
    for place, row in read_objects(path):
        line = check(place, row, ScoreLine)
        if line.id in found:
            raise UserError(f"{place}: the id {line.id!r} is used twice; keep one line a case.")
        pairs: Row = {name: (pair[0], pair[1]) for name, pair in line.scores.items()}
        found[line.id] = Scored(line.case, Outcome(line.outcome), pairs)
    return found


def is_scores(path: Path) -> bool:
    """Whether a file holds scores, and not predictions."""
    return any("scores" in row for _, row in read_objects(path))


def _line(id: str, each: Scored, only: Collection[str] | None) -> dict[str, Any]:
    kept = {name: pair for name, pair in each.row.items() if only is None or name in only}
    scores = {
        name: [_short(numerator), _short(denominator)] for name, (numerator, denominator) in kept.items()
    }
    return {"id": id, "case": each.case, "outcome": each.outcome.value, "scores": scores}


def _short(number: float) -> float:
    return int(number) if number == int(number) else round(float(number), DECIMALS)
