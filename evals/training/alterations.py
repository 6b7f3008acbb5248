"""Questions altered so that silence is right: another name, another year, or a word that means another thing."""

import random
import re
from collections.abc import Container, Sequence
from functools import lru_cache
from pathlib import Path

from assistant.text.language import words

CONTRASTS = Path(__file__).with_name("contrasts.txt")  # a line a group of words of which one is not another
_NAME = re.compile(r"(?<=\w )(?:[A-Z][\w’'.-]+)(?: (?:of |the )?[A-Z][\w’'.-]+)*")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_WORD = re.compile(r"\w+(?:-\w+)*")


def swapped(question: str, text: str, names: Sequence[str], generator: random.Random) -> str | None:
    """The question with another year, or another name (of the text, or of `names`); None where it has neither."""
    found = [*_YEAR.finditer(question), *_NAME.finditer(question)]
    if not found:
        return None
    match = generator.choice(found)
    if match[0].isdigit():
        other = str(int(match[0]) + generator.choice([-7, -4, -3, -2, -1, 1, 2, 3, 5]))
    else:
        near = [name for name in names_in(text) if not _share(name, question)]
        other = generator.choice(near if near and generator.random() < 0.6 else names)
    if _share(other, match[0]) or (match[0].isdigit() and other in text):
        return None
    return question[: match.start()] + other + question[match.end() :]


def contrasted(question: str, held: Container[str], generator: random.Random) -> str | None:
    """The question with one word replaced by another of its contrasts that is not among those held."""
    found = [
        (match, other)
        for match in _WORD.finditer(question)
        for other in contrasts().get(match[0].lower(), ())
    ]
    found = [(match, other) for match, other in found if not set(words(other)) & set(words(question))]
    found = [(match, other) for match, other in found if not any(word in held for word in words(other))]
    if not found:
        return None
    match, other = generator.choice(found)
    other = other.capitalize() if match[0][0].isupper() else other
    return question[: match.start()] + other + question[match.end() :]


@lru_cache(maxsize=1)
def contrasts() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in CONTRASTS.read_text("utf-8").splitlines():
        group = line.split()
        for word in group:
            found[word] = (*found.get(word, ()), *(other for other in group if other != word))
    return found


def names_in(text: str) -> list[str]:
    """Runs of capitalised words, those that open the text left out."""
    return _NAME.findall(text)


def _share(one: str, other: str) -> bool:
    return bool(set(words(one)) & set(words(other)))
