"""Arithmetic of `[start, end)` spans, and where the sentences of a text are."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]

ENDS = ".!?"
CLOSERS = "\"'”’)]"
OPENERS = "\"'“‘([`"
STARTS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
GAP = re.compile(r"\s+")


def length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def union(spans: Iterable[Span]) -> list[Span]:
    """The same characters as spans that neither touch nor overlap, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and joined[-1][1] >= start:
            first, last = joined.pop()
            start, end = first, max(last, end)
        joined.append((start, end))
    return joined


def overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def covered(span: Span, apart: Iterable[Span]) -> int:
    """How many characters of a span are in spans that do not overlap each other."""
    return sum(overlap(span, other) for other in apart)


def touching(span: Span, ordered: Sequence[Span]) -> Sequence[Span]:
    """Those of ordered spans, none overlapping another, that share a character with the span."""
    first = bisect_right(ordered, span[0], key=lambda other: other[1])
    last = bisect_left(ordered, span[1], key=lambda other: other[0])
    return ordered[first:last] if span[0] < span[1] else ()


def sentence_spans(text: str) -> list[Span]:
    """The sentences of a text, blank ones left out.

    A sentence ends at a line break, and at white space that follows an end mark (and closing quotes or
    brackets, which belong to no sentence) and precedes, behind opening ones, a capital or a digit. This is
    the measure's own rule, the same as the public packs' scorer; the program splits sentences better.
    """
    spans, start = [], 0
    for gap in GAP.finditer(text):
        end = _sentence_end(text, start, gap.start(), gap.end())
        if end is not None:
            spans.append((start, end))
            start = gap.end()
    return [(a, b) for a, b in [*spans, (start, len(text))] if text[a:b].strip()]


def _sentence_end(text: str, start: int, gap_start: int, gap_end: int) -> int | None:
    """Where the sentence before a gap ends, or None when the gap stands inside one."""
    end = gap_start
    while end > start and text[end - 1] in CLOSERS:
        end -= 1
    if end > 0 and text[end - 1] in ENDS and _opens_sentence(text, gap_end):
        return end
    return gap_start if "\n" in text[gap_start:gap_end] else None


def _opens_sentence(text: str, at: int) -> bool:
    while at < len(text) and text[at] in OPENERS:
        at += 1
    return at < len(text) and text[at] in STARTS
