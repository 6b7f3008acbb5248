"""Names: where a text has them, and the short and long forms of one: "Securities and Futures Commission (SFC)".

Forms are learned from texts that give both, by the method of Schwartz and Hearst (2003): the letters of the short form,
in order, in the words before the bracket.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

MAX_FORMS = 3  # names of a question that are searched in both forms
NAME_WORD = (
    r"[A-Z][\w&-]*(?:[.’'][\w&-]+)*"  # a word with a capital, with its stops inside but not at its end
)
NAME = re.compile(rf"\b{NAME_WORD}")
_SHORT = r"[A-Z][A-Za-z0-9&-]{1,9}"
_BRACKET = re.compile(rf"\s\((?:the\s+)?[\"“']?(?P<short>{_SHORT})[\"”']?\)")
_BREAK = re.compile(r"[()\n.;:!?]")
_MARKS = r"(?:['’]s)?[,;:.!?()\"“”]+|['’]s?(?=\s)"  # what may follow a name
REACH = 120  # characters before a bracket in which the long form is looked for


def learn(told: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Short form -> the name that it stands for in at least two thirds of the documents that say so.

    `told`: short form, long form, number of documents. Terms that are no names ("endoplasmic reticulum") are left out:
    searching both forms of them did harm.
    """
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for short, long, documents in sorted(told):
        seen[short][long] += documents
    agreed = {short: _agreed(seen[short]) for short in sorted(seen)}
    return {short: long for short, long in agreed.items() if long and is_name(long)}


def pairs(text: str) -> Iterable[tuple[str, str]]:
    """(short form, long form) of each bracket that abbreviates the words before it."""
    for match in _BRACKET.finditer(text):
        before = _BREAK.split(text[max(0, match.start() - REACH) : match.start()])[-1]
        long = long_form(match["short"], before)
        if long:
            yield match["short"], long


def long_form(short: str, before: str) -> str:
    """The end of `before` that the short form stands for; empty where it stands for none of it."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    words = before.split()
    most = min(len(letters) + 5, 2 * len(letters))
    tail = " ".join(words[-most:])
    at = len(tail)
    for number in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= 0 and not (tail[at].lower() == letters[number] and (number or _starts_word(tail, at))):
            at -= 1
        if at < 0:
            return ""
    found = tail[at:]
    whole = sum(map(str.isupper, short)) > 1 and len(re.findall(r"\w+", found)) > 1
    return found if whole and short not in found.split() else ""


def other_forms(text: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(short form, long form) of the names of which a text has one form only."""
    tokens = set(re.findall(r"\w[\w&-]*", text))
    folded = f" {' '.join(re.sub(_MARKS, ' ', text.casefold()).split())} "
    found = []
    for short, long in names.items():
        has_long = f" {long.casefold()} " in folded
        if (short in tokens) != has_long:
            found.append((short, long))
    return found[:MAX_FORMS]


def both_forms(text: str, names: Iterable[tuple[str, str]]) -> list[str]:
    """The text, and the text with its names in their other form, if it has any."""
    other = text
    for short, long in names:
        pattern = re.compile(rf"(?<![\w&-]){re.escape(short)}(?![\w&-])")
        if pattern.search(other):
            other = pattern.sub(lambda _, long=long: long, other)  # type: ignore[misc]
        else:
            whole = r"\s+".join(map(re.escape, long.split()))
            other = re.sub(whole, short, other, flags=re.IGNORECASE)
    return list(dict.fromkeys((text, other)))


def is_name(long: str) -> bool:
    """Whether the first and the last word have a capital."""
    return all(word[:1].isupper() for word in (long.split()[0], long.split()[-1]))


def _agreed(longs: Counter[str]) -> str | None:
    """The commonest spelling, if two thirds agree on it, letter case apart."""
    long, _ = longs.most_common(1)[0]
    alike = sum(count for other, count in longs.items() if other.casefold() == long.casefold())
    return long if 3 * alike >= 2 * longs.total() else None


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace()
