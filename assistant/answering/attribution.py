"""Who is speaking in a sentence, and through whom it is reported, as the document names them.

Rules over the sentence and those before it in its paragraph, for English; where none applies nothing is said.
`python -m evals attribution` measures them on labelled sentences.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from assistant.text.language import Span, sentences
from assistant.text.speech import REPORTS, SAID, SAYS

BEFORE = 3  # sentences in which the one that "he" stands for is looked for

_WORD = r"(?<!\w)[A-Z][\w&’'-]*(?:\.[\w]+)*"
_NAME = rf"(?:[Tt]he )?{_WORD}(?:(?: (?:of|for|and|on|the|de|van|von|&))* {_WORD})*"
# People and bodies without a name: "a lawmaker", "the company's chief executive", "two officials".
_ROLES = (
    r"(?:regulators?|lawmakers?|legislators?|officials?|spokes(?:man|woman|person)|ministers?|ministry|compan(?:y|ies)"
    r"|firms?|bureau|authority|agency|commission|government|police|court|judge|magistrate|lawyers?|analysts?|economists?"
    r"|researchers?|founder|chief executive|chairman|chairwoman|chair|director|head|secretary|president|exchange"
    r"|platform|bank|watchdog|council|committee|department|operator|issuer|union|association|report|paper|statement|notice"
    r"|circular|posts?|page|filing|source)"
)
_DETERMINER = r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Tt]wo|[Tt]hree|[Ss]ome)"
_ROLE = rf"{_DETERMINER}(?: [\w’'-]+){{0,3}}? {_ROLES}"
_WHO = rf"(?P<who>{_NAME}|{_ROLE})"
_ASIDE = r"(?: \([^()]{1,40}\))?(?:, [^,.;:“”\"]{3,90}(?:, [^,.;:“”\"]{3,60})?,)?"
_ADVERB = (
    r"(?: (?:has|have|had|also|later|then|recently|since|already|itself|himself|herself|once|again|now))*"
)
_CLAUSE = r"(?:^|[,;:–—] |\b(?:and|but|while|as|when|which|where|that|after|because) |[”\"] )"
_OUTLET = re.compile(
    r"Bloomberg|Reuters|AFP|Agence France|Associated Press|\bAP\b|Xinhua|CNBC|CNN|BBC|Forbes|Fortune|Nikkei|Caixin|HK01"
    r"|Coin[dD]esk|Coin[tT]elegraph|The Block|Decrypt|SCMP|RTHK|TVB|PANews|Yahoo|Axios|Politico|Guardian"
    r"|[Tt]he Economist|Binance Square"
    r"|(?:News|Times|Post|[dD]aily|Journal|Herald|Wire|Press|Tribune|Weekly|Magazine|Gazette|Observer"
    r"|Chronicle|Standard|Telegraph|Review|Insider|Mail|Mirror|Today|Radio|TV|Television|Broadcasting|Courier|Examiner"
    r"|Dispatch|Bulletin|Monitor|Globe)\b|\w\.(?:com|info|net|news)\b"
)

_ACTIVE = re.compile(rf"{_CLAUSE}(?:(?:[\w’'-]+ ){{0,4}}?){_WHO}{_ASIDE}{_ADVERB} {SAYS}\b")
_INVERTED = re.compile(rf"[,”\"’] {SAID} {_WHO}(?=[ ,.;(]|$)(?! that\b)")
_BY_NAME = re.compile(
    rf"\b(?:[Aa]ccording to|[Ii]n the (?:view|words|opinion|eyes) of|^Per|^For) {_WHO}(?=[,.;:)(]|$| (?:on|in)\b)"
    rf"|(?P<own>{_NAME})(?:’s|'s) (?:view|opinion|message|position|answer|explanation|verdict)\b"
    rf"|\b(?:quot|cit)\w+ (?P<cited>{_NAME}) as saying"
)
_PRONOUN = re.compile(rf"{_CLAUSE}(?:[Hh]e|[Ss]he|[Tt]hey){_ADVERB} {SAYS}\b|[,”\"] {SAID} (?:he|she|they)\b")
_IT_SAYS = re.compile(rf"(?:^|[,;:] |[”\"] )[Ii]t{_ADVERB} {SAYS}\b")
_SUBJECT = re.compile(rf"(?P<who>{_NAME}|{_ROLE}) ")
_ALL_QUOTED = re.compile(r"^[“\"][^”\"]*[”\"]?[.,]?$|^[^“\"]+[”\"]\.?$")

_REPORTS = re.compile(rf"(?P<who>{_NAME}){_ASIDE}{_ADVERB} {REPORTS}\b")
# What follows these is an outlet, whatever its name; what follows the next is one if it looks like one.
_CARRIED_BY = re.compile(
    rf"\b(?:(?:as )?report|carri|relay|print|publish)(?:ed) (?:\w+ )?by (?P<who>{_NAME})"
)
_THROUGH = re.compile(
    rf"\b(?:report|repost|stor|interview|article|account|piece|column|dispatch|remark|post)\w* (?:\w+ )?"
    rf"(?:by|in|of|from|with|on|to) (?P<who>{_NAME})"
    rf"|\b(?:cit|quot|seen|told|tell|writ|[Ss]peak|spoke|said|says|wrote)\w* (?:by |in |on |to |with )?"
    rf"(?P<also>{_NAME})"
    rf"|\b(?:[Aa]ccording to|[Bb]y|on) (?P<then>{_NAME})"
)
_SITE = re.compile(r"(?:\bby |\bto |^|, )(?P<who>[\w-]+\.(?:com|info|net|news|org))\b")
_PERSON = re.compile(r"\b[A-Z][a-z’'-]+(?: [A-Z][a-z’'-]+)? [A-Z][\w’'-]+\b")
_LOWER_ROLE = re.compile(rf" {_ROLES}$")
_NO_NAME = re.compile(
    r"^(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|Saturday|Sunday|In|On|At|By|For|From|But|And|It|He|She|They|This|That|These|Those|There|As|If|When"
    r"|While|What|Who|Its|His|Her|Their|Both|One|Two|Three|No|Not|Under|After|Before|Since|Until|Some|Many|Most|Others"
    r"|Another|Earlier|Later|According|Speaking|Several|Other|Such|All)\b"
)


_WHEN = re.compile(
    r" (?:on|in|for) (?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Both are words of the document; None where it does not say."""

    speaker: str | None = None
    reported_via: str | None = None


