"""Reading cases and predictions, and finding evidence in the documents."""

import json
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UserError
from assistant.types import Question, Turn
from evals.cases import (
    CitedSpan,
    EvalCase,
    Evidence,
    gather,
    pack_name,
    read_cases,
    read_predictions,
    resolve,
    to_question,
)

FULL = {
    "id": "1",
    "question": "And in June?",
    "answerable": True,
    "history": [{"role": "user", "content": "What did it do in May?"}],
    "rewrite": "What did the bank do in June?",
    "answers": ["It closed"],
    "match": "all",
    "wrong_answers": ["It opened"],
    "choices": ["It closed", "It opened"],
    "evidence": [{"document": "a", "quote": "It closed."}, {"document": "b"}],
    "documents": ["a", "b"],
    "as_of": "2026-03-31",
    "tags": ["time"],
    "note": "for people",
}


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """Writes rows (objects, or text as it stands) to a file."""

    def write(*rows: dict[str, Any] | str, name: str = "cases.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
        return path

    return write


def test_every_field_of_a_case_is_read(written: Any) -> None:
    [case] = read_cases(written(FULL))
    assert case == EvalCase(
        "1",
        "And in June?",
        history=(Turn("user", "What did it do in May?"),),
        rewrite="What did the bank do in June?",
        answers=("It closed",),
        match="all",
        wrong_answers=("It opened",),
        choices=("It closed", "It opened"),
        evidence=(Evidence("a", "It closed."), Evidence("b")),
        documents=("a", "b"),
        as_of=date(2026, 3, 31),
        tags=("time",),
    )


def test_a_question_takes_over_history_documents_and_day(written: Any) -> None:
    [case] = read_cases(written(FULL))
    history = (Turn("user", "What did it do in May?"),)
    asked = Question("And in June?", history=history, within=("a", "b"), as_of=date(2026, 3, 31))
    assert to_question(case) == asked


def test_an_empty_list_of_documents_differs_from_none(written: Any) -> None:
    short = {"id": "1", "question": "?", "answerable": False}
    one, other = read_cases(written({**short, "documents": []}, {**short, "id": "2"}))
    assert (to_question(one).within, to_question(other).within) == ((), None)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": ""}, "'id' must be a text"),
        ({"question": None}, "'question' must be a text"),
        ({"answerable": "yes"}, "'answerable' must be true or false"),
        ({"answers": []}, "'answers' must be a list of at least one text"),
        ({"answers": "June"}, "'answers' must be a list of texts"),
        ({"match": "some"}, "'match' must be"),
        ({"history": [{"role": "system", "content": ""}]}, "history: 'role' must be"),
        ({"evidence": [{"quote": "x"}]}, "evidence: 'document' must be a text"),
        ({"evidence": [{"document": "a", "quote": " "}]}, "evidence: 'quote' must be a text"),
        ({"evidence": [{"document": "a", "quote": "x", "start": -1}]}, "evidence: 'start' must be"),
        ({"evidence": [{"document": "a", "quote": None}]}, "evidence: 'quote' must be a text"),
        ({"evidence": ["a"]}, "'evidence' must be a list of objects"),
        ({"as_of": "31 March"}, "'as_of' must be a day like 2026-03-31"),
        ({"anwsers": ["June"]}, "unknown field 'anwsers'"),
    ],
)
def test_a_wrong_field_is_named_with_its_file_and_line(
    written: Any, change: dict[str, Any], complaint: str
) -> None:
    path = written({**FULL, "id": "0"}, {**FULL, **change})
    with pytest.raises(UserError) as error:
        read_cases(path)
    assert f"{path}, line 2" in str(error.value)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        (["{"], "line 1: not valid JSON"),
        (["[1]"], "line 1: expected a JSON object"),
        ([FULL, FULL], "line 2: the id '1' is used twice"),
        ([""], "no cases"),
    ],
)
def test_a_broken_file_is_explained(written: Any, rows: list[Any], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        read_cases(written(*rows))


def test_a_file_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="check the path"):
        read_cases(tmp_path / "none.jsonl")


def test_a_file_in_another_encoding_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"id": "\xff"}')
    with pytest.raises(UserError, match="save the file as UTF-8"):
        read_cases(path)


