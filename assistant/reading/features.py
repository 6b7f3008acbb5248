"""What speaks for a sentence as an answer: words, names and dates shared with the question, its type of answer.

Counted, not learned; `reader.py` weighs these features together with the logits of the cross-encoder.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from assistant.text.days import day_in_words
from assistant.text.language import content_words, is_heading, sentences, words
from assistant.text.names import NAME
from assistant.text.speech import ASKED, TELLS
from assistant.text.values import gives
from assistant.types import Idf, Passage, SentenceSpan, SubQuestion

NO_WORD = "\0"  # what no document has: its weight tells words that are unknown to the corpus
Array = npt.NDArray[np.float64]

FEATURES = (
    "passage_dense", "overlap", "overlap_relative", "passage_overlap", "neighbour_overlap",
    "pairs", "names", "passage_names", "years", "passage_years", "type_present", "type_absent", "says", "short",
    "long", "position", "title_overlap", "known_missing", "passage_known_missing",
    "recency",
)  # fmt: skip

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SAYS = re.compile(rf"\b{TELLS}\b", re.IGNORECASE)
_ASKS_SPEECH = re.compile(rf"\b{ASKED}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PassageFeatures:
    """What can be counted in a question's passages without a model."""

    sentences: list[SentenceSpan]  # in the order of the passages
    values: Array  # (sentences, FEATURES)
    missing: tuple[float, float]  # weight of the question's rarest word that no sentence, no passage has
    question_words: int


def extract_features(
    question: SubQuestion, passages: Sequence[Passage], *, idf: Idf, newest: bool = False
) -> PassageFeatures:
    """The sentences of the passages, headings left out, and their features; `newest`: the later ones are wanted."""
    spans = list(_sentence_spans(passages))
    asked = _Asked(question, idf)
    if not spans:
        return PassageFeatures([], np.zeros((0, len(FEATURES))), (0.0, 0.0), len(asked.weights))
    own_words = [set(words(span.text)) for span in spans]
    overlap = np.array([asked.share(known) for known in own_words])
    in_passage = {passage.key: _passage_words(passage) for passage in passages}
    recency = _recency(passages) if newest else dict.fromkeys(in_passage, 0.0)
    rows = [
        [
            *_row(asked, spans, at, overlap, own_words, in_passage[span.passage.key]),
            recency[span.passage.key],
        ]
        for at, span in enumerate(spans)
    ]
    missing = (
        asked.rarest_missing(set().union(*own_words)),
        min(map(asked.rarest_missing, in_passage.values())),
    )
    return PassageFeatures(spans, np.array(rows), missing, len(asked.weights))


def _sentence_spans(passages: Sequence[Passage]) -> Iterator[SentenceSpan]:
    for passage in passages:
        before, title = "", passage.source.title
        after_title = len(title) if title and passage.text.startswith(f"{title}\n") else 0
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            if end <= after_title or is_heading(passage.text, (start, end)):
                before = ""
                continue
            yield SentenceSpan(passage, passage.start + start, passage.start + end, text, before)
            before = text


def _recency(passages: Sequence[Passage]) -> dict[tuple[str, int], float]:
    """From 0 for the oldest date (or none) to 1 for the newest."""
    dates = {passage.key: passage.source.published or date.min for passage in passages}
    ranks = sorted(set(dates.values()))
    return {key: ranks.index(day) / max(len(ranks) - 1, 1) for key, day in dates.items()}


def _passage_words(passage: Passage) -> set[str]:
    """Its words, and those of its document's title and date."""
    published = passage.source.published
    day = day_in_words(published) if published else ""
    return set(words(f"{passage.source.title} {day} {passage.text}"))


class _Asked:
    """The question's words, weights, names and type of answer, computed once."""

    def __init__(self, question: SubQuestion, idf: Idf) -> None:
        query = question.query
        self.order = content_words(query) or words(query)
        self.weights = {word: idf(word) for word in self.order}
        unknown = idf(NO_WORD)
        self.known = {word: weight for word, weight in self.weights.items() if weight < unknown}
        self.total = sum(self.weights.values()) or 1.0
        self.top = max(self.weights.values(), default=1.0) or 1.0
        named = NAME.findall(query[1:]) + re.findall(r"\b\w*\d[\w.,]*", query)
        self.names = set(content_words(" ".join(named)))
        self.years = set(_YEAR.findall(query))
        self.words = set(words(query))
        self.answer_type = question.answer_type
        self.speech = bool(_ASKS_SPEECH.search(query))
        self.pairs = set(pairwise(self.order))

    def share(self, text_words: set[str]) -> float:
        return sum(weight for word, weight in self.weights.items() if word in text_words) / self.total

    def rarest_missing(self, text_words: set[str]) -> float:
        return (
            max((weight for word, weight in self.weights.items() if word not in text_words), default=0.0)
            / self.top
        )

    def known_missing(self, text_words: set[str]) -> float:
        """The weight of the rarest word of the question that other documents have and these words lack.

        A word that no document has may be said in others; one that they have elsewhere is about something else.
        """
        missing = (weight for word, weight in self.known.items() if word not in text_words)
        return max(missing, default=0.0) / self.top

    def name_share(self, text_words: set[str]) -> float:
        return len(self.names & text_words) / len(self.names) if self.names else 1.0

    def year_share(self, text_words: set[str]) -> float:
        return len(self.years & text_words) / len(self.years) if self.years else 1.0

    def has_type(self, text: str) -> bool | None:
        """Whether the text has something of the type asked for that the question does not have itself."""
        return None if self.answer_type is None else gives(self.answer_type, text, self.words)


def _row(
    asked: _Asked,
    spans: list[SentenceSpan],
    at: int,
    overlap: Array,
    own_words: list[set[str]],
    passage_words: set[str],
) -> list[float]:
    span, passage = spans[at], spans[at].passage
    near = [n for n in (at - 1, at + 1) if 0 <= n < len(spans) and spans[n].passage.key == passage.key]
    around = set().union(own_words[at], *(own_words[n] for n in near))
    order = content_words(span.text)
    has_type = asked.has_type(span.text)
    return [
        passage.scores.get("dense", 0.0),
        overlap[at],
        overlap[at] - overlap.max(),
        asked.share(passage_words),
        asked.share(around),
        len(asked.pairs & set(pairwise(order))) / (len(asked.pairs) or 1),
        asked.name_share(own_words[at]),
        asked.name_share(passage_words),
        asked.year_share(own_words[at]),
        asked.year_share(passage_words),
        float(has_type is True),
        float(has_type is False),
        float(asked.speech and bool(_SAYS.search(span.text))),
        float(len(order) < 5),
        float(len(order) > 25),
        (span.start - passage.start) / max(len(passage.text), 1),
        asked.share(set(words(passage.source.title))),
        asked.known_missing(own_words[at]),
        asked.known_missing(passage_words),
    ]
