"""Sentences and words: the units that are quoted, searched and compared."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import sentencex
import Stemmer

from assistant.text.days import MONTH_NAMES

Span = tuple[int, int]

# "HK$1,187", "3887.HK", "EX.IO", "e-HKD" and "30.6%" stay whole; each Han character is a word of its own.
_WORD = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+(?:[.,'&][^\W_㐀-鿿]+)*")
_POSSESSIVE = re.compile(r"'s?$")
# A line; the mark of a list at its start is no word of the document.
_BLOCK = re.compile(r"(?m)^[ \t]*(?:[-*•–][ \t]+|\(?\d{1,2}[.)][ \t]+)?(?P<words>[^\n]+)")
_AT_ONCE = 5_000  # characters given to sentencex, which takes four times as long for twice as many
_END = re.compile(r"(?s).*(?:[.!?…][\"”’')\]]?\s|[。！？])")
_ODD_SPACE = re.compile(r"[^\S ]")
_MISSED = re.compile(
    rf"(?:\b(?!LTD|MRS|PROF|FIG|INC|CORP|NOS)[A-Z]{{3,}}|\b(?:{MONTH_NAMES}))"
    r"\.\s+(?=[A-Z])"
)
_NO_SPACE_JOIN = re.compile(r"[^\W㐀-鿿]")

_NO_HEADING = re.compile(r"^[-*•–]\s|\d|: |[.!]\s")  # an item of a list, a figure, a value, a sentence before
_STOP = re.compile(r"[.!…:;,|。！；：][\"”’')\]]?$")
HEADING_WORDS = 16

STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being between both but by can could
    did do does doing done for from had has have having he her here him his how i if in into is it its me my of
    on or our she should so some such than that the their them then there these they this those to under until
    up us was we were what when where which while who whom whose why will with would you your tell give please
    many much""".split()
)


def sentences(text: str) -> list[Span]:
    """The sentences of a text as spans without surrounding white space; a line never joins the next one."""
    spans = []
    for block in _BLOCK.finditer(text):
        for part in _parts(text, *block.span("words")):
            spans += [_trim(text, start, end) for start, end in _boundaries(text, *part)]
    return [(start, end) for start, end in spans if start < end]


def is_latin(text: str) -> bool:
    """Whether at least half of its letters are Latin; what has none is."""
    letters = [letter for letter in text if letter.isalpha()]
    return 2 * sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters) >= len(letters)


def is_heading(text: str, span: Span) -> bool:
    """Whether a sentence stands in a short line without a stop at its end, above a line of prose."""
    first, last = text.rfind("\n", 0, span[0]) + 1, text.find("\n", span[1])
    if last < 0:
        return False
    line = text[first:last].strip()
    if len(line.split()) > HEADING_WORDS or _STOP.search(line) or _NO_HEADING.search(line):
        return False
    below = text[last:].lstrip().partition("\n")[0].rstrip()
    return bool(_STOP.search(below)) and len(below.split()) > HEADING_WORDS // 2


def _parts(text: str, start: int, end: int) -> Iterator[Span]:
    """A very long line in parts, cut where a sentence seems to end, or else at white space."""
    while end - start > _AT_ONCE:
        found = _END.match(text, start, start + _AT_ONCE)
        cut = found.end() if found else text.rfind(" ", start + 1, start + _AT_ONCE) + 1
        cut = cut or start + _AT_ONCE
        yield start, cut
        start = cut
    yield start, end


def _boundaries(text: str, start: int, end: int) -> list[Span]:
    """sentencex splits "EX.IO" after the full stop: a boundary inside a word is taken back."""
    found: list[Span] = []
    position = start
    # sentencex panics at a capital letter before some white space other than the plain one.
    for sentence in sentencex.segment("en", _ODD_SPACE.sub(" ", text[start:end])):
        stop = position + len(sentence)
        glued = found and not text[position - 1].isspace() and _NO_SPACE_JOIN.match(text, position)
        if glued and not _is_han(text[position - 2 : position]):
            found[-1] = (found[-1][0], stop)
        else:
            found.append((position, stop))
        position = stop
    return [part for span in found for part in _missed(text, span)]


def _missed(text: str, span: Span) -> list[Span]:
    """sentencex takes "SFC." and "May." for abbreviations: before a capital they end a sentence."""
    cuts = [match.end() for match in _MISSED.finditer(text, *span)]
    return list(pairwise([span[0], *cuts, span[1]]))


def _is_han(text: str) -> bool:
    return any("㐀" <= character <= "鿿" for character in text)


def _trim(text: str, start: int, end: int) -> Span:
    stripped = text[start:end].strip()
    offset = text.find(stripped, start, end) if stripped else end
    return offset, offset + len(stripped)


def words(text: str) -> list[str]:
    """The stemmed words of a text, stop words included, in order."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return [_stem(_POSSESSIVE.sub("", word)) for word in _WORD.findall(folded)]


def content_words(text: str) -> list[str]:
    """`words` without those that carry no meaning of their own."""
    return [word for word in words(text) if word not in _STOP_STEMS]


_stemmer = Stemmer.Stemmer("english")
# British spellings, and the American ones that the stemmer knows: licence, tokenise, favour, programme.
_BRITISH = (
    (re.compile(r"^(licen|defen|offen|preten)c(?=e|ing$)"), r"\1s"),
    (re.compile(r"(?<=[a-z]{3})is(?=ations?$)"), "iz"),
    # Not those that are spelled so in America too: advise, supervise, promise, exercise, surprise, franchise, …
    (re.compile(r"(?<=[a-z]{3})(?<![ov])(?<!erc|rom|rem|mpr|rpr|nch|and|ert)is(?=e[sd]?$|ing$)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our(?=(?:s|ed|ing|able|ite|ites)?$)"), "or"),
    (re.compile(r"^(program)me(?=s?$)"), r"\1"),
)


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """Numbers lose their thousands' commas; what has a digit or a full stop inside has no ending to cut.

    A word that is spelled in the British and the American way has one stem.
    """
    if "." in word or any(character.isdigit() for character in word):
        return word.replace(",", "")
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return str(_stemmer.stemWord(word))


_STOP_STEMS = STOP_WORDS | frozenset(_stem(word) for word in STOP_WORDS)
