"""The sets that the check is measured by and trained on."""

import random
from pathlib import Path

import pytest

from evals.benchmarks.checking.measure import judge, lines
from evals.benchmarks.checking.sets import contradicted, given, held_out, paraphrased
from evals.training.claim_examples import draw, parts, read_claims
from evals.training.contradicted import RULES

SENTENCE = (
    "On 3 May 2024 the Harbour Board approved the plan of Ada Bloom, according to Tom Reed, with 12 votes."
)


@pytest.mark.parametrize("kind", RULES)
def test_each_rule_changes_its_own_part_of_a_sentence(kind: str) -> None:
    made = RULES[kind](SENTENCE, ["Iris Lane"], random.Random(0))
    assert made
    was, now = set(SENTENCE.split()), set(made.split())
    changed = {
        "negated": now - was == {"did", "not", "approve"},
        "roles swapped": sorted(made) == sorted(SENTENCE) and made != SENTENCE,
        "antonym": len(now - was) == 1,
        "number": "12" not in now,
        "date": "3 May 2024" not in made,
        "speaker": "Iris Lane" in made and "Tom Reed" not in made,
    }
    assert changed[kind]


def test_a_rule_that_finds_nothing_makes_nothing() -> None:
    assert [kind for kind, rule in RULES.items() if rule("It rained.", [], random.Random(0))] == []


def test_there_are_sixty_of_each_kind_and_no_statement_is_a_sentence_that_it_cites() -> None:
    kinds = [one.kind for one in contradicted()]
    assert {kind: kinds.count(kind) for kind in RULES} == dict.fromkeys(RULES, 60)
    assert len(paraphrased()) == 150
    for one in [*contradicted(), *paraphrased()]:
        assert one.statement not in one.cited[0]


def test_training_draws_no_statement_and_no_line_of_a_pair_held_out() -> None:
    taught, kept, pairs = parts(read_claims())
    assert len(taught) > 15 * len(kept) > 0
    hidden = {row["statement"] for row in kept} | {line for row in kept for line in row["cited"]}
    examples = draw(taught[:2000], pairs, random.Random(0))
    assert len(examples) == 3000
    assert {example.label for example in examples} == {0, 1, 2}
    assert not hidden & ({e.statement for e in examples} | {e.cited for e in examples} - {"Not known."})


def test_a_claim_without_marked_sentences_is_given_those_most_like_it() -> None:
    sentences = [
        "Rain fell.",
        "The bridge was opened.",
        "The mayor spoke.",
        "Snow fell.",
        "The mayor opened it.",
    ]
    row = {"claim": "The mayor opened the bridge.", "document_sentences": sentences, "supporting": []}
    assert given(row) == "The bridge was opened.\nThe mayor spoke.\nThe mayor opened it."
    assert given(row | {"supporting": [[3], [0, 3]]}) == "Rain fell.\nSnow fell."


def test_the_table_says_what_is_not_measured(tmp_path: Path) -> None:
    table = list(lines(tmp_path, None, show=""))
    assert any("contradicted | 60 | pass: negated" in line for line in table)
    assert any(f"not measured: {tmp_path} has no such pack" in line for line in table)


def test_the_rules_alone_strike_more_of_what_is_wrong_than_of_what_is_true() -> None:
    struck = {
        name: sum(bool(why) for _, why in judge(known, None)) / len(known)
        for name, known in (("wrong", contradicted()), ("true", paraphrased()))
    }
    assert struck["wrong"] > 0.75
    assert struck["true"] < 0.12
    assert len(held_out()) == 729
