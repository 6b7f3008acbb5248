"""Cases and what answers them, a function from a Question to an Answer -> a `Result`, its tables and its report."""

from evals.runs.changes import Changes
from evals.runs.comparison import compare, intervals
from evals.runs.evaluation import System, Wanted, ask, chosen, evaluate, rescored, show
from evals.runs.gate import Gate, judge
from evals.runs.keeping import Run, about, begin, counts_of, find_run, finish, kept_runs
from evals.runs.report import Why, outcome_counts, reasons, write_report
from evals.runs.report import policy as report_policy
from evals.runs.report import render as render_report
from evals.runs.results import Result
from evals.runs.runner import run

__all__ = [
    "Changes", "Gate", "Result", "Run", "System", "Wanted", "Why", "about", "ask", "begin", "chosen", "compare",
    "counts_of", "evaluate", "find_run", "finish", "intervals", "judge", "kept_runs", "outcome_counts",
    "reasons", "render_report", "report_policy", "rescored", "run", "show", "write_report",
]  # fmt: skip
