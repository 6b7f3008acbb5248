"""Each statement of an answer against the words it cites."""

from assistant.checking.check import DOUBTS, Support, check, doubts
from assistant.checking.spans import nearest, supporting_sentences, supporting_spans

__all__ = ["DOUBTS", "Support", "check", "doubts", "nearest", "supporting_sentences", "supporting_spans"]
