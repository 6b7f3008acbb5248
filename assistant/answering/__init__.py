"""A question -> the checked Answer, quoted from what was read or written by a chat model; who speaks in a sentence."""

from assistant.answering.attribution import attribute
from assistant.answering.pipeline import Answerer

__all__ = ["Answerer", "attribute"]
