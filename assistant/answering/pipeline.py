"""question -> understand -> retrieve -> read -> quote or write -> check -> Answer: the whole flow, in plain Python.

`chain.py` offers it as a LangChain Runnable. Here nothing imports LangChain unless a chat model is configured.
"""

import difflib
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Self

from assistant.answering import write
from assistant.answering.quote import Quoted, abstention, quote
from assistant.answering.summarise import document_about, summarise, topic_of
from assistant.errors import ModelUnavailable, UserError
from assistant.models.cross_encoder import packaged_cross_encoder
from assistant.models.embedder import load_embedder
from assistant.question.parse import parse_question, without_phrases
from assistant.reading.reader import ReaderModel, Reading, packaged_model, read, rerank
from assistant.retrieval.copies import deduplicate
from assistant.retrieval.search import missing_phrases, retrieve
from assistant.settings import Settings
from assistant.storage.generations import INDEX_FORMAT, Generation, Reader
from assistant.types import Answer, Embedder, ParsedQuestion, Passage, Question

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Answerer:
    """Answers questions over the generation that is served, by quoting or with a chat model."""

    def __init__(
        self,
        reader: Reader,
        embedder: Embedder,
        *,
        model: "BaseChatModel | None" = None,
        model_name: str | None = None,
        model_timeout: float = 60,
        reader_model: ReaderModel | None = None,
    ) -> None:
        self.reader = reader
        self.embedder = embedder
        self.model = model
        self.model_name = model_name
        self._timeout = model_timeout
        self._reader_model = reader_model or packaged_model()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """What the settings ask for; nothing heavy is loaded before the first question."""
        model = None
        if settings.model:
            model = write.load_model(settings.model, url=settings.model_url, timeout=settings.model_timeout)
        return cls(
            Reader(settings.index),
            load_embedder(settings.embedding_model),
            model=model,
            model_name=settings.model,
            model_timeout=settings.model_timeout,
        )

    def answer(self, question: Question) -> Answer:
        """The checked answer."""
        return list(self.answers(question))[-1]

    def answers(self, question: Question) -> Iterator[Answer]:
        """The answer as it grows, each in place of the one before; the last has `complete` set and is checked."""
        clock = _Clock()
        mode = self._mode(question)
        generation = self._generation()
        parsed = parse_question(question, names=generation.names)
        parsed = _resolve(parsed, generation)
        passages = self._retrieve(parsed, generation)
        clock.lap("retrieve")
        readings = self._read(parsed, passages, generation)
        clock.lap("read")
        draft = Answer(
            question=parsed.question.text,
            mode="quote",
            generation=generation.name,
            passages=tuple(rerank(passages, readings)),
            confidence=max((round(reading.answerable, 4) for reading in readings), default=None),
            hints=parsed.hints,
            notes=(*parsed.notes, *_outdated(generation)),
        )
        searched = _searched(parsed.question, generation)
        if mode == "write":
            try:
                yield from self._write(draft, parsed, searched, clock)
                return
            except ModelUnavailable as error:
                draft = replace(draft, notes=(*draft.notes, f"{error} The answer is quoted instead."))
        quoted = self._quote(parsed, readings, passages, generation)
        clock.lap("quote")
        yield replace(
            draft,
            statements=quoted.statements,
            notes=(*draft.notes, *quoted.notes),
            abstained=not quoted.statements,
            abstention="" if quoted.statements else abstention(draft.passages, searched, parsed.question),
            timings=clock.timings,
        )

    def _retrieve(self, parsed: ParsedQuestion, generation: Generation) -> list[Passage]:
        """The passages of the question; where it has several parts, those of each part take turns."""
        whole = retrieve(parsed, generation, self.embedder)
        if len(parsed.parts) == 1:
            return whole
        parts = [replace(parsed, queries=((part.query, 1.0),)) for part in parsed.parts]
        lists = [whole, *(retrieve(part, generation, self.embedder) for part in parts)]
        found: dict[tuple[str, int], Passage] = {}
        for ranked in zip_longest(*lists):
            for passage in filter(None, ranked):
                found.setdefault((passage.document, passage.start), passage)
        return deduplicate(found.values(), max(map(len, lists)))

    def _read(
        self, parsed: ParsedQuestion, passages: Sequence[Passage], generation: Generation
    ) -> list[Reading]:
        """One reading of the passages for each part of the question."""
        model, idf, cross = self._reader_model, generation.keywords.idf, packaged_cross_encoder().read
        return [
            read(part, passages, idf=idf, cross=cross, model=model, newest=parsed.newest)
            for part in parsed.parts
        ]

    def _quote(
        self,
        parsed: ParsedQuestion,
        readings: Sequence[Reading],
        passages: Sequence[Passage],
        generation: Generation,
    ) -> Quoted:
        """Sentences of the passages; of one document, where a summary is asked for."""
        catalog, topic = generation.catalog, topic_of(parsed.question.text)
        if topic:
            texts = {p.document: catalog.document(p.document).text for p in passages}
            about = document_about(topic, passages, texts)
            if about is None:
                return Quoted()
            return Quoted(summarise(catalog.document(about), idf=generation.keywords.idf))
        return quote(
            readings,
            passages,
            threshold=self._reader_model.threshold,
            texts=lambda id: catalog.document(id).text,
            newest=parsed.newest,
            choices=parsed.choices,
        )

    def _generation(self) -> Generation:
        generation = self.reader.current()
        if generation.manifest.embedder != self.embedder.fingerprint:
            raise UserError(
                f"The index was built with the embedding model {generation.manifest.embedder}, but "
                f"{self.embedder.fingerprint} is configured. Run `assistant index`, or set the model back."
            )
        return generation

    def _mode(self, question: Question) -> str:
        mode = question.mode or ("write" if self.model else "quote")
        if mode == "write" and self.model is None:
            raise UserError(
                "No chat model is configured. Set ASSISTANT_MODEL=openai:NAME, or ask in quoting mode."
            )
        return mode

    def _write(
        self, draft: Answer, parsed: ParsedQuestion, searched: str, clock: "_Clock"
    ) -> Iterator[Answer]:
        """The model's answer as it grows, then checked; ModelUnavailable if it cannot be used."""
        assert self.model is not None
        draft = replace(draft, mode="write", model=self.model_name, complete=False)
        passages: list[Passage] = list(draft.passages)
        question = parsed.question
        reply = ""
        for reply in write.stream_reply(
            self.model, question.text, passages, question.history, timeout=self._timeout
        ):
            growing = tuple(write.unchecked(reply))
            yield replace(draft, statements=growing)
        clock.lap("write")
        statements = tuple(write.statements_of(reply, passages))
        abstained = write.is_abstention(reply) and not any(s.citations for s in statements)
        if not abstained and not any(statement.supported for statement in statements):
            raise ModelUnavailable("Nothing that the chat model wrote could be matched with the documents.")
        clock.lap("check")
        yield replace(
            draft,
            statements=() if abstained else statements,
            abstained=abstained,
            abstention=abstention(passages, searched, question) if abstained else "",
            timings=clock.timings,
            complete=True,
        )


