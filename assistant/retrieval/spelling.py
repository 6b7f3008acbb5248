"""Words of a question that neither the index nor the language has -> the words of the index that were meant."""

import re

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.models import is_common_word
from assistant.storage import Generation
from assistant.text.language import STOP_WORDS, words
from assistant.text.quotation import masked

SHORTEST = 4  # letters: of a shorter word too many others are near
LONG = 7  # letters: of a word as long two may be wrong, else one
NEAREST = 10
MOST_WRONG = 2  # words of a short question
_WORD = re.compile(r"(?<![\w.@/-])[^\W\d_]{4,}(?![\w@/-]|\.\w)")


def corrections(text: str, generation: Generation) -> dict[str, str]:
    """What is typed -> what is meant; never a name, a word that the index has, or what is quoted."""
    shouting = text.isupper()
    typed = [
        match[0]
        for match in _WORD.finditer(masked(text))
        if match[0].islower() or match.start() == 0 or shouting
    ]
    unknown = [word for word in typed if not _is_known(word.lower(), generation)]
    if len(unknown) > max(MOST_WRONG, len(text.split()) // 3):
        return {}  # another language
    return {word: meant for word in unknown if (meant := _nearest(word.lower(), generation))}


def corrected(text: str, meant: dict[str, str]) -> str:
    for typed, word in meant.items():
        text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", word, text)
    return text


def _is_known(word: str, generation: Generation) -> bool:
    return is_common_word(word) or any(stem in generation.keywords.vocabulary for stem in words(word))


def _nearest(typed: str, generation: Generation) -> str:
    """The commonest of the nearest words of the index; empty where none is near."""
    most = 2 if len(typed) >= LONG else 1
    known = generation.spellings
    words_of = [word for word in known if len(word) >= SHORTEST]
    near = extract(typed, [*words_of, *STOP_WORDS], scorer=OSA.distance, score_cutoff=most, limit=NEAREST)
    least = min((distance for _, distance, _ in near), default=0)
    nearest = [word for word, distance, _ in near if distance == least and word[0] == typed[0]]
    if len({tuple(words(word)) for word in nearest}) != 1:
        return ""  # none, or it could be either
    word = max(nearest, key=lambda word: (known[word], word))
    return "" if word[:-2] == typed[:-2] else word  # another form of it
