"""Document -> Chunks: runs of whole sentences that fit the embedder's window together with their header."""

from collections.abc import Callable, Iterator, Sequence

from assistant.text.days import day_in_words
from assistant.text.language import Span, sentences
from assistant.types import Chunk, Document

TokenCounts = Callable[[Sequence[str]], list[int]]

# Measured on the `chunking` pack, see evals/LOG.md; the packaged model reads 254 tokens.
CHUNK_TOKENS = 160
LONGEST_TOKEN = 20  # characters; what has more counts as several, so that a "word" of a million is cut too
HEADER_TOKENS = 48  # a longer title is cut in the header; it stays whole in the document's data


def header(document: Document, token_counts: TokenCounts) -> str:
    """What is embedded before each chunk: the title and the date, within HEADER_TOKENS."""
    title = " ".join(document.source.title[: HEADER_TOKENS * LONGEST_TOKEN].split())
    while title and token_counts([title])[0] > HEADER_TOKENS - 12:
        title = (
            title[: len(title) * 3 // 4].rsplit(" ", 1)[0] if " " in title else title[: len(title) * 3 // 4]
        )
    date = day_in_words(document.source.published) if document.source.published else ""
    line = f"{title} ({date})" if title and date else title or date
    return f"{line}\n" if line else ""


def chunks(document: Document, token_counts: TokenCounts, *, limit: int = CHUNK_TOKENS) -> list[Chunk]:
    """Chunks of at most `limit` tokens that end at sentence ends, in reading order, without overlap.

    A paragraph is kept whole where it fits. Only a sentence longer than `limit` is split, at white space.
    """
    measured = list(_pieces(document.text, token_counts, limit))
    pieces, sizes = [piece for piece, _ in measured], [size for _, size in measured]
    found: list[Chunk] = []
    for group in _groups(document.text, pieces, sizes, limit):
        start, end = group[0][0], group[-1][1]
        found.append(Chunk(document.id, start, end, document.text[start:end]))
    return found


def _pieces(text: str, token_counts: TokenCounts, limit: int) -> Iterator[tuple[Span, int]]:
    """Sentences with their tokens; one that is too long comes in halves, cut at white space where there is any."""
    spans = sentences(text)
    sizes = _sizes([text[start:end] for start, end in spans], token_counts, limit)
    for (start, end), size in zip(spans, sizes, strict=True):
        if size <= limit:
            yield (start, end), size
        else:
            yield from _split(text, start, end, token_counts, limit)


def _sizes(texts: Sequence[str], token_counts: TokenCounts, limit: int) -> list[int]:
    """In tokens; what is too long by its characters alone is not counted."""
    counts = iter(token_counts([text for text in texts if len(text) <= limit * LONGEST_TOKEN]))
    return [
        max(next(counts), len(text) // LONGEST_TOKEN) if len(text) <= limit * LONGEST_TOKEN else limit + 1
        for text in texts
    ]


def _split(
    text: str, start: int, end: int, token_counts: TokenCounts, limit: int
) -> Iterator[tuple[Span, int]]:
    (size,) = _sizes([text[start:end]], token_counts, limit)
    if end - start < 2 or size <= limit:
        yield (start, end), size
        return
    middle = (start + end) // 2
    cut = text.rfind(" ", start + 1, middle)
    cut = cut if cut > start else middle
    yield from _split(text, start, cut, token_counts, limit)
    after = cut + 1 if text[cut] == " " else cut
    yield from _split(text, after, end, token_counts, limit)


def _groups(text: str, pieces: list[Span], sizes: list[int], limit: int) -> Iterator[list[Span]]:
    """Greedy: a group is closed when the next piece, or the whole next paragraph if it would fit alone,
    does not fit any more."""
    group: list[Span] = []
    used = 0
    for index, (piece, size) in enumerate(zip(pieces, sizes, strict=True)):
        starts_paragraph = bool(group) and "\n\n" in text[group[-1][1] : piece[0]]
        needed = _paragraph_size(text, pieces, sizes, index) if starts_paragraph else size
        breaks = used + size > limit or (starts_paragraph and needed <= limit < used + needed)
        if group and breaks:
            yield group
            group, used = [], 0
        group.append(piece)
        used += size
    if group:
        yield group


def _paragraph_size(text: str, pieces: list[Span], sizes: list[int], first: int) -> int:
    total = sizes[first]
    for index in range(first + 1, len(pieces)):
        if "\n\n" in text[pieces[index - 1][1] : pieces[index][0]]:
            break
        total += sizes[index]
    return total
