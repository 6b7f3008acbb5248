"""Where in its original a place of a document is: page, slide, row, chapter."""

from collections.abc import Sequence


def page_of(start: int, pages: Sequence[int]) -> int:
    """The number of the page with this offset, from 1; 0 where there are no pages."""
    return sum(first <= start for first in pages)


def place_of(start: int, unit: str, pages: Sequence[int], labels: Sequence[str] = ()) -> str:
    """The place of this offset in words ("slide 3", "page iv (4)"); empty where there are no pages."""
    page = page_of(start, pages)
    return f"{unit} {page_name(page, labels)}" if page else ""


def page_name(page: int, labels: Sequence[str]) -> str:
    """What is printed on a page, with its number in the file: "iv (4)"; "4" where nothing else is printed on it."""
    label = labels[page - 1] if 0 < page <= len(labels) else ""
    return f"{label} ({page})" if label else str(page)
