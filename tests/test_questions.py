from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UserError
from assistant.question.dates import find_as_of
from assistant.question.parse import parse_question, summary_topic, without_phrases
from assistant.types import ParsedQuestion, Period, Question, Turn

TODAY = date(2026, 5, 20)


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
    parsed = parse_question(Question(text))
    assert parsed.question.as_of == day
    assert "as of" not in parsed.query.lower()
    assert "licensed" in parsed.query
    assert parsed.hints[0].key == "as-of"
    assert f"{day:%B %Y}" in parsed.hints[0].note


def test_a_date_without_as_of_is_left_in_the_question() -> None:
    text = "What happened in June 2023?"
    assert find_as_of(text, today=TODAY) == (text, (), ())


@pytest.mark.parametrize(
    ("given", "day"), [(date(2023, 1, 1), date(2023, 1, 1)), (date(2025, 1, 1), date(2024, 12, 31))]
)
def test_of_a_date_in_the_question_and_one_beside_it_the_earlier_limits_the_search(
    given: date, day: date
) -> None:
    assert parse_question(Question("How many as of 2024?", as_of=given)).question.as_of == day


@pytest.mark.parametrize(
    "text",
    [
        "How many were licensed as of 31 March 2024, and how many as of 31 March 2025?",
        "How many were licensed as of 31 March 2025 and 31 March 2024?",
        "How many were licensed as of March 2024 versus as of March 2025?",
    ],
)
def test_of_two_as_of_dates_the_later_limits_the_search_and_is_told(text: str) -> None:
    parsed = parse_question(Question(text), today=TODAY)
    assert parsed.question.as_of == date(2025, 3, 31)
    assert parsed.query == text
    assert any("of several dates; the last, 31 March 2025," in note for note in parsed.notes)
    earlier = parse_question(Question(text, as_of=date(2024, 6, 1)), today=TODAY)
    assert earlier.question.as_of == date(2024, 6, 1)
    assert not earlier.notes


@pytest.mark.parametrize(
    "text",
    ["Who was chair as of 31/12/23?", "Who ran it as at 31 March 24?", "Who ran it as of the 3 of them?"],
)
def test_an_as_of_that_cannot_be_read_is_told(text: str) -> None:
    parsed = parse_question(Question(text), today=TODAY)
    assert parsed.question.as_of is None
    assert parsed.notes[0].startswith("No date limit was applied for “as ")


def test_a_date_that_could_be_read_month_first_is_told() -> None:
    parsed = parse_question(Question("Who ran it as of 03/04/2024?"), today=TODAY)
    assert parsed.question.as_of == date(2024, 4, 3)
    assert parsed.notes == ("03/04/2024 was read day first, as 3 April 2024.",)
    parsed = parse_question(Question("Who ran it on 3.4.2024?"), today=TODAY)
    assert parsed.notes == ("3.4.2024 was read day first, as 3 April 2024.",)
    for text in ("Who ran it on 31/03/2024?", "Who ran it on 3/3/2024?", "Who ran it on 3/31/2024?"):
        assert parse_question(Question(text), today=TODAY).notes == ()


def test_a_date_that_is_quoted_is_no_date_of_the_question() -> None:
    text = 'Who said “as of 31 March 2024 there were 7” or "after May 2023"?'
    parsed = parse_question(Question(text), today=TODAY)
    assert parsed.question.as_of is None
    assert parsed.periods == ()
    assert parsed.notes == ()
    assert parsed.query == text


def test_that_no_passage_has_a_phrase_is_said_of_those_allowed() -> None:
    def told(question: Question) -> str:
        return without_phrases(parse_question(question), ["rye bread"]).notes[-1]

    assert told(Question("Who baked “rye bread”?")).startswith("No passage has the words “rye bread”,")
    limited = "No passage among those allowed has the words “rye bread”,"
    assert told(Question("Who baked “rye bread”?", within=("a",))).startswith(limited)
    assert told(Question("Who baked “rye bread” as of 2024?")).startswith(limited)


def test_an_impossible_date_is_told() -> None:
    with pytest.raises(UserError, match="no such date"):
        parse_question(Question("How many as of 31 February 2024?"))


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07"])
def test_an_empty_question_is_told(text: str) -> None:
    with pytest.raises(UserError, match="empty"):
        parse_question(Question(text))


def test_a_question_of_punctuation_is_not_called_empty() -> None:
    with pytest.raises(UserError, match="has no words"):
        parse_question(Question("?!…"))


def test_a_question_of_a_hundred_thousand_characters_is_told() -> None:
    with pytest.raises(UserError, match="100,000 characters"):
        parse_question(Question("x" * 100_000))


