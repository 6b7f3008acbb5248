"""A result -> the page that a person reads, one file that loads nothing."""

from evals.runs.report.failing import Why, why
from evals.runs.report.page import policy, render, write_report

__all__ = ["Why", "policy", "render", "why", "write_report"]
