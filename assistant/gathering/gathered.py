"""What comes of gathering."""

from dataclasses import dataclass

from assistant.gathering.series import Cell, Entry, Series
from assistant.gathering.values import Value
from assistant.types import Whole


class Unclear(Exception):
    """What is asked of all cannot be told for sure from a series that it is asked of."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """`entries`: those asked for; of `out_of` of the series. `values`: what was compared or added up, one an entry.

    `cells`: what of each entry answers, where it is a cell. `total`: of the values.
    """

    whole: Whole
    series: Series
    entries: tuple[Entry, ...]
    out_of: int
    cells: tuple[Cell, ...] = ()
    values: tuple[Value, ...] = ()
    total: float | None = None
