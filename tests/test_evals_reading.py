from pathlib import Path

from assistant.errors import UserError
from assistant.types import Answer, Question
from evals.benchmarks.packs.opening import Opened
from evals.benchmarks.quoting import LINES, about_times, answerable, every, measure, with_answer_there
from evals.cases import EvalCase


def silent(question: Question) -> Answer:
    raise UserError("nothing is asked here")


OPENED = Opened({"a": "The bridge was opened in 1888.", "b": "It is closed."}, silent)
CASES = [
    EvalCase("1", "When?", answerable=True, answers=("1888",), documents=("a",)),
    EvalCase("2", "When?", answerable=True, answers=("1888",), documents=("b",)),
    EvalCase("3", "Who?", answerable=False, tags=("as_of",)),
]


def ids(cases: list[EvalCase]) -> list[str]:
    return [case.id for case in cases]


def test_the_cases_of_a_line_are_those_it_names() -> None:
    assert ids(every(CASES, OPENED)) == ["1", "2", "3"]
    assert ids(answerable(CASES, OPENED)) == ["1", "2"]
    assert ids(with_answer_there(CASES, OPENED)) == ["1"]
    assert ids(about_times(CASES, OPENED)) == []


def test_a_pack_that_is_not_there_gets_a_line_that_says_so(tmp_path: Path) -> None:
    lines = list(measure(tmp_path, tmp_path / "work", ["clapnq"], limit=None))
    assert len(lines) == sum(line.pack == "clapnq" for line in LINES)
    assert all("not measured" in line for line in lines)
