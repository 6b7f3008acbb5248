"""What is asked of the documents themselves -> what the catalog knows of them, with a link to each."""

from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath

import numpy as np

from assistant.answering.quote import Quoted
from assistant.answering.summarise import summarise
from assistant.retrieval import chunks_with
from assistant.storage import Generation
from assistant.text.days import day_in_words
from assistant.text.language import content_words, sentences, words
from assistant.types import Citation, OfDocuments, Period, Source, Statement

MOST_SHOWN = 40
MOST_COUNTED = 12  # of so many the titles are given beside their number
FROM_CATALOG = "From the catalog of the index, not from what the documents say."
_ANY = {"document", "file", "source"}
_FORMS = {
    "mail": (".eml", ".msg", ".mbox"),
    "presentation": (".pptx",),
    "spreadsheet": (".xlsx", ".xlsm", ".csv", ".tsv"),
    "pdf": (".pdf",),
    "word": (".docx",),
    "excel": (".xlsx", ".xlsm"),
    "powerpoint": (".pptx",),
    "csv": (".csv", ".tsv"),
    "html": (".html", ".htm"),
    "markdown": (".md",),
    "text": (".txt",),
    "epub": (".epub",),
}


def answer_of_documents(
    asked: OfDocuments, periods: Sequence[Period], sources: Sequence[Source], generation: Generation
) -> Quoted | None:
    """None where the catalog does not know; then what the documents say is read."""
    if asked.kind in ("author", "published"):
        return _known(asked, periods, sources, generation)
    if asked.kind == "about":
        found = named(asked.named, sources)
        about = (
            summarise(generation.catalog.document(found[0].document), idf=generation.keywords.idf)
            if found
            else ()
        )
        return Quoted("answered", about) if about else None
    found = _chosen(asked, periods, sources, generation)
    if not found:
        return None
    if asked.kind in ("newest", "oldest"):
        found = _ends(found, newest=asked.kind == "newest")
    return _told(found, asked, generation) if found else None


def named(text: str, sources: Sequence[Source]) -> list[Source]:
    """The documents whose file name stands in a text, else those whose whole title does, the longest first."""
    tokens = {token.strip(" ?,;:!.\"'“”").lower() for token in text.split()}
    files = [source for source in sources if PurePosixPath(source.document).name.lower() in tokens]
    asked = set(content_words(text))
    titled = [source for source in sources if (title := set(content_words(source.title))) and title <= asked]
    most = max((len(set(content_words(source.title))) for source in titled), default=0)
    return files or [source for source in titled if len(set(content_words(source.title))) == most]


def _partly_named(text: str, sources: Sequence[Source]) -> list[Source]:
    """Those whose titles have all words of a text."""
    asked = set(content_words(text))
    return [source for source in sources if asked and asked <= set(words(source.title))]


def _known(
    asked: OfDocuments, periods: Sequence[Period], sources: Sequence[Source], generation: Generation
) -> Quoted | None:
    """The author, or the day, of the one document that is named."""
    found = named(asked.named, sources) or _partly_named(asked.named, sources)
    if not found and asked.noun:
        found = _chosen(asked, periods, sources, generation)
    known = [source for source in found if (source.author if asked.kind == "author" else source.published)]
    if len(found) != 1 or not known:
        return None
    (source,) = known
    value = source.author if asked.kind == "author" else day_in_words(source.published or date.min)
    statement = _statement(source, 1, generation, text=f"{value}: {_described(source)}")
    return Quoted("answered", (statement,), notes=(FROM_CATALOG,))


def _chosen(
    asked: OfDocuments, periods: Sequence[Period], sources: Sequence[Source], generation: Generation
) -> list[Source]:
    """The documents that have all that is asked for, in the order of their dates; none where a word is unknown."""
    noun = asked.noun.removesuffix("s") if asked.noun != "minutes" else asked.noun
    noun = "mail" if noun in ("email", "e-mail") else noun
    found = [source for source in sources if noun in _ANY or _is(source, noun)]
    if not found and (asked.words or asked.mention or periods):
        found = list(sources)  # none is called "briefing": all are meant
    if asked.form:
        found = [source for source in found if _suffix(source) in _FORMS[asked.form]]
    if periods:
        found = [s for s in found if s.published and any(p.first <= s.published <= p.last for p in periods)]
    said = set(content_words(asked.words))
    found = [source for source in found if said <= set(words(_described(source)))]
    if asked.mention:
        having = generation.table.document[np.flatnonzero(chunks_with([asked.mention], generation))]
        ids = {generation.sources[int(number)].document for number in set(having)}
        found = [source for source in found if source.document in ids]
    return sorted(found, key=lambda source: (source.published or date.min, source.title))


def _is(source: Source, noun: str) -> bool:
    return _suffix(source) in _FORMS.get(noun, ()) or bool(
        set(words(noun)) & {*words(source.title), *source.tags}
    )


def _suffix(source: Source) -> str:
    """Of its file; a document in a file, as a sheet or a message, has it in the middle of its id."""
    return next(
        (PurePosixPath(part).suffix.lower() for part in source.document.split("/")[::-1] if "." in part), ""
    )


def _ends(found: Sequence[Source], *, newest: bool) -> list[Source]:
    """Those of the last day, or of the first."""
    dated = [source for source in found if source.published]
    if not dated:
        return []
    day = dated[-1 if newest else 0].published
    return [source for source in dated if source.published == day]


def _told(found: Sequence[Source], asked: OfDocuments, generation: Generation) -> Quoted:
    count = f"{len(found)} document{'s' if len(found) != 1 else ''}"
    statements = [Statement(count, computed=True)] if asked.kind == "count" else []
    if asked.kind != "count" or len(found) <= MOST_COUNTED:
        shown = found[:MOST_SHOWN]
        statements += [_statement(source, number, generation) for number, source in enumerate(shown, start=1)]
    more = f"{count}; the first {MOST_SHOWN} are shown. " if len(found) > MOST_SHOWN else ""
    return Quoted("answered", tuple(statements), notes=(more + FROM_CATALOG,))


def _statement(source: Source, marker: int, generation: Generation, *, text: str = "") -> Statement:
    """What the catalog knows of a document, with a link to where it begins."""
    whole = generation.catalog.text(source.document)
    start, end = next(iter(sentences(whole[:2_000])), (0, min(len(whole), 200)))
    citation = Citation(marker, source, start, end, whole[start:end])
    return Statement(text or _described(source), (citation,), computed=True)


def _described(source: Source) -> str:
    day = day_in_words(source.published) if source.published else ""
    return ", ".join(filter(None, (source.title or source.document, source.author, source.publisher, day)))
