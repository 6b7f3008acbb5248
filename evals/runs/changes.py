"""What changed between two runs over the same cases: metrics, cases won and lost, tags."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.errors import UserError
from evals.cases import EvalCase
from evals.metrics import Row
from evals.runs.comparison import Comparison, compare
from evals.runs.outcomes import Outcome


class Came(Protocol):
    """What is known of a case that was asked; see `scores.Scored`."""

    @property
    def case(self) -> str: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def row(self) -> Row: ...


@dataclass(frozen=True, slots=True)
class TagChange:
    """Of the cases with a tag: how many there are, how many were and are good, and how many changed."""

    tag: str
    n: int
    before: int
    now: int
    won: int
    lost: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Against a run of this name; `won`, `lost`: ids of cases that became good, or ceased to be.

    `left_out`: cases of this run that the other has not, or has with another question or another right answer.
    """

    name: str
    n: int
    left_out: int
    metrics: Mapping[str, Comparison]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    tags: tuple[TagChange, ...]
    rows: Sequence[Row] = ()  # of the cases in both: now,
    others: Sequence[Row] = ()  # and before

    @classmethod
    def of(
        cls,
        name: str,
        now: Sequence[tuple[EvalCase, Came]],
        earlier: Mapping[str, Came],
    ) -> "Changes":
        """UserError where the two have no case in common."""
        pairs = [
            (case, came, before)
            for case, came in now
            if (before := earlier.get(case.id)) is not None and before.case == came.case
        ]
        if not pairs:
            raise UserError(
                f"{name} has none of these cases, so there is nothing to compare; name a run of the same cases."
            )
        good = [case for case, came, _ in pairs if came.outcome.good]
        was = [case for case, _, before in pairs if before.outcome.good]
        won, lost = _without(good, was), _without(was, good)
        rows, others = [came.row for _, came, _ in pairs], [each.row for _, _, each in pairs]
        return cls(
            name,
            len(pairs),
            len(now) - len(pairs),
            compare(rows, others),
            tuple(case.id for case in won),
            tuple(case.id for case in lost),
            tuple(_by_tag([case for case, *_ in pairs], was, good, (won, lost))),
            rows,
            others,
        )

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "n": self.n, "won": list(self.won), "lost": list(self.lost)}


def _by_tag(
    cases: Sequence[EvalCase],
    before: Sequence[EvalCase],
    now: Sequence[EvalCase],
    changed: tuple[Sequence[EvalCase], Sequence[EvalCase]],
) -> list[TagChange]:
    """The tags in which something changed, those that lost most first."""
    all_tags, was, good, won, lost = map(_tags, (cases, before, now, *changed))
    lines = [TagChange(tag, n, was[tag], good[tag], won[tag], lost[tag]) for tag, n in all_tags.items()]
    return sorted((line for line in lines if line.won or line.lost), key=lambda line: line.now - line.before)


def _without(cases: Sequence[EvalCase], others: Sequence[EvalCase]) -> list[EvalCase]:
    ids = {case.id for case in others}
    return [case for case in cases if case.id not in ids]


def _tags(cases: Sequence[EvalCase]) -> Counter[str]:
    return Counter(tag for case in cases for tag in dict.fromkeys(case.tags))