def _outdated(generation: Generation) -> tuple[str, ...]:
    """A note where the index was made in another way than this version makes it."""
    if generation.manifest.chunking == INDEX_FORMAT:
        return ()
    return ("The index was made by another version of this program: run `assistant index` to renew it.",)


def _resolve(parsed: ParsedQuestion, generation: Generation) -> ParsedQuestion:
    """With the ids of the documents that are named, and without phrases that none of them has."""
    parsed = replace(parsed, question=_resolve_within(parsed.question, generation))
    missing = missing_phrases(parsed.question, generation)
    return without_phrases(parsed, missing) if missing else parsed


def _resolve_within(question: Question, generation: Generation) -> Question:
    """Documents may be named by id, title or tag; a name that is unknown is an error that says the nearest."""
    if question.within is None:
        return question
    titles = {source.title.casefold(): source.document for source in generation.sources.values()}
    tagged: dict[str, list[str]] = defaultdict(list)
    for source in generation.sources.values():
        for tag in source.tags:
            tagged[tag.casefold()].append(source.document)
    ids: list[str] = []
    for name in question.within:
        key = name.casefold()
        found = [name] if name in generation.numbers else [titles[key]] if key in titles else tagged.get(key)
        if not found:
            near = difflib.get_close_matches(name, [*generation.numbers, *titles, *tagged], n=1, cutoff=0.3)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise UserError(
                f"The index has no document or tag {name!r}.{hint} `assistant doctor --documents` lists them."
            )
        ids += found
    return replace(question, within=tuple(dict.fromkeys(ids)))


def _searched(question: Question, generation: Generation) -> str:
    """What was searched, in words."""
    chosen = (
        generation.sources.values()
        if question.within is None
        else [generation.sources[generation.numbers[id]] for id in question.within]
    )
    last = question.as_of
    count = sum(last is None or source.published is None or source.published <= last for source in chosen)
    what = f"{count} document{'s' if count != 1 else ''}"
    until = f" published up to {last.day} {last:%B %Y}, or undated," if last else ""
    return f"{what}{until} {'were' if count != 1 else 'was'} searched"


class _Clock:
    """Seconds of each step, one after the other."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.timings[step] = round(now - self._last, 4)
        self._last = now