HISTORY = (
    Turn("user", "What did Nick Chan say about Hong Kong?"),
    Turn("assistant", "It may go its own way."),
)


@pytest.mark.parametrize(
    "text", ["On what condition?", "And the other one?", "When did he say that?", "Why?"]
)
def test_a_follow_up_that_leans_on_the_question_before_is_read_with_it(text: str) -> None:
    parsed = parse_question(Question(text, history=HISTORY))
    assert "Nick Chan" in parsed.query
    assert parsed.hints[0].label.startswith("read with: “What did Nick Chan")


def test_a_question_that_stands_alone_is_searched_alone() -> None:
    text = "How many licensed exchanges did Hong Kong have in June 2024?"
    assert parse_question(Question(text, history=HISTORY)).query == text


def test_a_follow_up_knows_the_names_of_the_reply_and_the_question_before_a_follow_up() -> None:
    history = (
        Turn("user", "Which applicant was linked to Binance?"),
        Turn("assistant", "HKVAEX was reportedly linked to Binance. Others were not."),
        Turn("user", "Did it withdraw?"),
        Turn("assistant", "It withdrew on 28 March."),
    )
    query = parse_question(Question("When did it close?", history=history)).query
    assert "Which applicant was linked to Binance?" in query
    query = parse_question(Question("When did it close?", history=history[:2])).query
    assert "HKVAEX" in query


def test_the_parts_of_a_follow_up_are_those_of_the_last_question_only() -> None:
    history = (
        Turn("user", "Who headed the office, and when did it close?"),
        Turn("assistant", "Ada Bloom did."),
    )
    parsed = parse_question(Question("And when was it opened?", history=history))
    assert [part.query for part in parsed.parts] == [parsed.query]
    assert "Ada Bloom" in parsed.query


@pytest.mark.parametrize("text", ["Who founded Anchorpoint?", "Tell me about JPEX", "什么是稳定币条例？"])
def test_a_short_question_that_stands_alone_is_searched_alone(text: str) -> None:
    assert parse_question(Question(text, history=HISTORY)).query == text


def test_a_long_or_odd_history_is_borne() -> None:
    odd = (
        Turn("user", "Who" + " " * 10_000 + "runs it as of 31 February 2025?"),
        Turn("assistant", "x" * 9_000),
    )
    query = parse_question(Question("Why?", history=odd)).query
    assert query.startswith("Who runs it")
    assert len(query) < 400


def test_a_follow_up_with_a_name_of_its_own_is_searched_with_the_question_before_and_read_by_itself() -> None:
    parsed = parse_question(Question("And what did Ada Bloom say there?", history=HISTORY))
    assert "Nick Chan" in parsed.query
    assert [part.query for part in parsed.parts] == ["And what did Ada Bloom say there?"]


TOLD = "Who said “go its own way” of the latest SFC as of 31 March 2026, in June 2023?"
NAMES = {"SFC": "Securities and Futures Commission"}


def test_each_thing_made_of_a_question_is_told_by_a_hint() -> None:
    parsed = parse_question(Question(TOLD), names=NAMES)
    assert {hint.key: hint.label for hint in parsed.hints} == {
        "as-of": "nothing after 31 March 2026",
        "phrase:go its own way": "must have “go its own way”",
        "newest": "newer first",
        "dates": "June 2023 preferred",
        "name:SFC": "SFC = Securities and Futures Commission",
    }
    assert all(hint.applied for hint in parsed.hints)
    assert parsed.question.phrases == ("go its own way",)
    assert parsed.periods == (Period(date(2023, 6, 1), date(2023, 6, 30)),)
    assert parsed.names == (("SFC", "Securities and Futures Commission"),)
    assert parsed.newest


@pytest.mark.parametrize("key", ["as-of", "phrase:go its own way", "newest", "dates", "name:SFC"])
def test_a_hint_that_was_taken_away_is_told_and_not_followed(key: str) -> None:
    whole = parse_question(Question(TOLD), names=NAMES)
    parsed = parse_question(Question(TOLD, disabled_hints=frozenset({key})), names=NAMES)
    assert [hint.key for hint in parsed.hints if not hint.applied] == [key]

    def followed(of: ParsedQuestion) -> dict[str, object]:
        question = of.question
        return {
            "as-of": question.as_of,
            "phrase:go its own way": question.phrases,
            "newest": of.newest,
            "dates": of.periods,
            "name:SFC": of.names,
        }

    left, all_of_it = followed(parsed), followed(whole)
    assert not left.pop(key)
    assert all_of_it.pop(key)
    assert left == all_of_it


def test_a_follow_up_whose_history_was_taken_away_is_searched_alone() -> None:
    asked = Question("On what condition?", history=HISTORY, disabled_hints=frozenset({"history"}))
    assert parse_question(asked).query == "On what condition?"


