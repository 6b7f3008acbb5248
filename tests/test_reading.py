from assistant.reading.reader import Reading, rerank, to_read
from assistant.types import Passage, Source, SubQuestion


def passage(document: str, score: float) -> Passage:
    return Passage(Source(document), 0, 4, "Text", score, {"dense": 0.5})


def test_passages_are_ordered_by_their_scores_and_what_any_part_was_answered_by() -> None:
    passages = [passage("first", 0.9), passage("second", 0.8), passage("third", 0.75), passage("unread", 0.7)]
    readings = [
        Reading((), 0.5, SubQuestion("one"), {0: 0.1, 1: 0.9, 2: 0.1}),
        Reading((), 0.5, SubQuestion("two"), {0: 0.1, 2: 0.8}),
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
