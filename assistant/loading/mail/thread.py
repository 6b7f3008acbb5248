"""The words of a message -> what its sender wrote, and the earlier messages that stand below it or in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from email.utils import parseaddr

from assistant.text.days import dates_in

MOST_EARLIER = 50  # messages that are told apart in one
# "On Mon, Feb 16, 2026 at 10:02 AM Ann Lee <ann@river.example> wrote:", in one line or two.
_VERBS = "wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev"
_WROTE = re.compile(
    r"(?:On|Am|Le|El|Il|Op|Em|Den)\b[^\n]{4,200}?(?:\n[^\n]{0,120}?)?"
    rf"\b(?:{_VERBS})\b(?: [^\n:]{{1,80}})?\s?:"
)
_HEAD = re.compile(
    r"(?:[-_ ]{3,}(?:Original Message|Ursprüngliche Nachricht|Forwarded message|Message d'origine)?[-_ ]*\n+)?"
    r"\*?(?:From|Von|De|Da|Van)\*?:[^\n]+\n"
    r"(?:\*?(?:Sent|Date|To|Cc|Bcc|Subject|Importance|Gesendet|Datum|An|Betreff|Envoyé|À|Objet)\*?\s?:[^\n]*(?:\n|\Z)){2,}"
)
_QUOTE = re.compile(r"> ?")
_FIELD = re.compile(r"\*?(?P<name>\w+)\*?\s?:\s*(?P<value>.*)")
_NO_NAME = re.compile(
    rf"\d|^(?:AM|PM|at|um|à|on|uhr|h|(?:mon|tues|wednes|thurs|fri|satur|sun)day|{_VERBS})$", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?<=\d)\.(?= )|(?<=\b[A-Z][a-z]{2})\.")  # "16. Feb. 2026"


@dataclass(frozen=True, slots=True)
class Written:
    """What one person wrote; `lines` of others that are answered one by one begin with "> "."""

    lines: tuple[str, ...]
    author: str | None = None
    day: date | None = None
    subject: str | None = None
    head: str = ""  # the lines that say so, which are no part of what was written


@dataclass(slots=True)
class _Part:
    written: Written
    lines: list[str] = field(default_factory=list)


def messages(text: str) -> list[Written]:
    """The newest first; what an earlier message quotes in its turn is one of its own."""
    found: list[Written] = []
    waiting = [Written(tuple(text.split("\n")))]
    while waiting and len(found) < MOST_EARLIER:
        own, *earlier = _split(waiting.pop(0))
        found.append(own)
        waiting = earlier + waiting
    return [written for written in (*found, *waiting) if "".join(written.lines).strip()]


def _split(written: Written) -> list[Written]:
    """What is not quoted, then the messages below a head, and those that are quoted in one piece."""
    text = "\n".join(written.lines)
    head = _HEAD.search(text)
    if head and (head.start() == 0 or text[head.start() - 1] == "\n"):
        below = _by_fields(head[0], text[head.end() :])
        return [*_split(_with(written, text[: head.start()])), below]
    wrote = next((found for found in _WROTE.finditer(text) if _opens_quotation(text, found)), None)
    if wrote is None:
        return [written]
    before, after = text[: wrote.start()], text[wrote.end() :].split("\n")[1:]
    quoted, rest = _first_run(after)
    if any(line.startswith(">") for line in rest):  # answered piece by piece
        return [written]
    said = "\n".join(_QUOTE.sub("", line, count=1) for line in quoted)
    earlier = Written(tuple(said.split("\n")), *_who_and_when(wrote[0]), None, wrote[0])
    return [_with(written, "\n".join([before, *rest])), earlier]


def _with(written: Written, text: str) -> Written:
    return Written(tuple(text.split("\n")), written.author, written.day, written.subject, written.head)


def _opens_quotation(text: str, wrote: re.Match[str]) -> bool:
    own_line = wrote.start() == 0 or text[wrote.start() - 1] == "\n"
    return own_line and text[wrote.end() :].lstrip(" \n").startswith(">")


def _first_run(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The quoted lines that come first, and those after them."""
    at = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    end = at
    while end < len(lines) and lines[end].startswith(">"):
        end += 1
    return list(lines[at:end]), list(lines[end:])


def _by_fields(head: str, text: str) -> Written:
    fields = [found.groupdict() for line in head.split("\n") if (found := _FIELD.match(line.strip()))]
    first = next((given["value"] for given in fields), "")
    name, address = parseaddr(first)
    day = next((day for given in fields[1:] if (day := _day(given["value"]))), None)
    names = {given["name"].casefold(): given["value"] for given in fields}
    subject = next((names[key] for key in ("subject", "betreff", "objet") if names.get(key)), None)
    return Written(tuple(text.split("\n")), name or address or None, day, subject, head.strip())


def _who_and_when(line: str) -> tuple[str | None, date | None]:
    """Of the line above a quotation: the name stands after the date, and before the address or the verb."""
    words = re.split(rf"<|\s(?:{_VERBS})\s?:$|:$", " ".join(line.split()))[0].replace(",", " , ").split()
    name: list[str] = []
    for word in reversed(words):
        if word == "," or _NO_NAME.search(word):
            break
        name.insert(0, word)
    return " ".join(name) or None, _day(line)


def _day(text: str) -> date | None:
    found = (period for period in dates_in(_ORDINAL.sub("", text)) if period.first == period.last)
    return next((period.last for period in found), None)
