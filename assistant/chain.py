"""The flow of a question as LangChain sees it: a Runnable that answers, and a retriever of passages."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import run_in_executor

from assistant.answering import Answerer
from assistant.retrieval import PASSAGES, retrieve
from assistant.settings import Settings
from assistant.storage import IndexReader
from assistant.types import Answer, ParsedQuestion, Question, SubQuestion


class AnswerChain(Answerer, Runnable[Question | str, Answer]):
    """Answers questions: `invoke` gives the checked Answer, `stream` also what is there before it.

    A streamed Answer replaces the one before; the last one has `complete` set and is what `invoke` returns.
    """

    def invoke(self, input: Question | str, config: RunnableConfig | None = None, **_: Any) -> Answer:
        return self._call_with_config(lambda given: self.answer(_question(given)), input, config)

    def stream(
        self, input: Question | str, config: RunnableConfig | None = None, **_: Any
    ) -> Iterator[Answer]:
        def grow(questions: Iterator[Question | str]) -> Iterator[Answer]:
            for question in questions:
                yield from self.answers(_question(question))

        yield from self._transform_stream_with_config(iter([input]), grow, config)

    async def astream(
        self, input: Question | str, config: RunnableConfig | None = None, **_: Any
    ) -> AsyncIterator[Answer]:
        answers = self.stream(input, config)
        while (answer := await run_in_executor(config, next, answers, None)) is not None:
            yield answer


def make_chain(settings: Settings) -> AnswerChain:
    """The chain that the settings ask for; nothing heavy is loaded before the first question."""
    return AnswerChain.from_settings(settings)


def _question(given: Question | str) -> Question:
    return Question(given) if isinstance(given, str) else given


class PassageRetriever(BaseRetriever):
    """A plain search for LangChain, nothing made of the query: passages as documents, spans and sources as metadata."""

    index: Any  # generations.IndexReader; pydantic cannot check plain classes and protocols
    embedder: Any  # types.Embedder
    count: int = PASSAGES

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        index: IndexReader = self.index
        asked = ParsedQuestion(Question(query), query, ((query, 1.0),), (SubQuestion(query),))
        passages = retrieve(asked, index.current(), self.embedder, count=self.count)
        return [
            LangChainDocument(page_content=p.text, metadata=p.source.to_json() | p.to_json())
            for p in passages
        ]
