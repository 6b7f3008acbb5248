"""Sentences and words: the units that are quoted, searched and compared."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import sentencex
import Stemmer

from assistant.text.stops import ends_sentence, is_day

Span = tuple[int, int]

# "HK$1,187", "3887.HK", "EX.IO", "e-HKD" and "30.6%" stay whole; each Han character is a word of its own.
_WORD = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+(?:[.,'&][^\W_㐀-鿿]+)*")
_POSSESSIVE = re.compile(r"'s?$")
# A line; the mark of a list at its start is no word of the document.
_BLOCK = re.compile(r"(?m)^[ \t]*(?:[-*•–][ \t]+|(?P<number>\(?\d{1,2}[.)])[ \t]+)?(?P<words>[^\n]+)")
BETWEEN_CELLS = " | "  # of a row of a table
_AT_ONCE = 5_000  # characters given to sentencex, which takes four times as long for twice as many
_END = re.compile(r"(?s).*(?:[.!?…][\"”’')\]]?\s|[。！？])")
_ODD_SPACE = re.compile(r"[^\S ]")
_NO_SPACE_JOIN = re.compile(r"[^\W㐀-鿿]")

STOP_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being between both but by can could
    did do does doing done for from had has have having he her here him his how i if in into is it its me my of
    on or our she should so some such than that the their them then there these they this those to under until
    up us was we were what when where which while who whom whose why will with would you your tell give please
    many much""".split()
)


def sentences(text: str) -> list[Span]:
    """The sentences of a text as spans without surrounding white space; a line never joins the next, a row is one."""
    spans = []
    for block in _BLOCK.finditer(text):
        first, last = block.span("words")
        if block["number"] and is_day(block["number"], text[first : first + 40]):
            first = block.start("number")
        # sentencex panics at a capital letter before some white space other than the plain one.
        line = _ODD_SPACE.sub(" ", text[first:last])
        found = [(0, len(line))] if BETWEEN_CELLS in line else _line(line)
        spans += [_trim(text, first + start, first + end) for start, end in found]
    return [(start, end) for start, end in spans if start < end]


def is_latin(text: str) -> bool:
    """Whether at least half of its letters are Latin; what has none is."""
    letters = [letter for letter in text if letter.isalpha()]
    return 2 * sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters) >= len(letters)


def _parts(line: str) -> Iterator[Span]:
    """A very long line in parts, cut where a sentence seems to end, or else at white space."""
    start = 0
    while len(line) - start > _AT_ONCE:
        found = _END.match(line, start, start + _AT_ONCE)
        cut = found.end() if found else line.rfind(" ", start + 1, start + _AT_ONCE) + 1
        cut = cut or start + _AT_ONCE
        yield start, cut
        start = cut
    yield start, len(line)


def _line(line: str) -> list[Span]:
    """The sentences of a line, with the white space after them."""
    spans, start = [], 0
    stops = dict(_stops(line))
    said = _boundaries(line)
    for end in sorted(said | stops.keys()):
        ends = ends_sentence(line, start, stops[end]) if end in stops else None
        if end == len(line) or (end in said if ends is None else ends):
            spans.append((start, end))
            start = end
    return spans


def _stops(line: str) -> Iterator[tuple[int, int]]:
    """The full stops before white space: where that ends, and where they are."""
    at = line.find(". ")
    while at >= 0:
        yield _after_space(line, at + 2), at
        at = line.find(". ", at + 2)


def _boundaries(line: str) -> set[int]:
    """Where sentencex ends sentences, and the end of the line; one inside a word, as in "EX.IO", is none."""
    found = {len(line)}
    position = 0
    for start, end in _parts(line):
        for sentence in sentencex.segment("en", line[start:end]):
            position += len(sentence)
            glued = line[position - 1] != " " and _NO_SPACE_JOIN.match(line, position)
            if not glued or _is_han(line[position - 2 : position]):
                found.add(_after_space(line, position))
    return found


def _after_space(line: str, at: int) -> int:
    while line[at : at + 1] == " ":
        at += 1
    return at


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


# "1,410,250.75", "1.410.250,75" and "1'410'250.75", maybe with a unit; "1.410" alone is taken for the English decimal.
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:,\d{3})+)((?:\.\d+)?[^\W\d]*)")
_GROUPED_ABROAD = re.compile(
    r"([1-9]\d{0,2}(?:\.\d{3})+(?=,)|[1-9]\d{0,2}(?:\.\d{3}){2,}|[1-9]\d{0,2}(?:'\d{3})+)((?:[,.]\d+)?[^\W\d]*)"
)
_DECIMAL_COMMA = re.compile(r"(\d+),(\d+[^\W\d]*)")


def _plain_number(word: str) -> str:
    """Without marks between thousands, and with a point before decimals; what is no number loses its commas."""
    grouped = _GROUPED.fullmatch(word) or _GROUPED_ABROAD.fullmatch(word)
    if grouped:
        return re.sub("[.,']", "", grouped[1]) + grouped[2].replace(",", ".")
    return _DECIMAL_COMMA.sub(r"\1.\2", word) if _DECIMAL_COMMA.fullmatch(word) else word.replace(",", "")


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """A number has one form in each way to write it; what has a digit or a full stop inside has no ending to cut.

    A word that is spelled in the British and the American way has one stem.
    """
    if "." in word or any(character.isdigit() for character in word):
        return _plain_number(word)
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return str(_stemmer.stemWord(word))


_STOP_STEMS = STOP_WORDS | frozenset(_stem(word) for word in STOP_WORDS)
