"""Cases in YAML, conversations of several turns, and cases made of a CSV file."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from assistant.errors import UserError
from assistant.types import Answer, Question, Turn
from evals.cases import EvalCase, Evidence, gather, read_cases, resolve_all, to_line, write_cases
from evals.making import cases_from_csv
from evals.runs import System, evaluate

TEXTS = {
    "bank": "The bank opened in May. It closed in June. Nobody knows why.",
    "mill": "The mill closed in June. The mill has 3 floors.",
}
YAML = """\
# what we know
- id: 007
  question: When did the bank close?
  answerable: true
  answers: [June, 1888, 2.50]
  as_of: 2026-03-31
  evidence:
    - document: bank
      quote: It closed in June.
      start: 24
- id: nobody
  question: "Who owns it: anybody?"
  answerable: no
  tags: [near_miss]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cases.yaml"


class TestYaml:
    def test_it_says_the_same_as_json_lines(self, file: Path) -> None:
        file.write_text(YAML, "utf-8")
        cases = read_cases(file)
        other = file.with_suffix(".jsonl")
        write_cases(other, cases)
        assert read_cases(other) == cases
        assert (cases[0].id, cases[0].answers) == ("007", ("June", "1888", "2.50"))
        assert cases[0].evidence == (Evidence("bank", "It closed in June.", 24),)
        assert [case.place.rpartition(", ")[2] for case in cases] == ["line 2", "line 11"]

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("- id: 1\n  question: [", "not valid YAML"),
            ("id: 1", "expected a list"),
            ("- just words", "line 1: expected fields"),
            (
                "- {id: a, question: x, answerable: true}\n- {id: a, question: y, answerable: true}",
                "line 2: the id 'a'",
            ),
            ("-\n  id: a\n  question: x\n  id: b", "line 4: the field 'id' is given twice"),
            ("- {id: a, question: x, answerable: true, anwsers: [y]}", "line 1: unknown field 'anwsers'"),
            ("- {id: a, question: x, answerable: maybe}", "'answerable' must be true or false"),
            ("", "no cases"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_line(self, file: Path, text: str, told: str) -> None:
        file.write_text(text, "utf-8")
        with pytest.raises(UserError, match=told):
            read_cases(file)


CONVERSATION = {
    "id": "talk",
    "tags": ["conversation"],
    "as_of": "2026-01-01",
    "turns": [
        {"question": "When did the bank close?", "answerable": True, "answers": ["June"]},
        {"question": "And the mill?", "answerable": True, "answers": ["June"]},
        {"question": "Why?", "answerable": False},
    ],
}


class TestConversations:
    @pytest.fixture
    def talk(self, tmp_path: Path) -> Path:
        path = tmp_path / "talk.jsonl"
        path.write_text(json.dumps(CONVERSATION), "utf-8")
        return path

    def test_each_turn_is_a_case_that_follows_the_one_before(self, talk: Path) -> None:
        cases = read_cases(talk)
        assert [(case.id, case.follows) for case in cases] == [
            ("talk.1", None), ("talk.2", "talk.1"), ("talk.3", "talk.2"),
        ]  # fmt: skip
        assert {case.tags for case in cases} == {("conversation",)}
        assert {str(case.as_of) for case in cases} == {"2026-01-01"}

    def test_a_turn_is_asked_after_the_answers_that_were_really_given(self, talk: Path) -> None:
        asked: list[Question] = []

        def answer(question: Question) -> Answer:
            asked.append(question)
            if "mill" in question.text:
                raise UserError("The mill is closed.")
            return Answer(question.text, "quote", "g", state="silent", abstention="Nothing.")

        evaluate([talk], System(answer, TEXTS), Console(file=io.StringIO()))
        first = (Turn("user", "When did the bank close?"), Turn("assistant", ""))
        assert [question.history for question in asked] == [(), first, first]  # what failed is left out

    def test_two_files_with_one_id_keep_their_conversations_apart(self, talk: Path) -> None:
        other = talk.with_name("other.jsonl")
        other.write_bytes(talk.read_bytes())
        assert [case.follows for case in gather([talk, other])] == [
            None, "talk:talk.1", "talk:talk.2", None, "other:talk.1", "other:talk.2",
        ]  # fmt: skip

    def test_what_follows_a_stale_turn_is_stale(self) -> None:
        gone = EvalCase("1", "?", evidence=(Evidence("bank", "It reopened."),))
        cases, stale = resolve_all([gone, EvalCase("2", "And?", follows="1"), EvalCase("3", "?")], TEXTS)
        assert [case.id for case in cases] == ["3"]
        assert len(stale) == 2

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"turns": []}, "'turns' must be a list of at least one turn"),
            ({"turns": [{"question": ""}]}, "line 1, turn 1: 'question' must be"),
            ({"question": "x"}, "unknown field 'question'"),
        ],
    )
    def test_a_broken_one_is_told(self, talk: Path, change: dict[str, object], told: str) -> None:
        talk.write_text(json.dumps({**CONVERSATION, **change}), "utf-8")
        with pytest.raises(UserError, match=told):
            read_cases(talk)

    def test_a_case_can_only_follow_one_before_it(self, talk: Path) -> None:
        talk.write_text('{"id": "1", "question": "?", "answerable": true, "follows": "2"}', "utf-8")
        with pytest.raises(UserError, match="it follows '2', which is no case before it"):
            read_cases(talk)


