"""Answers over all of a kind: the documents themselves, or the things that they list."""

from assistant.answering.overall.asked import answer_overall

__all__ = ["answer_overall"]
