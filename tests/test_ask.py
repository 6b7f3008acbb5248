"""What `assistant ask` prints of an answer."""

import re
from datetime import date

import pytest

from assistant.cli.ask import print_answer
from assistant.types import Answer, Candidate, Citation, Source, State, Statement

RIVER = Source("river", "River rules", publisher="River Post", published=date(2025, 3, 1))
TEXT = "The course takes 400 hours."
MAYBE = Candidate(RIVER, 30, 60, "It may take longer.", 0.62)


def printed(answer: Answer, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_answer(answer, {})
    plain = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    return [line.strip() for line in plain.splitlines() if line.strip()]


def given(state: State, **fields: object) -> Answer:
    return Answer("How long?", "quote", "g", state=state, **fields)  # type: ignore[arg-type]


def test_the_words_that_answer_come_first_then_the_sentence_then_what_else_may_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    short = Citation(1, RIVER, 17, 26, "400 hours")
    statement = Statement(TEXT, (Citation(1, RIVER, 0, 27, TEXT),))
    lines = printed(given("answered", statements=(statement,), short=short, also=(MAYBE,)), capsys)
    assert lines == [
        "400 hours  River rules, River Post, 2025-03-01",
        f"{TEXT} [1]",
        "[1] River rules, River Post, 2025-03-01  river",
        "Also in the documents:",
        "62%  It may take longer.  (River rules, River Post, 2025-03-01)",
    ]


def test_what_may_answer_is_announced_as_that(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(given("unsure", abstention="This may answer it:", also=(MAYBE,)), capsys)
    assert lines == [
        "This may answer it:",
        "62%  It may take longer.  (River rules, River Post, 2025-03-01)",
    ]


def test_silence_is_printed_with_what_was_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    answer = given("silent", abstention="I found no answer in 2 documents.", notes=("The index is old.",))
    assert printed(answer, capsys) == ["I found no answer in 2 documents.", "The index is old."]
