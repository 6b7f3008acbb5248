"""What is asked: the words to search for, the date that limits the search, what to tell the user of it."""

import calendar
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.errors import UserError
from assistant.language import STOP_WORDS, content_words, sentences, words
from assistant.types import Question, Turn

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
_ASKS = r"(?:who|what|when|where|why|which|how)\b"
# "…, and on what condition?", "…, how many applied"; a bare comma before "which" or "who" opens no question.
_PART = re.compile(
    rf"[,;]?\s+(?:and|but)\s+(?=(?:\w+\s+){{0,2}}{_ASKS})|[,;]\s+(?=(?:how|what|why)\b)", re.IGNORECASE
)
# "When the bill passed, …" asks nothing by itself; "… about when and how" is one question, and so is a quotation.
_CLAUSE = re.compile(
    r"^(?:if|as|since|after|before|while|(?:when|where|why)\s+(?!(?:is|are|was|were|do|does|did|has|have|had|will|would|can"
    r"|could|should|may|might)\b))",
    re.IGNORECASE,
)
_OPEN = re.compile(rf"\b{_ASKS}$|^[^\"“”]*[\"“][^\"”]*$", re.IGNORECASE)
MOST_PARTS = 3
MOST_TURNS = 3  # earlier questions that are read with a follow-up
MOST_NAMES = 3
MOST_CONTEXT = 200  # characters of the earlier questions
_ELLIPTIC = re.compile(r"\b(?:besides|apart from|other than|else|others?|another)\b", re.IGNORECASE)
SHORT = 6  # words: "Which two besides HSBC?" goes on
_NO_NAME = STOP_WORDS | {"yes", "no", "not"}
_NAMES = re.compile(r"[A-Z][\w’'.&-]*\w(?:\s+[A-Z][\w’'.&-]*\w)*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question made ready: `query` is what is searched, `notes` say what was made of it.

    `parts` are the questions in it, each as it can be read on its own; mostly there is one, the query itself.

    `newest`: it asks for the state of things, so of two passages alike the newer one is wanted.
    """

    question: Question
    query: str
    parts: tuple[str, ...]
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
    before = context(question.history) if leans_on_history(query) else ""
    # One that has a name of its own is searched with the earlier questions, but read by itself.
    lead = "" if _named(query) else before
    parts = tuple(f"{lead} {part}".strip() for part in find_parts(query))
    if before:
        query = f"{before} {query}"
        notes.append(f"Read together with the question before: “{_short(before)}”")
    newest = bool(_LATEST.search(query)) or question.as_of is not None
    if newest:
        notes.append("Newer documents were preferred.")
    return Understood(question, query, parts, newest, tuple(notes))


def find_parts(query: str) -> tuple[str, ...]:
    """The questions that are asked in one sentence; a later one is read after the first, on which it leans."""
    pieces = [piece.strip() for piece in _PART.split(query)]
    asking = all(re.search(rf"\b{_ASKS}", piece, re.IGNORECASE) and content_words(piece) for piece in pieces)
    whole = not (_CLAUSE.search(pieces[0]) or any(_OPEN.search(piece) for piece in pieces[:-1]))
    if (
        not 1 < len(pieces) <= MOST_PARTS
        or not (asking and whole)
        or len(content_words(pieces[0])) <= FEW_WORDS
    ):
        return (query,)
    first = pieces[0].rstrip("?")
    return (f"{first}?", *(f"{first}, and {piece}" for piece in pieces[1:]))


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
    few = len(content_words(text)) <= FEW_WORDS and not _named(text)
    elliptic = len(words(text)) <= SHORT and bool(_ELLIPTIC.search(text))
    goes_on = bool(_CONTINUES.search(text) and _REFERS_BACK.search(text))
    return few or elliptic or goes_on or _pronoun_subject(text)


def _pronoun_subject(text: str) -> bool:
    """A reference back with no name in the question that it could stand for."""
    return bool(_REFERS_BACK.search(text)) and not _named(text)


def _named(text: str) -> bool:
    return bool(re.search(r"(?<!^)\b[A-Z][\w.&-]+", text[1:]))


def context(history: Sequence[Turn]) -> str:
    """The earlier questions that a follow-up leans on, and the names that the last reply brought up."""
    asked = [_plain(turn.content) for turn in history if turn.role == "user"]
    if not asked:
        return ""
    first = len(asked) - 1
    while first > max(0, len(asked) - MOST_TURNS) and leans_on_history(asked[first]):
        first -= 1
    text = " ".join(" ".join(_AS_OF.sub(" ", question).split()) for question in asked[first:])
    reply = _plain(history[-1].content) if history[-1].role == "assistant" else ""
    opening = next((reply[start:end] for start, end in sentences(reply)), "")
    known = set(words(text))
    names = [name for name in _NAMES.findall(opening) if name.split()[0].lower() not in _NO_NAME]
    new = [
        name for name in names if name not in calendar.month_name and not set(content_words(name)) <= known
    ]
    kept = text if len(text) <= MOST_CONTEXT else text[-MOST_CONTEXT:].partition(" ")[2]
    return " ".join([kept, *(f"{name}." for name in list(dict.fromkeys(new))[:MOST_NAMES])])


def _plain(text: str) -> str:
    """Without control characters and runs of white space, at most LONGEST characters."""
    return " ".join(_CONTROL.sub(" ", text[: 4 * LONGEST]).split())[:LONGEST]


def _short(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
