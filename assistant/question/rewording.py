"""A follow-up in words of its own: "And the weaving one?" after a question about the pottery course.

Several wordings are made of the words of the conversation; which is right, the reader's probability tells.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from assistant.question.follow_ups import leans_on_history
from assistant.text.days import DATE, YEARLESS
from assistant.text.language import content_words, words
from assistant.text.names import NAME_WORD

MOST_WORDINGS = 3
SELF_CONTAINED = 3  # content words: a question with as many is read as it stands
MOST_TURNS = 10  # of the conversation
_AND = re.compile(r"^(?:and|but|or|so|ok|okay|well|what about|how about)\b[,:]?\s*", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:what|how) about\b", re.IGNORECASE)
_AUXILIARY = "is|are|was|were|am|be|do|does|did|has|have|had|can|could|may|might|must|shall|should|will|would"
_VERB = rf"{_AUXILIARY}|who|what|when|where|why|how|which"
_ASKS = re.compile(rf"\b(?:{_VERB})\b", re.IGNORECASE)
_DETERMINER = r"the|an?|this|that|these|those|any|all|each|every|its|his|her|their|my|our|your"
_PREPOSITION = r"of|in|on|at|for|by|from|to|with|about|after|before|under|over|per|as"
_FUNCTION = re.compile(
    rf"(?:{_VERB}|{_PREPOSITION}|and|or|but|not|it|he|she|they|them|him|one|there|here|much|many|often|any|some|i"
    r"|we|you|us|me|if|than|then|own)",
    re.IGNORECASE,
)
_NAMES = re.compile(rf"{NAME_WORD}(?:\s+{NAME_WORD})+")
_TOKEN = re.compile(r"[\w][\w’'&./-]*")
_WHEN = r"(?:in|on|for|since|until|as of)\s+"
_DATED = re.compile(rf"^(?:{_WHEN})?(?:{DATE}|{YEARLESS})$", re.IGNORECASE)
_ANY_DATE = re.compile(rf"\b(?:(?P<when>{_WHEN})(?:{DATE}|{YEARLESS})|(?:{DATE}))", re.IGNORECASE)
_ONES = re.compile(r"\s+ones?$", re.IGNORECASE)
_PERSON = re.compile(r"\b(?P<his>his|her(?=\s+[a-z]))\b|\b(?:he|she|him|her)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?P<its>its|their)\b|\b(?P<at>there)\b(?! (?:is|are|was|were|has|have)\b)"
    r"|\b(?:it|they|them|those|these|that one|this one|that(?=\W*$))\b",
    re.IGNORECASE,
)
_HAS_VERB = re.compile(rf"\b(?:{_AUXILIARY})\b|^(?:who|what|which \w+) (?!else\b)\w+ \w+", re.IGNORECASE)
_PLURALS = re.compile(  # "how many firms had got their …"; not "how many names were on them", "what happens to their …"
    r"\b(?:(?:which|how many|did|do|have|are|were|will|can|may|must|should) (?!this\b|does\b)[a-z]{3,}s"
    r"|what [a-z]{3,}s (?:did|do|have|had|are|were|will|can|may|must|should))\b.*\b(?:they|their)$",
    re.IGNORECASE,
)
_BARE = re.compile(r"^(?:where|when|why|how|who|how much|how many|how long)$", re.IGNORECASE)
_ASKED_OF = re.compile(
    rf"\b(?:do|does|did|can|may|must|will|should|could|would)\s+(?:(?:{_DETERMINER})\s+)?$", re.IGNORECASE
)
_OTHER_VERB = re.compile(r"\s+(?:be|have|not)\b", re.IGNORECASE)


def wordings(text: str, before: Sequence[str], reply: str = "") -> tuple[str, ...]:
    """The likeliest first, at most MOST_WORDINGS.

    `before`: the user's earlier questions; `reply`: to the last of them.
    """
    last = ""
    topics: list[str] = []
    for question in before[-MOST_TURNS:]:
        leans = last and (
            _AND.match(question) or _PERSON.search(question) or _THING.search(question) or _is_bare(question)
        )
        last = next(_wordings(question, last, topics, ""), question) if leans else question
        topics = list(_subjects(last, definite=True)) or topics
    topics = topics or list(_subjects(last, definite=False))
    made = dict.fromkeys(_wordings(text, last, topics, reply)) if last else {}
    clear = [wording for wording in made if not (_PERSON.search(wording) or _THING.search(wording))]
    return tuple(clear[:MOST_WORDINGS])


def is_elliptic(text: str) -> bool:
    """Whether it goes on without a verb of its own: "And the weaving one?"."""
    rest = _AND.sub("", text)
    return rest != text and (bool(_ABOUT.match(text)) or not _ASKS.search(rest))


def leaning(text: str) -> Literal["", "perhaps", "surely"]:
    """On the conversation. A pronoun after some words of its own may well stand for one of them."""
    if is_elliptic(text):
        return "surely"
    if leans_on_history(text):
        found = [match.span() for pattern in (_PERSON, _THING) if (match := pattern.search(text))]
        start, end = min(found, default=(len(text), len(text)))  # of the first pronoun
        own = len(content_words(text[:start])) >= SELF_CONTAINED or _PLURALS.search(text[:end])
        return "" if own and not _AND.match(text) else "surely"
    return "" if has_subject(text) or len(content_words(text)) > SELF_CONTAINED else "perhaps"


def has_subject(text: str) -> bool:
    """Whether it has a name, or something with "the"."""
    return any(_subjects(text, definite=True))


def _is_bare(text: str) -> bool:
    return bool(_BARE.match(text.strip(" ?.!"))) or not _ASKS.search(text)


def _wordings(text: str, last: str, things: Sequence[str], reply: str) -> Iterator[str]:
    plain = text.strip(" ?.!")
    rest = _AND.sub("", plain)
    if rest and (_ABOUT.match(plain) or not _ASKS.search(rest)):
        yield from _swapped(rest, last)
        return
    if not _HAS_VERB.search(rest):
        yield f"{last.rstrip(' ?')}, and {rest[:1].lower()}{rest[1:]}?"
        yield from (f"{rest} is {thing}?" for thing in things if _BARE.match(rest))
        return
    people = list(dict.fromkeys([*_NAMES.findall(reply), *_NAMES.findall(last)]))
    if _PERSON.search(rest):
        yield from (_put(_PERSON, rest, name) for name in people if len(people) == 1)
    elif _THING.search(rest):
        yield from (_put(_THING, rest, thing) for thing in things)
    else:
        yield from (f"{rest} for {thing}?" for thing in things)


def _swapped(new: str, last: str) -> Iterator[str]:
    """The last question with what is new in the place of what it stands for."""
    if _DATED.match(new):
        old = _ANY_DATE.search(last)
        when = (old and old["when"]) or ""
        new = new if re.match(_WHEN, new, re.IGNORECASE) else f"{when}{new}"
        dated = _ANY_DATE.sub(f" {new}", last, count=1) if old else f"{last.rstrip(' ?')} {new}?"
        yield " ".join(dated.split())
        return
    preposition = re.match(rf"(?:{_PREPOSITION})\b", new, re.IGNORECASE)
    if preposition:
        new = new[preposition.end() :].strip()
    bare = re.sub(rf"^(?:{_DETERMINER})\s+", "", _ONES.sub("", new), flags=re.IGNORECASE)
    only_modifies = bool(_ONES.search(new))
    made: list[tuple[tuple[int, int, int], str]] = []
    for number, chunk in enumerate(_phrases(last)):
        before = last[: chunk[0].start()]
        if preposition and not re.search(
            rf"\b{preposition[0]}\s+(?:(?:{_DETERMINER})\s+)?$", before, re.IGNORECASE
        ):
            continue
        for size in range(1, len(chunk) + (not only_modifies)):
            start, end = chunk[0].start(), chunk[size - 1].end()
            rank = (abs(size - len(bare.split())), size, number)
            made.append((rank, f"{last[:start]}{bare}{last[end:]}"))
    yield from (wording for _, wording in sorted(made))


def _subjects(last: str, *, definite: bool) -> Iterator[str]:
    """What a question is about: its noun phrases; `definite`: those with "the" or a name."""
    chunks = list(_phrases(last))
    if chunks and re.search(r"\bwho\s+$", last[: chunks[0][0].start()], re.IGNORECASE):
        chunks = chunks[1:]  # "who teaches the course"
    for chunk in chunks:
        if len(chunk) > 1 and re.search(r"(?:ed|en)$", chunk[-1][0]):  # "is the main pool closed"
            chunk = chunk[:-1]
        start, end = chunk[0].start(), chunk[-1].end()
        the = re.search(r"\b(?:the|this|that|these|those)\s+$", last[:start], re.IGNORECASE)
        is_name = chunk[0][0][0].isupper() and start > 0
        if _DATED.match(last[start:end]):
            continue
        if bool(the or is_name) == definite:
            yield f"the {last[start:end]}" if the else last[start:end]


def _phrases(text: str) -> Iterator[list[re.Match[str]]]:
    """`_chunks` without the verb after a subject: "does Gold cost", but "can the old ferry be sold"."""
    for chunk in _chunks(text):
        before, after = text[: chunk[0].start()], text[chunk[-1].end() :]
        has_verb = len(chunk) > 1 and _ASKED_OF.search(before) and not _OTHER_VERB.match(after)
        yield chunk[:-1] if has_verb else chunk


def _chunks(text: str) -> Iterator[list[re.Match[str]]]:
    """Runs of words that name something; a determiner starts one, and is no part of it."""
    run: list[re.Match[str]] = []
    end = 0
    for token in _TOKEN.finditer(text):
        is_measure = re.search(r"\bhow\s+$", text[: token.start()], re.IGNORECASE)  # "how long", "how old"
        is_function = (
            is_measure or _FUNCTION.fullmatch(token[0]) or re.fullmatch(_DETERMINER, token[0], re.IGNORECASE)
        )
        if run and (is_function or text[end : token.start()].strip()):
            yield run
            run = []
        if not is_function:
            run.append(token)
        end = token.end()
    if run:
        yield run


def _put(pattern: re.Pattern[str], text: str, thing: str) -> str:
    """The first pronoun replaced."""
    found = pattern.search(text)
    assert found
    groups = found.groupdict()
    own = (
        f"{thing}’s"
        if groups.get("his") or groups.get("its")
        else f"at {thing}"
        if groups.get("at")
        else thing
    )
    wording = f"{text[: found.start()]}{own}{text[found.end() :]}"
    return f"{wording}?" if words(wording) else text
