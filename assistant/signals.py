"""What speaks for a sentence as an answer: words shared with the question, likeness of vectors, kind of answer.

Cheap enough for every sentence of the passages; `reading.py` weighs these signals and adds the dear one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.language import content_words, sentences, words
from assistant.types import Passage, Vectors

Embed = Callable[[Sequence[str]], Vectors]
Idf = Callable[[str], float]  # how rare a stemmed word is in the corpus
Array = npt.NDArray[np.float64]

SIGNALS = (
    "dense", "dense_relative", "passage_dense", "passage_score", "overlap", "overlap_relative",
    "passage_overlap", "neighbour_overlap", "pairs", "names", "passage_names", "kind_present", "kind_absent",
    "says", "short", "long", "heading", "position", "title_overlap",
)  # fmt: skip

_DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|(?:19|20)\d{2}|January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|century|BC|AD)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|"
    r"half|third|quarter|none|single|twice|double|handful|several|few)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][\w’'.&-]*")
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|so that|in order|as a result|to \w+|caused?|led to|citing|reason)\b",
    re.IGNORECASE,
)
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
# The first pattern that a question matches names the kind of answer it asks for.
_KINDS = {
    "date": re.compile(
        r"\b(?:when|(?:what|which) (?:date|day|year|month|time)|how long ago)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\bhow (?:many|much|long|old|large|big|high|far|often|tall|few)\b"
        r"|\bwhat (?:percent\w*|share|number|amount|price|fee|size|total|proportion|rate)\b"
        r"|\bwhat (?:was|is|were|are) the (?:\w+ ){0,3}(?:price|number|amount|total|fee|population|size|cost|value)\b",
        re.IGNORECASE,
    ),
    "name": re.compile(
        r"\b(?:who|whom|whose|where|which"
        r"|what (?:country|city|company|firm|bank|person|team|platform|state|body|agency))\b",
        re.IGNORECASE,
    ),
    "reason": re.compile(r"\bwhy\b|\bwhat (?:caused|reason)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a passage; `start` and `end` are offsets into the passage's document."""

    passage: int
    start: int
    end: int
    text: str
    before: str = ""  # the sentence before it in the same passage


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be told of a question's passages without a model."""

    places: list[Place]  # in the order of the passages
    signals: Array  # (places, SIGNALS)
    missing: tuple[float, float]  # weight of the question's rarest word that no sentence, no passage has
    question_words: int


def look(query: str, passages: Sequence[Passage], *, embed: Embed, idf: Idf) -> Seen:
    """The sentences of the passages and their signals."""
    places = list(_places(passages))
    asked = _Asked(query, idf)
    if not places:
        return Seen([], np.zeros((0, len(SIGNALS))), (0.0, 0.0), len(asked.weights))
    vectors = embed([query, *(place.text for place in places)])
    dense = (vectors[1:] @ vectors[0]).astype(np.float64)
    held = [set(words(place.text)) for place in places]
    overlap = np.array([asked.share(known) for known in held])
    in_passage = [set(words(p.source.title)) | set(words(p.text)) for p in passages]
    rows = [
        _row(asked, places, at, dense, overlap, held, passages[place.passage], in_passage[place.passage])
        for at, place in enumerate(places)
    ]
    missing = asked.rarest_missing(set().union(*held)), min(map(asked.rarest_missing, in_passage))
    return Seen(places, np.array(rows), missing, len(asked.weights))


def _places(passages: Sequence[Passage]) -> Iterator[Place]:
    for number, passage in enumerate(passages):
        before = ""
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            yield Place(number, passage.start + start, passage.start + end, text, before)
            before = text


class _Asked:
    """The question's words, weights, names and kind, computed once."""

    def __init__(self, query: str, idf: Idf) -> None:
        self.order = content_words(query) or words(query)
        self.weights = {word: idf(word) for word in self.order}
        self.total = sum(self.weights.values()) or 1.0
        self.top = max(self.weights.values(), default=1.0) or 1.0
        named = _NAME.findall(query[1:]) + re.findall(r"\b\w*\d[\w.,]*", query)
        self.names = set(content_words(" ".join(named)))
        self.held = set(words(query))
        self.kind = next((kind for kind, pattern in _KINDS.items() if pattern.search(query)), None)
        self.speech = bool(_ASKS_SPEECH.search(query))
        self.pairs = set(pairwise(self.order))

    def share(self, held: set[str]) -> float:
        return sum(weight for word, weight in self.weights.items() if word in held) / self.total

    def rarest_missing(self, held: set[str]) -> float:
        return (
            max((weight for word, weight in self.weights.items() if word not in held), default=0.0) / self.top
        )

    def name_share(self, held: set[str]) -> float:
        return len(self.names & held) / len(self.names) if self.names else 1.0

    def answers_kind(self, text: str) -> bool | None:
        """Whether the text has something of the kind asked for that the question does not have itself."""
        if self.kind == "date":
            return any(not set(words(found)) <= self.held for found in _DATE.findall(text))
        if self.kind == "number":
            return any(match[0] not in self.held for match in _NUMBER.finditer(text))
        if self.kind == "name":
            return any(not set(words(found)) <= self.held for found in _NAME.findall(text[1:]))
        return bool(_REASON.search(text)) if self.kind == "reason" else None


def _row(
    asked: _Asked,
    places: list[Place],
    at: int,
    dense: Array,
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
        dense[at],
        dense[at] - dense.max(),
        passage.scores.get("dense", 0.0),
        passage.score,
        overlap[at],
        overlap[at] - overlap.max(),
        asked.share(passage_words),
        asked.share(around),
        len(asked.pairs & set(pairwise(order))) / (len(asked.pairs) or 1),
        asked.name_share(held[at]),
        asked.name_share(passage_words),
        float(kind is True),
        float(kind is False),
        float(asked.speech and bool(_SAYS.search(text))),
        float(len(order) < 5),
        float(len(order) > 25),
        float(text[-1] not in ".!?…\"”’')。！？"),
        (places[at].start - passage.start) / max(len(passage.text), 1),
        asked.share(set(words(passage.source.title))),
    ]
