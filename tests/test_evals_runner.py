"""Asking the cases, keeping what came back, and the whole of an evaluation."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from assistant.errors import ModelUnavailable, UserError
from assistant.types import Answer, Candidate, Citation, Passage, Question, Source, Statement
from evals.cases import (
    CitedSpan,
    EvalCase,
    Prediction,
    PredictionFile,
    ShownStatement,
    read_predictions,
)
from evals.runs import System, Wanted, evaluate
from evals.runs.runner import run

TEXTS = {"bank": "The bank opened in May. It closed in June.", "rates": "Rates rose."}
CASES = [
    {
        "id": "when",
        "question": "When did the bank close?",
        "answerable": True,
        "answers": ["June"],
        "evidence": [{"document": "bank", "quote": "It closed in  June."}],
        "tags": ["[bold]time"],
    },
    {"id": "who", "question": "Who owns the bank?", "answerable": False, "tags": ["[bold]time"]},
]
MADE = [
    Prediction("1", answer="June"),
    Prediction("2", abstained=True, answer="", passages=(CitedSpan("a", 1, 2),)),
    Prediction(
        "3",
        answer="It closed. In June.",
        state="answered",
        short=CitedSpan("bank", 37, 41, "June"),
        statements=(
            ShownStatement("It closed.", (CitedSpan("bank", 24, 33, "It closed"),)),
            ShownStatement("In June."),
        ),
        also=(CitedSpan("bank", 0, 8, "The bank", 0.25),),
    ),
    Prediction("4", abstained=True, answer="", state="silent", statements=(), also=()),
]


def reply(question: Question) -> Answer:
    """A tiny assistant: it knows when the bank closed, and nothing else."""
    source, text = Source("bank"), TEXTS["bank"]
    passages = (Passage(source, 0, len(text), text, 1.0),)
    if "close" not in question.text:
        return Answer(
            question.text, "quote", "g", state="silent", abstention="I searched.", passages=passages
        )
    quote = Citation(1, source, 24, 42, text[24:42])
    statements = (
        Statement("It closed in June.", (quote, Citation(2, source, 24, 42, text[24:42]))),
        Statement("It paid well.", (Citation(3, source, 0, 23, text[:23]),), outcome="unsupported"),
    )
    return Answer(question.text, "quote", "g", statements=statements, passages=passages)


def unreliable(question: Question) -> Answer:
    if "owns" in question.text:
        raise ModelUnavailable("The model does not answer; start it.")
    return reply(question)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "bank.jsonl"
    path.write_text("\n".join(map(json.dumps, CASES)), "utf-8")
    return path


SYSTEM = System(reply, TEXTS)


def quiet() -> Console:
    return Console(file=io.StringIO(), width=200)


class TestFromAnswer:
    def test_only_what_is_supported_counts_and_each_span_once(self) -> None:
        made = Prediction.from_answer("1", reply(Question("close?")))
        assert made.answer == "It closed in June."
        assert made.citations == (CitedSpan("bank", 24, 42, "It closed in June."),)
        assert made.passages == (CitedSpan("bank", 0, 42),)

    def test_an_abstention_has_no_words(self) -> None:
        made = Prediction.from_answer("1", reply(Question("Who?")))
        assert (made.abstained, made.answer, made.citations) == (True, "", ())
        assert (made.state, made.short, made.statements, made.also) == ("silent", None, (), ())

    def test_statements_are_kept_apart_as_they_are_shown(self) -> None:
        short = Citation(1, Source("bank"), 37, 41, "June")
        made = Prediction.from_answer("1", replace(reply(Question("close?")), short=short))
        cited = CitedSpan("bank", 24, 42, "It closed in June.")
        assert made.statements == (ShownStatement("It closed in June.", (cited, cited)),)
        assert (made.state, made.short) == ("answered", CitedSpan("bank", 37, 41, "June"))

    def test_what_the_system_is_unsure_of_is_no_answer(self) -> None:
        also = (Candidate(Source("bank"), 24, 42, "It closed in June.", 0.3),)
        unsure = replace(reply(Question("close?")), state="unsure", also=also)
        made = Prediction.from_answer("1", unsure)
        assert (made.abstained, made.answer, made.statements) == (True, "", ())
        assert made.also == (CitedSpan("bank", 24, 42, "It closed in June.", 0.3),)


class TestRun:
    def test_each_prediction_is_handed_on_as_soon_as_it_is_made(self) -> None:
        seen: list[str] = []

        def answer(question: Question) -> Answer:
            seen.append(f"asked {question.text}")
            return reply(question)

        run([EvalCase("1", "a"), EvalCase("2", "b")], answer, on_progress=lambda made: seen.append(made.id))
        assert seen == ["asked a", "1", "asked b", "2"]

    def test_a_user_error_fails_its_case_alone(self) -> None:
        failed, fine = run([EvalCase("1", "Who owns it?"), EvalCase("2", "closed?")], unreliable)
        assert (failed.error, failed.abstained, failed.answer) == (
            "The model does not answer; start it.",
            False,
            "",
        )
        assert fine.error is None
        assert fine.seconds is not None

    def test_a_defect_ends_the_run(self) -> None:
        def broken(question: Question) -> Answer:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            run([EvalCase("1", "?")], broken)


class TestPredictionFile:
    def test_what_is_written_reads_back_the_same(self, tmp_path: Path) -> None:
        path = tmp_path / "new" / "p.jsonl"
        with PredictionFile(path) as file:
            for made in MADE:
                file.add(made)
        assert read_predictions(path) == {made.id: made for made in MADE}

    def test_an_interrupted_run_keeps_what_it_had(self, tmp_path: Path) -> None:
        path = tmp_path / "p.jsonl"

        def answer(question: Question) -> Answer:
            if question.text == "stop":
                raise KeyboardInterrupt
            return reply(question)

        with PredictionFile(path) as file:
            with pytest.raises(KeyboardInterrupt):
                run([EvalCase("1", "a"), EvalCase("2", "stop")], answer, on_progress=file.add)
            assert list(read_predictions(path)) == ["1"]

    def test_failures_are_kept_apart_and_forgotten_by_the_next_run(self, tmp_path: Path) -> None:
        path, failures = tmp_path / "p.jsonl", tmp_path / "p.failed.jsonl"
        with PredictionFile(path) as file:
            file.add(Prediction.failed("1", "no model"))
        assert read_predictions(path) == {}
        assert read_predictions(failures)["1"].error == "no model"
        PredictionFile(path).__exit__(None, None, None)
        assert not failures.exists()

    def test_a_place_that_cannot_be_written_is_explained(self, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="choose another place"):
            PredictionFile(tmp_path)


class TestEvaluate:
    def test_a_run_leaves_predictions_metrics_and_a_page(self, cases: Path, tmp_path: Path) -> None:
        kept, folder, console = tmp_path / "p.jsonl", tmp_path / "report", quiet()
        result = evaluate([cases], SYSTEM, console, Wanted(predictions=kept, report=folder))
        assert result.metrics["contains"].value == result.metrics["unanswerable_recall"].value == 1
        assert list(read_predictions(kept)) == ["when", "who"]
        assert json.loads((folder / "metrics.json").read_text()) == result.to_json()
        assert "<h1>bank</h1>" in (folder / "report.html").read_text("utf-8")
        assert isinstance(console.file, io.StringIO)
        assert "quote_exact 1.000" in console.file.getvalue()

    def test_a_failed_case_counts_as_missing_and_is_told(self, cases: Path) -> None:
        console = quiet()
        result = evaluate([cases], System(unreliable, TEXTS), console)
        assert result.missing == 1
        assert result.metrics["unanswerable_recall"].value == 0
        assert isinstance(console.file, io.StringIO)
        assert "who: The model does not answer; start it." in console.file.getvalue()

    def test_another_system_is_compared_case_by_case(self, cases: Path, tmp_path: Path) -> None:
        other = tmp_path / "other.jsonl"
        rows = [{"id": "when", "abstained": False, "answer": "May"}, {"id": "who", "answer": "Bob"}]
        other.write_text("\n".join(map(json.dumps, rows)), "utf-8")
        result = evaluate([cases], SYSTEM, quiet(), Wanted(compare=str(other)))
        assert result.compared["accuracy_overall"].difference == 1
        assert result.to_json()["metrics"]["accuracy_overall"]["other"] == 0
        assert "citation_f1" not in result.compared

    def test_a_case_whose_evidence_is_gone_is_stale_and_no_miss(self, cases: Path) -> None:
        console = quiet()
        changed = {**TEXTS, "bank": "The bank opened in May. It shut in June."}
        result = evaluate([cases], System(reply, changed), console)
        assert [case.id for case in result.cases] == ["who"]
        assert isinstance(console.file, io.StringIO)
        told = console.file.getvalue()
        assert "bank.jsonl, line 1, case 'when': 'bank' does not contain" in told
        assert "1 stale ones set aside" in told

    def test_a_quote_that_stands_twice_is_told(self, tmp_path: Path) -> None:
        path, console = tmp_path / "twice.jsonl", quiet()
        row = {"id": "1", "question": "Did it close?", "answerable": True}
        for start, told in ((None, True), (24, False)):
            quote = {"document": "bank", "quote": "It closed in June."} | ({"start": start} if start else {})
            path.write_text(json.dumps({**row, "evidence": [quote]}), "utf-8")
            console = quiet()
            evaluate([path], System(reply, {"bank": TEXTS["bank"] + " It closed in June."}), console)
            assert isinstance(console.file, io.StringIO)
            assert ("stands 2 times in 'bank'; the first is taken" in console.file.getvalue()) is told

    def test_a_broken_set_is_refused_before_anything_is_asked(self, cases: Path) -> None:
        def never(question: Question) -> Answer:
            raise AssertionError(question)

        with pytest.raises(UserError, match="no document 'bank'"):
            evaluate([cases], System(never, {}), quiet())
