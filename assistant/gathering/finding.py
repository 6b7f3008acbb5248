"""A document -> the things of one kind in it: rows of a table, items of a list, sections that are made alike."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from assistant.gathering.series import Cell, Entry, Series
from assistant.text.days import day_in_words
from assistant.text.language import BETWEEN_CELLS, content_words, sentences, words
from assistant.text.outline import Outline
from assistant.types import Block, Document, Source

MOST_ENTRIES = 5_000  # of a series: a longer one is not gathered from
FEWEST_SECTIONS = 3  # or documents
FEWEST_COMMON = 3  # words of sections that are made alike
LONGEST_SECTION = 600  # characters, of sections that are alike by their words alone
MOST_DOCUMENTS = 200
MOST_TITLE_WORDS = 12
_TOTAL = re.compile(  # of other rows: no row like them
    r"[^|\n]*\b(?:sub-?)?(?:total|sum|overall|altogether|average|mean|all)\b|q[1-4]\b|quarter\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|never|except|forbidden|prohibited|banned|excluded)\b", re.IGNORECASE)
_OPENS = re.compile(r":\s*$|\b(?:these|following|below)\b", re.IGNORECASE)
_LABEL = re.compile(r"(?:^|[.;\n]\s*(?:[-*•]\s+)?)([^\W\d][\w ]{1,30}): ")


def series_of(document: Document) -> Iterator[Series]:
    """The tables that have names for their columns, the lists, and the sections."""
    outline, day = Outline(document), document.source.published
    about = f"{document.source.title} {document.source.publisher or ''} {day_in_words(day) if day else ''}"
    blocks = [block for block in document.blocks if block.kind != "note"]
    runs = [list(run) for has, run in groupby(blocks, key=lambda block: bool(block.columns)) if has]
    for rows in runs:  # the row of a header has no columns itself
        if len(rows) <= MOST_ENTRIES:
            above = " ".join(outline.context(rows[0].start, rows[0].start + 1).above(rows[0].start))
            title = document.source.title if len(runs) == 1 or not above else ""
            columns = dict.fromkeys(name for row in rows for _, name in row.columns)
            entries = tuple(_row(document, row) for row in rows if not _TOTAL.match(document.text, row.start))
            named = f"{title} {above} {' '.join(columns)}"
            yield Series("rows of one table", document.source.title, named, entries, about)
    sections = list(_sections(document, about))
    records = [
        entry for series in sections for entry in series.entries
    ]  # whose items are no things of one kind
    yield from (
        each
        for each in _lists(document, outline, blocks, about)
        if not any(record.start <= each.entries[0].start < record.end for record in records)
    )
    yield from sections
    yield from _paragraphs(document, outline, blocks, about)


def _row(document: Document, block: Block) -> Entry:
    starts = [at for at, _ in block.columns]
    ends = [*starts[1:], block.end]
    cells = tuple(
        Cell(name, start, document.text[start:end].split(BETWEEN_CELLS)[0])
        for (start, name), end in zip(block.columns, ends, strict=True)
    )
    return Entry(document, block.start, block.end, cells)


def _lists(document: Document, outline: Outline, blocks: Sequence[Block], about: str) -> Iterator[Series]:
    runs = [(kind, list(run)) for kind, run in groupby(blocks, key=lambda block: block.kind)]
    for (kind_above, above), (kind, items) in pairwise([("", []), *runs]):
        if kind != "item" or not 1 < len(items) <= MOST_ENTRIES:
            continue
        headings = outline.context(items[0].start, items[0].end).above(items[0].start)
        nearest = headings[-1] if headings else document.source.title
        opening = ""
        if kind_above == "paragraph":
            paragraph = document.text[above[-1].start : above[-1].end]
            last = " ".join(paragraph[start:end] for start, end in sentences(paragraph)[-1:])
            opening = last if _OPENS.search(last) else ""
        if _NOT.search(f"{nearest} {opening}"):
            continue
        top = min(item.level for item in items)
        entries = tuple(_item(document, item) for item in items if item.level == top)
        yield Series("items of one list", nearest, f"{nearest} {opening}", entries, about)


def _paragraphs(
    document: Document, outline: Outline, blocks: Sequence[Block], about: str
) -> Iterator[Series]:
    """Those that follow on each other."""
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        paragraphs = list(run)
        if kind == "paragraph" and FEWEST_SECTIONS <= len(paragraphs) <= MOST_ENTRIES:
            headings = outline.context(paragraphs[0].start, paragraphs[0].end).above(paragraphs[0].start)
            nearest = headings[-1] if headings else document.source.title
            entries = tuple(Entry(document, block.start, block.end) for block in paragraphs)
            yield Series("paragraphs", nearest, nearest, entries, about, prose=True)


def _item(document: Document, item: Block) -> Entry:
    """Without the mark at its start."""
    spans = sentences(document.text[item.start : item.end])
    return Entry(document, item.start + spans[0][0], item.start + spans[-1][1])


def _sections(document: Document, about: str) -> Iterator[Series]:
    """Those of one level under one heading that have labels in common ("Status: open."), or several words."""
    headings = [block for block in document.blocks if block.kind == "heading"]
    ends = [*(heading.start for heading in headings), len(document.text)][1:]
    parent = document.source.title
    groups: list[tuple[str, int, list[Entry]]] = []
    for heading, end in zip(headings, ends, strict=True):
        text = document.text[heading.start : end].rstrip()
        entry = Entry(
            document, heading.start, heading.start + len(text), _labelled_cells(text, heading.start)
        )
        if groups and groups[-1][1] == heading.level:
            groups[-1][2].append(entry)
        else:
            groups.append((parent, heading.level, [entry]))
        parent = document.text[heading.start : heading.end]
    for above, _, entries in groups:
        alike = Counter(label for entry in entries for label in {cell.label for cell in entry.cells})
        if FEWEST_SECTIONS <= len(entries) <= MOST_ENTRIES and (
            len(entries) in alike.values() or _are_alike(entries)
        ):
            labels = " ".join(alike)
            yield Series(
                "sections", above, f"{document.source.title} {above} {labels}", tuple(entries), about
            )


def _are_alike(entries: Sequence[Entry]) -> bool:
    """Short ones that have words in common."""
    if any(entry.end - entry.start > LONGEST_SECTION for entry in entries):
        return False
    common = frozenset.intersection(*(frozenset(content_words(entry.text)) for entry in entries))
    return len(common) >= FEWEST_COMMON


def alike(sources: Iterable[Source], heads: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The documents whose titles have one of the words and differ in one word alone: what they share, and their ids."""
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    for source in sources:
        title = source.title.split()
        if 2 < len(title) < MOST_TITLE_WORDS and set(heads) & set(words(source.title)):
            for at, word in enumerate(title):
                groups.setdefault((*title[:at], "", *title[at + 1 :]), {})[source.document] = word
    for shared, members in sorted(groups.items(), key=lambda group: -len(group[1])):
        if FEWEST_SECTIONS <= len(members) <= MOST_DOCUMENTS and len(set(members.values())) == len(members):
            yield " ".join(shared), list(members)


def series_of_documents(documents: Sequence[Document], shared: str) -> Series:
    entries = tuple(Entry(document, 0, len(document.text)) for document in documents)
    return Series("documents with such a title", "", shared, entries, of_documents=True)


def _labelled_cells(text: str, start: int) -> tuple[Cell, ...]:
    found = list(_LABEL.finditer(text))
    ends = [*(label.start() for label in found[1:]), len(text)][: len(found)]
    return tuple(
        Cell(label[1], start + label.end(), text[label.end() : end].strip(" .;\n"))
        for label, end in zip(found, ends, strict=True)
    )
