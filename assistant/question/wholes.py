"""Whether a question asks of all of a kind at once: to list them, to count, compare or add them up."""

import re

from assistant.text.language import content_words
from assistant.types import Whole, WholeKind

# Who is left out cannot be told from words that the others have.
_EXCEPT = re.compile(
    r"\b(?:not|no|never|without|except|excluding|besides|neither|cannot|\w+n[’']t)\b", re.IGNORECASE
)
_LIMITED_BY_DAY = re.compile(
    r"\b(?:before|after|since|until|till|between|by|prior to)\s+(?:\w+\s+){0,2}\d", re.IGNORECASE
)
_AND_ASKS = re.compile(r"\b(?:and|or)\s+(?:who|what|when|where|how|which|why)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"^(?:and )?how many\b", re.IGNORECASE)
_SUM = re.compile(
    r"\b(?:total|sum of|combined|altogether|in all|in total|together|add(?:ed)? up)\b", re.IGNORECASE
)
_ALL = re.compile(
    r"^(?:please )?(?:"
    r"(?:list|name|enumerate|show(?: me)?|give me|tell me) (?:all|every|each|the)\b(?: of)?(?: the)?"
    r"|(?:list|enumerate)\b|(?:which|what|who) (?:are|were) (?:all )?the\b"
    r"|(?:which|what) (?!(?:is|are|was|were|do|does|did|has|have|can|will)\b))",
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
_ASKS_ONE = re.compile(r"^(?:and )?(?:which|what|who)\b", re.IGNORECASE)
_MEASURES = {
    "money": ("most expensive", "least expensive", "dearest", "cheapest"),
    "length": ("longest", "shortest"),
    "time": ("latest", "newest", "youngest", "oldest", "earliest"),
}


def find_whole(query: str) -> Whole | None:
    """None where one thing is asked for, or what is left out."""
    if _EXCEPT.search(query) or _LIMITED_BY_DAY.search(query):
        return None
    every = _ALL.search(query)
    if _AND_ASKS.search(query) and not every:
        return None
    many = _HOW_MANY.search(query)
    if many and not _SUM.search(query):
        return _whole("count", query[many.end() :])
    if _SUM.search(query):
        return _whole("sum", _SUM.sub(" ", query[many.end() :] if many else query))
    extreme = _EXTREME.search(query)
    if extreme and _ASKS_ONE.search(query):
        said = extreme[0].lower()
        measure = next((name for name, those in _MEASURES.items() if said in those), "")
        kind: WholeKind = "least" if extreme["least"] else "most"
        return _whole(kind, _EXTREME.sub(" ", query, 1), measure, query[extreme.end() :])
    if every:
        return _whole("list", query[every.end() :])
    return None


def _whole(kind: WholeKind, rest: str, measure: str = "", measured: str = "") -> Whole | None:
    told = _ASPECT.search(rest) if kind == "list" else None
    things, aspect = (rest[: told.start()], told["aspect"]) if told else (rest, "")
    return (
        Whole(kind, things.strip(" ?.!"), measure, measured, aspect.strip(" ?.!"))
        if content_words(things)
        else None
    )
