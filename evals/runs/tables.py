"""The result of an evaluation as tables for a terminal."""

from rich.table import Table
from rich.text import Text

from evals.metrics import GROUPS
from evals.runs.comparison import Comparison
from evals.runs.results import TAG_METRICS, Metric, Result


def headline(result: Result) -> Table:
    """What came of the cases, counted."""
    made = Table(title=Text(f"{result.pack}: {summary(result)}"), title_justify="left")
    for name in ("questions", "n", "right", "wrong", "not answered"):
        made.add_column(name, justify="left" if name == "questions" else "right")
    answerable, not_there = result.with_answer, result.without_answer
    if answerable.n:
        counts = answerable.n, answerable.right, answerable.wrong, answerable.not_answered
        made.add_row("with an answer", *map(str, counts))
    if answerable.ungraded:
        made.add_row("of them answered, not graded", str(answerable.ungraded), "", "", "")
    if not_there.n:
        figures = not_there.n, not_there.right, not_there.wrong
        made.add_row("without one", *map(str, figures), "(is right)")
    return made


def table(result: Result) -> Table:
    """Every metric with its value and n, and any other system compared."""
    made = Table()
    for name in ("metric", "value", "n"):
        made.add_column(name, justify="left" if name == "metric" else "right")
    if result.compared:
        for name in ("other", "difference", "95 % of it", "p"):
            made.add_column(name, justify="right")
    metrics = result.metrics
    for group in GROUPS.values():
        for name in (name for name in group if name in metrics):
            made.add_row(*_cells(name, metrics[name], result.compared.get(name)))
        made.add_section()
    return made


def tag_table(result: Result) -> Table:
    """A line a tag; "-" where a metric applies to none of its cases."""
    lines = result.tags
    names = [name for name in TAG_METRICS if any(name in line.metrics for line in lines)]
    made = Table("tag", title=Text("by tag"), title_justify="left")
    for name in ("cases", *names):
        made.add_column(name, justify="right")
    for line in lines:
        cells = [f"{line.metrics[name]:.3f}" if name in line.metrics else "-" for name in names]
        made.add_row(Text(line.tag), str(line.cases), *cells)
    return made


def summary(result: Result) -> str:
    """How many cases, how many of them failed, and how long they took."""
    parts = [f"{len(result.cases)} cases"]
    if result.missing:
        parts.append(f"{result.missing} failed")
    if result.unknown:
        parts.append(f"{result.unknown} of other cases ignored")
    if result.seconds:
        parts.append(f"{result.seconds['median']:.2f} s median, {result.seconds['p95']:.2f} s p95")
    return ", ".join(parts)


def _cells(name: str, metric: Metric, comparison: Comparison | None) -> list[str]:
    cells = [name, f"{metric.value:.3f}", str(metric.n)]
    if comparison:
        cells += [
            f"{comparison.other:.3f}",
            f"{comparison.difference:+.3f}",
            f"{comparison.low:+.3f} .. {comparison.high:+.3f}",
            f"{comparison.p:.3f}",
        ]
    return cells
