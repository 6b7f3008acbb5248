"""question -> parse -> retrieve -> read -> quote -> perhaps write, and check -> Answer: the flow, in plain Python.

`chain.py` offers it as a LangChain Runnable. Here nothing imports LangChain unless a chat model is configured.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Self

from assistant.answering.amended import with_amendments
from assistant.answering.evidence import Finder, Found
from assistant.answering.overall import answer_overall
from assistant.answering.quote import Limits, Quoted, quote
from assistant.answering.scope import gone, outdated, resolve, spelled
from assistant.answering.silence import UNSURE
from assistant.answering.writing import EVIDENCE_TOKENS, Writing, evidence
from assistant.errors import ModelUnavailable, UserError
from assistant.models import load_embedder
from assistant.question import small_talk
from assistant.reading import load_reader, rerank
from assistant.settings import Settings
from assistant.storage import AnswerRecords, Generation, IndexReader
from assistant.types import (
    Answer,
    Embedder,
    Question,
    Reader,
    Reading,
)

if TYPE_CHECKING:
    from assistant.answering.writing.receiving import ChatModel

SUMMED_UP = 12  # sentences of a document that a chat model is given to summarise it


class Answerer:
    """Answers questions over the generation that is served, by quoting or with a chat model."""

    def __init__(
        self,
        index: IndexReader,
        embedder: Embedder,
        *,
        reader: Reader | None = None,
        model: "ChatModel | None" = None,
        model_context: int = EVIDENCE_TOKENS,
        records: AnswerRecords | None = None,
    ) -> None:
        self.index = index
        self.embedder = embedder
        self.reader = reader or load_reader()
        self.model = model
        self.model_context = model_context
        self.records = records

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """What the settings ask for; nothing heavy is loaded before the first question."""
        model = None
        if settings.model:
            from assistant.answering.writing.providers import load_model

            model = load_model(settings.model, url=settings.model_url, timeout=settings.model_timeout)
        return cls(
            IndexReader(settings.index),
            load_embedder(settings.embedding_model),
            reader=load_reader(settings.reader),
            model=model,
            model_context=settings.model_context,
            records=AnswerRecords(settings.index, most=settings.answers_kept)
            if settings.answers_kept
            else None,
        )

    @property
    def model_name(self) -> str | None:
        return self.model.name if self.model else None

    def answer(self, question: Question) -> Answer:
        """The checked answer."""
        return list(self.answers(question))[-1]

    def answers(self, question: Question) -> Iterator[Answer]:
        """The answer as it grows, each in place of the one before; the last has `complete` set and is checked.

        While a chat model is silent it comes unchanged; who stops listening ends the request to it.
        """
        written: list[Writing] = []
        for answer in self.unrecorded(question, written):
            yield self._recorded(question, answer, written) if answer.complete and self.records else answer

    def _recorded(self, question: Question, answer: Answer, written: Sequence[Writing]) -> Answer:
        assert self.records is not None
        told = {"answer": answer.to_json(), "written": written[0].to_json() if written else None}
        return replace(answer, record=self.records.add(question, told))

    def unrecorded(self, question: Question, writing: list[Writing] | None = None) -> Iterator[Answer]:
        """The same; to `writing` is added what a chat model was asked."""
        clock = _Clock()
        mode = self._mode(question)
        generation = self._generation()
        if reply := small_talk(question.text):
            yield Answer(question.text, "quote", generation.name, state="silent", abstention=reply)
            return
        parsed = resolve(spelled(question, generation), generation)
        found = Found(generation, *Finder(generation, self.embedder, self.reader, clock.lap).evidence(parsed))
        draft = self._draft(found)
        overall = answer_overall(found.parsed, found.passages, found.sources, generation)
        quoted = overall or self._quote(found)
        clock.lap("quote")
        if mode == "write" and not overall and quoted.state == "answered":
            written = self._writing(found, quoted)
            (writing if writing is not None else []).append(written)
            try:
                yield from self._write(draft, written, found, clock)
                return
            except ModelUnavailable as error:
                notes = (*draft.notes, f"{error} The answer is quoted instead.")
                draft = replace(draft, notes=notes, usage=written.usage)
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
                "silent": found.abstention(draft.passages, unknown=quoted.also),
            }[quoted.state],
            timings=clock.timings,
        )

    def _draft(self, found: Found) -> Answer:
        """All but what is said."""
        parsed, generation, readings = found.parsed, found.generation, found.readings
        return Answer(
            question=parsed.question.text,
            mode="quote",
            generation=generation.name,
            passages=tuple(rerank(found.passages, readings)),
            confidence=max((round(reading.answerable, 4) for reading in readings), default=None),
            hints=parsed.hints,
            notes=(*parsed.notes, *outdated(generation), *gone(generation), *_notes(self.reader, readings)),
        )

    def _quote(self, found: Found) -> Quoted:
        """Sentences of the passages; of one document, where a summary is asked for."""
        if found.parsed.summary_of:
            statements = found.summary()
            return Quoted("answered", statements) if statements else Quoted()
        quoted = quote(
            found.readings,
            limits=Limits(self.reader.threshold, self.reader.unsure_threshold),
            texts=found.generation.catalog.text,
            newest=found.parsed.newest,
            computed=bool(found.parsed.whole and found.parsed.whole.kind != "list"),
            choices=found.parsed.choices,
        )
        last = found.parsed.question.as_of or date.today()
        return with_amendments(quoted, found.sources, found.generation, last)

    def _writing(self, found: Found, quoted: Quoted) -> Writing:
        """What the model is to write from: nothing but what the reader found."""
        assert self.model is not None
        parsed = found.parsed
        lines = evidence(
            found.readings,
            found.summary(most=SUMMED_UP) if parsed.summary_of else quoted.statements,
            texts=found.generation.catalog.text,
            count=self.embedder.token_counts,
            most=self.model_context,
        )
        in_full = parsed.leans != "surely" or parsed.query != parsed.question.text
        asked = parsed.query if in_full else parsed.question.text
        return Writing(self.model, asked, lines, () if in_full else parsed.question.history)

    def _write(self, draft: Answer, written: Writing, found: Found, clock: "_Clock") -> Iterator[Answer]:
        """The model's answer as it grows and is checked; ModelUnavailable if it cannot be used."""
        draft = replace(draft, mode="write", model=self.model_name, complete=False)
        for statements in written.grow():
            yield replace(draft, statements=statements)
        clock.lap("write")
        yield replace(
            draft,
            statements=() if written.unknown else written.statements,
            state="silent" if written.unknown else "answered",
            abstention=found.abstention(draft.passages) if written.unknown else "",
            usage=written.usage,
            timings=clock.timings,
            complete=True,
        )

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
