"""A number and the format of its cell -> what Excel shows: "1,249.90 €", "4.5%", "1 March 2026", "(55)".

No library did: of those on PyPI one loses the stops of "dd.mm.yyyy", one knows no dates, one has been left since 2020.
"""

import locale
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from assistant.loading.office.excel.date_formats import shown_date
from assistant.loading.office.excel.digits import Parts, fraction, scientific, with_digits

TOKEN = re.compile(r'"[^"]*"?|\\.|[_*].|\[[^\]]*\]?|.', re.DOTALL)
PART = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<gap>_)(?:.|$)|(?P<fill>\*)(?:.|$)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<half>AM/PM|A/P)|(?P<general>General)|(?P<exponent>E[+-][0#?]+)"
    r"|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?)|(?P<digit>[0#?])|(?P<text>@)|(?P<mark>.)",
    re.IGNORECASE | re.DOTALL,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
COMPARED = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
USUAL = re.compile(r"([^0#?.,/]*)(#,##)?0(?:\.(0+))?([^0#?.,/]*)")
ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
# Each Excel shows these two in the way of its country; so written, nobody takes a day for a month.
OF_THE_COUNTRY = {"mm-dd-yy": "yyyy-mm-dd", "m/d/yy h:mm": "yyyy-mm-dd h:mm"}
DATED = {"date", "elapsed"}
UNUSUAL = DATED | {"general", "exponent"}
LARGEST = 1e15  # beyond it Excel keeps no single digits


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between the semicolons of a format, when it applies, and in which language it names days."""

    parts: Parts
    kinds: frozenset[str]  # of the parts
    condition: tuple[str, float] | None = None
    language: str = ""
    usual: tuple[str, str, str] | None = None  # words, how Python writes such digits, words: for speed


@lru_cache(maxsize=50_000)
def shown_number(value: float, code: str, *, from_1904: bool = False) -> str:
    """With single spaces; a number that the format cannot show as it is. `from_1904`: days are counted from there."""
    section, signed = _chosen(_sections(OF_THE_COUNTRY.get(code, code)), value)
    if section is None or abs(value) >= LARGEST:
        return general(value)
    if not section.kinds.isdisjoint(DATED):
        shown = shown_date(section.parts, value, section.language, from_1904=from_1904)
        return " ".join(shown.split()) or general(value)
    with localcontext(prec=600, rounding=ROUND_HALF_UP):  # a format has at most 255 characters
        number = Decimal(repr(value)) if signed else abs(Decimal(repr(value)))
        try:
            return " ".join(_number(section, number).split())
        except InvalidOperation:
            return general(value)


def shown_text(value: str, code: str) -> str:
    """Text in a format that has a part for it: "Room "@."""
    sections = _sections(code)
    if len(sections) < 4 and "text" not in sections[-1].kinds:
        return value
    return "".join(value if kind == "text" else words for kind, words in sections[-1].parts)


def general(value: float) -> str:
    """Whole numbers with all their digits, as Excel's formula bar has them; others as they fit into a cell."""
    size = abs(value)
    if size < LARGEST and value == int(value):
        return str(int(value))
    if not 1e-4 <= size < 1e11:
        return f"{value:.6G}"
    digits = f"{value:.{max(10 - len(str(int(size))), 0)}f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _number(section: Section, number: Decimal) -> str:
    if "general" in section.kinds:
        shown = general(float(abs(number)))
        words = "".join(shown if kind == "general" else words for kind, words in section.parts)
        return "-" * (number < 0) + words
    number *= 100 ** section.parts.count(("mark", "%"))
    if section.usual:
        before, digits, after = section.usual
        return f"{'-' * (number < 0)}{before}{abs(number):{digits}}{after}"
    if "exponent" in section.kinds:
        return scientific(section.parts, number)
    return fraction(section.parts, number) or with_digits(section.parts, number)


@lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[Section, ...]:
    codes = [""]
    for token in TOKEN.findall(code):
        codes = [*codes, ""] if token == ";" else [*codes[:-1], codes[-1] + token]
    return tuple(map(_section, codes[:4]))


def _section(code: str) -> Section:
    parts: list[tuple[str, str]] = []
    condition, language = None, ""
    for found in PART.finditer(code):
        kind = found.lastgroup or ""
        words = found[kind]
        if kind in ("quoted", "escaped", "gap"):
            parts.append(("words", " " if kind == "gap" else words))
        elif kind == "bracket" and (compared := CONDITION.fullmatch(words)):
            condition = compared[1], float(compared[2])
        elif kind == "bracket" and words.startswith("$"):  # a currency, a language or both: [$€-407]
            symbol, _, number = words[1:].partition("-")
            parts.append(("words", symbol))
            language = _language(number) or language
        elif kind == "bracket" and ELAPSED.fullmatch(words):
            parts.append(("elapsed", words.lower()))
        elif kind not in ("bracket", "fill"):  # not a colour, nor what fills the width of a cell
            parts.append((kind, words))
    kinds = frozenset(kind for kind, _ in parts)
    return Section(tuple(parts), kinds, condition, language, None if kinds & UNUSUAL else _usual(parts))


def _usual(parts: Sequence[tuple[str, str]]) -> tuple[str, str, str] | None:
    """For 0, #,##0 and the like, with or without decimals."""
    code = "".join(words if kind in ("digit", "mark") else "\0" for kind, words in parts)
    found = USUAL.fullmatch(code)
    if not found:
        return None
    before, after = (
        "".join(words for _, words in part) for part in (parts[: found.end(1)], parts[found.start(4) :])
    )
    return before, f"{',' if found[2] else ''}.{len(found[3] or '')}f", after


def _language(number: str) -> str:
    """ "de" for "407", by which Windows knows German."""
    try:
        return locale.windows_locale.get(int(number, 16) & 0xFFFF, "").partition("_")[0]
    except ValueError:
        return ""


def _chosen(sections: Sequence[Section], value: float) -> tuple[Section | None, bool]:
    """The section for a number, and whether it leaves a minus to be put before it."""
    numeric = [section for section in sections[:3] if "text" not in section.kinds]
    if any(section.condition for section in numeric):
        for section in numeric:
            sign, bound = section.condition or ("", 0.0)
            if not sign or COMPARED[sign](value, bound):
                return section, not (sign in ("<", "<=") and bound <= 0)
        return None, True
    at = 1 if value < 0 else 2 if value == 0 else 0
    return (numeric[at] if at < len(numeric) else numeric[0] if numeric else None), len(numeric) == 1
