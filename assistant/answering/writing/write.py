"""Evidence -> an answer written by a chat model: each sentence is checked as soon as it stands, and cited by code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.answering.citing import numbered
from assistant.answering.writing.evidence import Line
from assistant.answering.writing.prompts import Messages, messages, prompt_hash
from assistant.answering.writing.proof import checked
from assistant.answering.writing.reply import says_unknown, split_reply
from assistant.errors import ModelUnavailable
from assistant.types import Statement, Turn, Usage

if TYPE_CHECKING:
    from assistant.answering.writing.receiving import ChatModel

MOST_SENTENCES = 30  # of a reply: each is checked, which takes its time
NOTHING_PROVED = "Nothing that the chat model wrote could be matched with the documents."


@dataclass
class Writing:
    """One answer as it is written; afterwards what was sent and what came, for the record.

    `statements`: of the reply so far; those after the last that was checked are "unchecked". `unknown`: the model
    says that the evidence does not answer, and nothing else that holds.
    """

    chat: "ChatModel"
    question: str
    lines: Sequence[Line]
    history: Sequence[Turn] = ()
    reply: str = ""
    usage: Usage = field(default_factory=Usage)
    statements: tuple[Statement, ...] = ()
    unknown: bool = False

    def __post_init__(self) -> None:
        self.sent: Messages = messages(self.question, self.lines, self.history)
        self._addresses = {line.source.url for line in self.lines if line.source.url}
        self._checked: dict[tuple[str, tuple[int, ...]], Statement] = {}

    def grow(self) -> Iterator[tuple[Statement, ...]]:
        """The statements as they come and are checked; ModelUnavailable where nothing of the reply can be used."""
        for reply in self.chat.reply(self.sent):
            self.usage = reply.usage
            if reply.text == self.reply:
                yield self.statements
                continue
            self.reply = reply.text
            yield from self._check(finished=False)
        yield from self._check(finished=True)
        supported = any(statement.supported for statement in self.statements)
        self.unknown = not supported and any(says_unknown(statement.text) for statement in self.statements)
        if not supported and not self.unknown:
            raise ModelUnavailable(NOTHING_PROVED)

    def _check(self, *, finished: bool) -> Iterator[tuple[Statement, ...]]:
        """One sentence after the other, each shown before; the last may go on as long as the reply does."""
        said = [(text, tuple(numbers)) for text, numbers in split_reply(self.reply, self._addresses)]
        if len(said) > MOST_SENTENCES:
            raise ModelUnavailable(
                f"The chat model wrote more than {MOST_SENTENCES} sentences, where a few were asked for."
            )
        yield self._shown(said)
        for one in said if finished else said[:-1]:
            if one not in self._checked:
                self._checked[one] = checked(*one, self.lines, self.question)
                yield self._shown(said)

    def _shown(self, said: Sequence[tuple[str, tuple[int, ...]]]) -> tuple[Statement, ...]:
        found = [self._checked.get(one) or Statement(one[0], outcome="unchecked") for one in said]
        self.statements = numbered(found)
        return self.statements

    def to_json(self) -> Mapping[str, Any]:
        """All that it takes to see later what happened."""
        return {
            "model": self.chat.name,
            "prompt_hash": prompt_hash(self.sent),
            "prompt": self.sent[-1][1],
            "reply": self.reply,
            "checks": [
                {"text": each.text, "outcome": each.outcome, "reasons": list(each.reasons)}
                for each in self.statements
            ],
            "usage": self.usage.to_json(),
        }
