"""Which sentences a statement rests on."""

import re
from collections.abc import Sequence

from assistant.text.language import Span, content_words, sentences
from assistant.text.names import NAME
from assistant.types import Passage

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def supporting_spans(text: str, passage: Passage) -> list[Span]:
    """The sentences of a passage, as spans of its document, that a statement rests on.

    First the one that shares most words with it, then those that have a number or a name it still lacks.
    """
    spans = sentences(passage.text)
    wanted = set(content_words(text))
    held = [set(content_words(passage.text[start:end])) for start, end in spans]
    if not spans:
        return []
    chosen = [
        max(range(len(spans)), key=lambda at: (len(wanted & held[at]) / (len(held[at]) + 5) ** 0.5, -at))
    ]
    facts = {word for part in [*NAME.findall(text), *_NUMBER.findall(text)] for word in content_words(part)}
    lacking = facts - held[chosen[0]]
    for at in range(len(spans)):
        if at not in chosen and lacking & held[at]:
            chosen.append(at)
            lacking -= held[at]
    return [(passage.start + spans[at][0], passage.start + spans[at][1]) for at in sorted(chosen)]


MOST = 1000  # characters of the cited text that are weighed as a whole


def nearest(text: str, cited: str) -> str:
    """The cited text; of a long one the sentences that share most words with the statement, in their order."""
    if len(cited) <= MOST:
        return cited
    found = [cited[start:end] for start, end in sentences(cited)]
    kept: list[int] = []
    size = 0
    for at in by_shared_words(text, found):
        size += len(found[at]) + 1
        if kept and size > MOST:
            break
        kept.append(at)
    return "\n".join(found[at] for at in sorted(kept))


def supporting_sentences(text: str, found: Sequence[str], *, most: int) -> list[int]:
    """The numbers of the sentences that share most words with the statement, in their order."""
    return sorted(by_shared_words(text, found)[:most])


def by_shared_words(text: str, found: Sequence[str]) -> list[int]:
    """All, the one that shares most words with the statement first."""
    wanted = set(content_words(text))
    shared = [len(wanted & set(content_words(one))) for one in found]
    return sorted(range(len(found)), key=lambda at: (-shared[at], at))
