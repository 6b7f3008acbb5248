"""What gets a fixed reply, and what only looks like it."""

import pytest

from assistant.question.small_talk import small_talk


@pytest.mark.parametrize(
    "text", ["Thanks!", "ok great, thank you very much, bye", "Hello", "What can you do?"]
)
def test_small_talk_has_a_fixed_reply(text: str) -> None:
    assert small_talk(text)


@pytest.mark.parametrize(
    "text", ["Thanks to whom was it built?", "What can you do in the hall?", "Hello Kitty"]
)
def test_what_asks_anything_is_no_small_talk(text: str) -> None:
    assert not small_talk(text)
