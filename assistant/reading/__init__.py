"""A question and its passages -> how well each sentence answers, and whether any does."""

from assistant.reading.packaged import READERS, load_reader
from assistant.reading.reader import rerank

__all__ = ["READERS", "load_reader", "rerank"]
