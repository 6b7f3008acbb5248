"""Whether a full stop ends a sentence, by the words beside it.

Nothing outside the sentence and the next word is looked at, so that a chunk has the sentences that its document has.
Most rules hold in every language that we meet; sentencex knows further abbreviations of the sentence's own language.
"""

import re

from assistant.text.stops.word_lists import (
    BEFORE_DAY,
    BEFORE_ORDINAL,
    END,
    ENGLISH_MONTH,
    FIGURE,
    MEASURE,
    NAME,
    OPENER,
    english,
    is_abbreviated_in,
    kinds,
    listed,
    months,
    telling,
)

_INSIDE = re.compile(r"['’(\[{\"“„«‘/-]")  # "l'art", "(approx", "Haupt-Str"
_OPENING = r"[\"“„«‘(\[¿¡*_]*"
_NEXT = re.compile(rf"{_OPENING}(?P<word>[^\W\d_]+)(?P<short>['’](?!(?:s|d|m|ll|re|ve)\b))?")
_ROMAN = r"(?=[VX]|II|IV|IX|L\w)(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_FIGURE = re.compile(rf"{_OPENING}[+~±<>≤≥$€£¥§#]*\s?(?:[A-Z]{{1,3}}[$€£¥])?\d|{_ROMAN}(?![\w-])")
_NAME = re.compile(r"[^\W\d_]-|[^\W_]*(?:-?\d|(?!ß)[^\W\d_a-zà-öø-ÿ])|[a-z]+:\S")
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_BEFORE_YEAR = re.compile(r"[^\W\d_]+\.?,? (?:19|20)\d\d\b")
_MONTH_AND_YEAR = re.compile(r"\d{1,2}\. ?(?:\d\d){1,2}\b")
_DAY = re.compile(r"(?:[1-9]|0[1-9]|[12]\d|3[01])\.?")
_NO_VOWEL = re.compile(r"[^\W\d_A-Zaeiouyäöüàâéèêëïîôûùáíóúãõåæø]{2,5}")
_LETTERS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]+['’]?")
LONGEST = 7  # letters of an abbreviation that only sentencex knows
SEEN = 400  # characters of a sentence that tell its language
ACRONYM = 3  # letters, all capitals: a name, which may end a sentence


def ends_sentence(line: str, start: int, stop: int) -> bool | None:
    """Whether a sentence that began at `start` ends at the full stop at `stop`, which plain spaces follow.

    None where the words beside it do not tell.
    """
    rest = line[stop + 1 : stop + 40].lstrip(" ")
    before = line[max(start, stop - 40) : stop].split(" ")
    word = before[-1]
    if not rest or not word:
        return None
    if word.isdigit():
        return _ends_at_number(before, rest)
    kind, word = _abbreviation(before)
    begun = line[start : min(stop, start + SEEN)]
    if _begins_small(rest):
        return None if kind is None and begun.islower() else False
    measured = len(before) > 1 and before[-2][-1:].isdigit()
    said = _ends_at(word, kind, rest, measured=measured)
    return False if said is None and not measured and _is_foreign(word, begun, rest) else said


def closes_abbreviation(text: str, stop: int) -> bool:
    """Whether the full stop at `stop` belongs to the word before it, as in "Ltd." and "p. 12"; not in "He said no."."""
    before = text[max(0, stop - 40) : stop].split()
    if not before or text[stop : stop + 1] != ".":
        return False
    kind, word = _abbreviation(before)
    followed = _FIGURE.match(text[stop + 1 : stop + 40].lstrip())
    return kind in (NAME, END) or bool(followed and word.lower() in listed(FIGURE))


def is_day(number: str, rest: str) -> bool:
    """Whether a number with a stop at the start of a line is the day of a date, and not the mark of a list."""
    return number.endswith(".") and _goes_on([number[:-1]], rest.lstrip())


def _abbreviation(before: list[str]) -> tuple[str | None, str]:
    """The kind of the last word, with those before it that belong to it: "z. B", "i. d. R", "par ex"."""
    word = before[-1]
    if not word.isalpha():
        last = _INSIDE.split(word)[-1]
        word = last if len(last) > 1 else word.lstrip('([{"“„«‘')
    word = "str" if word.lower().endswith("str") else word  # "Hauptstr"
    kind = kinds().get(word.lower())
    if kind == NAME and word.isupper() and len(word) >= ACRONYM:
        kind = None
    if len(word) > 4 or len(before) < 2:
        return kind or _dotted(word), word
    joined = _INSIDE.split(before[-2])[-1] + (word if before[-2].endswith(".") else f" {word}")
    if before[-2].endswith(".") and len(before) > 2 and before[-3].endswith("."):
        kind = kinds().get((_INSIDE.split(before[-3])[-1] + joined).lower(), kind)
    return kinds().get(joined.lower(), kind) or _dotted(word), word


def _dotted(word: str) -> str | None:
    """Letters with stops between them, as in "E.U", may end a sentence."""
    return END if _LETTERS.fullmatch(word) else None


def _begins_small(rest: str) -> bool:
    """With a word in small letters, and not with a name such as "iPhone", "p53" and "e-HKD"."""
    return rest[0].islower() and not _NAME.match(rest)


def _ends_at(word: str, kind: str | None, rest: str, *, measured: bool) -> bool | None:
    """Before what begins with a figure, a capital or a mark; `measured`: a figure stands before the word."""
    if kind and kind != END and measured and word.lower() in listed(MEASURE):
        kind = None
    if kind == NAME:
        return False
    if _FIGURE.match(rest):
        short = word.lower() in listed(FIGURE) or (
            kind is None and not measured and _NO_VOWEL.fullmatch(word.lower() if word.istitle() else word)
        )
        dated = measured and len(word) <= 5 and _YEAR.match(rest)
        return False if short or dated else None
    following = _NEXT.match(rest)
    if not following or not following["word"][0].isupper():
        return None
    if kind or (measured and len(word) < ACRONYM):
        return True if _opens(following) else False if kind == END else None
    named = word.isupper() and word.isalpha() and len(word) >= ACRONYM
    return True if named or word.lower() in months() else None


def _is_foreign(word: str, sentence: str, rest: str) -> bool:
    """Whether a word is an abbreviation in the language that the sentence is in, and that is not English."""
    if len(word) > LONGEST or not word.isalpha() or ((following := _NEXT.match(rest)) and _opens(following)):
        return False
    words = _WORDS.findall(sentence.lower())
    if not english().isdisjoint(words):
        return False
    languages = frozenset().union(*(telling()[one] for one in words if one in telling()))
    return any(is_abbreviated_in(language, word) for language in languages)


def _opens(following: re.Match[str]) -> bool:
    """Whether a word begins a sentence more often than a name; of a line in capitals that cannot be told."""
    if len(following["word"]) > 1 and following["word"].isupper():
        return False
    return following["word"].lower() + ("'" if following["short"] else "") in listed(OPENER)


def _ends_at_number(before: list[str], rest: str) -> bool | None:
    """False within a date, and behind a number in order: "2. Quartal"."""
    if rest[0].islower() or _goes_on(before, rest):
        return False
    previous = before[-2].lower() if len(before) > 1 else ""
    in_order = previous in listed(BEFORE_ORDINAL) and before[-3:-1] not in (["I", "am"], ["i", "am"])
    following = _NEXT.match(rest)
    return False if in_order and len(before[-1]) <= 2 and following and not _opens(following) else None


def _goes_on(before: list[str], rest: str) -> bool:
    """Whether a number is the day or the month of a date that goes on: "3. Juni", "4. May 2026", "3. 6. 2026"."""
    previous = before[-2].lower().rstrip(",") if len(before) > 1 else ""
    if not _DAY.fullmatch(before[-1]):
        return False
    if _MONTH_AND_YEAR.match(rest) or (_DAY.fullmatch(previous) and _YEAR.match(rest)):
        return True
    following = _NEXT.match(rest)
    if not following or (month := following["word"].lower()) not in months():
        return False
    if previous in listed(BEFORE_DAY) | listed(BEFORE_ORDINAL) or month not in listed(ENGLISH_MONTH):
        return True
    return bool(_BEFORE_YEAR.match(rest))