class TestCsv:
    def made(
        self, tmp_path: Path, *rows: str, header: str = "question,answer,document,quote,as_of,tags"
    ) -> list[dict[str, object]]:
        path = tmp_path / "faq.csv"
        path.write_text("\n".join([header, *rows]), "utf-8")
        return [to_line(case) for case in cases_from_csv(path, TEXTS).cases]

    def test_evidence_is_the_sentence_that_holds_the_answer_and_most_of_the_question(
        self, tmp_path: Path
    ) -> None:
        (case,) = self.made(tmp_path, "When did the mill close in the end?,June,,,2026-03-31,old mills")
        assert case["evidence"] == [{"document": "mill", "quote": "The mill closed in June.", "start": 0}]
        assert (case["as_of"], case["tags"]) == ("2026-03-31", ["old", "mills"])

    def test_where_two_sentences_may_be_meant_none_is_taken(self, tmp_path: Path) -> None:
        path = tmp_path / "faq.csv"
        path.write_text("question;answer\nWhat closed in June?;June", "utf-8")
        found = cases_from_csv(path, TEXTS)
        assert found.cases[0].evidence == ()
        assert "line 2: no single sentence holds the answer" in found.open[0]

    def test_a_quote_is_resolved_and_several_answers_are_accepted(self, tmp_path: Path) -> None:
        (case,) = self.made(tmp_path, "How many floors?,3 | three,mill,has 3  floors,,")
        assert (case["answers"], case["evidence"]) == (
            ["3", "three"], [{"document": "mill", "quote": "has 3 floors", "start": 34}],
        )  # fmt: skip

    def test_without_an_answer_it_should_be_silent(self, tmp_path: Path) -> None:
        (case,) = self.made(tmp_path, "Who owns it?,,,,,")
        assert case["answerable"] is False

    @pytest.mark.parametrize(
        ("rows", "told"),
        [
            (("When?,June,nowhere,,,",), "line 2: the corpus has no document 'nowhere'"),
            (("When?,June,,It reopened.,,",), "line 2: These words stand in no document"),
            (("When?,June,,,soon,",), "line 2: 'as_of' must be a day"),
            (("ok?,,,,,", ",June,,,,"), "line 3: the question is empty"),
            ((), "no questions"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_line(
        self, tmp_path: Path, rows: tuple[str, ...], told: str
    ) -> None:
        with pytest.raises(UserError, match=told):
            self.made(tmp_path, *rows)

    @pytest.mark.parametrize(
        ("header", "told"),
        [("question", "must name `question` and `answer`"), ("question,answer,who", "unknown column 'who'")],
    )
    def test_a_wrong_header_is_told(self, tmp_path: Path, header: str, told: str) -> None:
        with pytest.raises(UserError, match=told):
            self.made(tmp_path, "When?,June", header=header)
