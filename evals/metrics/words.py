"""Texts as words, the way SQuAD compares them."""

import re
import string

ARTICLE = re.compile(r"\b(?:a|an|the)\b")
PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))


def words(text: str) -> list[str]:
    """Lower case, without ASCII punctuation and without articles."""
    return ARTICLE.sub(" ", text.lower().translate(PUNCTUATION)).split()


def in_words(needle: list[str], haystack: list[str]) -> bool:
    """Whether the words of one text stand, in a run, in the other; no words stand nowhere."""
    return bool(needle) and _padded(needle) in _padded(haystack)


def without(haystack: list[str], needles: list[list[str]]) -> list[str]:
    """What is left when each needle in turn is taken out from left to right; a mark that equals no word
    stands in its place, so that what was apart does not become a run."""
    rest = _padded(haystack)
    for needle in filter(None, needles):
        wanted = _padded(needle)
        while wanted in rest:
            rest = rest.replace(wanted, " \0 ", 1)
    return rest.split()


def _padded(found: list[str]) -> str:
    return f" {' '.join(found)} "
