"""Passages as they are shown: shortened, with the evidence in them marked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.cases.spans import Span, touching, union

LIMIT = 700  # characters shown of a passage
LEAD = 120  # of them before the first mark, where the passage has to be shortened


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters that is wholly marked or wholly not."""

    text: str
    marked: bool = False


def excerpt(text: str, span: Span, marks: Iterable[Span], *, limit: int = LIMIT) -> list[Piece]:
    """The words at a span of a text, those in `marks` marked; "…" where they were shortened."""
    start, end = max(0, span[0]), min(span[1], len(text))
    near = touching((start, end), union(marks))
    shown = _window((start, end), near, limit)
    pieces = [Piece("…")] if shown[0] > start else []
    at = shown[0]
    for mark in touching(shown, near):
        left, right = max(mark[0], shown[0]), min(mark[1], shown[1])
        pieces += [Piece(text[at:left]), Piece(text[left:right], marked=True)]
        at = right
    pieces.append(Piece(text[at : shown[1]]))
    if shown[1] < end:
        pieces.append(Piece("…"))
    return [piece for piece in pieces if piece.text]


def _window(span: Span, near: Sequence[Span], limit: int) -> Span:
    start, end = span
    if end - start > limit and near:
        start = max(start, min(near[0][0] - LEAD, end - limit))
    return start, min(end, start + limit)
