"""A result -> the page that a person reads, one file that loads nothing."""

from evals.runs.report.failing import Why, reasons, why
from evals.runs.report.page import outcome_counts, policy, render, write_report

__all__ = ["Why", "outcome_counts", "policy", "reasons", "render", "why", "write_report"]
