"""Passage -> why it was chosen, in words: one line a score."""

from collections.abc import Iterator

from assistant.text.language import content_words
from assistant.types import Passage

SHARED_WORDS_SHOWN = 8


def why(passage: Passage, question: str) -> list[str]:
    """One sentence for each score that the passage has."""
    return list(_reasons(passage, question))


def _reasons(passage: Passage, question: str) -> Iterator[str]:
    scores = passage.scores
    if scores.get("relevance"):
        yield f"Likelihood that it answers the question: {scores['relevance']:.2f} (1 is certain)."
    if "dense" in scores:
        yield f"Similarity in meaning to the question: {scores['dense']:.2f} (1 is identical)."
    shared = shared_words(question, passage)
    if shared and scores.get("keyword"):
        yield f"Words in common: {', '.join(f'“{word}”' for word in shared)} (BM25 {scores['keyword']:.1f})."
    if scores.get("newer"):
        yield f"Newer documents are preferred: +{scores['newer']:.2f}."
    if scores.get("period"):
        yield f"It dates from, or mentions, the time in the question: +{scores['period']:.2f}."
    yield f"Total score: {passage.score:.2f}."


def shared_words(question: str, passage: Passage) -> list[str]:
    """The question's words that also occur in the passage or its title, spelt as in the question."""
    present = set(content_words(f"{passage.source.title} {passage.text}"))
    words = (word.strip(".,;:!?\"'“”‘’()") for word in question.split())
    return list(
        dict.fromkeys(word for word in words if word and present.issuperset(content_words(word) or "?"))
    )[:SHARED_WORDS_SHOWN]
