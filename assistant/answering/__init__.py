"""A question -> the checked Answer: quoted from what was read, or written by a chat model."""

from assistant.answering.pipeline import Answerer

__all__ = ["Answerer"]
