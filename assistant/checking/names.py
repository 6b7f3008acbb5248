"""Names and quoted words of a statement that what it cites does not have."""

import calendar
import re
import unicodedata

from assistant.text.language import content_words, words
from assistant.text.names import NAME, pairs

_OPENING = frozenset(  # words that begin a sentence and are no part of the name that follows
    "since although though while during whether according unlike despite besides except only even both".split()
)
_TITLES = frozenset("mr mrs ms dr sir".split())
_MONTHS = frozenset(name.lower() for name in calendar.month_name)
_QUOTED = re.compile(r"[\"“]([^\"”]{3,})[\"”]")


def missing_quotes(text: str, cited: str) -> list[str]:
    """What it quotes and the source does not say in these words."""
    held = f" {_plain(cited)} "
    return [quote for quote in _QUOTED.findall(text) if f" {_plain(quote)} " not in held]


def _plain(text: str) -> str:
    """The words as they stand, without regard to case, white space and punctuation."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def missing_names(text: str, cited: str) -> list[str]:
    """Capitalised words of the statement that the source has in no form.

    A sentence's first word is a name only where another capitalised word follows it.
    """
    known = set(words(cited))
    forms = {short for short, _ in pairs(cited)}
    missing = []
    for match in NAME.finditer(text):
        initial = _starts_sentence(text, match.start())
        followed = re.match(r"\s+[A-Z]", text[match.end() :])
        word = match[0].lower()
        if (initial and (not followed or word in _OPENING)) or match[0] in forms or word in _MONTHS | _TITLES:
            continue
        if content_words(match[0]) and not _known(match[0], known):
            missing.append(match[0])
    return list(dict.fromkeys(missing))


def _known(name: str, known: set[str]) -> bool:
    """In any form: also as the start of a longer word ("Norway", "Norwegian"), or the letters of several words."""
    stems = set(words(name))
    if stems <= known:
        return True
    return all(stem in known or any(_kin(stem, word) for word in known) for stem in stems)


def _kin(stem: str, word: str) -> bool:
    shared = len(stem) >= 5 and len(word) >= 5
    return shared and stem[:4] == word[:4] and abs(len(stem) - len(word)) <= 4


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:"
