"""What becomes cases: feedback on answers, questions in a CSV file, and proposals made from the documents."""

from evals.making.from_csv import cases_from_csv
from evals.making.pending import KINDS, Marked, Pending, PendingCases, as_case, locate

__all__ = ["KINDS", "Marked", "Pending", "PendingCases", "as_case", "cases_from_csv", "locate"]
