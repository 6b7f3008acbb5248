"""What a question asks for: a date, an amount, a number, a name; who said something, a list, a summary."""

import re

from assistant.text.speech import ASKED
from assistant.types import AnswerType, SubQuestion

# The first pattern that a question matches names the type of answer it asks for.
_ASKS_FOR: dict[AnswerType, re.Pattern[str]] = {
    "date": re.compile(
        r"(?:^|\b(?:and|since|until|till|by|from),? )when\b|\b(?:what|which) (?:\w+ )?(?:date|day|year|month|time)\b"
        r"|\bhow (?:long ago|soon)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"\bhow much\b.*\b(?:pa(?:y|id|ys)|rais\w+|invest\w*|los[et]\w*|cost\w*|charg\w+|fined?|worth|money|capital"
        r"|earn\w*|spen[dt]\w*|mad?e|sold|s[eo]ll|seized|owe\w*|donat\w+)\b"
        r"|\b(?:what|which|how (?:large|big|high))\b(?: \w+){0,3} (?:price|fees?|fine|bail|salary|costs?|budget|capital"
        r"|amount|value|revenue|profit|income|loss|losses|charges?)\b",
        re.IGNORECASE,
    ),
    "share": re.compile(r"\bwhat (?:\w+ )?(?:percent\w*|share|proportion|rate|portion)\b", re.IGNORECASE),
    "length": re.compile(r"\bhow (?:long|old)\b", re.IGNORECASE),
    "number": re.compile(
        r"\bhow (?:many|much|large|big|high|far|often|tall|few)\b|\bwhat (?:is |was |are |were )?(?:the )?"
        r"(?:number|size|total|population|count|figure)\b",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"\b(?:who|whom|whose|where|which"
        r"|what (?:country|city|company|firm|bank|person|team|platform|state|body|agency|names?))\b",
        re.IGNORECASE,
    ),
    "reason": re.compile(r"\bwhy\b|\bwhat (?:caused|reason)", re.IGNORECASE),
}
# What is asked last says what kind of answer is wanted: "Who headed it, and when did it close?"
_CLAUSES = re.compile(
    r"\?\s+(?=\S)|,? and (?=(?:\w+ )?(?:who|what|when|where|why|which|how)\b)", re.IGNORECASE
)
_WHO_SAID = re.compile(
    rf"\bwho(?:se)?\b.*\b(?:{ASKED}|saying|stat(?:ed|es)|quoted|call(?:ed|s)|think\w*|describe\w*|words?|remarks?)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:which|what|list|name)\b(?: (?:all|the|of the|other|are|were))*(?: [\w-]+){0,3}? [a-z-]+[^siu\W]s\b"
    r"|\bwho (?:are|were|all)\b|\bwhich \w+s\b",
    re.IGNORECASE,
)


_INSTRUCTS = re.compile(
    r"^(?:please |now |just )*(?:ignore|disregard|forget|override)\b.*"
    r"\b(?:documents?|sources?|texts?|instructions?|rules|prompts?|everything|all|above)\b",
    re.IGNORECASE | re.DOTALL,
)


_SUMMARY = re.compile(
    r"^(?:please |can you |could you )?(?:summari[sz]e|sum up|outline"
    r"|(?:(?:give|write|make) (?:me )?)?(?:an? |the )?(?:short |brief )?(?:summary|overview|outline) of"
    r"|what (?:is|are) the (?:main|key) points? (?:of|in))\s+(?P<topic>.+?)[?.!]*$",
    re.IGNORECASE,
)


def sub_question(query: str, label: str = "", *, heading: str = "") -> SubQuestion:
    """A question with what its words ask for."""
    return SubQuestion(
        query,
        label,
        heading=heading,
        answer_type=answer_type(query),
        asks_who_said=bool(_WHO_SAID.search(query)),
        asks_for_list=bool(_LIST.search(query)),
        is_instruction=bool(_INSTRUCTS.search(query)),
    )


def answer_type(question: str) -> AnswerType | None:
    """By what is asked last."""
    last = _CLAUSES.split(question.strip())[-1]
    return next((name for name, pattern in _ASKS_FOR.items() if pattern.search(last)), None)


def summary_topic(question: str) -> str:
    """What a summary is asked of; empty where none is asked."""
    found = _SUMMARY.match(question.strip())
    return found["topic"].strip() if found else ""
