"""The numbers and amounts of a statement, against those of what it cites: 1.5bn is 1,500 million, "twelve" is 12."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.dates import without_dates

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS: dict[str, float] = {word: number for number, word in enumerate(_SMALL)}
_WORDS |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
_WORDS |= {"dozen": 12}
_ORDINALS = {f"{word}th": number for number, word in enumerate(_SMALL)} | {
    "first": 1,
    "second": 2,
    "third": 3,
}
_ORDINALS |= {"fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "twentieth": 20}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9}
_SCALES |= {"trillion": 1e12, "tn": 1e12}
_LETTERS = {"k": 1e3, "m": 1e6}  # or a unit of length
_CURRENCIES = {
    "$": "dollar", "us$": "us dollar", "hk$": "hk dollar", "nt$": "nt dollar", "£": "pound", "€": "euro", "¥": "yen",
    "dollar": "dollar", "pound": "pound", "euro": "euro", "yen": "yen", "yuan": "yuan", "crown": "crown",
    "franc": "franc", "rupee": "rupee", "cent": "cent", "penny": "penny", "pence": "penny", "p": "penny",
    "%": "per cent", "per cent": "per cent", "percent": "per cent", "percentage point": "per cent",
}  # fmt: skip
_COINS = "dollar|pound|euro|yen|yuan|crown|franc|rupee|cent"
_FIGURES = r"\d+(?:[.,:]\d+)*"
_WORD = "|".join([*_WORDS, *_ORDINALS])
_SCALE = r"(?:hundred|thousand|million|billion|trillion|bn|mn|tn)"
_AMOUNT = re.compile(
    rf"(?P<sign>(?:\b(?:US|HK|NT))?[$£€¥])?\s?"
    rf"(?:(?<![\w.])(?P<figures>{_FIGURES})|\b(?P<words>(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD})\b)*)\b"
    rf"|\b(?P<bare>a|an)(?=\s{_SCALE}\b))"
    rf"(?P<scales>(?:[\s-]?{_SCALE}\b)*)(?P<letter>[km]\b)?(?P<late>\s?p\.?m\b)?"
    rf"(?P<unit>\s?%|[\s-](?:per ?cent|percentage points?|(?:{_COINS})s?|pence)\b|p\b)?",
    re.IGNORECASE,
)
_ROUGHLY = re.compile(
    r"\b(?:about|around|some|roughly|nearly|almost|approximately|over|more than|just under)\s\D{0,4}$",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:a|an|one|two|three|four|nine)[\s-](?:third|quarter|fifth|sixth|eighth|tenth)s?\b", re.IGNORECASE
)
_IDLE = (
    "one",
    "first",
    "second",
)  # hardly ever a number that is claimed: "the one", "at first", "a second time"
_NEAR = 0.05  # how far, as a share, an amount that is given roughly may be off


@dataclass(frozen=True, slots=True)
class Amount:
    """`values`: what the figures can mean; 1.250 is 1250 or 1.25. `unit`: a currency, "per cent", or empty."""

    text: str
    values: frozenset[float]
    unit: str
    roughly: bool = False


def missing_amounts(text: str, cited: str) -> list[str]:
    """The amounts of the text that what it cites has in no form, or in another currency only."""
    held = list(amounts(cited))
    claimed = [
        one for one in amounts(_FRACTION.sub(" ", without_dates(text))) if one.text.lower() not in _IDLE
    ]
    return list(
        dict.fromkeys(amount.text for amount in claimed if not any(_same(amount, one) for one in held))
    )


def amounts(text: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(text):
        scale = 1.0
        for word in re.findall(_SCALE, match["scales"].lower()):
            scale *= _SCALES[word]
        values = {value * scale for value in _values(match)}
        values |= {value * _LETTERS[match["letter"].lower()] for value in values if match["letter"]}
        values |= {value + 12 for value in values if match["late"]}
        if values:
            unit = (match["unit"] or match["sign"] or "").strip(" -").lower()
            roughly = bool(_ROUGHLY.search(text[: match.start()]))
            unit = _CURRENCIES.get(unit, _CURRENCIES.get(unit[:-1], ""))
            if unit in ("cent", "penny"):  # of a sum that the other gives in whole ones
                values, unit = values | {value / 100 for value in values}, ""
            yield Amount(match[0].strip(), frozenset(values), unit, roughly)


def _values(match: re.Match[str]) -> Iterator[float]:
    if match["bare"]:
        yield 1.0
    elif match["words"]:
        parts = re.findall(r"[a-z]+", match["words"].lower())
        numbers = [_WORDS.get(part, _ORDINALS.get(part, 0)) for part in parts if part != "and"]
        if len(numbers) == 1 or (len(numbers) == 2 and numbers[0] >= 20 and numbers[1] < 10):
            yield sum(numbers)
        else:
            yield from numbers
    else:
        yield from readings(match["figures"])


def readings(figures: str) -> set[float]:
    """What figures can mean: "1,250.50" and "1.250,50" are 1250.5, "1.250" is 1250 or 1.25; a time gives its hour."""
    if ":" in figures:
        hour, minute = (float(re.sub(r"\D.*", "", part)) for part in figures.split(":")[:2])
        return {hour + minute / 100, hour % 12 + minute / 100}
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", figures):  # hardly ever a decimal comma
        return {float(figures.replace(",", ""))}
    grouped = r"\d{1,3}(?:%s\d{3})+"
    found = set()
    for thousands, point in ((",", "."), (".", ",")):
        if re.fullmatch(rf"(?:\d+|{grouped % re.escape(thousands)})(?:{re.escape(point)}\d+)?", figures):
            found.add(float(figures.replace(thousands, "").replace(point, ".")))
    return found or {float(part) for part in re.findall(r"\d+", figures)}


def _same(claimed: Amount, held: Amount) -> bool:
    if claimed.unit and held.unit and not _alike(claimed.unit, held.unit):
        return False
    off = _NEAR if claimed.roughly or held.roughly else 1e-9
    return any(
        abs(one - other) <= off * max(abs(one), abs(other)) for one in claimed.values for other in held.values
    )


def _alike(one: str, other: str) -> bool:
    """ "dollar" may be the dollar of any country."""
    return one == other or (min(one, other, key=len) == "dollar" and "dollar" in max(one, other, key=len))
