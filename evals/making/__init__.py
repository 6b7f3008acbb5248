"""What becomes cases: feedback on answers, questions in a CSV file, and proposals made from the documents."""

from evals.making.from_csv import cases_from_csv
from evals.making.pending import KINDS, Marked, Pending, PendingCases, as_case, locate
from evals.making.proposing import SYNTHETIC, Coverage, propose

__all__ = [
    "KINDS",
    "SYNTHETIC",
    "Coverage",
    "Marked",
    "Pending",
    "PendingCases",
    "as_case",
    "cases_from_csv",
    "locate",
    "propose",
]
