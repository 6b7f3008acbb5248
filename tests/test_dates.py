from datetime import date

import pytest

from assistant.dates import find_as_of, find_periods, in_words, names_a_day
from assistant.types import Period

TODAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What happened in June 2023?", "June 2023"),
        ("What happened in 2023?", "2023"),
        ("Who was licensed on 1 August 2025?", "1 August 2025"),
        ("Who was licensed on August 1st, 2025?", "1 August 2025"),
        ("Who was licensed on 2025-08-01?", "1 August 2025"),
        ("What changed between March and June 2024?", "March 2024 to June 2024"),
        ("What changed from December to February 2025?", "December 2024 to February 2025"),
        ("What changed from 2022 to 2024?", "2022 to 2024"),
        ("What changed in 2022–2024?", "2022 to 2024"),
        ("Who has been licensed since 2023?", "since 1 January 2023"),
        ("Who was licensed after June 2024?", "since 1 July 2024"),
        ("Who was licensed before 2023?", "until 31 December 2022"),
        ("What was raised in the first quarter of 2025?", "January 2025 to March 2025"),
        ("What was raised in Q3 2025?", "July 2025 to September 2025"),
        ("What was raised in the second half of 2025?", "July 2025 to December 2025"),
        ("What was raised last year?", "2025"),
        ("What was raised this year?", "2026"),
        ("What was raised last month?", "April 2026"),
        ("What was raised last quarter?", "January 2026 to March 2026"),
        ("What was raised last week?", "11 May 2026 to 17 May 2026"),
    ],
)
def test_a_period_in_words_is_the_days_from_its_first_to_its_last(text: str, words: str) -> None:
    (period,), wrong = find_periods(text, today=TODAY)
    assert in_words(period) == words
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "How many of the 2000 firms applied?",
        "May I ask?",
        "What is licence 2024-1234?",
        "How many applied by 2024?",
    ],
)
def test_what_is_no_period_is_none(text: str) -> None:
    assert find_periods(text, today=TODAY) == ((), ())


def test_several_periods_are_all_found() -> None:
    periods, _ = find_periods("What was forbidden in 2021, and what in February 2026?", today=TODAY)
    assert list(map(in_words, periods)) == ["2021", "February 2026"]


@pytest.mark.parametrize("date_", ["31 February 2024", "2024-13-01", "2023-02-29"])
def test_a_date_that_the_calendar_does_not_have_is_called_wrong(date_: str) -> None:
    periods, wrong = find_periods(f"What happened on {date_}?", today=TODAY)
    assert periods == ()
    assert date_ in wrong[0]


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Q1 2026", date(2026, 3, 31)),
        ("end of 2025", date(2025, 12, 31)),
        ("the end of March 2026", date(2026, 3, 31)),
        ("March 31, 2026", date(2026, 3, 31)),
        ("last month", date(2026, 4, 30)),
    ],
)
def test_as_of_a_period_is_as_of_its_last_day(words: str, day: date) -> None:
    assert find_as_of(f"Who is licensed as of {words}?", today=TODAY) == ("Who is licensed?", day)


def test_a_text_names_a_day_of_a_period_whatever_the_shape() -> None:
    june = Period(date(2023, 6, 1), date(2023, 6, 30))
    assert names_a_day("It began on 14 June 2023.", june)
    assert names_a_day("It began in June 2023.", june)
    assert names_a_day("It began on 2023-06-30.", june)
    assert not names_a_day("It began in 2023, on 14 July 2023.", june)
