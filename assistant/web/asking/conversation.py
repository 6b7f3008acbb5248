"""A conversation: what was asked and answered, and one more question put to the chain."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.storage import IndexReader
from assistant.types import Answer, PageMap, Question, Turn

FRAME = 0.12  # seconds between two updates of a growing answer; nobody reads faster
STOPPED = "The assistant was stopped before it answered this question. Please ask again."
GIVEN_UP = "Stopped. Ask again if you want an answer after all."
UNEXPECTED = "Something went wrong. The details are in the server's log. Please try again."

Pages = Mapping[str, PageMap]  # by document id; only documents that have pages

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the user said of an answer: one of the kinds, the words marked as right, and the id it is kept under."""

    kind: str
    id: str = ""
    marked: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its outcome: an answer, an error message, or nothing yet.

    `asked` is the question with its limits but without the history, so that it can be asked again. `number` identifies
    it in its conversation; `before` counts the questions of others that are ahead of it.
    """

    question: str
    answer: Answer | None = None
    error: str = ""
    pages: Pages = field(default_factory=dict)
    asked: Question | None = None
    feedback: Feedback | None = None
    number: int = 0
    before: int = 0

    @property
    def pending(self) -> bool:
        return self.answer is None and not self.error

    @property
    def unfinished(self) -> bool:
        return self.pending or (self.answer is not None and not self.answer.complete)


def history(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The conversation so far as plain text; questions that failed are left out."""
    turns: list[Turn] = []
    for exchange in exchanges:
        if exchange.answer is not None:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.answer.text)]
    return tuple(turns)


def parse_day(text: str) -> date | None:
    """A date as the form has it, or None where it is left empty; UserError if it cannot be read."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UserError(
            f"The date {text.strip()[:40]!r} cannot be read. Write it like 2026-03-31."
        ) from error


def toggle_hint(exchange: Exchange, key: str) -> Question | None:
    """Its question with this hint switched off, or on again if it was off; None where it was never asked."""
    asked = exchange.asked
    return replace(asked, disabled_hints=asked.disabled_hints ^ {key}) if asked else None


def ask(chain: AnswerChain, question: Question) -> Iterator[Exchange]:
    """The exchange as it grows; it always ends with an answer or with one plain sentence."""
    try:
        for answer in _paced(chain.stream(question)):
            pages = pages_of(answer, chain.index) if answer.complete else {}
            yield Exchange(question.text, answer, pages=pages, asked=question)
    except UserError as error:
        yield Exchange(question.text, error=str(error), asked=question)
    except Exception:  # the outermost layer: no traceback may reach a user
        log.exception("A question could not be answered")
        yield Exchange(question.text, error=UNEXPECTED)


def _paced(answers: Iterator[Answer]) -> Iterator[Answer]:
    """Skip some of the unfinished answers, so that a fast model does not flood the browser."""
    shown = 0.0
    for answer in answers:
        now = time.monotonic()
        if answer.complete or now - shown >= FRAME:
            shown = now
            yield answer


def pages_of(answer: Answer, index: IndexReader) -> Pages:
    """Where the pages start in the documents that are shown; empty if the index has just been switched."""
    generation = index.current()
    if generation.name != answer.generation:
        return {}
    shown = [citation.document for citation in answer.citations]
    shown += [candidate.source.document for candidate in answer.also]
    return generation.page_maps(dict.fromkeys([*shown, *(passage.document for passage in answer.passages)]))
