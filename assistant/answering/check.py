"""Each Statement against the words it cites: supported, or not, and why."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from assistant.text.days import day_in_words
from assistant.text.language import Span, content_words, sentences, words
from assistant.text.names import NAME
from assistant.types import Passage

_QUOTED = re.compile(r"[\"“]([^\"”]{3,})[\"”]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_NUMBER_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split(),
        map(str, range(1, 21)),
        strict=True,
    )
)


def check(text: str, cited: Sequence[str]) -> tuple[str, ...]:
    """Why a statement is not supported by the texts it cites; empty where nothing speaks against it.

    Verbatim quotes, numbers (dates among them) and names of the statement have to stand in what is cited.
    """
    if not cited:
        return ("It cites no passage.",)
    whole = _ISO_DATE.sub(_spelled, "\n".join(cited))
    reasons = [f"The quoted words “{quote}” are not in the source." for quote in _missing_quotes(text, whole)]
    reasons += [f"The source does not have the number {number}." for number in missing_numbers(text, whole)]
    reasons += [f"The source does not have the name {name}." for name in missing_names(text, whole)]
    shared = set(content_words(text)) & set(content_words(whole))
    if not reasons and not shared:
        reasons.append("The source shares no word with it.")
    return tuple(reasons)


def _missing_quotes(text: str, cited: str) -> list[str]:
    held = f" {_plain(cited)} "
    return [quote for quote in _QUOTED.findall(text) if f" {_plain(quote)} " not in held]


def _plain(text: str) -> str:
    """The words as they stand, without regard to case, white space and punctuation."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def numbers(text: str) -> set[str]:
    """The numbers of a text, without thousands' commas; "twelve" counts as 12."""
    found = {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}
    spelled = {_NUMBER_WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _NUMBER_WORDS}
    return {str(float(number)).removesuffix(".0") for number in found} | spelled


def missing_numbers(text: str, cited: str) -> list[str]:
    """ "one" in a statement is hardly ever a number that is claimed: "the one", "one of"."""
    claimed = numbers(re.sub(r"\bone\b", "", text, flags=re.IGNORECASE))
    return sorted(claimed - numbers(cited))


def _spelled(match: re.Match[str]) -> str:
    """2023-02-21 supports "21 February 2023", and neither "2 people" nor "March"."""
    try:
        day = date.fromisoformat(match[0])
    except ValueError:
        return match[0]
    return day_in_words(day)


def missing_names(text: str, cited: str) -> list[str]:
    """Capitalised words of the statement that the source has in no form.

    A sentence's first word is a name only where another capitalised word follows it.
    """
    known = set(words(cited))
    missing = []
    for match in NAME.finditer(text):
        initial = _starts_sentence(text, match.start())
        followed = re.match(r"\s+[A-Z]", text[match.end() :])
        if initial and not followed:
            continue
        if content_words(match[0]) and not set(words(match[0])) <= known:
            missing.append(match[0])
    return list(dict.fromkeys(missing))


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:"


def supporting_spans(text: str, passage: Passage) -> list[Span]:
    """The sentences of a passage, as spans of its document, that a statement rests on.

    First the one that shares most words with it, then those that have a number or a name it still lacks.
    """
    spans = sentences(passage.text)
    wanted = set(content_words(text))
    held = [set(content_words(passage.text[start:end])) for start, end in spans]
    if not spans:
        return []
    chosen = [
        max(range(len(spans)), key=lambda at: (len(wanted & held[at]) / (len(held[at]) + 5) ** 0.5, -at))
    ]
    facts = {word for part in [*NAME.findall(text), *_NUMBER.findall(text)] for word in content_words(part)}
    lacking = facts - held[chosen[0]]
    for at in range(len(spans)):
        if at not in chosen and lacking & held[at]:
            chosen.append(at)
            lacking -= held[at]
    return [(passage.start + spans[at][0], passage.start + spans[at][1]) for at in sorted(chosen)]
