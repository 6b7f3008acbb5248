"""Two lines of one sentence -> one text: a broken word is mended, a compound keeps its hyphen."""

import re
from collections.abc import Iterable, Set

from assistant.loading.normalising import join_lines

KEPT_HYPHENS = re.compile(
    r"(?:all|anti|co|cross|ex|first|follow|full|half|high|ill|inter|large|long|low|mid|multi|non|off|on|one|over|"
    r"post|pre|pro|re|real|second|self|semi|short|single|small|so|state|sub|third|two|three|four|up|well|year)",
    re.IGNORECASE,
)
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def words_of(texts: Iterable[str]) -> Set[str]:
    """The words of a document in lower case, by which a broken one is told from a compound."""
    return {word.lower() for text in texts for word in WORD.findall(text)}


def continued(first: str, second: str, known: Set[str], *, broken: bool) -> str:
    """`broken`: the first line seems to end in a broken word; `known`: the words of the document."""
    if not broken:
        return join_lines(first, second)
    head, tail = WORD.search(first.removesuffix("-")[::-1]), WORD.match(second)
    if not head or not tail:
        return join_lines(first, second)
    start, end = head[0][::-1], tail[0]
    if f"{start}-{end}".lower() in known:
        return first + second
    is_one_word = (start + end).lower() in known or (
        end.islower() and len(end) > 1 and not KEPT_HYPHENS.fullmatch(start) and "-" not in start
    )
    return first.removesuffix("-") + second if is_one_word else join_lines(first, second)
