from datetime import date

import pytest

from assistant.question.dates import find_as_of, find_periods, in_words
from assistant.reading.as_written import as_written
from assistant.text.days import names_a_day
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
        ("What was raised in the past two years?", "20 May 2024 to 20 May 2026"),
        ("What ends in the next 3 weeks?", "20 May 2026 to 10 June 2026"),
        ("What was raised in spring of 2024?", "March 2024 to May 2024"),
        ("What was raised in winter 2023?", "December 2023 to February 2024"),
        ("What was raised this year?", "2026"),
        ("What was raised last month?", "April 2026"),
        ("What was raised last quarter?", "January 2026 to March 2026"),
        ("What was raised last week?", "11 May 2026 to 17 May 2026"),
        ("What changed from 3 to 5 March 2024?", "3 March 2024 to 5 March 2024"),
        ("What changed between 3 March and 5 April 2024?", "3 March 2024 to 5 April 2024"),
        ("What changed between March 3 and April 5, 2024?", "3 March 2024 to 5 April 2024"),
        ("What changed from 20 December to 5 January 2024?", "20 December 2023 to 5 January 2024"),
        ("What changed 1 March to 30 June 2024?", "March 2024 to June 2024"),
        ("What changed in March 2024 to June 2024?", "March 2024 to June 2024"),
        ("What changed on 3–5 March 2024?", "3 March 2024 to 5 March 2024"),
        ("What changed between Q1 and Q3 2024?", "January 2024 to September 2024"),
        ("What changed in Q2–Q3 2024?", "April 2024 to September 2024"),
        ("What changed from 2025 to 2023?", "2023 to 2025"),
        ("What changed after March 2024 but before June 2024?", "April 2024 to May 2024"),
        ("What changed before June 2024 but after March 2024?", "April 2024 to May 2024"),
        ("What changed after March but before June 2024?", "April 2024 to May 2024"),
        ("What changed since 2023 and no later than March 2024?", "January 2023 to March 2024"),
        ("What was licensed not before 2024?", "since 1 January 2024"),
        ("What was licensed no earlier than 2024?", "since 1 January 2024"),
        ("What was licensed on or after 5 May 2024?", "since 5 May 2024"),
        ("What was licensed in or after May 2024?", "since 1 May 2024"),
        ("Who was licensed since the end of 2023?", "since 31 December 2023"),
        ("Who was licensed before the end of 2024?", "until 30 December 2024"),
        ("Who was licensed after early 2024?", "since 1 May 2024"),
        ("Who was licensed before mid-2024?", "until 30 April 2024"),
        ("What happened in early 2024?", "January 2024 to April 2024"),
        ("What happened at the end of 2024?", "September 2024 to December 2024"),
        ("What happened in mid-March 2024?", "11 March 2024 to 20 March 2024"),
        ("What happened on 31.03.2024?", "31 March 2024"),
        ("What happened on 3/31/2024?", "31 March 2024"),
        ("What happened on the 31st of March 2024?", "31 March 2024"),
        ("In 2024 tokens were sold; how many?", "2024"),
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
        "How many applied no later than March 2024?",
        "How many applied not after 2024?",
        "Who paid a fine of 2000 dollars?",
        "Who paid a fine of HK$2000, or of USD 2000?",
        "Who paid for 2000 tokens, around 2000 US dollars?",
        "Who offers returns of 2000%?",
        "Who grew from 1,999 to 2000 firms?",
        "Who said “in March 2024” on the march to 2030?",
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
        ("the start of 2024", date(2024, 1, 1)),
        ("the beginning of March 2024", date(2024, 3, 1)),
        ("early 2024", date(2024, 4, 30)),
        ("mid-2024", date(2024, 8, 31)),
        ("late 2024", date(2024, 12, 31)),
        ("early March 2024", date(2024, 3, 10)),
        ("mid-Q2 2024", date(2024, 5, 31)),
        ("end-March 2024", date(2024, 3, 31)),
        ("year-end 2024", date(2024, 12, 31)),
        ("31/12/2023", date(2023, 12, 31)),
        ("31.03.2024", date(2024, 3, 31)),
        ("2024/03/31", date(2024, 3, 31)),
        ("31-Mar-2024", date(2024, 3, 31)),
        ("the 31st of March 2024", date(2024, 3, 31)),
        ("Sunday, 31 March 2024", date(2024, 3, 31)),
        ("31 March", date(2026, 3, 31)),
        ("the close of business on 31 March 2024", date(2024, 3, 31)),
        ("June 1st", date(2025, 6, 1)),
        ("29 February", date(2024, 2, 29)),
        ("the end of June", date(2025, 6, 30)),
        ("Q2", date(2026, 6, 30)),
        ("today", TODAY),
        ("yesterday", date(2026, 5, 19)),
    ],
)
def test_as_of_a_period_is_as_of_its_last_day(words: str, day: date) -> None:
    asked = f"Who is licensed as of {words}?"
    assert find_as_of(asked, today=TODAY) == ("Who is licensed?", (day,), ())


def test_a_stretch_whose_limits_leave_nothing_is_told() -> None:
    periods, (told,) = find_periods("What changed after June 2024 but before March 2024?", today=TODAY)
    assert periods == ()
    assert "after June 2024 but before March 2024” ends before it begins" in told


def test_an_as_of_date_without_a_year_may_stand_before_a_number() -> None:
    _, days, notes = find_as_of("As of 31 March, 12 firms were licensed; which?", today=TODAY)
    assert (days, notes) == ((date(2026, 3, 31),), ())


def test_of_as_of_dates_one_without_a_year_takes_it_from_the_next() -> None:
    asked = "Who was licensed as of March and June 2024?"
    assert find_as_of(asked, today=TODAY) == (asked, (date(2024, 3, 31), date(2024, 6, 30)), ())


def test_a_text_names_a_day_of_a_period_whatever_the_shape() -> None:
    june = Period(date(2023, 6, 1), date(2023, 6, 30))
    assert names_a_day("It began on 14 June 2023.", june)
    assert names_a_day("It began in June 2023.", june)
    assert names_a_day("It began on 2023-06-30.", june)
    assert not names_a_day("It began in 2023, on 14 July 2023.", june)


@pytest.mark.parametrize(
    ("query", "read"),
    [
        ("Which event is on the 15th of August?", "Which event is on 15/08/2026?"),
        ("What is on 3 February 2026?", "What is on 2026-02-03?"),
        ("What is on 3.2.2026?", "What is on 2026-02-03?"),
        ("What is on 3 February 2025?", "What is on 3 February 2025?"),
        ("What is on 1 May?", "What is on 1 May?"),  # of two years
        ("What is on in August?", "What is on in August?"),
    ],
)
def test_a_day_is_read_as_the_text_writes_it(query: str, read: str) -> None:
    text = "15/08/2026 | Duck race\n2026-02-03 | Candlemas fair\n01/05/2025 | May fair\n01/05/2026 | May fair"
    assert as_written(query, text) == read
    assert (
        as_written("Who met on 12.11.2026?", "On 12 November 2026 the board met.")
        == "Who met on 12 November 2026?"
    )
