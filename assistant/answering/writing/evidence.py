"""What a chat model gets to see: the sentences likeliest to answer, numbered, each with what it takes to be understood.

A line is a span of a document, so that what is written of it can be cited to the sentence.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

from assistant.answering.attribution import attribute
from assistant.answering.citing import Texts
from assistant.answering.compose import Chosen, grown, notes_on
from assistant.answering.quote import ADDS, repeats
from assistant.text.labels import labelled
from assistant.text.language import content_words
from assistant.types import Citation, Passage, Reading, Source, Statement

Count = Callable[[Sequence[str]], list[int]]  # texts -> tokens of each

EVIDENCE_TOKENS = 700  # by default: what a model of 1.5B parameters on two cores reads in fifteen seconds
RELATIVE = 0.03  # of the best sentence's score: less likely ones are left out
AT_LEAST = 5  # sentences of a reading, however unlikely: what the reader ranks second may be what answers
AT_MOST = 24  # lines
OF_A_MARK = 5  # tokens of a line's number and of the break after it


@dataclass(frozen=True, slots=True)
class Line:
    """A numbered line of evidence; `quote == document.text[start:end]`, `text` is it with the names of its columns.

    `headings`: those it stands under, the highest first. `speaker`: whose words it gives, if it does not name them.
    `likely`: whether the reader takes it for an answer, and not only for what stands near one.
    """

    source: Source
    start: int
    end: int
    quote: str
    text: str
    headings: tuple[str, ...] = ()
    speaker: str = ""
    reported_via: str | None = None
    likely: bool = True

    @property
    def described(self) -> str:
        """Title, publisher and date of its document, and the headings."""
        source = self.source
        published = source.published.isoformat() if source.published else None
        named = (source.title or source.document, source.publisher, published, " > ".join(self.headings))
        return ", ".join(filter(None, named))

    @property
    def told(self) -> str:
        """All that it says, for the check."""
        speaker = f"{self.speaker}: " if self.speaker else ""
        return f"{self.described}\n{speaker}{self.text}"

    def overlaps(self, other: "Line") -> bool:
        return self.source == other.source and self.start < other.end and other.start < self.end


def evidence(
    readings: Sequence[Reading], quoted: Sequence[Statement], *, texts: Texts, count: Count, most: int
) -> list[Line]:
    """At most `most` tokens: first what would be quoted, then the likeliest sentences of each reading in turn.

    The lines of a document stand together, in its order; the document that answers first comes first.
    """
    passages = list(
        {one.span.passage.key: one.span.passage for r in readings for one in r.sentences}.values()
    )
    own = chain.from_iterable(_of_statement(statement, passages, texts) for statement in quoted)
    ranked = chain(own, _alternating([_of_reading(reading, texts) for reading in readings]))
    return _grouped(_fitting(ranked, count, most))


def _of_statement(statement: Statement, passages: Sequence[Passage], texts: Texts) -> Iterator[Line]:
    for cited in statement.citations:
        around = (p for p in passages if p.source == cited.source and p.start <= cited.start < p.end)
        headings = next((passage.context.above(cited.start) for passage in around), ())
        yield _line(cited, statement.text if len(statement.citations) == 1 else cited.quote, texts, headings)


def _line(cited: Citation, text: str, texts: Texts, headings: tuple[str, ...] = ()) -> Line:
    said = attribute(texts(cited.document), (cited.start, cited.end))
    named = set(content_words(said.speaker or "")) & set(content_words(text))
    speaker = "" if named else said.speaker or ""
    return Line(cited.source, cited.start, cited.end, cited.quote, text, headings, speaker, said.reported_via)


def _of_reading(reading: Reading, texts: Texts) -> Iterator[Line]:
    """Best first; each with the list it stands in, the one before that it leans on, and the notes on it."""
    best = reading.sentences[0].score if reading.sentences else 0.0
    for rank, sentence in enumerate(reading.sentences):
        if rank >= AT_LEAST and sentence.score < RELATIVE * best:
            return
        if sentence.span.text.endswith("?"):
            continue
        one = grown(Chosen(sentence, reading.part))
        for each in (one, *notes_on(one)):
            span, context = each.span, each.span.passage.context
            text = labelled(span.text, context.columns, start=span.start)
            cited = Citation(0, span.passage.source, span.start, span.end, span.text)
            line = _line(cited, text, texts, context.above(span.start))
            yield replace(line, likely=sentence.score >= ADDS)


def _alternating(readings: Sequence[Iterator[Line]]) -> Iterator[Line]:
    return (line for lines in zip_longest(*readings) for line in lines if line)


def _fitting(ranked: Iterable[Line], count: Count, most: int) -> list[Line]:
    """Those that fit and say something new; one that is too long leaves its place to the next."""
    found: list[Line] = []
    heads: set[str] = set()
    left = most
    for line in ranked:
        if any(line.overlaps(other) for other in found) or repeats(
            line.text, [other.text for other in found]
        ):
            continue
        head = "" if line.described in heads else line.described
        needed = sum(count([head, line.speaker, line.text])) + OF_A_MARK * (2 if head else 1)
        if needed <= left:
            found.append(line)
            heads.add(line.described)
            left -= needed
        if len(found) == AT_MOST:
            break
    return found


def _grouped(lines: Sequence[Line]) -> list[Line]:
    order = {
        document: place
        for place, document in reversed(list(enumerate(line.source.document for line in lines)))
    }
    return sorted(lines, key=lambda line: (order[line.source.document], line.start))
