"""Cases and what answers them, a function from a Question to an Answer -> a `Result`, its tables and its report."""

from evals.runs.comparison import compare, intervals
from evals.runs.evaluation import ask, evaluate
from evals.runs.report import write_report
from evals.runs.results import Result

__all__ = ["Result", "ask", "compare", "evaluate", "intervals", "write_report"]
