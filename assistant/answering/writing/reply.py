"""A chat model's reply -> its sentences as plain text, each with the numbers of the lines that it points to.

Of the Markdown that models write only the words are kept: no address, no picture, no mark-up. Raw HTML stays text.
"""

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from typing import Any

from assistant.answering.writing.prompts import ABSTAIN
from assistant.text.language import content_words, sentences, words

LOOKED_BACK = 600  # characters of a reply in which a model that goes round in circles shows
UNIT, TIMES = 40, 4  # so many characters so many times
_SOME = r"\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*"
_WORD = r"(?:line|evidence|passage|source)s?"
_MARK = rf"(?:[\[【]\s*\^?(?:{_WORD}\s*)?{_SOME}\s*[\]】]|\(\s*{_WORD}\s*{_SOME}\s*\))"
_MARKER = re.compile(rf"\s*{_MARK}", re.IGNORECASE)
_TRAILING = re.compile(rf"([.!?][\"”’)]*)((?:\s*{_MARK})+)", re.IGNORECASE)
_RANGE = re.compile(r"(\d+)(?:\s*[–-]\s*(\d+))?")
_THOUGHTS = re.compile(r"^\s*<think>.*?(?:</think>|$)", re.DOTALL)  # of a model that thinks aloud first
_ADDRESS = re.compile(r"\b(?:https?|ftp)://[^\s<>\"”]+|\bwww\.[^\s<>\"”]+", re.IGNORECASE)
# Not the line break, and not what joins letters in some scripts.
_CONTROLS = re.compile(
    r"\x1b\[[\d;]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_EVIDENCE = r"(?:documents|passages|evidence|sources|lines|context|(?:provided |given )?(?:text|information))"
_NOT = r"(?:do(?:es)? ?n[o'’]t|did ?n[o'’]t|can ?not|can['’]t|(?:has|have|contains?|gives?|provides?) no)"
_SAY = r"(?:say|mention|contain|provide|state|specify|give|include|name|answer|indicate|show|tell|disclose|cover)"
_WHAT = r"(?:information|mention|answer|details?)"
_UNKNOWN = re.compile(
    rf"\b{_EVIDENCE}\b(?: \w+){{0,2}}? {_NOT}\b(?: \w+)?(?: {_SAY}\b| {_WHAT}\b)"
    rf"|\b(?:no|not enough) {_WHAT}\b[^.;]*\b{_EVIDENCE}\b"
    rf"|\bnot (?:\w+ )?(?:mentioned|stated|specified|provided|given|found|answered|said|disclosed|named)"
    rf" (?:in|by) (?:the|these|any)(?: \w+)? {_EVIDENCE}\b",
    re.IGNORECASE,
)
# What a sentence may have that only leads to others, or closes: it says nothing of what was asked.
_CONNECTING = frozenset(
    words(
        "according answer asked based below briefly conclude conclusion detail document documents evidence find "
        "follow following follows given here hope information key line list main mention passage passages point "
        "provide provided question relevant respectively said say says short sources state stated sum summary "
        "summarise sure text therefore thus several various overall help helps further more note as well okay"
    )
)


def split_reply(reply: str, own: Container[str] = ()) -> list[tuple[str, list[int]]]:
    """The sentences without their markers, and the numbers that each one cites; `own`: the addresses that may stay.

    Markers after the full stop belong to the sentence before them. What was said before is not said again.
    """
    text = _TRAILING.sub(lambda match: f"{''.join(match[2].split())}{match[1]}", plain(reply, own))
    found: list[tuple[str, list[int]]] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        numbers = [n for match in _MARKER.finditer(sentence) for n in _numbers(match[0])]
        said = " ".join(_MARKER.sub("", sentence).split())
        if words(said):
            found.append((said, list(dict.fromkeys(numbers))))
        elif numbers and found:
            found[-1] = (found[-1][0], list(dict.fromkeys([*found[-1][1], *numbers])))
    return _once(found)


def _numbers(written: str) -> Iterator[int]:
    """ "[1, 3-5]" -> 1, 3, 4, 5."""
    for first, last in _RANGE.findall(written):
        yield from range(int(first), min(int(last or first), int(first) + 20) + 1)


def _once(found: Sequence[tuple[str, list[int]]]) -> list[tuple[str, list[int]]]:
    merged: dict[str, tuple[str, list[int]]] = {}
    for said, numbers in found:
        key = " ".join(words(said))
        before = merged.get(key, (said, []))
        merged[key] = (before[0], list(dict.fromkeys([*before[1], *numbers])))
    return list(merged.values())


def plain(reply: str, own: Container[str] = ()) -> str:
    """The words of a reply in Markdown, without control characters, and without addresses other than `own`."""
    kept = _CONTROLS.sub("", _THOUGHTS.sub("", reply))
    text = "\n".join(filter(None, map(_words_of, _markdown().parse(kept))))
    return _ADDRESS.sub(lambda match: match[0] if match[0].rstrip(".,;:!?)]") in own else "", text)


@cache
def _markdown() -> Any:
    """Without what makes a number in brackets a link, and without what turns indented words into code."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(
        ["reference", "code", "html_block", "html_inline"]
    )


def _words_of(token: Any) -> str:
    if token.type != "inline":
        return str(token.content).strip()  # of code; of what only opens and closes there is none
    parts = []
    for child in token.children:
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)


def goes_round(reply: str) -> bool:
    """Whether the model has begun to say the same again and again."""
    return reply[-LOOKED_BACK:].count(reply[-UNIT:]) >= TIMES if len(reply) >= TIMES * UNIT else False


def says_unknown(sentence: str) -> bool:
    """Whether it says that the evidence does not answer: the words it was given for that, or others to that effect."""
    return " ".join(words(ABSTAIN)) in " ".join(words(sentence)) or bool(_UNKNOWN.search(sentence))


def connects(sentence: str, question: str) -> bool:
    """Whether it claims nothing: it only announces others, in the words of the question, or has no words of its own."""
    own = set(content_words(sentence)) - _CONNECTING
    return own <= set(words(question)) if sentence.endswith(":") else not own
