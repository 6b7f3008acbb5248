"""The result of an evaluation as tables for a terminal: the headline, what changed, then the rest, folded by group."""

from rich.box import SIMPLE, SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from evals.metrics import GROUPS, LEADING
from evals.runs.changes import Changes
from evals.runs.comparison import Comparison
from evals.runs.outcomes import Counts, interval
from evals.runs.results import TAG_METRICS, Metric, Result

MOST_NAMED = 12  # cases won or lost that are named
SYNTHETIC = "synthetic"  # the tag of cases that no person wrote, see making/proposing.py
MAIN = ("right_overall", "wrong_overall")  # the metrics of which a change is told first


def headline(result: Result) -> Table:
    """What came of the cases, counted, each count with its share and the 95 % interval of that."""
    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("questions", "n", "right", "wrong", "not answered"):
        made.add_column(name, justify="left" if name == "questions" else "right", no_wrap=True)
    answerable, not_there = result.with_answer, result.without_answer
    if answerable.n:
        made.add_row("with an answer", *_counted(answerable), share(answerable.not_answered, answerable.n))
    if answerable.ungraded:
        made.add_row("of them answered, not graded", str(answerable.ungraded), "", "", "")
    if not_there.n:
        made.add_row("without one", *_counted(not_there), "(is right)")
    if answerable.n and not_there.n:
        made.add_row("all", *_counted(Counts.of(result.outcomes)), "")
    return made


def share(count: int, n: int) -> str:
    """For example "81 · 57% (49–65)", with the 95 % interval."""
    low, high = interval(count, n)
    return f"{count} · {count / n:.0%} ({100 * low:.0f}–{100 * high:.0f})"


def changes_table(changes: Changes) -> Table:
    """What changed: right and wrong over all, the cases won and lost, and the tags they belong to."""
    made = Table(box=SIMPLE, show_header=False)
    made.add_column("what")
    made.add_column("change")
    for name in (name for name in MAIN if name in changes.metrics):
        made.add_row(name.replace("_overall", ""), points(changes.metrics[name]))
    made.add_row("won", Text(named(changes.won)))
    made.add_row("lost", Text(named(changes.lost)))
    for line in changes.tags:
        counts = f"{line.before} → {line.now} of {line.n} right ({line.won} won, {line.lost} lost)"
        made.add_row(Text(f"tag {line.tag}"), counts)
    return made


def against(changes: Changes) -> str:
    """What is compared with, and how much of it."""
    left = f"; {changes.left_out} of this run are not the same there" if changes.left_out else ""
    return f"against {changes.name}: {changes.n} cases in both{left}"


def points(comparison: Comparison) -> str:
    """For example "+2.7 points (-1.1 to +6.6), p .180"."""
    low, high, difference = (100 * each for each in (comparison.low, comparison.high, comparison.difference))
    return f"{difference:+.1f} points ({low:+.1f} to {high:+.1f}), p {comparison.p:.3f}"


def named(ids: tuple[str, ...]) -> str:
    """How many, and which, as far as they are few."""
    if not ids:
        return "0"
    more = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return f"{len(ids)}: {', '.join(ids[:MOST_NAMED])}{more}"


def folded(result: Result) -> Table:
    """One line a group: what it comes down to."""
    title = Text("the rest; --all shows every metric")
    made = Table(box=SIMPLE, show_header=False, title=title, title_justify="left")
    made.add_column("group")
    made.add_column("metrics")
    metrics = result.metrics
    for group, names in LEADING.items():
        told = [f"{name} {metrics[name].value:.3f}" for name in names if name in metrics]
        if told:
            made.add_row(group, ", ".join(told))
    if result.seconds:
        made.add_row("Time", f"{result.seconds['median']:.2f} s median, {result.seconds['p95']:.2f} s p95")
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
    """How many cases, how many of them failed or were set aside, and how long they took."""
    parts = [f"{len(result.cases)} cases"]
    synthetic = sum(SYNTHETIC in case.tags for case in result.cases)
    if synthetic:
        parts.append(f"{synthetic} of them synthetic")
    if result.missing:
        parts.append(f"{result.missing} failed")
    if result.stale:
        parts.append(f"{len(result.stale)} stale ones set aside")
    if result.unknown:
        parts.append(f"{result.unknown} of other cases ignored")
    if result.seconds:
        parts.append(f"{result.seconds['median']:.2f} s median, {result.seconds['p95']:.2f} s p95")
    return ", ".join(parts)


def _counted(counts: Counts) -> list[str]:
    return [str(counts.n), share(counts.right, counts.n), share(counts.wrong, counts.n)]


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
