import pytest

from assistant.reading.reader import SENTENCE_FEATURES, Logistic, model_of, rerank, to_read
from assistant.types import Passage, Reading, Source, SubQuestion


def passage(document: str, score: float) -> Passage:
    return Passage(Source(document), 0, 4, "Text", score, {"dense": 0.5})


def relevance(*documents: str, of: tuple[float, ...]) -> dict[tuple[str, int], float]:
    return {(document, 0): value for document, value in zip(documents, of, strict=True)}


def test_passages_are_ordered_by_their_scores_and_what_any_part_was_answered_by() -> None:
    passages = [passage("first", 0.9), passage("second", 0.8), passage("third", 0.75), passage("unread", 0.7)]
    readings = [
        Reading((), 0.5, SubQuestion("one"), relevance("first", "second", "third", of=(0.1, 0.9, 0.1))),
        Reading((), 0.5, SubQuestion("two"), relevance("first", "third", of=(0.1, 0.8))),
    ]
    ordered = rerank(passages, readings)
    assert [found.document for found in ordered] == ["second", "third", "first", "unread"]
    assert ordered[0].score > passages[1].score
    assert ordered[0].scores == {"dense": 0.5, "relevance": 0.9}
    assert ordered[3] == passages[3]


def test_without_a_reading_the_order_stays() -> None:
    passages = [passage("first", 0.9), passage("second", 0.8)]
    assert [found.document for found in rerank(passages, [])] == ["first", "second"]


def test_five_passages_are_read_and_those_up_to_eight_that_come_near_the_best() -> None:
    steep = [passage(str(n), 0.9 - 0.2 * n) for n in range(10)]
    level = [passage(str(n), 0.9 - 0.01 * n) for n in range(10)]
    assert len(to_read(steep)) == 5
    assert len(to_read(level)) == 8
    assert to_read([]) == []


def test_weights_that_are_not_those_of_the_features_are_refused() -> None:
    stored = model_of("small_reader").sentence.to_json()
    weights = stored["features"].pop("overlap")
    with pytest.raises(ValueError, match="weights and features differ: overlap"):
        Logistic.from_json(stored, SENTENCE_FEATURES)
    again = {"overlap": weights, **dict(reversed(stored["features"].items()))}
    model = Logistic.from_json({**stored, "features": again}, SENTENCE_FEATURES)
    assert model.to_json() == model_of("small_reader").sentence.to_json(), "the order in the file has no say"
