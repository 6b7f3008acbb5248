"""Feedback that waits to become cases, and `assistant eval review`."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import UserError
from assistant.types import Turn
from evals.cases import read_cases, resolve
from evals.making import KINDS, Marked, Pending, PendingCases, as_case, locate
from tests.conftest import write_notes
from tests.test_commands import assistant

TEXTS = {"a": "It closed in  June, at last. \n\nIt was sold.", "b": "It was sold."}
QUOTE = Marked("a", "It closed in  June, at last.", 0)
WRONG = Pending(
    "f1", "wrong", "When did it close?", (Turn("user", "Hm?"),), short="May", answer="In May.", generation="g"
)


def test_what_waits_is_read_back_the_same_and_the_newest_first(tmp_path: Path) -> None:
    cases = PendingCases(tmp_path / "new")
    other = replace(WRONG, id="f2", marked=(QUOTE,), documents=("a",), cited=(QUOTE,))
    for each in (WRONG, other):
        cases.put(each)
    assert cases.waiting() == [other, WRONG]
    assert cases.path.stat().st_mode & 0o077 == 0
    cases.put(replace(WRONG, kind="missing"))
    assert [each.kind for each in cases.waiting()] == ["missing", "wrong"]


def test_silence_needs_no_more_to_be_a_case() -> None:
    case = as_case(replace(WRONG, kind="should have been silent"))
    assert (case.answerable, case.answers, case.history) == (False, None, WRONG.history)


def test_what_was_right_is_expected_again() -> None:
    case = as_case(replace(WRONG, kind="right", short="June", cited=(QUOTE,)))
    assert (case.answers, case.wrong_answers) == (("June",), ())
    assert resolve(case, TEXTS).evidence[0].span == (0, 28)


def test_what_was_wrong_must_not_come_back() -> None:
    case = as_case(replace(WRONG, marked=(QUOTE,)), answer="June")
    assert (case.answers, case.wrong_answers) == (("June",), ("May",))
    assert case.evidence[0].quote == QUOTE.quote


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("right", "should have been silent")])
def test_without_a_mark_or_an_answer_it_is_no_case_yet(kind: str, tmp_path: Path) -> None:
    cases = PendingCases(tmp_path)
    cases.put(replace(WRONG, kind=kind))
    with pytest.raises(UserError, match="mark the right words, or write the answer"):
        cases.accept("f1")
    assert len(cases.waiting()) == 1
    assert not cases.cases.exists()


def test_what_is_accepted_twice_is_one_case(tmp_path: Path) -> None:
    cases = PendingCases(tmp_path)
    for _ in range(2):
        cases.put(WRONG)
        cases.accept("f1", answer="June")
    assert [case.id for case in read_cases(cases.cases)] == ["f1"]
    assert cases.waiting() == []
    with pytest.raises(UserError, match="accepted or dropped before"):
        cases.accept("f1")


def test_words_are_found_whatever_their_white_space() -> None:
    assert locate(" closed in June,\n", TEXTS) == Marked("a", "closed in  June,", 3)
    assert locate("It was sold.", TEXTS, document="b") == Marked("b", "It was sold.", 0)
    for nothing in ("", "  ", "It reopened."):
        with pytest.raises(UserError, match="stand in no document"):
            locate(nothing, TEXTS)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "pending.jsonl").write_text('{"id": "x"}\n', "utf-8")
    with pytest.raises(UserError, match="line 1: is no feedback"):
        PendingCases(tmp_path).waiting()


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="set `evaluations` to another folder"):
        PendingCases(tmp_path / "file").put(WRONG)


def test_no_more_wait_than_there_is_room_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.making.pending.MOST", 2)
    cases = PendingCases(tmp_path)
    cases.put(WRONG)
    cases.put(replace(WRONG, id="f2"))
    cases.put(replace(WRONG, kind="missing"))
    with pytest.raises(UserError, match="2 cases wait to be reviewed already"):
        cases.put(replace(WRONG, id="f3"))


def test_the_command_accepts_with_evidence_and_drops(tmp_path: Path) -> None:
    write_notes(tmp_path / "corpus")
    assert assistant("index", cwd=tmp_path).returncode == 0
    cases = PendingCases(tmp_path / "evaluations")
    for id in ("f1", "f2"):
        cases.put(replace(WRONG, id=id, question="How high is the tower?"))
    quote = ("--quote", "Its tower is 31 metres high.")
    done = assistant("eval", "review", "--accept", "f1", "--answer", "31 metres", *quote, cwd=tmp_path)
    assert "f1 is a case now" in done.stdout, done.stderr
    assert assistant("eval", "review", "--drop", "f2", cwd=tmp_path).returncode == 0
    (case,) = read_cases(cases.cases)
    assert (case.answers, case.evidence[0].document) == (("31 metres",), "bridge.md")
    assert cases.waiting() == []