class TestEvidence:
    texts: ClassVar = {"a": "It  opened.\nIt\u00a0closed  in\nJune. It opened."}

    def found(self, *evidence: Evidence) -> tuple[Evidence, ...]:
        return resolve(EvalCase("1", "?", evidence=evidence), self.texts).evidence

    def test_a_quote_is_found_whatever_its_white_space(self) -> None:
        [item] = self.found(Evidence("a", "It closed in June."))
        start, end = item.span
        assert self.texts["a"][start:end] == item.quote == "It\u00a0closed  in\nJune."

    def test_a_place_given_is_kept_where_the_words_stand_there(self) -> None:
        assert self.found(Evidence("a", "It opened.", 32))[0].start == 32

    def test_of_several_places_the_nearest_is_taken(self) -> None:
        assert self.found(Evidence("a", "It opened.", 30))[0].start == 32
        assert self.found(Evidence("a", "It opened."))[0].start == 0

    def test_a_document_as_a_whole_needs_no_place(self) -> None:
        assert self.found(Evidence("a")) == (Evidence("a"),)

    def test_words_that_are_not_there_break_the_set(self) -> None:
        with pytest.raises(UserError, match=r"case '1': 'a' does not contain 'It never opened\.'"):
            self.found(Evidence("a", "It never opened."))

    def test_a_document_that_is_not_there_breaks_the_set(self) -> None:
        with pytest.raises(UserError, match="case '1': the corpus has no document 'b'"):
            self.found(Evidence("b"))
        with pytest.raises(UserError, match="no document 'b'"):
            resolve(EvalCase("1", "?", documents=("b",)), self.texts)

    @given(st.text(alphabet="ab. \n", min_size=1), st.integers(0, 30), st.integers(1, 30))
    def test_a_resolved_quote_is_the_text_at_its_span(self, text: str, start: int, size: int) -> None:
        quote = text[start : start + size]
        if quote.strip():
            [item] = resolve(EvalCase("1", "?", evidence=(Evidence("a", quote),)), {"a": text}).evidence
            assert text[slice(*item.span)] == item.quote


class TestSeveralFiles:
    def test_ids_stay_as_they_are_when_no_two_files_share_one(self, written: Any) -> None:
        one, other = written(FULL, name="one.jsonl"), written({**FULL, "id": "2"}, name="other.jsonl")
        assert [case.id for case in gather([one, other])] == ["1", "2"]

    def test_shared_ids_are_told_apart_by_the_file(self, written: Any) -> None:
        one, other = written(FULL, name="one.jsonl"), written(FULL, name="other.jsonl")
        assert [case.id for case in gather([one, other])] == ["one:1", "other:1"]

    def test_files_of_one_name_are_told_apart_by_their_folder(self, written: Any) -> None:
        files = [written(FULL, name=f"{folder}/cases.jsonl") for folder in ("p", "q")]
        assert [case.id for case in gather(files)] == ["p/cases:1", "q/cases:1"]

    def test_a_pack_is_named_after_its_folder_and_other_files_after_themselves(self) -> None:
        assert pack_name([Path("squad2/cases_own_docs.jsonl")]) == "squad2"
        assert pack_name([Path("evals/cases/time.jsonl"), Path("evals/cases/facts.jsonl")]) == "time+facts"


class TestPredictions:
    def test_fields_left_out_are_told_from_empty_ones(self, written: Any) -> None:
        path = written({"id": "1", "abstained": True}, {"id": "2", "passages": [{"document": "a"}]})
        one, other = read_predictions(path).values()
        assert (one.abstained, one.answer, one.passages) == (True, "", None)
        assert (other.answer, other.passages) == (None, (CitedSpan("a"),))

    def test_a_state_other_than_answered_abstains(self, written: Any) -> None:
        [made] = read_predictions(written({"id": "1", "state": "unsure", "also": []})).values()
        assert (made.abstained, made.answer, made.statements, made.also) == (True, "", None, ())

    def test_half_a_surrogate_pair_is_read(self, written: Any) -> None:
        assert read_predictions(written({"id": "1", "answer": "\ud800"}))["1"].answer == "\ud800"

    @pytest.mark.parametrize(
        ("row", "complaint"),
        [
            ({"id": "1", "answer": 3}, "'answer' must be a text"),
            ({"id": "1", "passages": [{"document": "a", "start": 4, "end": 3}]}, "'end' must be"),
            ({"id": "1", "citations": [{"document": "a", "quote": "x"}]}, "'quote' must be given with its"),
            ({"id": "1", "abstained": "no"}, "'abstained' must be true or false"),
            ({"id": "1", "seconds": True}, "'seconds' must be a number"),
            ({"id": "1", "passages": ["a"]}, "'passages' must be a list of objects"),
            ({"id": "1", "state": "sure"}, "'state' must be"),
            ({"id": "1", "short": "June"}, "'short' must be an object"),
            ({"id": "1", "short": {"start": 1}}, "short: 'document' must be"),
            ({"id": "1", "statements": [{"citations": []}]}, "statements: 'text' must be"),
            ({"id": "1", "statements": [{"text": "x", "citations": [{}]}]}, "citations: 'document' must be"),
            (
                {"id": "1", "also": [{"document": "a", "probability": 3}]},
                "'probability' must be a number from",
            ),
            ({"id": "0"}, "the id '0' is used twice"),
        ],
    )
    def test_a_wrong_line_is_named(self, written: Any, row: dict[str, Any], complaint: str) -> None:
        path = written({"id": "0"}, row)
        with pytest.raises(UserError, match=complaint) as error:
            read_predictions(path)
        assert f"{path}, line 2" in str(error.value)
