"""A result -> PNG plots for slides and mails, beside the report, which has the same as tables."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from evals.runs.calibration import Calibration
from evals.runs.results import Result, TagLine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES = ("tags.png", "reliability.png", "risk_coverage.png")
MOST_TAGS = 15
LONGEST_TAG = 30  # characters
GOOD, BAD, SOFT = "#2a7f62", "#b3402e", "#b9b4a7"


def write_plots(result: Result, folder: Path) -> list[Path]:
    """tags.png, reliability.png and risk_coverage.png, where the result has what they show; none without matplotlib.

    OSError where the folder cannot be written.
    """
    if not find_spec("matplotlib"):
        return []
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)  # of an earlier result
    known = result.calibration
    drawn: list[Callable[[Axes], object] | None] = [
        (lambda axes: _tags(axes, result.tags[:MOST_TAGS])) if result.tags else None,
        (lambda axes: _reliability(axes, known)) if known else None,
        (lambda axes: _risk(axes, known)) if known else None,
    ]
    each = zip(NAMES, drawn, strict=True)
    return [_write(folder / name, draw, result.title) for name, draw in each if draw]


def _write(path: Path, draw: "Callable[[Axes], object]", title: str) -> Path:
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(6.4, 4.8), dpi=150, layout="constrained"
    )  # of its own: pyplot keeps all in memory
    axes = figure.subplots()
    axes.set_title(title, parse_math=False)
    draw(axes)
    figure.savefig(path, metadata={"Software": None})  # the same bytes for the same result
    return path


def _tags(axes: "Axes", lines: list[TagLine]) -> None:
    """What came of the cases with each tag, the most frequent on top."""
    left = [0.0] * len(lines)
    places = range(len(lines), 0, -1)
    for name, colour in (("right", GOOD), ("not_answered", SOFT), ("wrong", BAD)):
        shares = [getattr(line.counts, name) / max(line.counts.n, 1) for line in lines]
        axes.barh(places, shares, left=left, color=colour, label=name.replace("_", " "))
        left = [sum(pair) for pair in zip(left, shares, strict=True)]
    axes.set_yticks(
        list(places),
        [f"{line.tag[:LONGEST_TAG]} ({line.counts.n})" for line in lines],
        parse_math=False,
    )
    axes.set(xlim=(0, 1), xlabel="share of the cases with this tag")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, frameon=False)


def _reliability(axes: "Axes", known: Calibration) -> None:
    axes.plot([0, 1], [0, 1], color=SOFT, linestyle="--")
    axes.plot(
        [each.confidence for each in known.bins], [each.answerable for each in known.bins], "o-", color=GOOD
    )
    for each in known.bins:
        axes.annotate(
            str(each.n), (each.confidence, each.answerable), xytext=(5, -11), textcoords="offset points"
        )
    axes.set(
        xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="share of the cases that have an answer"
    )
    axes.text(0.5, 0.05, f"calibration error {known.error:.3f}, {known.n} cases")


def _risk(axes: "Axes", known: Calibration) -> None:
    axes.step(
        [each.coverage for each in known.points],
        [each.risk for each in known.points],
        color=BAD,
        where="post",
    )
    axes.set(
        xlim=(0, 1),
        ylim=(0, None),
        xlabel="share of all cases answered",
        ylabel="share of them without an answer",
    )
