"""Words of a question against the names and the words of a series."""

import re

from assistant.gathering.series import Series
from assistant.gathering.values import like, name_and_unit
from assistant.text.language import content_words, words

_GENERIC = frozenset(
    words(
        "list all every everything anything name number thing there each different various available exist kind type "
        "register table total whole calendar inventory schedule record source sort both overall"
    )
)
VERBS = frozenset(  # that say no more than that there is something
    words(
        "carry cost hold take run have get got offer charge come go went gone live stand sit belong attend keep find "
        "found give given gave provide teach lead serve bring need use include contain show mention appear lie start "
        "begin end open happen last grow make made see stay meet want look put came base locat"
    )
)
_LIGHT = VERBS | frozenset(  # where a series has them nowhere
    words(
        "please here there also still yet up out so far altogether currently now today ever us our own itself among "
        "work receive money equipment item object thing product entry one single shelf store stock log sheet file book"
    )
)
_PEOPLE = frozenset(
    words("people person staff employee colleague member helper team everybody everyone anybody worker")
)
_NAME = re.compile(
    r"(?:[^\W\d_a-z][^\W\d_A-Z][\w'’.-]*|[^\W\d_a-z]\.)(?: [^\W\d_a-z][\w'’.-]*)* [^\W\d_a-z][^\W\d_A-Z][\w'’-]*"
)
YES = {"yes", "y", "true", "✓", "x"}
NO = {"no", "n", "false", "-", "–", ""}
NOT = re.compile(r"\b(?:not|no|never|without|except|un\w+ed)\b", re.IGNORECASE)


def needed(text: str) -> list[str]:
    return [word for word in dict.fromkeys(content_words(text)) if word not in _GENERIC]


def is_light(word: str, series: Series, *, is_head: bool) -> bool:
    """Whether it leaves out nothing: "the people who …" where each row is somebody."""
    return word in _LIGHT or (word in _PEOPLE and (not is_head or are_people(series)))


def are_people(series: Series) -> bool:
    return all(entry.cells and _NAME.fullmatch(entry.cells[0].text.strip()) for entry in series.entries)


def is_named(word: str, series: Series) -> bool:
    return any(like(word, name) for name in series.names)


def is_found(word: str, series: Series) -> bool:
    return is_named(word, series) or any(word in entry.words for entry in series.entries)


def is_called(label: str, head: str) -> bool:
    """Whether a column's name, its unit apart, is that word and no more."""
    said = needed(name_and_unit(label)[0])
    return len(said) == 1 and like(said[0], head)
