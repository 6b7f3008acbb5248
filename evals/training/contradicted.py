"""Statements altered by rule so that what they were taken from contradicts them; None where a rule finds nothing.

English only. The rules know no grammar: what they make is read before it is measured by, and some of it is noise
where it is trained on.
"""

import calendar
import itertools
import random
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

OPPOSITES = Path(__file__).with_name("opposites.txt")  # a line two words of which one contradicts the other
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|must|should|does|do|did)\b(?! (?:not|no|never)\b)"
)
_DENIAL = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|could|must|should|may) (?:not|never)(?! only\b) "
)
_PAST = dict(
    pair.split("/")
    for pair in (
        "said/say told/tell rose/rise fell/fall gave/give took/take made/make won/win lost/lose began/begin paid/pay "
        "sold/sell bought/buy set/set left/leave met/meet held/hold kept/keep found/find went/go came/come "
        "approved/approve rejected/reject licensed/license opened/open closed/close moved/move asked/ask "
        "announced/announce published/publish agreed/agree decided/decide voted/vote joined/join raised/raise "
        "reported/report started/start stopped/stop ended/end received/receive signed/sign issued/issue "
        "granted/grant applied/apply withdrew/withdraw launched/launch added/add confirmed/confirm called/call "
        "replaced/replace resigned/resign increased/increase warned/warn named/name listed/list granted/grant"
    ).split()
)
_VERB = re.compile(rf"(?<=[a-z)’] )(?:{'|'.join(_PAST)})\b|(?<=[A-Z] )(?:{'|'.join(_PAST)})\b")
_NAME = re.compile(r"\b[A-Z][\w’'-]*[\w](?: (?:(?:of|de|van|von|the) )?[A-Z][\w’'-]*\w)*")
_NO_NAME = frozenset(
    "A An The It He She They We You I This That These Those There Here Its His Her Their Our One Some Any "
    "Each Both All Other Another Others In On At By From For With As After Before Since Until Under When "
    "While Where What Which Who Whether If Then Now So But And Or Not No Nobody Nothing Of To Every Most "
    "Many Few Only Also Earlier Later Early Late Two Three Four Five Six Seven Eight Nine Ten Eleven "
    "Twelve Twenty Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mondays Tuesdays Wednesdays "
    "Thursdays Fridays Saturdays Sundays".split()
) | frozenset(calendar.month_name[1:])
_JOINED = re.compile(r"^[\s,;()–]*(?:(?:and|or|&|of|in|at|from|the|to|,)[\s,]*)*$")
_MONTHS = "|".join(calendar.month_name[1:])
_DATE = re.compile(
    rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{1,2}})?(?:,? \d{{4}})?|(?:19|20)\d\d)\b"
)
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/-]|[.,]\d)")
_COUNT = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SAYING = (
    r"(?:had |has )?(?:said|says|told|tells|announced|reported|reports|warned|argued|claimed|claims|stated|wrote|writes"
    r"|added|explained|confirmed|confirms|expects|hopes|hoped|asked|proposed|stressed|puts|counts|relays|cites|thinks)"
)
_SPEAKER = re.compile(
    rf"(?:(?<=[Aa]ccording to )(?:the )?({_NAME.pattern}))|(?:({_NAME.pattern})(?= {_SAYING}\b))"
)

Chance = random.Random
Rule = Callable[[str, Sequence[str], Chance], str | None]


def negated(text: str, names: Sequence[str], chance: Chance) -> str | None:
    """A denial taken out, else "not" put behind the first auxiliary, or "did not" before the first past."""
    if match := _DENIAL.search(text):
        return f"{text[: match.start()]}{match[1]} {text[match.end() :]}"
    found = [match for match in (_AUXILIARY.search(text), _VERB.search(text)) if match]
    if not found:
        return None
    match = min(found, key=lambda one: one.start())
    denied = f"did not {_PAST[match[0]]}" if match[0] in _PAST else f"{match[0]} not"
    return text[: match.start()] + denied + text[match.end() :]


def roles_swapped(text: str, names: Sequence[str], chance: Chance) -> str | None:
    """Two names that have more than "and" or "of" between them, each in the other's place."""
    found = [match for match in _NAME.finditer(text) if _is_name(match, text)]
    pairs = [
        (one, other)
        for one, other in itertools.pairwise(found)
        if not _JOINED.match(text[one.end() : other.start()]) and not _alike(one[0], other[0])
    ]
    if not pairs:
        return None
    one, other = chance.choice(pairs)
    between = text[one.end() : other.start()]
    return f"{text[: one.start()]}{other[0]}{between}{one[0]}{text[other.end() :]}"


