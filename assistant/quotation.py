"""Where the words in quotation marks stand in a text."""

import re

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
