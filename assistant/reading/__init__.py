"""A question and its passages -> how well each sentence answers, and whether any does."""

from assistant.reading.reader import packaged_reader, rerank

__all__ = ["packaged_reader", "rerank"]
