"""What is asked of all of a kind -> each of them quoted, and what the program counted, compared or added up of them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.answering.citing import Texts, cite
from assistant.answering.compose import Chosen, grown
from assistant.answering.quote import Quoted
from assistant.gathering import (
    Cell,
    Entry,
    Gathered,
    Series,
    Value,
    alike,
    gather,
    name_and_unit,
    series_of,
    series_of_documents,
)
from assistant.storage import Catalog
from assistant.text.language import Span, content_words, sentences, words
from assistant.text.outline import Outline
from assistant.types import Passage, ReadSentence, SentenceSpan, Source, Statement, SubQuestion, Whole

MOST_SHOWN = 40  # entries; more are only counted
LONGEST_SHOWN = 400  # characters: of a longer entry its sentence that answers is shown
_FIGURES = re.compile(r"\d+")
_NUMBER = re.compile(r"\d[\d.,'’]*\d|\d")
LARGEST_DOCUMENT = 2_000_000  # characters; a larger one is not gone through


def answer_whole(
    whole: Whole, passages: Sequence[Passage], sources: Sequence[Source], catalog: Catalog
) -> Quoted | None:
    """From the documents of the passages, the likeliest first, or from those of the sources whose titles are alike."""
    gathered = gather(whole, _series(whole, passages, sources, catalog))
    return _told(gathered, catalog.text) if gathered else None


def _series(
    whole: Whole, passages: Sequence[Passage], sources: Sequence[Source], catalog: Catalog
) -> Iterator[Series]:
    for id in _newest_first([passage.source for passage in passages]):
        document = catalog.document(id)
        if len(document.text) <= LARGEST_DOCUMENT:
            yield from series_of(document)
    for shared, ids in alike(sources, content_words(whole.words)):
        yield series_of_documents([catalog.document(id) for id in sorted(ids)], shared)


def _newest_first(sources: Sequence[Source]) -> list[str]:
    """The ids in their order; of titles that differ in figures alone ("Fees 2025", "Fees 2026") the newest first."""
    alike: dict[str, list[Source]] = {}
    for source in dict.fromkeys(sources):
        alike.setdefault(_FIGURES.sub("", source.title or source.document), []).append(source)
    return [
        source.document
        for each in alike.values()
        for source in sorted(each, key=lambda one: (one.published or date.min, one.title), reverse=True)
    ]


def _told(found: Gathered, texts: Texts) -> Quoted:
    outlines = {entry.document.id: Outline(entry.document) for entry in found.entries[:MOST_SHOWN]}
    shown = [
        _chosen(found, at, outlines[entry.document.id]) for at, entry in enumerate(found.entries[:MOST_SHOWN])
    ]
    statements = cite(shown, texts, compared=False)
    computed = _computed(found)
    if computed:
        statements = [Statement(computed, computed=True), *statements]
    return Quoted("answered", tuple(statements), notes=(_counted(found),))


def _computed(found: Gathered) -> str:
    if found.whole.kind == "count":
        return f"{len(found.entries)}, counted by the program"
    if found.total is not None:
        return f"{_with_unit(found.total, found.values[0])}, added up by the program"
    return ""


def _with_unit(total: float, one: Value) -> str:
    """The total as the values are given: "40,000 pounds"; a column may have the unit in its name, in brackets."""
    number = f"{total:,.2f}".removesuffix(".00")
    _, unit = name_and_unit(one.label)
    if unit and not one.unit:
        return f"{number} {unit}"
    return _NUMBER.sub(number, one.text, count=1)


def _counted(found: Gathered) -> str:
    if found.whole.kind in ("most", "least"):
        values = ", ".join(value.text for value in found.values[:MOST_SHOWN])
        return f"Compared by the program ({found.series.where}): {values}."
    some = (
        f"{len(found.entries)} of {found.out_of}"
        if len(found.entries) < found.out_of
        else f"All {found.out_of}"
    )
    more = f"; the first {MOST_SHOWN} are shown" if len(found.entries) > MOST_SHOWN else ""
    return f"{some} {found.series.where}{more}. There may be others elsewhere."


def _chosen(found: Gathered, at: int, outline: Outline) -> Chosen:
    """The entry, or its sentence that answers; the cell is marked in it."""
    entry = found.entries[at]
    cell = found.cells[at] if at < len(found.cells) else None
    document = entry.document
    context = outline.context(entry.start, entry.end)
    passage = Passage(document.source, entry.start, entry.end, entry.text, 1.0, context=context)
    if not found.series.of_documents and len(entry.text) <= LONGEST_SHOWN:
        return _marked(SentenceSpan(passage, entry.start, entry.end, entry.text), cell)
    spans = sentences(entry.text)
    at = _telling(entry, spans, cell, found.whole.aspect)
    start, end = spans[at]
    before = entry.text[slice(*spans[at - 1])] if at else ""
    span = SentenceSpan(passage, entry.start + start, entry.start + end, entry.text[start:end], before)
    return grown(_marked(span, cell))


def _marked(span: SentenceSpan, cell: Cell | None) -> Chosen:
    marked = (cell.start - span.start, cell.start - span.start + len(cell.text)) if cell else None
    return Chosen(ReadSentence(span, 1.0, marked), SubQuestion(""))


def _telling(entry: Entry, spans: Sequence[Span], cell: Cell | None, aspect: str) -> int:
    """Which sentence of a long entry has the cell, else most words of the aspect that is asked for."""
    if cell:
        place = cell.start - entry.start
        return next(at for at, (start, end) in enumerate(spans) if start <= place < end)
    asked = set(content_words(aspect))
    return max(
        range(len(spans)), key=lambda at: (len(asked & set(words(entry.text[slice(*spans[at])]))), -at)
    )
