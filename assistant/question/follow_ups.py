"""Follow-ups: whether a question leans on those before it, and what of them it is read with."""

import calendar
import re
from collections.abc import Sequence

from assistant.question.dates import without_as_of
from assistant.question.small_talk import small_talk
from assistant.text.language import STOP_WORDS, content_words, sentences, words
from assistant.text.names import NAME, NAME_WORD
from assistant.types import Turn

FEW_WORDS = 1  # a later question with no more words of its own is read with the one before it
MOST_TURNS = 3  # earlier questions that are read with a follow-up
MOST_NAMES = 3
MOST_CONTEXT = 200  # characters of the earlier questions
_ELLIPTIC = re.compile(r"\b(?:besides|apart from|other than|else|others?|another)\b", re.IGNORECASE)
SHORT = 6  # words: "Which two besides HSBC?" goes on
_NO_NAME = STOP_WORDS | frozenset("yes no not one two three four five six seven eight nine ten".split())
_NAMES = re.compile(rf"{NAME_WORD}(?:\s+{NAME_WORD})*")
LONGEST = 4_000  # characters of one message that are looked at
_REFERS_BACK = re.compile(
    r"\b(he|she|it|they|him|her|them|his|its|their|hers|theirs|that|those|these|there|then|one|ones|former|latter|same)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\s*(and|but|or|so|what about|how about|why|when|where|who else|what else)\b", re.IGNORECASE
)
_MONTHS = frozenset((*calendar.month_name, *calendar.month_abbr))
_DATED = re.compile(rf"(?:\d[\d/.-]*(?:st|nd|rd|th)?|{'|'.join(filter(None, _MONTHS))})[,.;:?!]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def leans_on_history(text: str) -> bool:
    """Whether a question can't be searched on its own: it refers back, goes on, or has hardly a word."""
    few = len(set(content_words(text)) - _date_words(text)) <= FEW_WORDS and not named(text)
    elliptic = len(words(text)) <= SHORT and bool(_ELLIPTIC.search(text))
    goes_on = bool(_CONTINUES.search(text) and _REFERS_BACK.search(text))
    return few or elliptic or goes_on or _pronoun_subject(text)


def _pronoun_subject(text: str) -> bool:
    """A reference back with no name in the question that it could stand for."""
    return bool(_REFERS_BACK.search(text)) and not named(text)


def named(text: str) -> bool:
    """Whether a question has a name of its own, the first word and the names of months apart."""
    names = (re.sub(r"[’']s$", "", name) for name in NAME.findall(text, 1))
    return any(len(name) > 1 and name not in _MONTHS for name in names)


def _date_words(text: str) -> set[str]:
    """The stemmed words of a text that only date something."""
    return {word for token in text.split() if _DATED.fullmatch(token) for word in words(token)}


def context(history: Sequence[Turn]) -> str:
    """The earlier questions that a follow-up leans on, and the names that the last reply brought up."""
    asked = asked_before(history)
    if not asked:
        return ""
    first = len(asked) - 1
    while first > max(0, len(asked) - MOST_TURNS) and leans_on_history(asked[first]):
        first -= 1
    text = " ".join(map(without_as_of, asked[first:]))
    reply = _plain(history[-1].content) if history[-1].role == "assistant" else ""
    opening = next((reply[start:end] for start, end in sentences(reply)), "")
    known = set(words(text))
    names = [name for name in _NAMES.findall(opening) if name.split()[0].lower() not in _NO_NAME]
    new = [
        name
        for name in names
        if len(name) > 1 and name not in _MONTHS and not set(content_words(name)) <= known
    ]
    return " ".join([_end(text), *(f"{_end(name)}." for name in list(dict.fromkeys(new))[:MOST_NAMES])])


def asked_before(history: Sequence[Turn]) -> list[str]:
    """The user's earlier messages that ask anything, oldest first."""
    said = (_plain(turn.content) for turn in history if turn.role == "user")
    return [text for text in said if not small_talk(text)]


def joined(earlier: Sequence[str], text: str) -> str:
    """A question after the ends of those before it."""
    return " ".join((*(_end(without_as_of(question)) for question in earlier), text))


def _end(text: str) -> str:
    """The last MOST_CONTEXT characters, from the start of a word where there are spaces."""
    if len(text) <= MOST_CONTEXT:
        return text
    tail = text[-MOST_CONTEXT:]
    return tail.partition(" ")[2] or tail


def one_line(text: str) -> str:
    """Without control characters and runs of white space."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _plain(text: str) -> str:
    """In one line, at most LONGEST characters."""
    return one_line(text[: 4 * LONGEST])[:LONGEST]
