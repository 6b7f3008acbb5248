"""What reading gives: of the sentences of some passages, which answer a question, and whether any does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.types.documents import Passage
from assistant.types.questions import SubQuestion

Idf = Callable[[str], float]  # how rare a stemmed word is in the corpus


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence of a passage; `start` and `end` are offsets into the passage's document."""

    passage: Passage
    start: int
    end: int
    text: str
    before: str = ""  # the sentence before it in the same passage

    @property
    def key(self) -> tuple[str, int, int]:
        """Its passage and where it begins: two sentences with one key are the same."""
        return *self.passage.key, self.start

    @property
    def is_row(self) -> bool:
        """Whether it is of a table with names for its columns."""
        return any(self.start <= at < self.end for at, _ in self.passage.context.columns)


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence, the probability that it answers, and which of its words (a span of its text) would be the answer.

    `words_answer`: whether the reader takes these words for the answer rather than none.
    """

    span: SentenceSpan
    score: float
    answer_span: tuple[int, int] | None = None
    words_answer: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences, best first, and the probability that one of them answers the question.

    `part`: the question, or the part of one, that was read for. `relevance`: key of a passage that was read -> 0..1,
    the higher the likelier it has the answer; no probability. `note`: why it could not be read, or may be read
    badly; one sentence.
    """

    sentences: tuple[ReadSentence, ...]
    answerable: float
    part: SubQuestion = field(default_factory=lambda: SubQuestion(""))
    relevance: Mapping[tuple[str, int], float] = field(default_factory=dict)
    note: str = ""


class Reader(Protocol):
    """Reads passages for a question."""

    @property
    def threshold(self) -> float:
        """Of `Reading.answerable`: below it the answer is silence."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of it; mostly nothing."""

    @property
    def unsure_threshold(self) -> float:
        """Of `Reading.answerable`: below the threshold but not below this, what may answer is shown as that."""

    def read(self, question: SubQuestion, passages: Sequence[Passage]) -> Reading:
        """How well each sentence of the first passages answers."""
