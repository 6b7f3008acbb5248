"""With a chat model: what it is given, what is made of its reply, and what happens when it fails."""

from assistant.answering.writing.evidence import EVIDENCE_TOKENS, evidence
from assistant.answering.writing.write import Writing

__all__ = ["EVIDENCE_TOKENS", "Writing", "evidence"]
