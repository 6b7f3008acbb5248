"""A question that was made ready, and a generation -> the passages that come nearest."""

from assistant.retrieval.copies import copies_containing, deduplicate
from assistant.retrieval.phrases import chunks_with
from assistant.retrieval.search import PASSAGES, missing_phrases, retrieve
from assistant.retrieval.spelling import corrected, corrections

__all__ = [
    "PASSAGES", "chunks_with", "copies_containing", "corrected", "corrections", "deduplicate", "missing_phrases",
    "retrieve",
]  # fmt: skip
