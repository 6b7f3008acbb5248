"""The words beside full stops, in eight languages, as `words.txt` lists them."""

from functools import cache, lru_cache
from pathlib import Path

import sentencex

MONTH = "names a month"
ENGLISH_MONTH = "names a month, or opens a sentence"  # in English: "He has 4. May he go?"
BEFORE_DAY = "stands before a day"
BEFORE_ORDINAL = "stands before a number in order"
OPENER = "opens a sentence"
MEASURE = "measures"
NAME = "a name or more follows"
FIGURE = "a figure follows"
END = "may end a sentence"
ABBREVIATIONS = (NAME, FIGURE, END)  # what has two kinds is of the later one


@cache
def listed(head: str) -> frozenset[str]:
    """The words under a head, of all languages; KeyError where there is no such head."""
    return frozenset().union(*_lists()[head].values())


@cache
def months() -> frozenset[str]:
    return listed(MONTH) | listed(ENGLISH_MONTH)


@cache
def kinds() -> dict[str, str]:
    """Each abbreviation, without its last stop, and its kind."""
    return {word: kind for kind in ABBREVIATIONS for word in listed(kind)}


@cache
def telling() -> dict[str, frozenset[str]]:
    """Words that an English sentence has not, and the languages in which they are common."""
    languages = _lists()[OPENER]
    foreign = listed(OPENER) - languages["en"]
    return {word: frozenset(name for name in languages if word in languages[name]) for word in foreign}


@cache
def english() -> frozenset[str]:
    """Words that only an English sentence has."""
    languages = _lists()[OPENER]
    return languages["en"].difference(*(words for name, words in languages.items() if name != "en"))


@lru_cache(maxsize=10_000)
def is_abbreviated_in(language: str, word: str) -> bool:
    """Whether sentencex has a word among the abbreviations of a language."""
    return len(sentencex.segment(language, f"{word}. Abcde")) == 1


@cache
def _lists() -> dict[str, dict[str, frozenset[str]]]:
    """The words by head and language."""
    _, *sections = Path(__file__).with_name("words.txt").read_text("utf-8").split("\n[")
    lists: dict[str, dict[str, frozenset[str]]] = {}
    for section in sections:
        head, _, lines = section.partition("]\n")
        languages = lists.setdefault(head, {})
        for language, _, words in (line.partition(": ") for line in lines.splitlines() if line):
            found = frozenset(word.replace("_", " ") for word in words.split())
            languages[language] = languages.get(language, frozenset()) | found
    return lists
