"""Each statement against the words it cites: supported, or not, and why.

Rules say what is missing or turned round, in words; a learned score, where there is one, says how well the source
supports the statement as a whole. With it the rules are doubts that it has to outweigh, and without it each of them is
enough to strike the statement.
"""

from collections.abc import Sequence
from typing import Protocol

from assistant.checking.amounts import missing_amounts
from assistant.checking.dates import missing_dates
from assistant.checking.names import missing_names, missing_quotes
from assistant.checking.spans import nearest
from assistant.checking.wording import exchanged, turned
from assistant.models import Verdict
from assistant.text.language import content_words

# Log-odds of "supported" that a statement must reach, and what each kind of doubt adds: `python -m evals fit_checker`.
SURE = -1.0
DOUBTS = {"amount": 1.2, "date": 3.0, "name": 0.7, "turned": 1.1, "exchanged": 3.6}


class Support(Protocol):
    """A learned score of support."""

    def verdict(self, statement: str, cited: str) -> Verdict:
        """How likely the cited words support the statement, contradict it or do neither."""


def check(text: str, cited: Sequence[str], support: Support | None = None) -> tuple[str, ...]:
    """Why a statement is not supported by the texts it cites; empty where nothing speaks against it."""
    if not cited:
        return ("It cites no passage.",)
    whole = "\n".join(cited)
    if quotes := missing_quotes(text, whole):
        return tuple(f"The quoted words “{quote}” are not in the source." for quote in quotes)
    found = doubts(text, whole)
    reasons = tuple(reason for told in found.values() for reason in told)
    if support is None:
        strange = not set(content_words(text)) & set(content_words(whole))
        return reasons or (("The source shares no word with it.",) if strange else ())
    verdict = support.verdict(text, nearest(text, whole))
    if verdict.log_odds >= SURE + sum(DOUBTS[kind] for kind, told in found.items() if told):
        return ()
    return reasons or (_in_words(verdict),)


def doubts(text: str, whole: str) -> dict[str, list[str]]:
    """What the rules have against it, by the kinds of DOUBTS."""
    return {
        "amount": [f"The source does not have the number {one}." for one in missing_amounts(text, whole)],
        "date": [f"The source does not have the date {one}." for one in missing_dates(text, whole)],
        "name": [f"The source does not have the name {one}." for one in missing_names(text, whole)],
        "turned": turned(text, whole),
        "exchanged": exchanged(text, whole),
    }


def _in_words(verdict: Verdict) -> str:
    if verdict.contradicted > verdict.unsupported:
        return "The source says otherwise."
    return "The source does not say so."
