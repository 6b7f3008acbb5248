"""Follow-ups in words of their own, and several questions in one."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.question import parse_question
from assistant.question.rewording import leaning, wordings
from assistant.question.sub_questions import find_parts
from assistant.types import Question, Turn
from evals.cases import own_cases


@pytest.mark.parametrize(
    ("before", "text", "wanted"),
    [
        (["What does the old ferry cost?"], "And the new one?", "What does the new ferry cost?"),
        (
            ["What does the old ferry cost?", "And the new one?"],
            "Who steers it?",
            "Who steers the new ferry?",
        ),
        (["What may a deckhand do?"], "what about the mate", "What may a mate do?"),
        (["What is the fare of the bus?"], "And of the night tram?", "What is the fare of the night tram?"),
        (["What did the berth cost in 2024?"], "and in 2025?", "What did the berth cost in 2025?"),
        (["Who steers the old ferry?"], "Where?", "Who steers the old ferry, and where?"),
        (
            ["Who steers the old ferry?", "What if it is late?"],
            "How long is it?",
            "How long is the old ferry?",
        ),
        (["When is the lock open?"], "Is a pilot needed?", "Is a pilot needed for the lock?"),
    ],
)
def test_a_follow_up_is_worded_by_what_was_asked_before(
    before: Sequence[str], text: str, wanted: str
) -> None:
    assert wanted in wordings(text, before)


def test_he_is_who_the_reply_named() -> None:
    assert wordings("When was he born?", ["Who steers the ferry?"], "It is steered by Ada Bloom.") == (
        "When was Ada Bloom born?",
    )


@pytest.mark.parametrize(
    "text",
    [
        "When does the Harbour Museum open on Sunday?",
        "Who is the author of the Ferry Act of 1902?",
        "Which ferries of the first fleet got their licence?",
        "Who warned that fares might rise because of fuel?",
        "Who is supposed to license barges on inland waters?",
    ],
)
def test_a_question_that_names_what_it_asks_of_stands_alone(text: str) -> None:
    history = (Turn("user", "What does the old ferry cost?"), Turn("assistant", "It costs 4 pounds."))
    assert parse_question(Question(text, history=history)).wordings == ()


def test_a_pronoun_stands_for_a_plural_of_its_own_question_only_as_its_subject_or_owner() -> None:
    assert leaning("How many firms had got their licences?") == ""
    assert leaning("Why did bidders with a bank at their back win?") == ""
    assert leaning("Why did this cost their trade?") == "surely"
    assert leaning("Is it heated, and can visitors bring their dogs?") == "surely"
    assert leaning("What happens to their deposit?") == "surely"
    assert leaning("How many names were on them at first?") == "surely"


@pytest.mark.parametrize(
    ("last", "text", "wording"),
    [
        ("What does the old ferry cost in May?", "And in July?", "What does the old ferry cost in July?"),
        ("What does the fee for May cost?", "And June?", "What does the fee for June cost?"),
        ("What did the ferry cost in 2024?", "And 2025?", "What did the ferry cost in 2025?"),
    ],
)
def test_a_date_takes_the_place_of_the_date_before(last: str, text: str, wording: str) -> None:
    assert wordings(text, [last])[0] == wording


def test_the_verb_of_the_last_question_is_not_replaced() -> None:
    assert wordings("And Silver?", ["What does Gold cost?"]) == ("What does Silver cost?",)
    garden = wordings("And the big garden?", ["Does the fee cover the small hall?"])
    assert "Does the fee cover the big garden?" in garden


def test_a_month_is_nothing_that_a_question_is_about() -> None:
    history = (Turn("user", "Which new ferry did the harbour office announce in February 2026?"),)
    made = parse_question(Question("Is it for cars as well?", history=history)).wordings
    assert made
    assert not any("February" in wording for wording in made)


def test_the_conversation_can_be_left_aside() -> None:
    history = (Turn("user", "What does the old ferry cost?"),)
    asked = Question("And the new one?", history=history, disabled_hints=frozenset({"history"}))
    assert parse_question(asked).wordings == ()


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (
            "What does coal cost? And when is paper fetched?",
            ["What does coal cost?", "When is paper fetched?"],
        ),
        (
            "What is the fee, who is the clerk, and when must I apply?",
            ["What is the fee?", "Who is the clerk?", "When must I apply?"],
        ),
        ("Who is Ada Bloom and what does she expect?", ["Who is Ada Bloom?", "What does Ada Bloom expect?"]),
        ("What sank the barge, was anybody hurt?", ["What sank the barge?", "Was anybody hurt?"]),
        ("Who is the clerk, who also runs the ferry?", ["Who is the clerk, who also runs the ferry?"]),
    ],
)
def test_several_questions_in_one_are_read_each_by_itself(query: str, parts: Sequence[str]) -> None:
    assert [part.query for part in find_parts(query)] == list(parts)


def test_twenty_questions_in_one_are_read_as_one() -> None:
    assert len(find_parts("Who is the clerk? " * 20)) == 1


def test_none_of_our_questions_that_stand_alone_is_bent_by_a_conversation() -> None:
    history = (
        Turn("user", "What did the old ferry charge per car?"),
        Turn("assistant", "It charged 4 pounds."),
    )
    alone = [case.question for case in own_cases() if not case.history]
    assert len(alone) > 100
    for text in alone:
        by_itself = parse_question(Question(text))
        after = parse_question(Question(text, history=history))
        if leaning(text) == "perhaps":  # searched with the conversation at little weight, read by itself
            after = replace(after, queries=by_itself.queries, hints=by_itself.hints, leans=by_itself.leans)
        assert replace(after, question=by_itself.question) == by_itself
