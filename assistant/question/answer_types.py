"""What kind of answer a question asks for, and where a sentence gives one: a date, an amount, a number, a name."""

import re
from collections.abc import Container

from assistant.text.language import Span, words

_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|(?:19|20)\d{2}|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|BC|AD)\b"
)
_NUMBER = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|"
    r"half|third|quarter|none|single|twice|double|handful|several|few)\b",
    re.IGNORECASE,
)
_MONTH_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_NAME = re.compile(r"\b[A-Z][\w’'.&-]*")
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order|as a result|to \w+|caused?|led to|citing|reason)\b",
    re.IGNORECASE,
)
# The first pattern that a question matches names the kind of answer it asks for.
_KINDS = {
    "date": re.compile(
        r"(?:^|\b(?:and|since|until|till|by|from),? )when\b|\b(?:what|which) (?:\w+ )?(?:date|day|year|month|time)\b"
        r"|\bhow (?:long ago|soon)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"\bhow much\b.*\b(?:pa(?:y|id|ys)|rais\w+|invest\w*|los[et]\w*|cost\w*|charg\w+|fined?|worth|money|capital"
        r"|earn\w*|spen[dt]\w*|mad?e|sold|s[eo]ll|seized|owe\w*|donat\w+)\b"
        r"|\b(?:what|which|how (?:large|big|high))\b(?: \w+){0,3} (?:price|fees?|fine|bail|salary|costs?|budget|capital"
        r"|amount|value|revenue|profit|income|loss|losses|charges?)\b",
        re.IGNORECASE,
    ),
    "share": re.compile(r"\bwhat (?:\w+ )?(?:percent\w*|share|proportion|rate|portion)\b", re.IGNORECASE),
    "length": re.compile(r"\bhow (?:long|old)\b", re.IGNORECASE),
    "number": re.compile(
        r"\bhow (?:many|much|large|big|high|far|often|tall|few)\b|\bwhat (?:is |was |are |were )?(?:the )?"
        r"(?:number|size|total|population|count|figure)\b",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"\b(?:who|whom|whose|where|which"
        r"|what (?:country|city|company|firm|bank|person|team|platform|state|body|agency|names?))\b",
        re.IGNORECASE,
    ),
    "reason": re.compile(r"\bwhy\b|\bwhat (?:caused|reason)", re.IGNORECASE),
}
_MONEY = re.compile(
    r"[$€£¥]\s?\d|\b(?:dollars?|yuan|renminbi|euros?|pounds?|yen|HKD|USD)\b|\d ?(?:m|bn|million|billion)\b"
)
_SHARE = re.compile(r"%|\bper ?cent\b|\b(?:half|third|quarter|fifth|majority|most|none|all)\b", re.IGNORECASE)
_LENGTH = re.compile(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur\w+)\b", re.IGNORECASE
)
# What is asked last says what kind of answer is wanted: "Who headed it, and when did it close?"
_CLAUSES = re.compile(
    r"\?\s+(?=\S)|,? and (?=(?:\w+ )?(?:who|what|when|where|why|which|how)\b)", re.IGNORECASE
)
_PATTERNS = {"money": _MONEY, "share": _SHARE, "length": _LENGTH, "reason": _REASON}
_IN_DATE = re.compile(  # numbers that only date something
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?={_MONTH_NAMES})|(?:{_MONTH_NAMES})\w* \d{{1,2}}\b(?!,?\d)|\b(?:1[5-9]|20)\d\d\b"
)
_NO_NAME = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday The A An In On At It He She They This That".split()
)
# The whole of a value, as it is set in bold and compared: "13 February 2026", "US$206 million", "30.6 per cent".
_MONTH = rf"(?:{_MONTH_NAMES})"
_WHOLE_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?:,? (?:19|20)\d\d)?\b"
    rf"|\b{_MONTH}(?: \d{{1,2}}\b(?!,?\d))?(?:,? (?:of )?(?:19|20)\d\d)?\b"
    r"|\b\d{4}-\d{2}-\d{2}\b|\b(?:(?:early|mid|late)[- ])?(?:19|20)\d\d\b"
    r"|\b(?:(?:next|last|this) )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_WHOLE_NUMBER = (
    r"(?:\d[\d,]*(?:\.\d+)?"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|half)\b)"
)
_SCALE = r"(?:[- ]?(?:thousand|million|billion|trillion|[kmb]n?)\b)?"
_WHOLE = {
    "date": _WHOLE_DATE,
    "money": re.compile(
        rf"(?:\b[A-Z]{{2,3}})?[$€£¥] ?\d[\d,]*(?:\.\d+)?{_SCALE}"
        rf"|\b(?:USD|HKD|RMB|CNY|EUR) ?\d[\d,]*(?:\.\d+)?{_SCALE}"
        rf"|{_WHOLE_NUMBER}{_SCALE} (?:(?:US|Hong Kong|Singapore) )?(?:dollars?|yuan|renminbi|euros?|pounds?|yen)\b"
        rf"|\b\d[\d,]*(?:\.\d+)? ?(?:million|billion)\b",
        re.IGNORECASE,
    ),
    "share": re.compile(
        r"\d+(?:\.\d+)? ?(?:%|per ?cent\b)|\b(?:half|a third|a quarter|two thirds)\b", re.IGNORECASE
    ),
    "length": re.compile(
        rf"(?:{_WHOLE_NUMBER}|\ban?) ?-?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(rf"{_WHOLE_NUMBER}{_SCALE}", re.IGNORECASE),
}
VALUES = frozenset(_WHOLE)  # the kinds whose answers are values, which change and can be compared


_WHO_SAID = re.compile(
    r"\bwho(?:se)?\b.*\b(?:sa(?:y|id|ys|ying)|told|tell|warn\w*|claim\w*|announce\w*|argue\w*|stat(?:ed|es)|quoted|call(?:ed|s)"
    r"|predict\w*|promis\w*|expect\w*|think\w*|thought|describe\w*|words?|remarks?)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:which|what|list|name)\b(?: (?:all|the|of the|other|are|were))*(?: [\w-]+){0,3}? [a-z-]+[^siu\W]s\b"
    r"|\bwho (?:are|were|all)\b|\bwhich \w+s\b",
    re.IGNORECASE,
)


_INSTRUCTS = re.compile(
    r"^(?:please |now |just )*(?:ignore|disregard|forget|override)\b.*"
    r"\b(?:documents?|sources?|texts?|instructions?|rules|prompts?|everything|all|above)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_instruction(question: str) -> bool:
    """Whether it tells the program to leave its rules, and asks nothing of the documents."""
    return bool(_INSTRUCTS.search(question))


def asks_who_said(question: str) -> bool:
    return bool(_WHO_SAID.search(question))


def asks_for_list(question: str) -> bool:
    """Whether several things are asked for by name: "Which platforms…", "Who are the…"."""
    return bool(_LIST.search(question))


def kind_of(question: str) -> str | None:
    """A key of _KINDS, by what is asked last."""
    last = _CLAUSES.split(question.strip())[-1]
    return next((kind for kind, pattern in _KINDS.items() if pattern.search(last)), None)


def gives(kind: str, text: str, held: Container[str]) -> bool:
    """Whether the text has something of this kind that is not made of the words held, those of the question."""
    if kind == "date":
        return any(_is_new(found, held) for found in _DATE.findall(text))
    if kind == "name":
        names = (found for found in _NAME.findall(text) if found.rstrip(".’'") not in _NO_NAME)
        return any(_is_new(found, held) for found in names)
    if kind == "number":
        rest = _IN_DATE.sub(" ", text)
        return any(match[0] not in held for match in _NUMBER.finditer(rest))
    return bool(_PATTERNS[kind].search(text))


def values(kind: str, text: str, held: Container[str] = ()) -> list[Span]:
    """Where the text gives a value of this kind (of VALUES) that is not all made of the words held."""
    dates = [match.span() for match in _WHOLE_DATE.finditer(text)] if kind == "number" else []
    return [
        match.span()
        for match in _WHOLE[kind].finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in dates)
        and _is_new(match[0], held)
    ]


def _is_new(found: str, held: Container[str]) -> bool:
    return any(word not in held for word in words(found))
