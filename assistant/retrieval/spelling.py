"""Words of a question that neither the index nor the language has -> the words of the index that were meant."""

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from assistant.models import is_common_word
from assistant.storage import Generation
from assistant.text.language import STOP_WORDS, words
from assistant.text.quotation import masked

SHORTEST = 4  # letters: of a shorter word too many others are near
LONG = 7  # letters: of a word as long two may be wrong, else one
NEAREST = 50  # stems
MOST_WRONG = 2  # words of a short question
WITHOUT_MARK = {
    f"{word}s": f"{word}'s" for word in ("what", "where", "when", "that")
}  # not "whos": it may be "whose"
_LETTERS = re.compile(r"[^\W\d_]{4,}")
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
    known = generation.keywords.vocabulary
    return any(stem in known for stem in words(word)) or is_common_word(word)


def _nearest(typed: str, generation: Generation) -> str:
    """The nearest word of the index; empty where none is near, or it could be either of two."""
    if typed in WITHOUT_MARK:
        return WITHOUT_MARK[typed]
    most = 2 if len(typed) >= LONG else 1
    near = {word: OSA.distance(typed, word) for word in (*_candidates(typed, generation), *STOP_WORDS)}
    least = min((distance for distance in near.values() if distance <= most), default=0)
    nearest = [word for word, distance in near.items() if distance == least and word[0] == typed[0]]
    if len({tuple(words(word)) for word in nearest}) != 1:
        return ""
    word = min(nearest)
    return "" if word[:-2] == typed[:-2] else word  # another form of it


def _candidates(typed: str, generation: Generation) -> Iterator[str]:
    """Words whose stems are near, as the first passage that has one spells it."""
    stem = " ".join(words(typed))
    known = generation.keywords.vocabulary
    for near, _, _ in extract(stem, known.keys(), scorer=OSA.distance, score_cutoff=2, limit=NEAREST):
        for number in generation.keywords.having([near])[:1]:
            text = generation.catalog.chunk_text(int(number)).lower()
            yield from (word for word in dict.fromkeys(_LETTERS.findall(text)) if words(word) == [near])
