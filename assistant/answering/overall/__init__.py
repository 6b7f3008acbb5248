"""Answers over all of a kind: the documents themselves, or the things that they list."""

from assistant.answering.overall.documents import answer_of_documents
from assistant.answering.overall.things import answer_whole

__all__ = ["answer_of_documents", "answer_whole"]
