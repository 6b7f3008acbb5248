"""When nothing is sure enough to be quoted: what is said instead, and sentences that say what is not known."""

import re
from collections.abc import Sequence

from assistant.text.days import day_in_words
from assistant.text.language import content_words
from assistant.types import Candidate, Passage, Question, Reading, ReadSentence, Source

NEAREST = 3  # passages named when nothing answers
UNSURE = "This may answer it:"
GAP_SHARE = 0.25  # of the question's words that a sentence has to have, to say that the answer is not known
GAP_AMONG = 8  # sentences, from the best one on
_INSTRUCTS = re.compile(
    r"^(?:please |now |just )*(?:ignore|disregard|forget|override)\b.*"
    r"\b(?:documents?|sources?|texts?|instructions?|rules|prompts?|everything|all|above)\b",
    re.IGNORECASE | re.DOTALL,
)
_ASIDE = re.compile(r"\b(?:whom?|which|whose)\b[^,;.]*$")
_GAP = re.compile(
    r"\b(?:do|does|did|has|have|had)(?: not|n't) (?:yet )?"
    r"(?:names?|named|say|said|give|given|identify|identified|state|stated|list|listed|disclosed?|published)\b"
    r"|\b(?:was|were|is|are)(?: not|n't) (?:yet )?(?:identified|stated|known|disclosed)\b"
    r"|\b(?:gave|gives|offered) no (?:reason|names?|date|figure)\b"
    r"|\bno (?:reason|date|name|figure) (?:is|was)\b",
    re.IGNORECASE,
)


def is_instruction(query: str) -> bool:
    """Whether it tells the program to leave its rules: a document may say so too, which is no answer."""
    return bool(_INSTRUCTS.search(query))


def unknown_by(reading: Reading) -> ReadSentence | None:
    """A likely sentence that says of what is asked that it is not known: then the rest is no answer either."""
    asked = set(content_words(reading.part.query))
    if _GAP.search(reading.part.query):
        return None
    for sentence in reading.sentences[:GAP_AMONG]:
        shared = asked & set(content_words(sentence.span.text))
        if _says_unknown(sentence.span.text) and len(shared) >= max(2, GAP_SHARE * len(asked)):
            return sentence
    return None


def _says_unknown(text: str) -> bool:
    """ "a lawmaker, whom the page does not name, thinks…" says something else."""
    return any(not _ASIDE.search(text[: match.start()]) for match in _GAP.finditer(text))


def abstention(
    passages: Sequence[Passage], searched: str, question: Question, *, unknown: Sequence[Candidate] = ()
) -> str:
    """That no answer was found, in what, the nearest documents and what to try; or by whom it is `unknown`."""
    if unknown:
        return f"The documents don't say: “{unknown[0].quote}” ({_named(unknown[0].source)})."
    nearest = list(dict.fromkeys(passage.source for passage in passages))[:NEAREST]
    found = (
        f"Nearest, but no answer: {'; '.join(map(_named, nearest))}."
        if nearest
        else "Nothing there comes near it."
    )
    return f"I found no answer in {searched}. {found} {_to_try(question)}"


def _named(source: Source) -> str:
    day = f", {day_in_words(source.published)}" if source.published else ""
    return f"{source.title or source.document}{day}"


def _to_try(question: Question) -> str:
    """What could bring an answer, by what the search was limited to."""
    limits = [
        "a later date" if question.as_of else "",
        "more documents than those chosen" if question.within is not None else "",
        "no quotation marks" if question.phrases else "",
    ]
    tries = [limit for limit in limits if limit] or ["other words", "another date"]
    return f"Try {' or '.join(tries)}, or add documents that cover it."
