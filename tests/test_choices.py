import pytest

from assistant.answering.quote import Limits, quote
from assistant.question.choices import chosen_in, split_choices
from assistant.types import Passage, Reading, ReadSentence, SentenceSpan, Source


@pytest.mark.parametrize(
    ("text", "stem", "choices"),
    [
        ("Who built it?\nChoose one: Ada; Nick; None of the above.", "Who built it?", ("Ada", "Nick")),
        ("Who built it? Options: Ada Bloom; Nick Chan", "Who built it?", ("Ada Bloom", "Nick Chan")),
        ("Who built it? (a) Ada Bloom (b) Nick Chan", "Who built it?", ("Ada Bloom", "Nick Chan")),
        ("Who built it? A) Ada Bloom B) Nick Chan C) neither", "Who built it?", ("Ada Bloom", "Nick Chan")),
    ],
)  # fmt: skip
def test_the_choices_are_no_part_of_what_is_searched(text: str, stem: str, choices: tuple[str, ...]) -> None:
    assert split_choices(text) == (stem, choices)


@pytest.mark.parametrize(
    "text",
    [
        "Who built it?",
        "What did the report say of these options: none?",
        "Is plan b. better?",
        "Options: a; b",
    ],
)
def test_a_question_without_choices_stays_whole(text: str) -> None:
    assert split_choices(text) == (text, ())


def test_a_choice_is_held_where_all_its_words_are_and_the_longer_one_wins() -> None:
    assert chosen_in("They got free hotel rooms and meals.", ["Free hotels and meals", "meals", "rides"]) == [
        "Free hotels and meals"
    ]
    assert chosen_in("It sold for $12.6 million.", ["$4.8 million", "$126,000"]) == []


def read(*scored: tuple[str, float]) -> list[Reading]:
    passage = Passage(Source("a"), 0, 99, "x" * 99, 1.0)
    sentences = [ReadSentence(SentenceSpan(passage, 0, len(text), text), score) for text, score in scored]
    return [Reading(tuple(sentences), 0.9)]


def test_only_sentences_with_the_best_choice_are_quoted_and_none_is_silence() -> None:
    told = read(
        ("It was opened in May.", 0.9), ("Ada Bloom built the bridge.", 0.8), ("Nick Chan paid.", 0.4)
    )
    quoted = quote(told, limits=Limits(0.5, 0.3), texts=lambda _: "", choices=["Ada Bloom", "Nick Chan"])
    assert [s.text for s in quoted.statements] == ["Ada Bloom built the bridge."]
    assert quoted.notes == ()
    quoted = quote(told, limits=Limits(0.5, 0.3), texts=lambda _: "", choices=["Bo Lind", "Di Park"])
    assert quoted.statements == ()
