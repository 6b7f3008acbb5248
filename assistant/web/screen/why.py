"""Passage -> why it was chosen, in words: one line a signal."""

from collections.abc import Iterator

from assistant.text.language import content_words
from assistant.types import Passage

MOST_WORDS = 8  # of the question's words that are named


def why(passage: Passage, question: str) -> list[str]:
    """What was said of it, signal by signal; a signal that it lacks is left out."""
    return list(_reasons(passage, question))


def _reasons(passage: Passage, question: str) -> Iterator[str]:
    scores = passage.scores
    if scores.get("relevance"):
        yield f"Reading it with the question: {scores['relevance']:.2f} (1 is a sure answer)."
    if "dense" in scores:
        yield f"Meaning: {scores['dense']:.2f} like the question (1 is the same)."
    shared = shared_words(question, passage)
    if shared and scores.get("keyword"):
        yield f"Words: it has {', '.join(f'“{word}”' for word in shared)} (BM25 {scores['keyword']:.1f})."
    if scores.get("newer"):
        yield f"Date: newer documents were preferred (+{scores['newer']:.2f})."
    if scores.get("period"):
        yield f"Time: it is of the time that the question names, or tells of it (+{scores['period']:.2f})."
    yield f"Altogether: {passage.score:.2f}."


def shared_words(question: str, passage: Passage) -> list[str]:
    """The question's words, as they are written there, that the passage or its title has."""
    held = set(content_words(f"{passage.source.title} {passage.text}"))
    words = (word.strip(".,;:!?\"'“”‘’()") for word in question.split())
    return list(
        dict.fromkeys(word for word in words if word and held.issuperset(content_words(word) or "?"))
    )[:MOST_WORDS]
