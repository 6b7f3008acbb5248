"""Document -> Chunks: runs of whole sentences that fit the embedder's window together with their header."""

from collections.abc import Callable, Iterator, Sequence, Set

from assistant.text.days import day_in_words
from assistant.text.labels import labelled
from assistant.text.language import Span, sentences
from assistant.text.outline import Outline
from assistant.types import Chunk, Document

TokenCounts = Callable[[Sequence[str]], list[int]]

# Measured on the `chunking` pack, see evals/LOG.md; the packaged model reads 254 tokens.
CHUNK_TOKENS = 160
LONGEST_TOKEN = 20  # characters; what has more counts as several, so that a "word" of a million is cut too
HEADER_TOKENS = 48  # a longer title is cut in the header; it stays whole in the document's data


def embedded(document: Document, found: Sequence[Chunk], token_counts: TokenCounts) -> list[str]:
    """What is embedded of each chunk: the title and the date, the headings above it, its rows with their columns."""
    date = day_in_words(document.source.published) if document.source.published else ""
    headers: dict[tuple[str, ...], str] = {}
    paths = [chunk.context.above(chunk.start) for chunk in found]
    for headings in set(paths):
        title = _cut(" > ".join([document.source.title, *headings]), token_counts)
        line = f"{title} ({date})" if title and date else title or date
        headers[headings] = f"{line}\n" if line else ""
    texts = [labelled(chunk.text, chunk.context.columns, start=chunk.start) for chunk in found]
    return [headers[headings] + text for headings, text in zip(paths, texts, strict=True)]


def _cut(title: str, token_counts: TokenCounts) -> str:
    """Within what HEADER_TOKENS leave beside a date."""
    title = " ".join(title[: HEADER_TOKENS * LONGEST_TOKEN].split())
    while title and token_counts([title])[0] > HEADER_TOKENS - 12:
        shorter = title[: len(title) * 3 // 4]
        title = shorter.rsplit(" ", 1)[0] if " " in title else shorter
    return title


def chunks(document: Document, token_counts: TokenCounts, *, limit: int = CHUNK_TOKENS) -> list[Chunk]:
    """Chunks of at most `limit` tokens that end at sentence ends, in reading order, without overlap.

    A paragraph is kept whole where it fits. Only a sentence longer than `limit` is split, at white space.
    """
    outline = Outline(document)
    measured = list(_pieces(document.text, outline, token_counts, limit))
    pieces, sizes = [piece for piece, _ in measured], [size for _, size in measured]
    headings = {block.start for block in document.blocks if block.kind == "heading"}
    groups = _groups(document.text, pieces, sizes, limit, headings)
    return [chunk(document, outline, group[0][0], group[-1][1]) for group in groups]


def chunk(document: Document, outline: Outline, start: int, end: int) -> Chunk:
    return Chunk(document.id, start, end, document.text[start:end], outline.context(start, end))


def _pieces(text: str, outline: Outline, token_counts: TokenCounts, limit: int) -> Iterator[tuple[Span, int]]:
    """Sentences with their tokens; one that is too long comes in halves, cut at white space where there is any."""
    spans = sentences(text)
    read = [labelled(text[start:end], outline.columns(start, end), start=start) for start, end in spans]
    sizes = _sizes(read, token_counts, limit)
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


def _groups(
    text: str, pieces: list[Span], sizes: list[int], limit: int, headings: Set[int]
) -> Iterator[list[Span]]:
    """Greedy: a group is closed when the next piece, or the whole next paragraph if it would fit alone,
    does not fit any more. A heading goes with the piece after it."""
    group: list[Span] = []
    used = 0
    for index, (piece, size) in enumerate(zip(pieces, sizes, strict=True)):
        starts_paragraph = bool(group) and "\n\n" in text[group[-1][1] : piece[0]]
        needed = _paragraph_size(text, pieces, sizes, index) if starts_paragraph else size
        if piece[0] in headings and index + 1 < len(pieces):
            needed += sizes[index + 1]
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
