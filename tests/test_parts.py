import pytest

from assistant.question.sub_questions import find_parts
from assistant.types import SubQuestion


def test_a_question_in_two_parts_is_read_part_by_part() -> None:
    assert find_parts("Who headed the office, and when did it close?") == (
        SubQuestion("Who headed the office?", "Who headed the office?"),
        SubQuestion("When did the office close?", "when did it close?"),
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
        "Who compared the fair to a circus?",
        "What made the difference?",
    ],
)
def test_a_question_with_one_question_in_it_stays_whole(text: str) -> None:
    assert find_parts(text) == (SubQuestion(text, text),)


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        (
            "Compare what Alba and Borealis said about tolls",
            ["what Alba said about tolls", "what Borealis said about tolls"],
        ),
        (
            "What is the difference between the fees in Alba and Borealis?",
            ["the fees in Alba", "the fees in Borealis"],
        ),
        ("How does Alba differ from Borealis on tolls?", ["Alba on tolls", "Borealis on tolls"]),
        ("Alba vs Borealis harbour rules", ["Alba harbour rules", "Borealis harbour rules"]),
        ("Difference between a day pass and a season pass", ["a day pass", "a season pass"]),
    ],
)
def test_a_comparison_has_a_part_for_each_side(text: str, sides: list[str]) -> None:
    parts = find_parts(text)
    assert [part.query for part in parts] == sides
    assert all(part.heading and part.heading in part.query for part in parts)
