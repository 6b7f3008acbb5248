"""The questions in a question: those it asks one after the other, and the two sides of a comparison."""

import re
from dataclasses import replace

from assistant.question.follow_ups import FEW_WORDS, leans_on_history
from assistant.question.rewording import has_subject, wordings
from assistant.text.language import content_words
from assistant.types import SubQuestion

MAX_PARTS = 5

_ASKS = r"(?:who|whose|what|when|where|why|which|how)\b"
_VERBS = r"(?:is|are|was|were|do|does|did|can|may|must|has|have|will)\b"
_BEGINS = rf"(?:(?:(?:by|for|from|in|on|at|to|of|with|until|since) )?(?:{_ASKS}|whom\b)|{_VERBS})"
# "…? …", "…, and on what condition?", "…, how many applied"; a bare comma before "which" or "who" opens no question,
# unless a verb follows and another question after that.
_PART = re.compile(
    rf"\?\s+(?:and\s+|but\s+)?(?=\w)|[,;]?\s+(?:and|but)\s+(?=(?:(?:\w+\s+){{0,2}}{_ASKS}|{_BEGINS}))"
    rf"|[,;]\s+(?=(?:(?:how|what|why)\b|{_VERBS}|{_ASKS} {_VERBS}.+\b(?:and|or)\s+{_BEGINS}))",
    re.IGNORECASE,
)
# "When the bill passed, …" asks nothing by itself; "… about when and how" is one question, and so is a quotation.
_CLAUSE = re.compile(
    r"^(?:if|as|since|after|before|while|(?:when|where|why)\s+(?!(?:is|are|was|were|do|does|did|has|have|had|will|would|can"
    r"|could|should|may|might)\b))",
    re.IGNORECASE,
)
_BEGIN = re.compile(rf"\b{_ASKS}|^(?:{_BEGINS})", re.IGNORECASE)
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


def find_parts(query: str, *, context: str = "") -> tuple[SubQuestion, ...]:
    """The questions that are asked in one, each after the context that it leans on."""
    parts = _sides(query) or _pieces(query)
    return tuple(replace(part, query=f"{context} {part.query}".strip()) for part in parts)


def _pieces(query: str) -> tuple[SubQuestion, ...]:
    pieces = [piece.strip(" ?.!") for piece in _PART.split(query)]
    pieces = [piece for piece in pieces if piece]
    asking = all(_BEGIN.search(piece) and content_words(piece) for piece in pieces)
    whole = not (_CLAUSE.search(pieces[0]) or any(_OPEN.search(piece) for piece in pieces[:-1]))
    if not (1 < len(pieces) <= MAX_PARTS and asking and whole) or _is_scant(pieces[0]):
        return (SubQuestion(query, query),)
    asked: list[str] = []
    parts = []
    for piece in pieces:
        own = f"{piece[0].upper()}{piece[1:]}?"
        others = wordings(own, asked) if asked and not has_subject(own) else ()
        if others and leans_on_history(own):
            own, others = others[0], others[1:]
        asked.append(own)
        parts.append(SubQuestion(own, f"{piece}?", others=others))
    return tuple(parts)


def _is_scant(text: str) -> bool:
    return len(content_words(text)) <= FEW_WORDS and not has_subject(text)


def _sides(query: str) -> tuple[SubQuestion, ...]:
    """The two things that are compared, each with the rest of the question; empty where nothing is compared."""
    trigger = _COMPARES.search(query)
    if not trigger:
        return ()
    rest = (
        query if trigger[0].lower().startswith("v") else f"{query[: trigger.start()]}{query[trigger.end() :]}"
    )
    pair = _PAIR.search(rest) or _PLAIN_PAIR.search(rest)
    if not pair:
        return ()
    sides = []
    for name in ("one", "other"):
        thing = pair[name].strip(" ?.!")
        side = _SPARE.sub("", f"{rest[: pair.start('one')]}{thing}{rest[pair.end('other') :]}").strip()
        sides.append(SubQuestion(side, thing, thing))
    return tuple(sides) if all(content_words(side.heading) for side in sides) else ()
