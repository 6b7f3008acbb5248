"""Whether a question asks of the documents themselves: how many, which, the newest, who wrote one, and when."""

import re
from dataclasses import replace

from assistant.question.dates import without_periods
from assistant.types import DocumentsKind, OfDocuments

_NOUN = (
    r"(?:(?P<form>pdf|word|excel|powerpoint|csv|html|markdown|text|epub) )?"
    r"(?P<noun>documents?|files?|sources?|articles?|reports?|minutes|notices?|(?:e-?)?mails?|letters?|papers?"
    r"|presentations?|spreadsheets?|speech(?:es)?|statements?|briefings?|handbooks?|price lists?)\b"
)
_COUNT = re.compile(rf"^how many (?:of the )?{_NOUN}(?P<rest>.*)", re.IGNORECASE)
_LIST = re.compile(
    rf"^(?:please )?(?:(?:list|name|show(?: me)?|give me|tell me)(?: all| every)?(?: of)?(?: the)?|which|what) {_NOUN}"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_ANY = re.compile(
    rf"^(?:is there|are there|do you have|have you(?: got)?) (?:an? |any )?{_NOUN}(?P<rest>.*)", re.IGNORECASE
)
_PUBLISHED_THEN = re.compile(
    r"^(?:what|which) (?:was|were|is|has been|have been) (?P<noun>published|written|added)(?P<rest> .+)",
    re.IGNORECASE,
)
_END = re.compile(
    r"^(?:which|what|show(?: me)?|give me)?\s*(?:is|are)?\s*(?:the )?"
    rf"(?:(?P<newest>latest|newest|most recent|last)|(?P<oldest>oldest|earliest|first)) {_NOUN}(?P<rest>.*)",
    re.IGNORECASE,
)
_ONE = re.compile(rf"^(?:the |an? )?{_NOUN}(?P<rest>.*)", re.IGNORECASE)
_AUTHOR = re.compile(
    r"^who (?:wrote|sent|authored|drafted|prepared|(?:is|was) the (?:author|writer|sender) of) (?P<words>.+)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"^(?:when (?:was|were) (?P<words>.+?) (?:published|written|sent|issued|dated)|what is the date of (?P<dated>.+))"
    r"\W*$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^what (?:is|are) (?P<words>.+) about\W*$", re.IGNORECASE)
_MENTION = re.compile(
    r"\b(?:mentions?|mentioning|contains?|containing|talks? about|says? (?:something )?about|deals? with"
    r"|(?:are|is) about|about|refers? to|(?:has|have|with) the words?)\b(?P<words>.+)",
    re.IGNORECASE,
)
_OF_THE_REST = re.compile(
    r"\b(?:are|were|is|was|there|do|does|did|have|has|you|been|that|which|written|wrote|write|sent|send|published|by|from|in|the|index"
    r"|collection|library|all|dated|of|on)\b|[?.!]",
    re.IGNORECASE,
)


_OF_ONE: dict[DocumentsKind, re.Pattern[str]] = {"author": _AUTHOR, "published": _PUBLISHED, "about": _ABOUT}


def find_of_documents(query: str) -> OfDocuments | None:
    query = query.strip()
    for kind, pattern in _OF_ONE.items():
        if found := pattern.match(query):
            named = next(filter(None, found.groups())).strip(" ?.!")
            one = _ONE.match(named)
            return replace(_of(kind, one), named=named) if one else OfDocuments(kind, named=named)
    if found := _END.match(query):
        return _of("newest" if found["newest"] else "oldest", found)
    if found := _COUNT.match(query):
        return _of("count", found)
    if found := _LIST.match(query) or _ANY.match(query):
        return _of("list", found)
    if found := _PUBLISHED_THEN.match(query):
        return replace(_of("list", found), noun="documents")
    return None


def _of(kind: DocumentsKind, found: re.Match[str]) -> OfDocuments:
    rest = found["rest"]
    mention = _MENTION.search(rest)
    if mention:
        rest = rest[: mention.start()]
    words = " ".join(_OF_THE_REST.sub(" ", without_periods(rest)).split())
    said = (
        re.sub(r"^(?:the|an?)\s+", "", mention["words"].strip(" ?.!"), flags=re.IGNORECASE) if mention else ""
    )
    form = found.groupdict().get("form") or ""
    return OfDocuments(kind, found["noun"].lower(), words, said, form.lower())
