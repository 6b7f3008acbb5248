"""What is asked: the words to search for, what limits and what steers the search, and what to tell of it."""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.errors import UserError
from assistant.question.choices import split_choices
from assistant.question.collections import find_of_documents
from assistant.question.dates import find_as_of, find_periods, in_words, without_as_of
from assistant.question.follow_ups import (
    MOST_TURNS,
    asked_before,
    context,
    joined,
    named,
    one_line,
)
from assistant.question.rewording import is_elliptic, leaning, wordings
from assistant.question.sub_questions import find_parts
from assistant.question.wholes import find_whole
from assistant.text.days import day_in_words
from assistant.text.language import content_words
from assistant.text.names import other_forms
from assistant.text.quotation import quoted
from assistant.types import Hint, ParsedQuestion, Period, Question, Turn

LONGEST = 4_000  # characters: far more than a question needs, far less than slows the search down
# Weights of a wording with the conversation beside 1 of the text alone. Measured, see evals/LOG.md.
LEANING_WEIGHT = 1.0
BARE_WEIGHT = 3.0  # of one with at most BARE_WORDS of its own
BARE_WORDS = 2
HISTORY_WEIGHT = 0.3  # of each of two; a question that leans on nothing still has its subject from there

_LATEST = re.compile(
    r"\b(?:latest|newest|most recent(?:ly)?|current(?:ly)?|now|today|so far|to date|up to date|at present|at the moment"
    r"|by now|still)\b",
    re.IGNORECASE,
)

_SUMMARY = re.compile(
    r"^(?:please |can you |could you )?(?:summari[sz]e|sum up|outline"
    r"|(?:(?:give|write|make) (?:me )?)?(?:an? |the )?(?:short |brief )?(?:summary|overview|outline) of"
    r"|what (?:is|are) the (?:main|key) points? (?:of|in))\s+(?P<topic>.+?)[?.!]*$",
    re.IGNORECASE,
)


class _Hints(list[Hint]):
    """How a question was interpreted so far, and what of it the user has switched off."""

    def __init__(self, disabled: Container[str]) -> None:
        super().__init__()
        self._disabled = disabled

    def applied(self, key: str, label: str, note: str) -> bool:
        """Note a hint; whether it is to be followed."""
        self.append(Hint(key, label, note, key not in self._disabled))
        return self[-1].applied


def parse_question(
    question: Question, *, names: Mapping[str, str] | None = None, today: date | None = None
) -> ParsedQuestion:
    """Check the question and find what its words ask for besides their meaning.

    `names` maps short forms to long ones; "last year" is the one before `as_of`, else before `today`.
    """
    whole = _checked(question.text)
    text, choices = split_choices(whole)
    hints = _Hints(question.disabled_hints)
    today = question.as_of or today or date.today()
    rest, days, notes = find_as_of(text, today=today)
    if not days and leaning(text) == "surely" and "history" not in question.disabled_hints:
        days = _limits_before(question.history, today)
    as_of, both = _limit(question.as_of, days, hints)
    asked = rest if as_of and content_words(rest) else text
    phrases = tuple(phrase for phrase in quoted(text) if _must_have(phrase, hints))
    before = _context(asked, question.history, hints)
    query = f"{before} {asked}".strip()
    # One that has a name of its own is searched with the earlier questions, but read by itself.
    lead = "" if named(asked) else before
    periods, told = find_periods(without_as_of(query), today=as_of or today)
    found = other_forms(query, names or {})
    return ParsedQuestion(
        replace(question, text=whole, as_of=as_of, phrases=(*question.phrases, *phrases)),
        query,
        _queries(asked, before, question, hints),
        parts=find_parts(asked, context=lead),
        wordings=_wordings(asked, question),
        leans=leaning(asked),
        choices=choices,
        summary_of=summary_topic(whole),
        of_documents=None if before else find_of_documents(query),
        whole=None if before else find_whole(query, today=as_of or today),
        newest=_newest(query, as_of, hints),
        periods=periods if _prefer(periods, hints) else (),
        names=tuple(pair for pair in found if _also(*pair, hints)),
        hints=tuple(hints),
        notes=(*both, *notes, *told),
    )


def summary_topic(question: str) -> str:
    """What a summary is asked of; empty where none is asked."""
    found = _SUMMARY.match(question.strip())
    return found["topic"].strip() if found else ""


def _checked(text: str) -> str:
    """The text in one line; UserError where nothing is asked, or too much."""
    text = one_line(text)
    kinds = {unicodedata.category(character)[0] for character in text}
    if not kinds & {"L", "N"}:
        wrong = "has no words" if kinds - {"C", "Z"} else "is empty"
        raise UserError(f"The question {wrong}. Type what you want to know.")
    if len(text) > LONGEST:
        raise UserError(f"The question has {len(text):,} characters. Ask it in at most {LONGEST:,}.")
    return text


def _limits_before(history: Sequence[Turn], today: date) -> tuple[date, ...]:
    """What the question that a follow-up leans on says "as of": it goes on holding."""
    for asked in reversed(asked_before(history)[-MOST_TURNS:]):
        try:
            _, days, _ = find_as_of(asked, today=today)
        except UserError:  # it was told of at that question
            return ()
        if days or leaning(asked) != "surely":
            return days
    return ()


