import pytest

from assistant.answering.check import check, supporting_spans
from assistant.types import Passage, Source

CITED = "Bridge, Gazette, 2021-05-04\nMayor Ada Bloom said the bridge of 1888 has twelve arches and cost 1,187 crowns."


@pytest.mark.parametrize(
    "statement",
    [
        "Ada Bloom said the bridge has 12 arches.",
        "The bridge cost 1187 crowns.",
        "On 4 May 2021 the Gazette wrote about the bridge.",
        "It says the “bridge of 1888 has twelve arches”.",
    ],
)
def test_what_the_source_says_is_supported(statement: str) -> None:
    assert check(statement, [CITED]) == ()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("The bridge has 13 arches.", "number 13"),
        ("Mayor Adam Bloom spoke of the bridge.", "name Adam"),
        ("The mayor called it a “marvel of our age”, the bridge.", "marvel of our age"),
        ("On 5 June 2021 the bridge was praised.", "number 5"),
        ("Bananas ripen slowly.", "shares no word"),
        ("The bridge has thirteen arches.", "number 13"),
        ("The mayor spoke of the “bridges of 1888 having twelve arch”.", "quoted words"),
    ],
)
def test_what_the_source_does_not_say_is_marked_with_the_reason(statement: str, reason: str) -> None:
    assert any(reason in told for told in check(statement, [CITED]))


def test_a_statement_that_cites_nothing_is_not_supported() -> None:
    assert check("The bridge has 12 arches.", []) == ("It cites no passage.",)


def test_the_spans_are_the_sentences_that_hold_the_statements_facts() -> None:
    text = "The town is old. The bridge opened in 1888. It rains there. Ada Bloom is the mayor."
    passage = Passage(Source("d"), 100, 100 + len(text), text, 1.0)
    spans = supporting_spans("Ada Bloom says the bridge opened in 1888.", passage)
    assert [text[a - 100 : b - 100] for a, b in spans] == [
        "The bridge opened in 1888.",
        "Ada Bloom is the mayor.",
    ]
