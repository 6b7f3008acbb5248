"""Words in quotation marks: where they stand in a text, and which of them say something."""

import re

from assistant.text.language import content_words

_EDGES = " \t.,;:!?…'\"-"
SHORTEST = 3  # letters: a shorter phrase is in nearly every text

# A mark that opens and closes alike opens at a word's start and closes at its end; Chinese has no spaces.
_LETTER = r"[^\W㐀-鿿]"
_ALIKE = (rf"(?<!{_LETTER}){mark}(?=\S)([^{mark}“„]+)(?<=\S){mark}(?!{_LETTER})" for mark in '"＂”')
_PAIRS = (r"[“„]([^“”„]+)[”“]", "«([^«»]+)»", "‹([^‹›]+)›", "「([^「」]+)」", "『([^『』]+)』")
_SINGLE = r"(?<!\S)‘(?=\S)((?:[^‘’]|’(?=\w))+)(?<=\S)’(?!\w)"  # "don’t" neither opens nor closes one
_QUOTED = re.compile("|".join((*_PAIRS, *_ALIKE, _SINGLE)))


def quotations(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, as it stands, in order."""
    return tuple(match[match.lastindex or 0] for match in _QUOTED.finditer(text))


def masked(text: str) -> str:
    """The text with a stroke for each character of a quotation: what is found in it keeps its place."""
    return _QUOTED.sub(lambda match: "_" * len(match[0]), text)


def quoted(text: str) -> tuple[str, ...]:
    """The phrases that a question has in quotation marks, those left out that say nothing."""
    found = (words.strip(_EDGES) for words in quotations(text))
    return tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in found if _says_something(phrase)))


def _says_something(phrase: str) -> bool:
    han = any("㐀" <= letter <= "鿿" for letter in phrase)
    return bool(content_words(phrase)) and sum(map(str.isalnum, phrase)) >= (2 if han else SHORTEST)