def _limit(given: date | None, said: Sequence[date], hints: _Hints) -> tuple[date | None, tuple[str, ...]]:
    """The day given, or the last that the question says if that is earlier; and what to tell of several."""
    bounds = [day for day in (given, max(said, default=None)) if day]
    if not bounds:
        return None, ()
    day = min(bounds)
    words = day_in_words(day)
    if not hints.applied("as-of", f"nothing after {words}", f"Nothing dated after {words} was used."):
        return None, ()
    several = len(set(said)) > 1 and day == max(said)
    return day, (f"The question says “as of” of several dates; the last, {words}, is the limit.",) * several


def _must_have(phrase: str, hints: _Hints) -> bool:
    words = f"“{_short(phrase, 60)}”"
    note = f"Only passages with the words {words} were used."
    return hints.applied(phrase_key(phrase), f"must have {words}", note)


def phrase_key(phrase: str) -> str:
    return f"phrase:{phrase}"


def _context(text: str, history: Sequence[Turn], hints: _Hints) -> str:
    """What of the conversation the text leans on; empty where it leans on nothing, or the user wants none."""
    before = context(history) if leaning(text) == "surely" else ""
    short = _short(before)
    note = f"Read together with the question before: “{short}”"
    return before if before and hints.applied("history", f"read with: “{short}”", note) else ""


def _wordings(text: str, question: Question) -> tuple[str, ...]:
    """None for what names something itself, or where the user wants the conversation left aside."""
    if "history" in question.disabled_hints or not question.history:
        return ()
    leans = leaning(text)
    if not leans or (named(text) and not is_elliptic(text)):
        return ()
    if leans == "perhaps" and (find_of_documents(text) or find_whole(text, today=date.today())):
        return ()
    *_, last = question.history
    return wordings(
        text, asked_before(question.history), one_line(last.content) if last.role == "assistant" else ""
    )


def read_as(parsed: ParsedQuestion, wording: str, *, names: Mapping[str, str]) -> ParsedQuestion:
    """The follow-up in one of its wordings, which is told."""
    asked = parsed.question
    own = parse_question(replace(asked, text=wording, history=(), phrases=()), names=names)
    note = f"Read after the questions before it as: “{_short(wording)}”"
    hint = Hint("history", f"read as: “{_short(wording)}”", note, applied=True)
    known = {"history", *(each.key for each in own.hints)}
    before = (each for each in parsed.hints if each.key not in known)
    return replace(own, question=asked, hints=(hint, *own.hints, *before), notes=(*parsed.notes, *own.notes))


def _queries(text: str, before: str, question: Question, hints: _Hints) -> tuple[tuple[str, float], ...]:
    """The text as it is, and after what it leans on; one that has no name after the questions before it."""
    if before:
        bare = len(content_words(text)) <= BARE_WORDS
        return (text, 1.0), (f"{before} {text}", BARE_WEIGHT if bare else LEANING_WEIGHT)
    asked = asked_before(question.history)
    if not asked or named(text) or not leaning(text):
        return ((text, 1.0),)
    note = "The questions before were searched with it, at little weight."
    if not hints.applied("history", "with the questions before", note):
        return ((text, 1.0),)
    queries = dict.fromkeys(joined(asked[-most:], text) for most in (1, MOST_TURNS))
    return (text, 1.0), *((wording, HISTORY_WEIGHT) for wording in queries)


def _newest(query: str, as_of: date | None, hints: _Hints) -> bool:
    asks = bool(_LATEST.search(query)) or as_of is not None
    return asks and hints.applied("newest", "newer first", "Newer documents were preferred.")


def _prefer(periods: Sequence[Period], hints: _Hints) -> bool:
    words = ", ".join(map(in_words, periods))
    note = f"Documents dated {words}, or about that time, were preferred."
    return bool(periods) and hints.applied("dates", f"{words} preferred", note)


def _also(short: str, long: str, hints: _Hints) -> bool:
    return hints.applied(f"name:{short}", f"{short} = {long}", f"{short} and {long} were both searched.")


def without_phrases(parsed: ParsedQuestion, missing: Sequence[str]) -> ParsedQuestion:
    """The same without the phrases that no passage has, which is told."""
    kept = tuple(phrase for phrase in parsed.question.phrases if phrase not in missing)
    keys = {phrase_key(phrase) for phrase in missing}
    beside = f" beside {_listed(kept)}" if kept else ""
    asked = parsed.question
    among = " among those allowed" if asked.as_of or asked.within is not None else ""
    words = (
        f"No passage{among} has the words {_listed(missing)}{beside}, so the search was made without them."
    )
    return replace(
        parsed,
        question=replace(asked, phrases=kept),
        hints=tuple(hint for hint in parsed.hints if hint.key not in keys),
        notes=(*parsed.notes, words),
    )


def _listed(phrases: Sequence[str]) -> str:
    return " and ".join(f"“{_short(phrase, 60)}”" for phrase in phrases)


def _short(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"
