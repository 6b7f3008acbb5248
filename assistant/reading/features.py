"""What speaks for a sentence as an answer: words, names and dates shared with the question, kind of answer.

Counted, not learned; `reading.py` weighs these signals together with what the cross-encoder makes of the sentence.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.question.answer_types import gives, kind_of
from assistant.text.language import content_words, is_heading, sentences, words
from assistant.types import Passage

Idf = Callable[[str], float]  # how rare a stemmed word is in the corpus
NO_WORD = "\0"  # what no document has: its weight tells words that are unknown to the corpus
Array = npt.NDArray[np.float64]

SIGNALS = (
    "passage_dense", "overlap", "overlap_relative", "passage_overlap", "neighbour_overlap",
    "pairs", "names", "passage_names", "years", "passage_years", "kind_present", "kind_absent", "says", "short",
    "long", "position", "title_overlap", "known_missing", "passage_known_missing",
    "recency",
)  # fmt: skip

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NAME = re.compile(r"\b[A-Z][\w’'.&-]*")
_SAYS = re.compile(
    r"\b(?:said|says|told|warned|announced|stated|expect\w*|according|argued|declared|confirmed|called|promised|"
    r"stressed|answered|asked|claimed|reported|noted|added|wrote|urged|described|denied)\b",
    re.IGNORECASE,
)
_ASKS_SPEECH = re.compile(
    r"\b(?:sa(?:y|id|ys)|told|tell|warn\w*|expect\w*|think|thought|claim\w*|announce\w*|argue\w*|according|"
    r"predict\w*|promis\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence of a passage; `start` and `end` are offsets into the passage's document."""

    passage: int
    start: int
    end: int
    text: str
    before: str = ""  # the sentence before it in the same passage


@dataclass(frozen=True, slots=True)
class PassageFeatures:
    """What can be told of a question's passages without a model."""

    places: list[SentenceSpan]  # in the order of the passages
    signals: Array  # (places, SIGNALS)
    missing: tuple[float, float]  # weight of the question's rarest word that no sentence, no passage has
    question_words: int


def extract_features(
    query: str, passages: Sequence[Passage], *, idf: Idf, newest: bool = False
) -> PassageFeatures:
    """The sentences of the passages, headings left out, and their signals; `newest`: the later ones are wanted."""
    places = list(_places(passages))
    asked = _Asked(query, idf)
    if not places:
        return PassageFeatures([], np.zeros((0, len(SIGNALS))), (0.0, 0.0), len(asked.weights))
    held = [set(words(place.text)) for place in places]
    overlap = np.array([asked.share(known) for known in held])
    in_passage = [_passage_words(passage) for passage in passages]
    recency = _recency(passages) if newest else [0.0] * len(passages)
    rows = [
        [
            *_row(asked, places, at, overlap, held, passages[place.passage], in_passage[place.passage]),
            recency[place.passage],
        ]
        for at, place in enumerate(places)
    ]
    missing = asked.rarest_missing(set().union(*held)), min(map(asked.rarest_missing, in_passage))
    return PassageFeatures(places, np.array(rows), missing, len(asked.weights))


def _places(passages: Sequence[Passage]) -> Iterator[SentenceSpan]:
    for number, passage in enumerate(passages):
        before, title = "", passage.source.title
        after_title = len(title) if title and passage.text.startswith(f"{title}\n") else 0
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            if end <= after_title or is_heading(passage.text, (start, end)):
                before = ""
                continue
            yield SentenceSpan(number, passage.start + start, passage.start + end, text, before)
            before = text


def _recency(passages: Sequence[Passage]) -> list[float]:
    """From 0 for the oldest date (or none) to 1 for the newest."""
    dates = [passage.source.published or date.min for passage in passages]
    ranks = sorted(set(dates))
    return [ranks.index(day) / max(len(ranks) - 1, 1) for day in dates]


def _passage_words(passage: Passage) -> set[str]:
    """Its words, and those of its document's title and date."""
    published = passage.source.published
    day = f"{published.day} {published:%B %Y}" if published else ""
    return set(words(f"{passage.source.title} {day} {passage.text}"))


class _Asked:
    """The question's words, weights, names and kind, computed once."""

    def __init__(self, query: str, idf: Idf) -> None:
        self.order = content_words(query) or words(query)
        self.weights = {word: idf(word) for word in self.order}
        unknown = idf(NO_WORD)
        self.known = {word: weight for word, weight in self.weights.items() if weight < unknown}
        self.total = sum(self.weights.values()) or 1.0
        self.top = max(self.weights.values(), default=1.0) or 1.0
        named = _NAME.findall(query[1:]) + re.findall(r"\b\w*\d[\w.,]*", query)
        self.names = set(content_words(" ".join(named)))
        self.years = set(_YEAR.findall(query))
        self.held = set(words(query))
        self.kind = kind_of(query)
        self.speech = bool(_ASKS_SPEECH.search(query))
        self.pairs = set(pairwise(self.order))

    def share(self, held: set[str]) -> float:
        return sum(weight for word, weight in self.weights.items() if word in held) / self.total

    def rarest_missing(self, held: set[str]) -> float:
        return (
            max((weight for word, weight in self.weights.items() if word not in held), default=0.0) / self.top
        )

    def known_missing(self, held: set[str]) -> float:
        """The weight of the rarest word of the question that other documents have and these words lack.

        A word that no document has may be said in others; one that they have elsewhere is about something else.
        """
        missing = (weight for word, weight in self.known.items() if word not in held)
        return max(missing, default=0.0) / self.top

    def name_share(self, held: set[str]) -> float:
        return len(self.names & held) / len(self.names) if self.names else 1.0

    def year_share(self, held: set[str]) -> float:
        return len(self.years & held) / len(self.years) if self.years else 1.0

    def answers_kind(self, text: str) -> bool | None:
        """Whether the text has something of the kind asked for that the question does not have itself."""
        return None if self.kind is None else gives(self.kind, text, self.held)


def _row(
    asked: _Asked,
    places: list[SentenceSpan],
    at: int,
    overlap: Array,
    held: list[set[str]],
    passage: Passage,
    passage_words: set[str],
) -> list[float]:
    text, number = places[at].text, places[at].passage
    near = [
        other for other in (at - 1, at + 1) if 0 <= other < len(places) and places[other].passage == number
    ]
    around = set().union(held[at], *(held[other] for other in near))
    order = content_words(text)
    kind = asked.answers_kind(text)
    return [
        passage.scores.get("dense", 0.0),
        overlap[at],
        overlap[at] - overlap.max(),
        asked.share(passage_words),
        asked.share(around),
        len(asked.pairs & set(pairwise(order))) / (len(asked.pairs) or 1),
        asked.name_share(held[at]),
        asked.name_share(passage_words),
        asked.year_share(held[at]),
        asked.year_share(passage_words),
        float(kind is True),
        float(kind is False),
        float(asked.speech and bool(_SAYS.search(text))),
        float(len(order) < 5),
        float(len(order) > 25),
        (places[at].start - passage.start) / max(len(passage.text), 1),
        asked.share(set(words(passage.source.title))),
        asked.known_missing(held[at]),
        asked.known_missing(passage_words),
    ]
