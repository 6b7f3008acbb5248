"""A parsed question -> the passages found for it and what is read in them; a follow-up in its likeliest wording."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest

from assistant.answering.scope import allowed, searched
from assistant.answering.silence import abstention
from assistant.answering.summarise import document_about, summarise
from assistant.question import read_as
from assistant.retrieval import deduplicate, retrieve
from assistant.storage import Generation
from assistant.types import (
    Candidate,
    Embedder,
    ParsedQuestion,
    Passage,
    Reader,
    Reading,
    Source,
    Statement,
    SubQuestion,
)

Evidence = tuple[ParsedQuestion, list[Passage], list[Reading]]


@dataclass(frozen=True)
class Found:
    """What was asked of a generation, and what was found and read for it."""

    generation: Generation
    parsed: ParsedQuestion
    passages: Sequence[Passage]
    readings: Sequence[Reading]

    @cached_property
    def sources(self) -> list[Source]:
        """The documents that may answer."""
        return allowed(self.parsed.question, self.generation)

    def summary(self, **most: int) -> tuple[Statement, ...]:
        """Of the document that one is asked of; nothing where none is meant."""
        catalog = self.generation.catalog
        texts = {passage.document: catalog.text(passage.document) for passage in self.passages}
        about = document_about(self.parsed.summary_of, self.passages, texts)
        return summarise(catalog.document(about), idf=self.generation.keywords.idf, **most) if about else ()

    def abstention(self, nearest: Sequence[Passage], unknown: Sequence[Candidate] = ()) -> str:
        question = self.parsed.question
        return abstention(nearest, searched(self.sources, question.as_of), question, unknown=unknown)


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds and reads in one generation; `lap` is told of each step when it has ended."""

    generation: Generation
    embedder: Embedder
    reader: Reader
    lap: Callable[[str], None]

    def evidence(self, parsed: ParsedQuestion) -> Evidence:
        """A follow-up comes back in the wording that is likeliest to be answered, else as it stands."""
        worded = (read_as(parsed, wording, names=self.generation.names) for wording in parsed.wordings)
        if parsed.wordings and parsed.leans == "surely":
            return max(map(self._evidence, worded), key=_likeliest)
        own = self._evidence(parsed)
        as_it_stands = _likeliest(own)
        if not parsed.wordings or as_it_stands < self.reader.unsure_threshold:
            return own
        best = max(map(self._evidence, worded), key=_likeliest)
        return best if _likeliest(best) >= max(as_it_stands, self.reader.threshold) else own

    def _evidence(self, parsed: ParsedQuestion) -> Evidence:
        """One reading of the passages for each part of the question; none for a summary, which needs none."""
        passages = self._found(parsed)
        self.lap("retrieve")
        readings = [] if parsed.summary_of else [self._read(part, passages) for part in parsed.parts]
        self.lap("read")
        return parsed, passages, readings

    def _found(self, parsed: ParsedQuestion) -> list[Passage]:
        """The passages of the question; where it has several parts, those of each part take turns."""
        whole = retrieve(parsed, self.generation, self.embedder)
        if len(parsed.parts) == 1:
            return whole
        queries = [query for part in parsed.parts for query in (part.query, *part.others[:1])]
        asked = [replace(parsed, queries=((query, 1.0),)) for query in queries]
        lists = [whole, *(retrieve(each, self.generation, self.embedder) for each in asked)]
        found: dict[tuple[str, int], Passage] = {}
        for ranked in zip_longest(*lists):
            for passage in filter(None, ranked):
                found.setdefault(passage.key, passage)
        return deduplicate(found.values(), max(map(len, lists)))

    def _read(self, part: SubQuestion, passages: Sequence[Passage]) -> Reading:
        """In what else it may mean, where it is not answered as it stands."""
        reading = self.reader.read(part, passages)
        if not part.others or reading.answerable >= self.reader.threshold:
            return reading
        others = (self.reader.read(replace(part, query=other), passages) for other in part.others)
        return max([reading, *others], key=lambda one: one.answerable)


def _likeliest(evidence: Evidence) -> float:
    return max((reading.answerable for reading in evidence[2]), default=0.0)
