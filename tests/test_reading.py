from collections.abc import Sequence

import numpy as np
import pytest

from assistant.models import Window, WindowReading
from assistant.reading.reader import (
    Calibration,
    CrossEncoderReader,
    Scale,
    calibration_of,
    rerank,
    sentence_spans,
    to_read,
)
from assistant.types import Context, Heading, Passage, Reading, Source, SubQuestion


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


def test_every_sentence_has_a_place_in_its_document_and_headings_have_none() -> None:
    text = "The closing\n\nThe harbour was closed for the winter by the mayor. It opened in May."
    context = Context(headings=(Heading(100, 1, "The closing"),))
    found = list(sentence_spans([Passage(Source("a"), 100, 100 + len(text), text, 1.0, context=context)]))
    assert [text[span.start - 100 : span.end - 100] for span in found] == [span.text for span in found]
    assert [span.text[:11] for span in found] == ["The harbour", "It opened i"]
    assert found[1].before == found[0].text


def test_the_title_at_the_head_of_a_document_is_no_sentence_of_it() -> None:
    text = "JPEX: 16 charged\n\nThe police charged 16 people."
    found = sentence_spans([Passage(Source("a", "JPEX: 16 charged"), 0, len(text), text, 1.0)])
    assert [span.text for span in found] == ["The police charged 16 people."]


class Fixed:
    """A cross-encoder with the logits given: of the sentences, the passage, and the words."""

    def __init__(self, *readings: WindowReading) -> None:
        self.readings = list(readings)
        self.asked: list[Window] = []

    def __call__(self, windows: Sequence[Window]) -> list[WindowReading]:
        self.asked += windows
        return self.readings[: len(windows)]


TEXT = "It is old. Ada Bloom steers it."
PASSAGES = [Passage(Source("a"), 7, 7 + len(TEXT), TEXT, 1.0)]
CALIBRATION = Calibration(Scale((1.0,), 0.0), Scale((0.0, 1.0, 0.0), 1.0), threshold=0.5)


def test_sentences_come_in_the_order_of_their_logits_with_the_words_that_answer() -> None:
    cross = Fixed(WindowReading(np.array([-1.0, 2.0]), 3.0, np.array([-4.0, 1.0]), ((0, 2), (11, 20))))
    reading = CrossEncoderReader(CALIBRATION, cross).read(SubQuestion("Who steers?"), PASSAGES)
    assert [(s.span.text, s.score) for s in reading.sentences] == [
        ("Ada Bloom steers it.", 0.880797),
        ("It is old.", 0.268941),
    ]
    assert [(s.answer_span, s.words_answer) for s in reading.sentences] == [((0, 9), True), ((0, 2), False)]
    assert round(reading.answerable, 3) == 0.881
    assert cross.asked == [Window("Who steers?", "", TEXT, ((0, 10), (11, 31)))]


@pytest.mark.parametrize("question", ["من يقود العبارة؟", "谁在掌舵？", "Кто рулевой?"])
def test_a_question_in_another_script_than_the_reader_knows_is_not_read_and_told_why(question: str) -> None:
    cross = Fixed()
    reading = CrossEncoderReader(CALIBRATION, cross, only_latin=True).read(SubQuestion(question), PASSAGES)
    assert (reading.sentences, reading.answerable, cross.asked) == ((), 0.0, [])
    assert "Latin script" in reading.note


def test_a_name_in_another_script_does_not_stop_the_reading() -> None:
    cross = Fixed(WindowReading(np.zeros(2), 0.0, np.zeros(2), ((0, 2), (11, 20))))
    reader = CrossEncoderReader(CALIBRATION, cross, only_latin=True)
    assert reader.read(SubQuestion("Who is 陳茂波, named in 2024?"), PASSAGES).sentences


@pytest.mark.parametrize("name", ["base_reader", "small_reader"])
def test_the_stored_calibrations_give_more_to_higher_logits(name: str) -> None:
    calibration = calibration_of(name)
    assert calibration.sentence(-5.0) < 0.1 < calibration.sentence(5.0)
    assert (
        calibration.question(-5.0, -10.0, -4.0) < calibration.threshold < calibration.question(5.0, 8.0, 3.5)
    )
    assert calibration.question(-1e6, -1e6, -1e6) == pytest.approx(0.0, abs=1e-9)
