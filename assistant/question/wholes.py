"""Whether a question asks of all of a kind at once: to list them, to count, compare or add them up."""

import re
from dataclasses import replace
from datetime import date

from assistant.question.dates import find_day_limit
from assistant.text.language import content_words
from assistant.types import Whole, WholeKind

_EXCEPT = re.compile(r"\b(?:except|excluding|besides|neither|apart from|other than)\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:not|no|never|without|cannot|\w+n[’']t)\b", re.IGNORECASE)
_LIMITED_BY_DAY = re.compile(  # one that could not be read
    r"\b(?:before|after|since|until|till|between|by|prior to)\s+(?:\w+\s+){0,2}\d", re.IGNORECASE
)
_AND_ASKS = re.compile(
    r"\b(?:and|or)\s+(?:(?:on|at|for|to|by|in|with)\s+)?(?:who|what|when|where|how|which|why)\b",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\b(?:and|or)\b|,", re.IGNORECASE)
_FREE = re.compile(
    r"\b(?:cost(?:s|ing)?(?: (?:us|me|you))? nothing|for nothing|(?:at )?no (?:charge|cost))\b", re.IGNORECASE
)
_WORTH = re.compile(r"\bworth the (most|least)\b", re.IGNORECASE)
_HOW_MANY = re.compile(
    r"\b(?:(?:in )?how many(?: times)?|how often|(?:what is )?the (?:total )?number of)\b"
    r"|^(?:please )?(?:(?:total )?number of|count)\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"\b(?:total|sum of|combined|altogether|over (?:all )?the years|in all|in total|together|add(?:ed)? up)\b",
    re.IGNORECASE,
)
_PLEASE = re.compile(r"^(?:please|and|ok|so|can you|could you)\b,?\s*|,?\s*\bplease\b(?=\W*$)", re.IGNORECASE)
_ALL = re.compile(
    r"^(?:"
    r"(?:list|name|enumerate|show(?: me)?|give me|tell me|i need|i want)(?: the)?(?: names? of)?"
    r" (?:all|every|everything|each|the)\b(?: of)?(?: the)?"
    r"|(?:list|enumerate)\b|(?:which|what|who) (?:are|were) (?:all )?the\b|(?:the )?names of(?: all)?(?: the)?\b"
    r"|(?:(?:is|are) there )?(?:every|all|everything|anything|any)\b"
    r"|(?:(?:for|in|at|on|to|from|with|by|under) )?(?:which|what)(?: of (?:our|the|your|these|those))?"
    r" (?!(?:is|are|was|were|do|does|did|has|have|can|will)\b))",
    re.IGNORECASE,
)
_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|shall|should|will|would)\b"
_MAY_BE_ALL = re.compile(
    rf"^(?:who\b(?! (?:is|was)\b)|(?!(?:what|when|where|why|how|which|who|whose|if)\b|{_AUXILIARY})"
    rf"(?:[a-z]+ )?[a-z]{{3,}}s\b(?! {_AUXILIARY}))",
    re.IGNORECASE,
)
_MOST = "most|highest|largest|biggest|greatest|longest|latest|newest|youngest|dearest"
_LEAST = "least|fewest|lowest|smallest|shortest|oldest|earliest|cheapest"
_EXTREME = re.compile(
    rf"(?<!\bat )\b(?:(?P<least>least expensive|{_LEAST})|(?P<most>most expensive|{_MOST}))\b", re.IGNORECASE
)
_ASPECT = re.compile(
    r",? (?:and|with) (?=(?:their|its|when|where|how|what"
    r"|the (?:years?|dates?|days?|times?|places?|prices?|costs?|names?))\b)(?P<aspect>.*)",
    re.IGNORECASE,
)
_STARTS = re.compile(r"(?:the\b.*)?$", re.IGNORECASE)  # what may stand before "cheapest", without a verb
_ASKS_ONE = re.compile(r"\b(?:which|what|who)\b", re.IGNORECASE)
_MEASURES = {
    "money": ("most expensive", "least expensive", "dearest", "cheapest"),
    "length": ("longest", "shortest"),
    "time": ("latest", "newest", "youngest", "oldest", "earliest"),
}


def find_whole(query: str, *, today: date) -> Whole | None:
    """None where one thing is asked for."""
    undated, limit = find_day_limit(_PLEASE.sub("", query), today=today)
    if _EXCEPT.search(undated) or _LIMITED_BY_DAY.search(undated):
        return None
    whole = _undated(undated)
    return replace(whole, limit=limit) if whole else None


def _undated(query: str) -> Whole | None:
    query = _WORTH.sub(r"\1 expensive", _FREE.sub("free", query))
    negated = bool(_NOT.search(query))
    plain = " ".join(_NOT.sub(" ", query).split())
    whole = _plain(plain)
    return replace(whole, negated=negated, either=bool(_EITHER.search(whole.words))) if whole else None


def _plain(query: str) -> Whole | None:
    every = _ALL.search(query)
    extreme = _EXTREME.search(query)
    tail = _AND_ASKS.search(query)
    if tail and extreme and extreme.end() < tail.start():  # of the one that has the most
        whole = _plain(query[: tail.start()])
        return replace(whole, aspect=query[tail.end() :].strip(" ?.!")) if whole else None
    if tail and not every:
        return None
    many = _HOW_MANY.search(query)
    summed = _SUM.search(query)
    if summed and not (many and "number of" in many[0].lower()):
        return _whole(
            "sum", _SUM.sub(" ", f"{query[many.end() :]} {query[: many.start()]}" if many else query)
        )
    if many:
        return _whole("count", _SUM.sub(" ", f"{query[many.end() :]} {query[: many.start()]}"))
    if extreme and (_ASKS_ONE.search(query) or _STARTS.match(query[: extreme.start()])):
        said = extreme[0].lower()
        measure = next((name for name, those in _MEASURES.items() if said in those), "")
        kind: WholeKind = "least" if extreme["least"] else "most"
        return _whole(kind, _EXTREME.sub(" ", query, 1), measure, query[extreme.end() :])
    if every:
        return _whole("list", query[every.end() :])
    if _MAY_BE_ALL.search(query):
        whole = _whole("list", query)
        return replace(whole, surely=False) if whole else None
    return None


def _whole(kind: WholeKind, rest: str, measure: str = "", measured: str = "") -> Whole | None:
    told = _ASPECT.search(rest) if kind == "list" else None
    things, aspect = (rest[: told.start()], told["aspect"]) if told else (rest, "")
    return (
        Whole(kind, things.strip(" ?.!"), measure, measured, aspect.strip(" ?.!"))
        if content_words(things)
        else None
    )
