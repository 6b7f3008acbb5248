from datetime import date

import pytest

from assistant.errors import UserError
from assistant.questions import find_as_of, find_parts, understand
from assistant.types import Question, Turn


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("How many were licensed as of 31 March 2026?", date(2026, 3, 31)),
        ("How many were licensed as of March 31st, 2026?", date(2026, 3, 31)),
        ("As of 2024-06-20, how many were licensed?", date(2024, 6, 20)),
        ("How many were licensed as of February 2024?", date(2024, 2, 29)),
        ("How many were licensed as at the end of 2024?", date(2024, 12, 31)),
    ],
)
def test_an_as_of_date_in_the_question_limits_the_search_and_is_told(text: str, day: date) -> None:
    understood = understand(Question(text))
    assert understood.question.as_of == day
    assert "as of" not in understood.query.lower()
    assert "licensed" in understood.query
    assert f"{day:%B %Y}" in understood.notes[0]


def test_a_date_without_as_of_is_left_in_the_question() -> None:
    assert find_as_of("What happened in June 2023?") == ("What happened in June 2023?", None)


def test_a_date_given_beside_the_question_wins() -> None:
    asked = Question("How many as of 2024?", as_of=date(2023, 1, 1))
    assert understand(asked).question.as_of == date(2023, 1, 1)


def test_an_impossible_date_is_told() -> None:
    with pytest.raises(UserError, match="no such date"):
        understand(Question("How many as of 31 February 2024?"))


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\x00\x07"])
def test_an_empty_question_is_told(text: str) -> None:
    with pytest.raises(UserError, match="empty"):
        understand(Question(text))


def test_a_question_of_a_hundred_thousand_characters_is_told() -> None:
    with pytest.raises(UserError, match="100,000 characters"):
        understand(Question("x" * 100_000))


HISTORY = (
    Turn("user", "What did Nick Chan say about Hong Kong?"),
    Turn("assistant", "It may go its own way."),
)


@pytest.mark.parametrize(
    "text", ["On what condition?", "And the other one?", "When did he say that?", "Why?"]
)
def test_a_follow_up_that_leans_on_the_question_before_is_read_with_it(text: str) -> None:
    understood = understand(Question(text, history=HISTORY))
    assert "Nick Chan" in understood.query
    assert understood.notes


def test_a_question_that_stands_alone_is_searched_alone() -> None:
    text = "How many licensed exchanges did Hong Kong have in June 2024?"
    assert understand(Question(text, history=HISTORY)).query == text


def test_a_follow_up_knows_the_names_of_the_reply_and_the_question_before_a_follow_up() -> None:
    history = (
        Turn("user", "Which applicant was linked to Binance?"),
        Turn("assistant", "HKVAEX was reportedly linked to Binance. Others were not."),
        Turn("user", "Did it withdraw?"),
        Turn("assistant", "It withdrew on 28 March."),
    )
    query = understand(Question("When did it close?", history=history)).query
    assert "Which applicant was linked to Binance?" in query
    query = understand(Question("When did it close?", history=history[:2])).query
    assert "HKVAEX" in query


def test_a_question_in_two_parts_is_read_part_by_part() -> None:
    assert find_parts("Who headed the office, and when did it close?") == (
        "Who headed the office?",
        "Who headed the office, and when did it close?",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Who said that trade and finance are linked?",
        "What did the firm, which closed, do?",
        "When and where?",
        "When the bill passed, what did the office do?",
        "What did the office say about when and how it would license firms?",
        'What did Ada Bloom mean by "we know what to do, and how to do it"?',
    ],
)
def test_a_question_with_one_question_in_it_stays_whole(text: str) -> None:
    assert find_parts(text) == (text,)


def test_the_parts_of_a_follow_up_are_those_of_the_last_question_only() -> None:
    history = (
        Turn("user", "Who headed the office, and when did it close?"),
        Turn("assistant", "Ada Bloom did."),
    )
    understood = understand(Question("And when was it opened?", history=history))
    assert understood.parts == (understood.query,)
    assert "Ada Bloom" in understood.query


@pytest.mark.parametrize("text", ["Who founded Anchorpoint?", "Tell me about JPEX", "什么是稳定币条例？"])
def test_a_short_question_that_stands_alone_is_searched_alone(text: str) -> None:
    assert understand(Question(text, history=HISTORY)).query == text


def test_a_long_or_odd_history_is_borne() -> None:
    odd = (
        Turn("user", "Who" + " " * 10_000 + "runs it as of 31 February 2025?"),
        Turn("assistant", "x" * 9_000),
    )
    query = understand(Question("Why?", history=odd)).query
    assert query.startswith("Who runs it")
    assert len(query) < 400


def test_a_follow_up_with_a_name_of_its_own_is_searched_with_the_question_before_and_read_by_itself() -> None:
    understood = understand(Question("And what did Ada Bloom say there?", history=HISTORY))
    assert "Nick Chan" in understood.query
    assert understood.parts == ("And what did Ada Bloom say there?",)
