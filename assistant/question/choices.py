"""Questions that give the answers to choose from: searched without them, answered by a sentence that has one."""

import re
from collections.abc import Sequence

from assistant.text.language import content_words, words

_GIVEN = re.compile(
    r"[\s(\[]*\b(?:choose (?:one|from)|choices|options|one of|pick one)(?: of(?: these)?)?\s*:\s*"
    r"(?P<choices>.+?)[)\].]*$",
    re.IGNORECASE | re.DOTALL,
)
_LETTERED = re.compile(
    r"(?:^|\s)\(?([a-e])[).:]\s+(?P<choice>.+?)(?=\s+\(?[a-e][).:]\s|$)", re.IGNORECASE | re.DOTALL
)
_PLAIN = re.compile(r"^(?:yes|no|true|false|maybe)$", re.IGNORECASE)
_NONE = re.compile(r"^(?:none|neither|not any)(?: of (?:the above|these|them))?$", re.IGNORECASE)


def split_choices(text: str) -> tuple[str, tuple[str, ...]]:
    """The question without its choices, and the choices; "none of the above" is not one."""
    given = _GIVEN.search(text)
    if given:
        stem, found = text[: given.start()], re.split(r"\s*[;|]\s*", given["choices"])
    else:
        lettered = list(_LETTERED.finditer(text))
        if len(lettered) < 2 or [m[1].lower() for m in lettered] != list("abcde")[: len(lettered)]:
            return text, ()
        stem, found = text[: lettered[0].start()], [match["choice"] for match in lettered]
    choices = tuple(choice.strip(" .;,") for choice in found)
    kept = tuple(choice for choice in choices if choice and not _NONE.match(choice))
    plain = any(
        _PLAIN.match(choice) for choice in kept
    )  # "no" stands in many a sentence that does not say no
    return (stem.strip(), kept) if stem.strip() and len(choices) > 1 and kept and not plain else (text, ())


def chosen_in(text: str, choices: Sequence[str]) -> list[str]:
    """The choices of which all words stand in the text; one that is part of another that does is left out."""
    held = set(words(text))
    found = [choice for choice in choices if set(content_words(choice) or words(choice)) <= held]
    return [
        one
        for one in found
        if not any(one != other and set(words(one)) < set(words(other)) for other in found)
    ]
