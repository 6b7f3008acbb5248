"""Where in its original a place of a document is: page, slide, row, chapter."""

from collections.abc import Sequence


def page_of(start: int, pages: Sequence[int]) -> int:
    """The number of the page with this offset, from 1; 0 where there are no pages."""
    return sum(first <= start for first in pages)


def place_of(start: int, unit: str, pages: Sequence[int]) -> str:
    """The place of this offset in words ("slide 3"); empty where there are no pages."""
    page = page_of(start, pages)
    return f"{unit} {page}" if page else ""
