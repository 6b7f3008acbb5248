"""A question and its passages -> how well each sentence answers, and whether any does."""

from assistant.reading.reader import rerank
from assistant.reading.readers import load_reader

__all__ = ["load_reader", "rerank"]
