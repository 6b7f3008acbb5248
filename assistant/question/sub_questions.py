"""The questions in a question: those it asks one after the other, and the two sides of a comparison."""

import re

from assistant.question.follow_ups import FEW_WORDS
from assistant.text.language import content_words
from assistant.types import SubQuestion

MAX_PARTS = 3

_ASKS = r"(?:who|what|when|where|why|which|how)\b"
# "…, and on what condition?", "…, how many applied"; a bare comma before "which" or "who" opens no question.
_PART = re.compile(
    rf"[,;]?\s+(?:and|but)\s+(?=(?:\w+\s+){{0,2}}{_ASKS})|[,;]\s+(?=(?:how|what|why)\b)", re.IGNORECASE
)
# "When the bill passed, …" asks nothing by itself; "… about when and how" is one question, and so is a quotation.
_CLAUSE = re.compile(
    r"^(?:if|as|since|after|before|while|(?:when|where|why)\s+(?!(?:is|are|was|were|do|does|did|has|have|had|will|would|can"
    r"|could|should|may|might)\b))",
    re.IGNORECASE,
)
_OPEN = re.compile(rf"\b{_ASKS}$|^[^\"“”]*[\"“][^\"”]*$", re.IGNORECASE)

# What makes a question a comparison, with the words that are no part of either side.
_COMPARES = re.compile(
    r"(?:what(?: is|'s|’s| are| were| was)? )?(?:the )?(?:main |key )?differences? (?:in|of) (?=.+ between )"
    r"|(?:what(?: is|'s|’s| are| were| was)? )?(?:the )?(?:main |key )?differences? between "
    r"|^(?:please )?(?:compare|contrast) |^how (?:do|does|did) (?=.+ (?:differ|compare)\b)|\b(?:versus|vs\.?)(?= )",
    re.IGNORECASE,
)
_THING = r"(?:(?:the|an?) )?[A-Z0-9][\w’'.&-]*(?: (?:(?:of|and|for|the) )*[A-Z0-9][\w’'.&-]*)*?"
_JOINT = (
    r"(?: and(?: that of)?| with| to| from| versus| vs\.?| against| (?:differ|compare)s?d? (?:from|with|to))"
)
_PAIR = re.compile(rf"(?P<one>{_THING}){_JOINT} (?P<other>{_THING})(?=[^\w&’'.-]|[.?!]*$)")
_PLAIN_PAIR = re.compile(rf"(?:^|between )(?P<one>(?:[\w-]+ ){{0,4}}?[\w-]+){_JOINT} (?P<other>.+)")
_SPARE = re.compile(r"\bbetween\b ?|\b(?:differ|compare)\b ?|[?!.]+$", re.IGNORECASE)

Part = tuple[str, str, str]  # what is asked, its label, its heading


def find_parts(query: str, *, context: str = "") -> tuple[SubQuestion, ...]:
    """The questions that are asked in one, each after the context that it leans on; a later one after the first too."""
    parts = _sides(query) or _pieces(query)
    return tuple(SubQuestion(f"{context} {text}".strip(), label, heading) for text, label, heading in parts)


def _pieces(query: str) -> list[Part]:
    pieces = [piece.strip() for piece in _PART.split(query)]
    asking = all(re.search(rf"\b{_ASKS}", piece, re.IGNORECASE) and content_words(piece) for piece in pieces)
    whole = not (_CLAUSE.search(pieces[0]) or any(_OPEN.search(piece) for piece in pieces[:-1]))
    if (
        not 1 < len(pieces) <= MAX_PARTS
        or not (asking and whole)
        or len(content_words(pieces[0])) <= FEW_WORDS
    ):
        return [(query, query, "")]
    first = pieces[0].rstrip("?")
    return [(f"{first}?", f"{first}?", ""), *((f"{first}, and {piece}", piece, "") for piece in pieces[1:])]


def _sides(query: str) -> list[Part]:
    """The two things that are compared, each with the rest of the question; empty where nothing is compared."""
    trigger = _COMPARES.search(query)
    if not trigger:
        return []
    rest = (
        query if trigger[0].lower().startswith("v") else f"{query[: trigger.start()]}{query[trigger.end() :]}"
    )
    pair = _PAIR.search(rest) or _PLAIN_PAIR.search(rest)
    if not pair:
        return []
    sides: list[Part] = []
    for name in ("one", "other"):
        thing = pair[name].strip(" ?.!")
        side = _SPARE.sub("", f"{rest[: pair.start('one')]}{thing}{rest[pair.end('other') :]}").strip()
        sides.append((side, thing, thing))
    return sides if all(content_words(thing) for _, _, thing in sides) else []
