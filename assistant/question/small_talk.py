"""Greetings, thanks and questions about the program itself: each has a short, fixed reply."""

import re

_WORDS = (
    r"(?:\W*\b(?:ok(?:ay)?|great|good|fine|well|thanks?|thank you|thx|cheers|very|so|much|a lot|perfect|nice|bye"
    r"|goodbye|see you)\b)+\W*"
)
_THANKS = re.compile(rf"^{_WORDS}$", re.IGNORECASE)
_HELLO = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there| again| everyone)?\W*$",
    re.IGNORECASE,
)
_WHAT = re.compile(
    r"^\W*(?:(?:so )?what (?:can|do) you (?:do|know)|who are you|what are you|help(?: me)?"
    r"|how do you work|how does this work)\W*$",
    re.IGNORECASE,
)
OFFER = (
    "I answer questions from the documents of this index, with the exact words and where they stand, and say so when I "
    "find no answer. Ask who said what, when, or how much."
)


def small_talk(text: str) -> str:
    """The reply; empty where anything is asked."""
    if _THANKS.match(text):
        return "You are welcome. Ask on whenever you like."
    if _HELLO.match(text):
        return f"Hello. {OFFER}"
    return OFFER if _WHAT.match(text) else ""
