"""The tables of evals/README.md show the targets that the benchmarks measure against."""

import re
from collections.abc import Iterator
from pathlib import Path

import evals
from evals import targets
from evals.benchmarks.reading import SETS
from evals.metrics import ORDER

README = (Path(evals.__file__).parent / "README.md").read_text("utf-8")


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of every table row below a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in section.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def shown(heading: str, *keys: int) -> dict[tuple[str, ...], float]:
    """What the column "target" of the first table that has one says, by the cells of the key columns."""
    table = list(rows(heading))
    (first, *_) = (number for number, row in enumerate(table) if "target" in row)
    column = table[first].index("target")
    body = (row for row in table[first + 1 :] if len(row) == len(table[first]) and row[column])
    return {tuple(row[key] for key in keys): float(row[column].split()[0]) for row in body}


def flat(wanted: dict[str, dict[str, float]]) -> dict[tuple[str, ...], float]:
    return {(name, metric): value for name, metrics in wanted.items() for metric, value in metrics.items()}


def test_our_own_cases() -> None:
    table = {name.split(":")[0]: value for (name,), value in shown("Where we stand", 0).items()}
    assert table == targets.OWN


def test_reading() -> None:
    assert shown("Reading", 0, 5) == flat(targets.READING)
    assert [each.name for each in SETS] == list(targets.READING)
    assert {metric for _, metric in flat(targets.READING)} <= ORDER.keys()


def test_finding() -> None:
    assert shown("Finding", 0, 1) == flat(targets.FINDING)


def test_re_indexing() -> None:
    assert {name: value for (name,), value in shown("Re-indexing", 0).items()} == targets.REINDEXING


def test_speed_and_load() -> None:
    assert list(shown("Speed", 0).values()) == list(targets.SPEED.values())
    errors, taken = (
        target for target in (row[-1] for row in rows("Many users at once")) if re.match(r"\d", target)
    )
    assert (float(errors), float(taken.split()[0])) == (targets.LOAD["errors"], targets.LOAD["taken"])


def test_packs_of_files() -> None:
    told = re.findall(r"(\w+) [\d.]+ \(target ([\d.]+)\)", README)
    assert {name: float(value) for name, value in told} == {
        metric: value for metrics in targets.FILES.values() for metric, value in metrics.items()
    }
