"""Values that can be compared and added up: one number in a unit, or one day."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.gathering.series import Cell, Entry
from assistant.text.days import dates_in
from assistant.text.language import content_words, words

_MONEY = frozenset(
    words(
        "euro euros eur pound pounds gbp dollar dollars usd hkd chf franc francs yen jpy cent cents price cost fee"
    )
)
_LENGTHS = frozenset(
    words("length long duration distance metre meter kilometre mile hour minute day week lesson")
)
_BASES = dict(
    pair.split(":")
    for pair in "led:lead taught:teach built:build sold:sell bought:buy held:hold ran:run wrote:write written:write "
    "drove:drive driven:drive kept:keep made:make owned:owner grew:grow grown:grow spoke:speak won:win".split()
)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_SIGNS = "€£$¥"
_MADE_IN = re.compile(
    r"\b(?:built|made|founded|opened|established|born|launched|created|dating|dates|since)\b[^.]{0,20}?\b(1[5-9]\d\d|20\d\d)\b",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"\s*(?:[-−–]\s?[\d£$€]|\(\s?[\d£$€][\d.,]*\s?\))")
_RATES = frozenset(words("percent per cent share growth rate age average mean ratio temperature index score"))
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_YEARS_OF = frozenset(
    words("built year founded opened established born date bought made since joined registered")
)


@dataclass(frozen=True, slots=True)
class Value:
    """`start` and `text`: the words of the document that give it; `label`: what its cell is called."""

    amount: float
    unit: frozenset[str]
    start: int
    text: str
    label: str = ""


def of_cell(cell: Cell) -> Value | None:
    """Its only number, or its only day; None where it has more, or none."""
    days = {found.last for found in dates_in(cell.text)}
    if len(days) == 1 and not _YEAR.fullmatch(cell.text):
        return Value(days.pop().toordinal(), frozenset({"day"}), cell.start, cell.text, cell.label)
    numbers = [word for word in words(cell.text) if is_number(word)]
    if len(numbers) != 1:
        return None
    sign = -1.0 if _NEGATIVE.match(cell.text) else 1.0
    unit = {word for word in content_words(cell.text) if not is_number(word)}
    unit |= {sign for sign in _SIGNS if sign in cell.text}
    return Value(sign * float(numbers[0]), frozenset(unit), cell.start, cell.text, cell.label)


def counted(entry: Entry, noun: str) -> Value | None:
    """The number right before a noun in an entry's text: "She carries 22 passengers"."""
    found = [
        match
        for match in re.finditer(r"(\d[\d,.]*\d|\d)\s+([^\W\d]+)", entry.text)
        if like(noun, (words(match[2]) or [""])[0])
    ]
    numbers = [word for match in found for word in words(match[1]) if is_number(word)]
    if len(found) != 1 or len(numbers) != 1:
        return None
    return Value(float(numbers[0]), frozenset({noun}), entry.start + found[0].start(), found[0][0])


def made_in(entry: Entry) -> Value | None:
    """The year that an entry's text gives as the one it was built, founded or born in."""
    found = list(_MADE_IN.finditer(entry.text))
    if len(found) != 1:
        return None
    return Value(float(found[0][1]), frozenset({"year"}), entry.start + found[0].start(1), found[0][1])


def is_money(label: str, value: Value) -> bool:
    return bool(_MONEY & {*words(label), *value.unit} or set(_SIGNS) & {*label, *value.unit})


def is_time(label: str, value: Value) -> bool:
    year = bool(_YEARS_OF & set(words(label))) and 1000 < value.amount < 2200
    return "day" in value.unit or year


def is_length(label: str, value: Value) -> bool:
    return bool(_LENGTHS & set(words(label)))


def is_rate(value: Value) -> bool:
    """What is not added up."""
    return "%" in value.text + value.label or bool(_RATES & {*words(value.label), *value.unit})


def unmeasured(word: str) -> Value:
    """As a value whose unit is a word."""
    return Value(0, frozenset({word}), 0, "")


def of_column(entries: Sequence[Entry], label: str) -> tuple[Value, ...] | None:
    """None unless each entry has one."""
    found = [next((of_cell(cell) for cell in entry.cells if cell.label == label), None) for entry in entries]
    return tuple(filter(None, found)) if found and all(found) else None


def name_and_unit(label: str) -> tuple[str, str]:
    """ "Fee (EUR)" -> "Fee", "EUR"."""
    found = _IN_BRACKETS.search(label)
    return (f"{label[: found.start()]}{label[found.end() :]}".strip(), found[1]) if found else (label, "")


def is_plural(label: str) -> bool:
    """Of a column: "Seats" says how many; "Stall" with numbers in it says which."""
    return name_and_unit(label)[0].endswith("s")


def said_in(need: Iterable[str], label: str) -> set[str]:
    """The words that are like one of a column's name."""
    return {word for word in need if any(like(word, other) for other in words(label))}


def is_number(word: str) -> bool:
    return re.fullmatch(r"\d+(?:\.\d+)?", word) is not None


def like(one: str, other: str) -> bool:
    """Whether two words are forms of one: "supply" and "supplier", "led" and "leader"."""
    one, other = _BASES.get(one, one), _BASES.get(other, other)
    if one == other:
        return True
    shared = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return shared >= 4 and 5 * shared >= 3 * max(len(one), len(other))
