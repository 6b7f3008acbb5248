"""What is asked: the words to search for, the date that limits the search, what to tell the user of it."""

import calendar
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from assistant.errors import UserError
from assistant.language import content_words
from assistant.types import Question

LONGEST = 4_000  # characters: far more than a question needs, far less than slows the search down
FEW_WORDS = 1  # a later question with no more words of its own is read with the one before it

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = (
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTH})\.?,?\s+"
    rf"(?:(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(?P<year>\d{{4}})|(?P<only>(?:19|20)\d{{2}})"
)
_AS_OF = re.compile(rf"[,(]?\s*\bas (?:of|at)\s+(?:the end of\s+)?(?:{_DATE})\b\)?,?", re.IGNORECASE)
_REFERS_BACK = re.compile(
    r"\b(he|she|it|they|him|her|them|his|its|their|hers|theirs|that|those|these|there|then|one|ones|former|latter|same)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\s*(and|but|or|so|what about|how about|why|when|where|who else|what else)\b", re.IGNORECASE
)
_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|current(?:ly)?|now|today|so far|to date|up to date|at present|at the moment"
    r"|by now|still)\b",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made ready: `query` is what is searched, `notes` say what was made of it.

    `newest`: it asks for the state of things, so of two passages alike the newer one is wanted.
    """

    question: Question
    query: str
    newest: bool = False
    notes: tuple[str, ...] = ()


def understand(question: Question) -> Understood:
    """Check the question, find its "as of" date, and join it to the one before where it leans on it."""
    text = " ".join(_CONTROL.sub(" ", question.text).split())
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise UserError("The question is empty. Type what you want to know.")
    if len(text) > LONGEST:
        raise UserError(f"The question has {len(text):,} characters. Ask it in at most {LONGEST:,}.")
    query, as_of = find_as_of(text)
    question = replace(question, text=text, as_of=question.as_of or as_of)
    notes = []
    if question.as_of:
        day = f"{question.as_of.day} {question.as_of:%B %Y}"
        notes.append(f"Nothing dated after {day} was used.")
    before = _question_before(question)
    if before and leans_on_history(query):
        query = f"{find_as_of(before)[0]} {query}"
        notes.append(f"Read together with the question before: “{_short(before)}”")
    newest = bool(_LATEST.search(query)) or question.as_of is not None
    if newest:
        notes.append("Newer documents were preferred.")
    return Understood(question, query, newest, tuple(notes))


def find_as_of(text: str) -> tuple[str, date | None]:
    """The text without its "as of DATE", and the last day that this date stands for."""
    match = _AS_OF.search(text)
    day = _last_day(match) if match else None
    if match is None or day is None:
        return text, None
    rest = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split()).replace(" ?", "?")
    return (rest if content_words(rest) else text), day


def _last_day(match: re.Match[str]) -> date | None:
    try:
        if match["iso"]:
            return date.fromisoformat(match["iso"])
        if match["only"]:
            return date(int(match["only"]), 12, 31)
        year, month = int(match["year"]), _MONTHS[match["month"].lower()]
        day = match["day"] or match["day2"] or calendar.monthrange(year, month)[1]
        return date(year, month, int(day))
    except (ValueError, KeyError) as error:
        raise UserError(
            f"There is no such date: {match[0].strip(' ,()')}. Give it as 31 March 2026."
        ) from error


def leans_on_history(text: str) -> bool:
    """Whether a question can't be searched on its own: it refers back, goes on, or has hardly a word."""
    few = len(content_words(text)) <= FEW_WORDS
    return few or bool(_CONTINUES.search(text) and _REFERS_BACK.search(text)) or bool(_pronoun_subject(text))


def _pronoun_subject(text: str) -> bool:
    """A reference back with no name in the question that it could stand for."""
    named = re.search(r"(?<!^)\b[A-Z][\w.&-]+", text[1:])
    return bool(_REFERS_BACK.search(text)) and not named


def _question_before(question: Question) -> str | None:
    return next((turn.content for turn in reversed(question.history) if turn.role == "user"), None)


def _short(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
