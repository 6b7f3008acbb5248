"""The windows that the reader is trained on; the rows here are ours."""

import gzip
import json
import random
from pathlib import Path

import pytest

from evals.training import windows
from evals.training.alterations import contrasted, names_in, swapped
from evals.training.rows import CALIBRATION, NEAR_MISSES, PAIRS, pair_row, read_pairs
from evals.training.windows import Sample, read_samples

PASSAGE = (
    "The ferry to Lantau sails at noon. Ada Bloom has steered it since 1931. The harbour has two piers. "
    "Rain fell all week. The mayor thanked the crew in a letter."
)
QUESTION = "Since when has Ada Bloom steered the ferry?"


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[Sample]]:
    start = PASSAGE.index("Ada")
    row = {
        "id": "1", "question": QUESTION, "title": "Ferries", "passage": PASSAGE, "answerable": True,
        "answers": [{"text": "1931", "start": PASSAGE.index("1931")}],
        "supporting": [[start, start + len("Ada Bloom has steered it since 1931.")]], "source": "own",
    }  # fmt: skip
    with gzip.open(tmp_path / "own.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row | {"id": str(n)}) + "\n" for n in range(12))
    monkeypatch.setattr(windows, "SOURCES", {"own": 12})
    monkeypatch.setattr(windows, "is_held_out", lambda passage: False)
    return [found for found in read_samples(tmp_path, held_out=False) if found[0].window.title == "Ferries"]


def test_the_answers_words_and_sentence_are_marked_in_their_window(samples: list[list[Sample]]) -> None:
    assert samples
    for answer, *_ in samples:
        (at,) = answer.answers
        start, end = answer.window.sentences[at]
        assert answer.window.text[start:end] == "Ada Bloom has steered it since 1931."
        assert {answer.window.text[a:b] for a, b in answer.spans} == {"1931"}


def test_beside_each_answer_stands_a_window_in_which_silence_is_right(samples: list[list[Sample]]) -> None:
    kinds = set()
    for answer, silent in ((answer, silent) for answer, *others in samples for silent in others):
        kinds.add(silent.kind)
        assert silent.answers == ()
        if silent.kind == "removed":
            assert "1931" not in silent.window.text
            assert silent.group == answer.group
        else:
            assert silent.window.question != QUESTION
            assert silent.group != answer.group
    assert kinds == {"removed", "swapped"}


def test_another_name_or_year_takes_the_place_of_the_one_asked_for() -> None:
    question, text = "Who led the Harbour Board in 1950?", "The Harbour Board met."
    made = {swapped(question, text, ["Ada Bloom"], random.Random(seed)) for seed in range(40)}
    assert "Who led the Ada Bloom in 1950?" in made
    assert any(other and other.startswith("Who led the Harbour Board in 19") for other in made)
    assert question not in made


def test_a_question_without_a_name_or_year_cannot_be_swapped() -> None:
    assert swapped("who was it?", "Nobody knows.", ["Ada Bloom"], random.Random(0)) is None


def test_a_name_is_a_run_of_capitalised_words_but_not_the_first_of_the_text() -> None:
    assert names_in("Is Ada Bloom on the Harbour Board here?") == ["Ada Bloom", "Harbour Board"]


def test_a_word_is_replaced_by_one_that_means_another_thing() -> None:
    made = {contrasted("Who was the first mayor?", {"second"}, random.Random(seed)) for seed in range(40)}
    assert "Who was the last mayor?" in made
    assert "Who was the second mayor?" not in made
    assert contrasted("Who was it?", (), random.Random(0)) is None


def test_a_question_of_ours_is_read_in_both_passages_of_its_pair() -> None:
    pair = {
        "passages": [
            {"title": "Tolls", "sentences": ["Ada Bloom raised the toll.", "It is nine marks."]},
            {"title": "Tolls again", "sentences": ["The toll stays.", "Nick Chan says so."]},
        ]
    }
    question = {
        "question": "How high is it?",
        "answers": [{"passage": 0, "sentence": 1, "words": "nine marks"}],
    }
    first, second = (pair_row(passage, question, at) for at, passage in enumerate(pair["passages"]))
    assert first["passage"] == "Ada Bloom raised the toll. It is nine marks."
    (answer,) = first["answers"]
    assert first["passage"][answer["start"] :].startswith("nine marks")
    assert [first["passage"][start:end] for start, end in first["supporting"]] == ["It is nine marks."]
    assert second["answers"] == []
    assert second["answerable"]


@pytest.mark.parametrize("path", [NEAR_MISSES, CALIBRATION, PAIRS])
def test_the_answers_that_we_wrote_stand_in_their_sentences(path: Path) -> None:
    pairs = read_pairs(path)
    assert len(pairs) > 30
    for pair in pairs:
        for question in pair["questions"]:
            for answer in question["answers"]:
                assert answer["words"] in pair["passages"][answer["passage"]]["sentences"][answer["sentence"]]
