from argparse import Namespace
from pathlib import Path

import pytest

from assistant.errors import UserError
from assistant.types import Answer, Question
from evals.benchmarks.packs.opening import Opened
from evals.benchmarks.reading import (
    SETS,
    CaseSet,
    chosen,
    has_answer_there,
    is_about_times,
    is_test,
    measure,
    rows,
)
from evals.cases import Corpus, EvalCase, Prediction, ShownStatement, read_objects, resolve
from evals.runs import Result
from evals.targets import READING
from evals.training.held_out import cases_of, held_out_pairs, write_corpus


def silent(question: Question) -> Answer:
    raise UserError("nothing is asked here")


TEXTS = {"a": "The bridge was opened in 1888.", "b": "It is closed."}
OPENED = Opened(TEXTS, silent)
CASES = [
    EvalCase("1", "When?", answerable=True, answers=("1888",), documents=("a",)),
    EvalCase("2", "When?", answerable=True, answers=("1888",), documents=("b",), tags=("test",)),
    EvalCase("3", "Who?", answerable=False, tags=("as_of",)),
]
PREDICTIONS = {
    "1": Prediction("1", answer="In 1888.", state="answered", statements=(ShownStatement("In 1888."),)),
    "2": Prediction("2", abstained=True, answer="", state="unsure"),
    "3": Prediction("3", answer="In 1888.", state="answered", statements=(ShownStatement("In 1888."),)),
}
RESULT = Result.of("own", CASES, PREDICTIONS, Corpus(TEXTS))


def ids(cases: list[EvalCase]) -> list[str]:
    return [case.id for case in cases]


def test_the_cases_of_a_set_are_those_it_names() -> None:
    kept = [
        chosen(CaseSet("x", "own", belongs=f), RESULT, OPENED)
        for f in (is_test, is_about_times, has_answer_there)
    ]
    assert [[case.id for case in result.cases] for result in kept] == [["2"], [], ["1"]]
    assert kept[2].rows == RESULT.rows[:1]


def test_what_came_of_the_cases_stands_before_the_metrics() -> None:
    first, *others = (
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in rows(CaseSet("own, test", "own"), RESULT)
    )
    assert first[:6] == ["own, test", "2 + 1", "1 + 0", "0 + 1", "1 + 0", "first_right"]
    assert first[6].startswith("0.500 (")
    assert first[7] == f"{READING['own, test']['first_right']:g}"
    assert [row[1:6] for row in others] == [[""] * 4 + [name] for name in list(READING["own, test"])[1:]]


def test_a_set_without_cases_has_its_rows_without_figures() -> None:
    empty = Result.of("own", [], {}, Corpus({}))
    for row in rows(CaseSet("own, test", "own"), empty):
        assert " | - | " in row


def test_a_pack_that_is_not_there_gets_a_line_that_says_so(tmp_path: Path) -> None:
    options = Namespace(data=tmp_path, work=tmp_path / "work", only=["clapnq"], limit=None)
    lines = list(measure(options, "packaged", tmp_path / "work"))
    assert len(lines) == sum(each.pack == "clapnq" for each in SETS)
    assert all("not measured" in line for line in lines)


class TestHeldOutPairs:
    def test_each_case_is_resolved_in_the_corpus_that_is_written(self, tmp_path: Path) -> None:
        pairs = held_out_pairs()
        write_corpus(pairs, tmp_path / "corpus.jsonl")
        texts = {row["id"]: row["text"] for _, row in read_objects(tmp_path / "corpus.jsonl")}
        assert len(texts) == 2 * len(pairs)
        for case in cases_of(pairs, most=10_000):
            assert resolve(case, texts) == case
            assert all(
                any(answer in item.quote for item in case.quotes if item.quote)
                for answer in case.answers or ()
            )

    def test_of_many_questions_the_same_are_drawn_each_time(self) -> None:
        cases = cases_of(held_out_pairs())
        assert cases == cases_of(held_out_pairs())
        assert len({case.id for case in cases}) == 400
        assert 100 < sum(not case.answerable for case in cases) < 200

    def test_a_folder_that_cannot_be_written_is_explained(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(UserError, match="choose another folder"):
            write_corpus([], tmp_path / "file" / "corpus.jsonl")
