"""What may be wrong with the text layer of a page: signs that are no words, words that run backwards."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.loading.pdf.lines import RAISED, Line

MOST_BAD = 0.3  # share of the signs that no font has a letter for
FEWEST = 5  # of those
LEAST_VOWELS = 0.2  # share of the letters of words; in Latin script a third and more in any language
FEWEST_WORDS = 8
CODE = re.compile(r"\(cid:\d+\)|/g\d+|\\u[0-9a-f]{4}", re.IGNORECASE)
WORD = re.compile(r"(?<![^\W_])[A-Za-z]{4,}(?![^\W_])")
LATIN_VOWELS = frozenset("aeiou")
RIGHT_TO_LEFT_RUN = re.compile(r"[֐-ࣿיִ-﷿ﹰ-ﻼ]+")
LEFT_TO_RIGHT_RUN = re.compile(r"[^\W֐-ࣿ]+(?:[ .,:/'’&+-]*[^\W֐-ࣿ]+)*")
ONLY_LAST = frozenset("ךםןףץةى")  # letters with which no word begins
ARTICLE = "ال"  # with which many Arabic words begin, and hardly any end with its mirror image
MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")

UNREADABLE = "Its text layer is unreadable: its signs make no words"
CONFUSED = "Its right-to-left text comes in a confused order, and would be quoted wrongly"
ADVICE = "turn on the setting ocr and index it again to have the words recognised from the print"


def fault(text: str) -> str | None:
    """Why the text of a page, as it is stored, cannot be quoted; None if it can."""
    if is_noise(text):
        return UNREADABLE
    forwards, backwards = _directions(text)
    return CONFUSED if min(forwards, backwards) > 1 and backwards < 2 * forwards < 4 * backwards else None


def is_noise(text: str) -> bool:
    """Whether most signs are codes of glyphs, or letters without any words."""
    signs = [sign for sign in text if not sign.isspace()]
    bad = sum(_is_bad(sign) for sign in signs)
    codes = CODE.findall(text)
    if bad >= FEWEST and bad > MOST_BAD * len(signs):
        return True
    if len(codes) >= FEWEST and 2 * sum(map(len, codes)) > len(signs):
        return True
    words = WORD.findall(text)
    letters = "".join(words).lower()
    vowels = sum(map(letters.count, LATIN_VOWELS))
    mostly = len(set(words)) >= FEWEST_WORDS and 2 * len(letters) > len(signs)
    return mostly and vowels < LEAST_VOWELS * len(letters)


def forwards(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page, with Hebrew and Arabic that is stored from left to right turned round."""
    there, back = _directions("\n".join(line.text for line in lines))
    if back < 2 or back <= 2 * there:
        return list(lines)
    return [_turned(line) for line in lines]


def _turned(line: Line) -> Line:
    if not RIGHT_TO_LEFT_RUN.search(line.text):
        return line
    text = line.text.replace(RAISED[0], "").replace(RAISED[1], "")
    return replace(line, text=_reversed(text), cells=tuple(map(_turned, line.cells)))


def _reversed(text: str) -> str:
    """Signs from right to left, but words and numbers in Latin script as they are."""
    return LEFT_TO_RIGHT_RUN.sub(lambda run: run[0][::-1], text[::-1].translate(MIRRORED))


def _directions(text: str) -> tuple[int, int]:
    """How many words end as only words that run forwards do, and how many that run backwards."""
    there = back = 0
    for run in RIGHT_TO_LEFT_RUN.finditer(text):
        word = run[0]
        if len(word) > 1:
            there += (word[-1] in ONLY_LAST) + (word.startswith(ARTICLE) and len(word) > 3)
            back += (word[0] in ONLY_LAST) + (word.endswith(ARTICLE[::-1]) and len(word) > 3)
    return there, back


def _is_bad(sign: str) -> bool:
    code = ord(sign)
    return code < 32 or sign == "�" or 0xE000 <= code <= 0xF8FF or code >= 0xF0000 or 0x7F <= code < 0xA0
