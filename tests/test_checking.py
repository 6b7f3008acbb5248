"""The rules of the check, by themselves and beside a learned score."""

from dataclasses import dataclass

import pytest

from assistant.checking import check, nearest, supporting_spans
from assistant.models import Verdict
from assistant.types import Passage, Source

CITED = "Bridge, Gazette, 2021-05-04\nMayor Ada Bloom said the bridge of 1888 has twelve arches and cost 1,187 crowns."
BANK = (
    "Lender's report, 31 May 2024\nOn 31 May 2024 the Regulator approved the merger of Nordbank with Alto. "
    "Profits rose to 1,500 million euros, or 12.5 per cent more. Nordbank plans to close 40 branches. "
    "“We are proud of this year”, Ida Holm told Reuters. The fund was not audited."
)


@dataclass(frozen=True)
class Always:
    """A score that says the same of everything."""

    supported: float
    contradicted: float = 0.0

    def verdict(self, statement: str, cited: str) -> Verdict:
        return Verdict(self.supported, self.contradicted, 1 - self.supported - self.contradicted)


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
    "statement",
    [
        "Profits reached €1.5bn.",
        "Profits went up by 12.5%, to 1.5 billion euros.",
        "The merger was approved on 31/05/2024.",
        "The merger was approved on 2024-05-31.",
        "The merger was approved on May 31, 2024.",
        "In May 2024 the Regulator approved the merger.",
        "Nordbank intends to shut forty branches.",
        "No one has audited the fund.",
    ],
)
def test_a_number_or_a_date_in_another_form_is_the_same(statement: str) -> None:
    assert check(statement, [BANK]) == ()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("The bridge has 13 arches.", "number 13"),
        ("Mayor Adam Bloom spoke of the bridge.", "name Adam"),
        ("The mayor called it a “marvel of our age”, the bridge.", "marvel of our age"),
        ("On 5 June 2021 the bridge was praised.", "date 5 June 2021"),
        ("Bananas ripen slowly.", "shares no word"),
        ("The bridge has thirteen arches.", "number thirteen"),
        ("The mayor spoke of the “bridges of 1888 having twelve arch”.", "quoted words"),
        ("The bridge cost 1,187 euros.", "number 1,187 euros"),
    ],
)
def test_what_the_source_does_not_say_is_marked_with_the_reason(statement: str, reason: str) -> None:
    assert any(reason in told for told in check(statement, [CITED]))


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("The Regulator did not approve the merger of Nordbank with Alto.", "without “not”"),
        ("The Regulator rejected the merger of Nordbank with Alto.", "“approved” where this says “rejected”"),
        ("Nordbank approved the merger of the Regulator with Alto.", "other way round"),
        ("Profits fell to 1,500 million euros.", "“rose” where this says “fell”"),
        ("Profits rose to 1.5 million euros.", "number 1.5 million euros"),
        ("Nordbank has closed 40 branches.", "plan"),
        ("The fund was audited.", "denies"),
        ("“We are proud of this year”, Nordbank told Reuters.", "Ida Holm where this has Nordbank"),
        ("On 30 May 2024 the Regulator approved the merger.", "date 30 May 2024"),
    ],
)
def test_what_turns_the_source_round_is_struck_with_the_reason(statement: str, reason: str) -> None:
    assert any(reason in told for told in check(statement, [BANK]))


def test_a_statement_that_cites_nothing_is_not_supported() -> None:
    assert check("The bridge has 12 arches.", []) == ("It cites no passage.",)


def test_a_score_strikes_what_no_rule_does() -> None:
    statement = "Ada Bloom praised the bridge."
    assert check(statement, [CITED]) == ()
    assert check(statement, [CITED], Always(0.01)) == ("The source does not say so.",)
    assert check(statement, [CITED], Always(0.01, 0.98)) == ("The source says otherwise.",)


def test_a_sure_score_outweighs_a_doubt_of_the_rules() -> None:
    derived = "Nordbank plans to close forty branches, and 1,500 million is 12 more in a hundred."
    assert check(derived, [BANK])
    assert check(derived, [BANK], Always(0.999999)) == ()


def test_no_score_outweighs_words_that_were_never_said() -> None:
    assert check("The mayor called it a “marvel of our age”.", [CITED], Always(0.999999))


def test_of_a_long_text_the_sentences_nearest_to_the_statement_are_weighed() -> None:
    text = " ".join(f"Room {number} is empty on the first day." for number in range(60))
    found = nearest("The mayor opened the bridge.", f"{text} The mayor opened the bridge in May.")
    assert "The mayor opened the bridge in May." in found
    assert len(found) < 1100


def test_the_spans_are_the_sentences_that_hold_the_statements_facts() -> None:
    text = "The town is old. The bridge opened in 1888. It rains there. Ada Bloom is the mayor."
    passage = Passage(Source("d"), 100, 100 + len(text), text, 1.0)
    spans = supporting_spans("Ada Bloom says the bridge opened in 1888.", passage)
    assert [text[a - 100 : b - 100] for a, b in spans] == [
        "The bridge opened in 1888.",
        "Ada Bloom is the mayor.",
    ]
