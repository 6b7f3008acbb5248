from assistant.reading import Reading, rerank
from assistant.types import Passage, Source


def passage(document: str, score: float) -> Passage:
    return Passage(Source(document), 0, 4, "Text", score, {"dense": 0.5})


def test_passages_are_ordered_by_their_scores_and_what_any_part_was_answered_by() -> None:
    passages = [passage("first", 0.9), passage("second", 0.8), passage("third", 0.75), passage("unread", 0.7)]
    readings = [Reading((), 0.5, "one", {0: 0.1, 1: 0.9, 2: 0.1}), Reading((), 0.5, "two", {0: 0.1, 2: 0.8})]
    ordered = rerank(passages, readings)
    assert [found.document for found in ordered] == ["second", "third", "first", "unread"]
    assert ordered[0].score > passages[1].score
    assert ordered[0].scores == {"dense": 0.5, "relevance": 0.9}
    assert ordered[3] == passages[3]


def test_without_a_reading_the_order_stays() -> None:
    passages = [passage("first", 0.9), passage("second", 0.8)]
    assert [found.document for found in rerank(passages, [])] == ["first", "second"]