def test_last_year_is_counted_from_the_date_that_limits_the_search_else_from_today() -> None:
    assert parse_question(Question("What failed last year?"), today=TODAY).hints[0].label == "2025 preferred"
    asked = Question("What failed last year?", as_of=date(2024, 6, 1))
    assert parse_question(asked, today=TODAY).periods == (Period(date(2023, 1, 1), date(2023, 12, 31)),)


def test_an_impossible_date_that_is_only_preferred_is_told_and_left_out() -> None:
    parsed = parse_question(Question("What happened on 31 February 2024, or on 2024-13-01?"))
    assert parsed.periods == ()
    assert "31 February 2024" in parsed.notes[0]
    assert "2024-13-01" in parsed.notes[1]


ODD = (
    *("as of", "as of 31 February 2024", "as of 2024-13-01", "“open", "«»", "“the”", "between March and"),
    *("last year", "Q1 2026", "since 9999", "9999-12-31", "0000-00-00", "1 March 1900", "from 2024 to 2022"),
    *(
        "香港",
        "من قال",
        "\x00",
        "as of early",
        "31.12.2023",
        "30/02/2024",
        "as at 3",
        "29 February",
        "mid-",
        "before",
    ),
    *(
        "after June 2024",
        "but before",
        "from 31 to",
        "3 February 1900",
        "to",
        "and",
        "today",
        "as of yesterday",
    ),
)


@given(
    st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=30)), max_size=8).map(" ".join),
    st.one_of(st.none(), st.dates()),
    st.dates(),
)
def test_whatever_is_asked_it_is_understood_or_told_in_a_sentence(
    text: str, as_of: date, today: date
) -> None:
    history = (Turn("user", text), Turn("assistant", text))
    try:
        parsed = parse_question(Question(text, history=history, as_of=as_of), names=NAMES, today=today)
    except UserError:
        return
    assert parsed.query
    assert parsed.parts


def test_a_follow_up_is_searched_as_it_stands_and_with_what_it_leans_on() -> None:
    (alone, one), (joined, weight) = parse_question(Question("On what condition?", history=HISTORY)).queries
    assert (alone, one) == ("On what condition?", 1)
    assert "Nick Chan" in joined
    assert weight > one


def test_a_question_that_may_lean_on_those_before_it_is_searched_with_them_at_little_weight() -> None:
    text = "How much did people pay?"
    (alone, one), *others = parse_question(Question(text, history=HISTORY)).queries
    assert (alone, one) == (text, 1)
    assert others
    assert all(wording.endswith(text) and wording != text and weight < 0.5 for wording, weight in others)
    assert parse_question(Question(text)).queries == ((text, 1.0),)
    taken_away = Question(text, history=HISTORY, disabled_hints=frozenset({"history"}))
    assert parse_question(taken_away).queries == ((text, 1.0),)
    of_its_own = "How much does the new ferry to the island cost?"
    assert parse_question(Question(of_its_own, history=HISTORY)).queries == ((of_its_own, 1.0),)


def test_the_limit_of_a_question_holds_for_what_leans_on_it() -> None:
    history = (
        Turn("user", "How many platforms were licensed as of 31 December 2023?"),
        Turn("assistant", "Two."),
    )
    parsed = parse_question(Question("And which ones?", history=history))
    assert parsed.question.as_of == date(2023, 12, 31)
    assert parsed.query == "How many platforms were licensed? And which ones?"
    assert "as-of" in [hint.key for hint in parsed.hints]
    assert parse_question(Question("Who is Ada Bloom of Linden?", history=history)).question.as_of is None


def test_a_question_with_a_month_only_goes_on_from_the_one_before() -> None:
    history = (Turn("user", "How many platforms were licensed in June 2024?"), Turn("assistant", "Two."))
    assert "platforms" in parse_question(Question("And in March 2025?", history=history)).query


def test_what_is_read_with_a_question_is_bounded() -> None:
    long = Turn("user", "What of the " + "harbour " * 400 + "?"), Turn("assistant", "Harbour " * 600)
    for text in ("Why?", "How much does the ferry cost?"):
        queries = parse_question(Question(text, history=long * 4)).queries
        assert max(len(wording) for wording, _ in queries) < 1000
    assert "渡轮" in parse_question(Question("为什么?", history=(Turn("user", "渡轮" * 200),))).queries[1][0]


def test_the_topic_is_what_a_summary_is_asked_of() -> None:
    assert summary_topic("Summarise the report on the bridge") == "the report on the bridge"
    assert summary_topic("Please give me a short overview of the bridge at Linden.") == "the bridge at Linden"
    assert summary_topic("Who wrote the summary of the report?") == ""
