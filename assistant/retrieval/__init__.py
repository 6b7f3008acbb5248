"""A question that was made ready, and a generation -> the passages that come nearest."""

from assistant.retrieval.copies import copies_containing, deduplicate
from assistant.retrieval.search import PASSAGES, missing_phrases, retrieve

__all__ = ["PASSAGES", "copies_containing", "deduplicate", "missing_phrases", "retrieve"]
