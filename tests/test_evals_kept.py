"""Runs that are kept, compared and judged."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from assistant.errors import UserError
from assistant.types import Answer, Citation, Question, Source, Statement
from evals.cases import EvalCase, Evidence, fingerprint, read_predictions
from evals.runs import Gate, Result, System, Wanted, evaluate, find_run, kept_runs, rescored
from evals.runs.gate import judge
from evals.runs.scores import read_scores

TEXT = "One is 1. Two is 2. Three is 3. Four is 4. Five is 5. Six is 6. Seven is 7. Eight is 8."
WORDS = "One Two Three Four Five Six Seven Eight".split()
TEXTS = {"numbers": TEXT}


def knowing(known: int) -> Callable[[Question], Answer]:
    """A system that knows the first so many numbers, and answers others with the first."""

    def answer(question: Question) -> Answer:
        word = next((word for word in WORDS[:known] if word in question.text), "One")
        start = TEXT.index(word)
        quote = TEXT[start : TEXT.index(".", start) + 1]
        cited = Citation(1, Source("numbers"), start, start + len(quote), quote)
        return Answer(question.text, "quote", "g", statements=(Statement(quote, (cited,)),))

    return answer


def system(known: int) -> System:
    return System(knowing(known), TEXTS, "g1", {"reader": "made"})


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    rows = [
        {
            "id": word,
            "question": f"What is {word}?",
            "answerable": True,
            "answers": [str(at)],
            "tags": ["even"][at % 2 :],
        }
        for at, word in enumerate(WORDS, 1)
    ]
    path = tmp_path / "numbers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def asked(cases: Path, known: int, **wanted: object) -> tuple[Result, str]:
    """The result, and what was printed."""
    console = Console(file=io.StringIO(), width=200)
    result = evaluate([cases], system(known), console, Wanted(**wanted))  # type: ignore[arg-type]
    assert isinstance(console.file, io.StringIO)
    return result, console.file.getvalue()


def test_a_run_is_kept_with_all_that_it_depends_on(cases: Path, root: Path) -> None:
    result, told = asked(cases, 8, runs=root, name="first")
    (run,) = kept_runs(root)
    assert (run.name, run.pack, run.cases, run.generation, run.settings) == (
        "first", "numbers", 8, "g1", {"reader": "made"},
    )  # fmt: skip
    assert run.done
    assert {"python", "numpy"} <= run.versions.keys()
    assert list(run.predictions()) == WORDS
    assert [case.id for case in run.read_cases()] == WORDS
    assert run.metrics["right"] == 1
    assert rescored(run, TEXTS).metrics == result.metrics
    assert "kept as first" in told


def test_the_same_run_twice_is_identical(cases: Path, root: Path) -> None:
    asked(cases, 5, runs=root, name="a")
    result, _ = asked(cases, 5, runs=root, name="b", compare="a")
    one, other = ((root / name / "scores.jsonl").read_bytes() for name in "ab")
    assert one == other
    assert result.changes
    assert (result.changes.won, result.changes.lost) == ((), ())
    assert find_run(root, "a").fingerprint == find_run(root, "b").fingerprint


def test_runs_made_in_one_second_do_not_collide(cases: Path, root: Path) -> None:
    for _ in range(3):
        asked(cases, 8, runs=root)
    assert len(kept_runs(root)) == 3


def test_cases_won_and_lost_are_named_by_tag(cases: Path, root: Path) -> None:
    asked(cases, 8, runs=root)
    result, told = asked(cases, 6, runs=root, compare="last")
    assert result.changes
    assert result.changes.lost == ("Seven", "Eight")
    (tag,) = result.changes.tags
    assert (tag.tag, tag.n, tag.before, tag.now, tag.lost) == ("even", 4, 4, 3, 1)
    assert result.changes.metrics["right_overall"].difference == -0.25
    assert "2: Seven, Eight" in told
    assert "4 → 3 of 4 right (0 won, 1 lost)" in told


def test_a_case_that_was_edited_since_is_not_compared(cases: Path, root: Path) -> None:
    asked(cases, 8, runs=root, name="before")
    cases.write_text(cases.read_text("utf-8").replace("What is Two?", "How much is Two?"), "utf-8")
    result, told = asked(cases, 8, runs=root, compare="before")
    assert result.changes
    assert (result.changes.n, result.changes.left_out) == (7, 1)
    assert "7 cases in both; 1 of this run are not the same there" in told


def test_moving_the_evidence_does_not_make_it_another_case() -> None:
    case = EvalCase("1", "?", evidence=(Evidence("a", "two  words", 5),))
    moved = replace(case, evidence=(Evidence("a", "two words", 50),), tags=("new",))
    assert fingerprint(case) == fingerprint(moved)
    assert fingerprint(case) != fingerprint(replace(case, answers=("2",)))


def test_a_run_of_another_set_cannot_be_compared(cases: Path, root: Path, tmp_path: Path) -> None:
    asked(cases, 8, runs=root)
    other = tmp_path / "other.jsonl"
    other.write_text('{"id": "x", "question": "What is One?", "answerable": true, "answers": ["1"]}', "utf-8")
    with pytest.raises(UserError, match="has none of these cases"):
        asked(other, 8, runs=root, compare="last")


@pytest.mark.parametrize("name", ["nowhere", "last"])
def test_a_run_that_is_not_there_is_explained_before_anything_is_asked(
    cases: Path, root: Path, name: str
) -> None:
    with pytest.raises(UserError, match="`assistant eval runs` lists them"):
        evaluate([cases], System(never, TEXTS), Console(quiet=True), Wanted(runs=root, compare=name))
    assert kept_runs(root) == []


def never(question: Question) -> Answer:
    raise AssertionError(question)


def test_a_stopped_run_keeps_what_it_has_and_is_gone_on_with(cases: Path, root: Path) -> None:
    def stopped(question: Question) -> Answer:
        if "Four" in question.text:
            raise KeyboardInterrupt
        return knowing(8)(question)

    console = Console(file=io.StringIO(), width=200)
    with pytest.raises(KeyboardInterrupt):
        evaluate([cases], replace(system(8), answer=stopped), console, Wanted(runs=root, name="long"))
    assert isinstance(console.file, io.StringIO)
    assert (
        "Stopped after 3 of 8 cases, which are kept. Go on with `--resume long`." in console.file.getvalue()
    )
    assert not find_run(root, "long").done
    with pytest.raises(UserError, match="not finished; go on with it by `--resume long`"):
        asked(cases, 8, runs=root, compare="long")

    def late(question: Question) -> Answer:
        assert not any(word in question.text for word in WORDS[:3])
        return knowing(8)(question)

    result = evaluate([cases], replace(system(8), answer=late), console, Wanted(runs=root, resume="long"))
    assert result.metrics["right"].value == 1
    assert list(read_predictions(root / "long" / "predictions.jsonl")) == WORDS
    assert find_run(root, "long").done


def test_a_run_is_not_gone_on_with_over_another_index(cases: Path, root: Path) -> None:
    asked(cases, 8, runs=root, name="old")
    with pytest.raises(UserError, match="had other index than now"):
        evaluate(
            [cases], replace(system(8), generation="g2"), Console(quiet=True), Wanted(runs=root, resume="old")
        )


def test_a_folder_that_cannot_be_written_is_explained(cases: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="choose another folder"):
        asked(cases, 8, runs=tmp_path / "file" / "runs")


def test_a_broken_run_is_named(cases: Path, root: Path) -> None:
    asked(cases, 8, runs=root, name="broken")
    (root / "broken" / "run.json").write_text("{", "utf-8")
    with pytest.raises(UserError, match="remove the folder broken"):
        kept_runs(root)


class TestGate:
    def test_a_baseline_is_small_and_names_the_case_that_changed(self, cases: Path, tmp_path: Path) -> None:
        asked(cases, 8, baseline=tmp_path / "baseline.jsonl")
        scores = read_scores(tmp_path / "baseline.jsonl")
        assert list(scores) == WORDS
        assert scores["One"].row.keys() <= {
            "right_overall",
            "wrong_overall",
            "right",
            "quote_exact",
            "hit_rate@5",
        }
        result, _ = asked(cases, 7, compare=str(tmp_path / "baseline.jsonl"))
        assert result.changes
        assert result.changes.lost == ("Eight",)

    def test_what_is_worse_beyond_chance_fails_and_the_run_is_kept(self, cases: Path, root: Path) -> None:
        asked(cases, 8, runs=root, name="good")
        with pytest.raises(UserError, match=r"right_overall 1\.000 → 0\.250.*worse beyond chance"):
            asked(cases, 2, runs=root, compare="good", gates=[Gate("right_overall")])
        assert len([run for run in kept_runs(root) if run.done]) == 2

    def test_a_difference_that_may_be_chance_passes(self, cases: Path, root: Path) -> None:
        asked(cases, 8, runs=root, name="good")
        _, told = asked(
            cases, 7, runs=root, compare="good", gates=[Gate("right_overall"), Gate("wrong_overall")]
        )
        assert told.count("gate passed") == 2

    def test_a_floor_holds_whatever_chance_may_do(self, cases: Path) -> None:
        with pytest.raises(UserError, match=r"right_overall 0\.875, at least 0\.9 is asked for"):
            asked(cases, 7, gates=[Gate("right_overall", 0.9)])
        asked(cases, 7, gates=[Gate("right_overall", 0.8), Gate("wrong_overall", 0.2)])

    def test_a_metric_where_lower_is_better_has_a_ceiling(self, cases: Path) -> None:
        with pytest.raises(UserError, match=r"wrong_overall 0\.125, at most 0\.1 is asked for"):
            asked(cases, 7, gates=[Gate("wrong_overall", 0.1)])

    def test_a_metric_that_is_not_measured_does_not_pass(self, cases: Path) -> None:
        with pytest.raises(UserError, match="these cases cannot be measured by it"):
            judge(asked(cases, 8)[0], [Gate("ndcg@10", 0.1)])

    def test_a_gate_needs_something_to_compare_with(self, cases: Path) -> None:
        with pytest.raises(UserError, match="needs --compare RUN"):
            asked(cases, 8, gates=[Gate("right")])

    @pytest.mark.parametrize(
        ("text", "told"), [("rigth", "no metric 'rigth'"), ("right=high", "'high' is no number")]
    )
    def test_what_cannot_be_read_is_explained(self, text: str, told: str) -> None:
        with pytest.raises(UserError, match=told):
            Gate.parse(text)


def test_what_a_judge_said_of_a_kept_run_is_still_there_when_it_is_shown(cases: Path, root: Path) -> None:
    asked(cases, 8, runs=root, name="judged", judge=lambda _: "yes")
    asked(cases, 8, runs=root, name="plain")
    shown = rescored(find_run(root, "judged"), TEXTS).metrics
    assert shown["judge_right"].value == 1
    assert "judge_right" not in rescored(find_run(root, "plain"), TEXTS).metrics