def opposite(text: str, names: Sequence[str], chance: Chance) -> str | None:
    """One word replaced by its opposite."""
    known = opposites()
    found = [match for match in re.finditer(r"\b[A-Za-z]+\b", text) if match[0].lower() in known]
    if not found:
        return None
    match = chance.choice(found)
    other = chance.choice(known[match[0].lower()])
    other = other.capitalize() if match[0][0].isupper() else other
    return text[: match.start()] + other + text[match.end() :]


def other_number(text: str, names: Sequence[str], chance: Chance) -> str | None:
    """Another number of the same form, its dates left alone."""
    dates = [match.span() for match in _DATE.finditer(text)]
    found = [m for m in _NUMBER.finditer(text) if not any(a <= m.start() < b for a, b in dates)]
    found += list(re.finditer(rf"\b(?:{'|'.join(_COUNT)})\b", text, re.IGNORECASE))
    if not found:
        return None
    match = chance.choice(found)
    return text[: match.start()] + _other(match[0], chance) + text[match.end() :]


def other_date(text: str, names: Sequence[str], chance: Chance) -> str | None:
    """Another day, month or year in one of its dates."""
    found = list(_DATE.finditer(text))
    found = [match for match in found if match[0] not in ("May", "March")]
    if not found:
        return None
    match = chance.choice(found)
    parts = list(re.finditer(rf"\d{{4}}|\d{{1,2}}|{_MONTHS}", match[0]))
    part = chance.choice(parts)
    if part[0].isdigit():
        most = 9999 if len(part[0]) == 4 else 28
        moved = int(part[0]) + chance.choice([-3, -2, -1, 1, 2, 3])
        if "-" in match[0] and part.start() == 5:
            most = 12
        new = str(moved if 0 < moved <= most else int(part[0]) - 1 or 2).zfill(len(part[0]))
    else:
        new = chance.choice([month for month in calendar.month_name[1:] if month != part[0]])
    changed = match[0][: part.start()] + new + match[0][part.end() :]
    return text[: match.start()] + changed + text[match.end() :] if changed != match[0] else None


def other_speaker(text: str, names: Sequence[str], chance: Chance) -> str | None:
    """What one said told as said by another of the names."""
    found = [match for match in _SPEAKER.finditer(text) if not _NO_NAME & set((match[1] or match[2]).split())]
    if not found:
        return None
    match = chance.choice(found)
    known = match[1] or match[2]
    others = [name for name in names if not _alike(name, text) and not _NO_NAME & set(name.split())]
    if not others:
        return None
    at = match.start(1) if match[1] else match.start(2)
    return text[:at] + chance.choice(others) + text[at + len(known) :]


RULES: dict[str, Rule] = {
    "negated": negated,
    "roles swapped": roles_swapped,
    "antonym": opposite,
    "number": other_number,
    "date": other_date,
    "speaker": other_speaker,
}


def names_in(text: str) -> list[str]:
    """Names of two words or more, which are hardly ever the first word of a sentence."""
    return list(dict.fromkeys(name for name in _NAME.findall(text) if " " in name))


@lru_cache(maxsize=1)
def opposites() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in OPPOSITES.read_text("utf-8").splitlines():
        one, other = line.split()
        for word, against in ((one, other), (other, one)):
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), against)))
    return found


def _other(number: str, chance: Chance) -> str:
    if number.lower() in _COUNT:
        new = chance.choice([word for word in _COUNT if word != number.lower()])
        return new.capitalize() if number[0].isupper() else new
    digits = [at for at, mark in enumerate(number) if mark.isdigit()]
    at = chance.choice(digits)
    low = 1 if at == 0 and len(digits) > 1 else 0
    new = chance.choice([str(n) for n in range(low, 10) if str(n) != number[at]])
    return number[:at] + new + number[at + 1 :]


def _is_name(match: re.Match[str], text: str) -> bool:
    """A word with a capital at the start of the text is one only where a second follows, or it is all capitals."""
    if _NO_NAME & set(match[0].split()) or text[match.end() : match.end() + 1] in ("'", "’", "$", "."):
        return False
    return match.start() > 0 or " " in match[0] or match[0].isupper()


def _alike(one: str, other: str) -> bool:
    return bool(set(one.lower().split()) & set(other.lower().split()))