def attribute(text: str, span: Span) -> Attribution:
    """Whose words the sentence at this span of the document relays, and through whom."""
    sentence = text[slice(*span)]
    return Attribution(_speaker(sentence) or _meant(text, span), _reported_via(sentence))


def _speaker(sentence: str) -> str | None:
    """The one named in the sentence; an outlet that only reports is none."""
    for pattern in (_ACTIVE, _INVERTED, _BY_NAME):
        for match in pattern.finditer(sentence):
            name = _clean(next(filter(None, match.groupdict().values())))
            if name and not _is_outlet(name, match[0]):
                return name
    return None


def _is_outlet(name: str, said: str) -> bool:
    """By its looks, or as one word that writes or reports: people are named with two."""
    return bool(_OUTLET.search(name) or (" " not in name and re.search(r" (?:writes|reports)$", said)))


def _meant(text: str, span: Span) -> str | None:
    """Who "he said", or a sentence that is all quotation, goes back to: the speaker or the person named last."""
    sentence = text[slice(*span)]
    spoken = _PRONOUN.search(sentence)
    it_says = _IT_SAYS.search(sentence)
    if not spoken and not it_says and not _ALL_QUOTED.search(sentence.strip()):
        return None
    if spoken:
        named = _PERSON.search(sentence[: spoken.start()])
        if named and not _OUTLET.search(named[0]):
            return _clean(named[0])
    for before in reversed(_before(text, span)):
        found = _speaker(before)
        if found:
            return found
        subject = _SUBJECT.match(before)
        if it_says and subject:
            return _clean(subject["who"])
        people = [match[0] for match in _PERSON.finditer(before) if not _OUTLET.search(match[0])]
        if spoken and people:
            return _clean(people[0])
    return None


def _before(text: str, span: Span) -> list[str]:
    """The sentences before one in its paragraph, at most BEFORE."""
    start = text.rfind("\n\n", 0, span[0]) + 1
    paragraph = text[start : span[0]]
    return [paragraph[slice(*found)] for found in _sentences(paragraph)[-BEFORE:]]


@lru_cache(maxsize=64)
def _sentences(paragraph: str) -> list[Span]:
    return sentences(paragraph)


def _reported_via(sentence: str) -> str | None:
    carried = _CARRIED_BY.search(sentence)
    if carried:
        return _clean(carried["who"])
    for pattern in (_THROUGH, _REPORTS):
        for match in pattern.finditer(sentence):
            name = _clean(next(filter(None, match.groupdict().values())))
            if name and _is_outlet(name, match[0]):
                return name
    site = _SITE.search(sentence)
    return site["who"] if site else None


def _clean(name: str) -> str | None:
    """Without what is no part of a name: a word that opens the sentence, a genitive."""
    name = re.sub(r"(?:’s|'s)$", "", _WHEN.split(name)[0].strip(" ,.;:"))
    while _NO_NAME.match(name) and not _LOWER_ROLE.search(name):
        name = name.partition(" ")[2]
        if not re.match(r"(?:the )?[A-Z]", name):
            return None
    return None if name in ("", "The", "the", "A", "An") else name
