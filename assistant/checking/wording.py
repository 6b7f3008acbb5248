"""A statement that says nearly what the source says, and turns it round: a denial, an opposite, who did it, a plan."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from assistant.text.language import content_words, sentences, words
from assistant.text.names import NAME

NEARLY = 0.9  # of the words beside a name, where another name stands in its place
DENIED = 2  # words after a "not" that it may deny
ALIKE = 0.7  # of the statement's words in one sentence: of less alike ones a single word says nothing
_DENIAL = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|nothing|cannot|without|\w+n['’]t)\b", re.IGNORECASE
)
_PLAN = re.compile(
    r"\b(?:plans?|planned|intends?|intended|hopes?|hoped|proposes?|proposed|might|expected|aims?|reportedly|allegedly"
    r"|likely|possibly|perhaps|draft|(?:is|are|was|were) to (?!be found\b)|considering|going to)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"{_PLAN.pattern}|\b(?:may|can|could|would|will|should|shall|must|expects?|wants?|considers?|due|proposals?"
    r"|intention|idea|if)\b",
    re.IGNORECASE,
)
_RUN = re.compile(rf"{NAME.pattern}(?: {NAME.pattern})*")
_PRONOUN = re.compile(r"\b(?:he|she|they|we|I)\b")  # that may stand for the other name
_PASSIVE = re.compile(r"\bby\b", re.IGNORECASE)


def turned(text: str, cited: str) -> list[str]:
    """Why the words of the text say otherwise than the sentence of the source that has most of them; or nothing."""
    source = likest(text, cited)
    return (
        [reason for rule in (_denied, _opposite, _planned) for reason in rule(text, source)] if source else []
    )


def exchanged(text: str, cited: str) -> list[str]:
    """Why its names do not stand where that sentence has them; or nothing."""
    source = likest(text, cited)
    return [reason for rule in (_reversed, _renamed) for reason in rule(text, source)] if source else []


def likest(text: str, cited: str) -> str:
    """The sentence that has the largest share of the text's words; empty where none has ALIKE of them."""
    wanted = set(content_words(text))
    found = [cited[start:end] for start, end in sentences(cited)]
    best = max(found, key=lambda one: len(wanted & set(content_words(one))), default="")
    share = len(wanted & set(content_words(best))) / max(len(wanted), 1)
    return best if share >= ALIKE else ""


def _denied(text: str, source: str) -> Iterator[str]:
    """What one of the two denies and the other says; a denial of something else says nothing of it."""
    here, there = _denials(text), _denials(source)
    if not there & here and here & set(words(source)):
        yield "The source says it without “not”."
    elif there & set(words(text)) and not _DENIAL.search(text):
        yield "The source denies it."


def _denials(text: str) -> set[str]:
    """The next words after each "not" and the like."""
    return {word for match in _DENIAL.finditer(text) for word in content_words(text[match.end() :])[:DENIED]}


def _opposite(text: str, source: str) -> Iterator[str]:
    here, there = set(words(text)), set(words(source))
    for word, other in _opposites():
        if word in here and word not in there and other in there and other not in here:
            yield f"The source says “{_as_written(other, source)}” where this says “{_as_written(word, text)}”."
            return


def _planned(text: str, source: str) -> Iterator[str]:
    found = _PLAN.search(source)
    if found and not _OPEN.search(text):
        yield f"The source tells it as a plan or a possibility (“{found[0].strip()}”)."


def _reversed(text: str, source: str) -> Iterator[str]:
    """Two names in the other order, in a statement that has no word that the source has not."""
    if set(content_words(text)) - set(content_words(source)):
        return
    if bool(_PASSIVE.search(text)) != bool(_PASSIVE.search(source)):
        return
    here, there = (_found(NAME, one) for one in (text, source))
    shared = [name for name in here if name in there]
    order = sorted(shared, key=there.index)
    for one, other in zip(shared, order, strict=True):
        if one != other:
            yield f"The source has {one} and {other} the other way round."
            return


def _renamed(text: str, source: str) -> Iterator[str]:
    """A name that the sentence does not have, in the place of one that it has, all else being nearly its words."""
    here, there = (_found(_RUN, one) for one in (text, source))
    strange = [name for name in here if not set(content_words(name)) & set(words(source))]
    replaced = [name for name in there if not set(content_words(name)) & set(words(text))]
    rest = set(content_words(text)) - {word for name in strange for word in words(name)}
    alike = len(rest & set(content_words(source))) >= NEARLY * len(rest)
    strange, replaced = ([name for name in names if content_words(name)] for names in (strange, replaced))
    if strange and replaced and alike and not _PRONOUN.search(source):
        yield f"The source has {replaced[0]} where this has {strange[0]}."


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    """Each once, in their order, without "'s"."""
    return list(dict.fromkeys(re.sub(r"['’]s$", "", match[0]) for match in pattern.finditer(text)))


@cache
def _opposites() -> tuple[tuple[str, str], ...]:
    """Stems, each pair both ways."""
    lines = files("assistant.checking").joinpath("opposites.txt").read_text("utf-8").splitlines()
    pairs = [(words(one)[0], words(other)[0]) for one, other in map(str.split, lines)]
    return tuple(pairs + [(other, one) for one, other in pairs])


def _as_written(stem: str, text: str) -> str:
    return next((word for word in re.findall(r"\w+", text) if words(word) == [stem]), stem)
