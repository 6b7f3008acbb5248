"""question -> parse -> retrieve -> read -> quote or write -> check -> Answer: the whole flow, in plain Python.

`chain.py` offers it as a LangChain Runnable. Here nothing imports LangChain unless a chat model is configured.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Self

from assistant.answering.amended import with_amendments
from assistant.answering.evidence import Finder
from assistant.answering.overall import answer_of_documents, answer_whole
from assistant.answering.quote import Limits, Quoted, quote
from assistant.answering.scope import allowed, gone, outdated, resolve, searched, spelled
from assistant.answering.silence import UNSURE, abstention
from assistant.answering.summarise import document_about, summarise
from assistant.answering.writing import write
from assistant.errors import ModelUnavailable, UserError
from assistant.models import load_embedder
from assistant.question import small_talk
from assistant.reading import load_reader, rerank
from assistant.settings import Settings
from assistant.storage import Generation, IndexReader
from assistant.types import Answer, Embedder, ParsedQuestion, Passage, Question, Reader, Reading, Source


class Answerer:
    """Answers questions over the generation that is served, by quoting or with a chat model."""

    def __init__(
        self,
        index: IndexReader,
        embedder: Embedder,
        *,
        reader: Reader | None = None,
        model: write.ChatModel | None = None,
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.reader = reader or load_reader()
        self.model = model

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """What the settings ask for; nothing heavy is loaded before the first question."""
        name, url, timeout = settings.model, settings.model_url, settings.model_timeout
        model = write.load_model(name, url=url, timeout=timeout) if name else None
        return cls(
            IndexReader(settings.index),
            load_embedder(settings.embedding_model),
            reader=load_reader(settings.reader),
            model=model,
        )

    @property
    def model_name(self) -> str | None:
        return self.model.name if self.model else None

    def answer(self, question: Question) -> Answer:
        """The checked answer."""
        return list(self.answers(question))[-1]

    def answers(self, question: Question) -> Iterator[Answer]:
        """The answer as it grows, each in place of the one before; the last has `complete` set and is checked."""
        clock = _Clock()
        mode = self._mode(question)
        generation = self._generation()
        if reply := small_talk(question.text):
            yield Answer(question.text, "quote", generation.name, state="silent", abstention=reply)
            return
        parsed = resolve(spelled(question, generation), generation)
        finder = Finder(generation, self.embedder, self.reader, clock.lap)
        parsed, passages, readings = finder.evidence(parsed)
        draft = Answer(
            question=parsed.question.text,
            mode="quote",
            generation=generation.name,
            passages=tuple(rerank(passages, readings)),
            confidence=max((round(reading.answerable, 4) for reading in readings), default=None),
            hints=parsed.hints,
            notes=(*parsed.notes, *outdated(generation), *gone(generation), *_notes(self.reader, readings)),
        )
        sources = allowed(parsed.question, generation)
        what = searched(sources, parsed.question.as_of)
        if mode == "write":
            try:
                yield from self._write(draft, parsed, what, clock)
                return
            except ModelUnavailable as error:
                draft = replace(draft, notes=(*draft.notes, f"{error} The answer is quoted instead."))
        quoted = self._quote(parsed, readings, passages, sources, generation)
        clock.lap("quote")
        yield replace(
            draft,
            statements=quoted.statements,
            short=quoted.short,
            also=quoted.also,
            notes=(*draft.notes, *quoted.notes),
            state=quoted.state,
            abstention={
                "answered": "",
                "unsure": UNSURE,
                "silent": abstention(draft.passages, what, parsed.question, unknown=quoted.also),
            }[quoted.state],
            timings=clock.timings,
        )

    def _quote(
        self,
        parsed: ParsedQuestion,
        readings: Sequence[Reading],
        passages: Sequence[Passage],
        sources: Sequence[Source],
        generation: Generation,
    ) -> Quoted:
        """Sentences of the passages; of one document, where a summary is asked for."""
        catalog = generation.catalog
        if parsed.summary_of:
            texts = {p.document: catalog.text(p.document) for p in passages}
            about = document_about(parsed.summary_of, passages, texts)
            if about is None:
                return Quoted()
            return Quoted("answered", summarise(catalog.document(about), idf=generation.keywords.idf))
        overall = self._of_all(parsed, passages, sources, generation)
        if overall:
            return overall
        quoted = quote(
            readings,
            limits=Limits(self.reader.threshold, self.reader.unsure_threshold),
            texts=catalog.text,
            newest=parsed.newest,
            computed=bool(parsed.whole and parsed.whole.kind != "list"),
            choices=parsed.choices,
        )
        return with_amendments(quoted, sources, generation, parsed.question.as_of or date.today())

    def _of_all(
        self,
        parsed: ParsedQuestion,
        passages: Sequence[Passage],
        sources: Sequence[Source],
        generation: Generation,
    ) -> Quoted | None:
        """From the catalog, or over all of a kind; None where neither is asked for, or can be told."""
        asked, whole = parsed.of_documents, parsed.whole
        if len(parsed.parts) > 1 and not (whole and whole.kind in ("most", "least") and whole.aspect):
            return None
        known = answer_of_documents(asked, parsed.periods, sources, generation) if asked else None
        return known or (answer_whole(whole, passages, sources, generation.catalog) if whole else None)

    def _generation(self) -> Generation:
        generation = self.index.current()
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

    def _write(self, draft: Answer, parsed: ParsedQuestion, what: str, clock: "_Clock") -> Iterator[Answer]:
        """The model's answer as it grows, then checked; ModelUnavailable if it cannot be used."""
        assert self.model is not None
        draft = replace(draft, mode="write", model=self.model.name, complete=False)
        passages: list[Passage] = list(draft.passages)
        question = parsed.question
        reply = ""
        for reply in self.model.stream(question.text, passages, question.history):
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
            state="silent" if abstained else "answered",
            abstention=abstention(passages, what, question) if abstained else "",
            timings=clock.timings,
            complete=True,
        )


def _notes(reader: Reader, readings: Sequence[Reading]) -> tuple[str, ...]:
    """What the user should know of the reader, and why it could not read; nothing where nothing was to be read."""
    told = [*(reader.notes if readings else ()), *(reading.note for reading in readings)]
    return tuple(dict.fromkeys(filter(None, told)))


class _Clock:
    """Seconds of each step, one after the other."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.timings[step] = round(self.timings.get(step, 0.0) + now - self._last, 4)
        self._last = now
