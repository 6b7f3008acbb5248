"""What a person sees of an evaluation: the tables and the page."""

import io
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from assistant.errors import UserError
from evals.cases import CitedSpan, Corpus, EvalCase, Evidence, Prediction, ShownStatement
from evals.runs import Result, write_report
from evals.runs.excerpts import Piece, excerpt
from evals.runs.report import render
from evals.runs.results import Outcome
from evals.runs.tables import headline, table, tag_table

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}\"'[red]"
TEXT = f"The bank opened in May. {HOSTILE} It closed in June."
CORPUS = Corpus({HOSTILE: TEXT, "b": "Rates rose to 20 million."})
JUNE = Evidence(HOSTILE, "It closed in June.", TEXT.index("It closed"))


def case(id: str, *, answerable: bool = True, **more: object) -> EvalCase:
    return EvalCase(id, f"{HOSTILE}?", answerable=answerable, tags=(HOSTILE,), **more)  # type: ignore[arg-type]


CASES = [
    case("right", answers=("June",), evidence=(JUNE,), wrong_answers=(HOSTILE,)),
    case("wrong", answers=("June",), evidence=(JUNE, Evidence("b"))),
    case("silent", answers=("June",), documents=()),
    case("quiet", answerable=False),
    case("loud", answerable=False),
    case("open"),
    case("broken", answers=("June",)),
    case("absent", answers=("June",)),
]
PREDICTIONS = [
    Prediction(
        "right",
        answer="June",
        citations=(CitedSpan(HOSTILE, *JUNE.span, "It closed in June."), CitedSpan("b", 0, 5, HOSTILE)),
        passages=(CitedSpan("b", 0, 25), CitedSpan(HOSTILE, 0, len(TEXT))),
        seconds=0.25,
    ),
    Prediction("wrong", answer=HOSTILE, citations=(), passages=()),
    Prediction("silent", abstained=True, answer=""),
    Prediction("quiet", abstained=True, answer=""),
    Prediction("loud", answer="Bob"),
    Prediction("open", answer="Bob"),
    Prediction.failed("broken", HOSTILE),
]


@pytest.fixture(scope="module")
def result() -> Result:
    return Result.of(HOSTILE, CASES, {made.id: made for made in PREDICTIONS}, CORPUS)


@pytest.fixture(scope="module")
def page(result: Result) -> str:
    return render(result, CORPUS)


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, page: str):
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def printed(made: Table) -> str:
    console = Console(file=io.StringIO(), width=250)
    console.print(made)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


class TestResult:
    def test_each_case_has_its_outcome(self, result: Result) -> None:
        assert result.outcomes == [
            Outcome.right,
            Outcome.wrong,
            Outcome.abstained_wrongly,
            Outcome.abstained_rightly,
            Outcome.answered_wrongly,
            Outcome.ungraded,
            Outcome.failed,
            Outcome.failed,
        ]

    def test_without_short_answers_an_answer_is_right_that_cites_evidence(self) -> None:
        cases = [case(id, evidence=(JUNE,)) for id in ("right", "wrong")]
        cited = {"right": CitedSpan(HOSTILE, *JUNE.span), "wrong": CitedSpan("b", 0, 5)}
        made = {id: Prediction(id, answer="x", citations=(place,)) for id, place in cited.items()}
        found = Result.of("long", cases, made, CORPUS)
        assert found.outcomes == [Outcome.right, Outcome.wrong]

    def test_cases_without_a_prediction_are_counted(self, result: Result) -> None:
        assert (result.missing, result.unknown) == (2, 0)

    def test_only_tags_of_five_cases_get_a_line(self, result: Result) -> None:
        few = Result.of("few", CASES[:4], {}, CORPUS)
        assert [line.tag for line in result.tags] == [HOSTILE]
        assert few.tags == []

    def test_a_set_without_predictions_can_be_shown(self) -> None:
        empty = Result.of("none", CASES, {}, CORPUS)
        assert empty.metrics == {}
        assert "no predictions" in render(empty, CORPUS)
        assert "none" in printed(headline(empty))


def shown(**more: Any) -> str:
    """The page of one case."""
    asked = case("1", answers=("June",), evidence=(JUNE,))
    return render(Result.of("one", [asked], {"1": Prediction("1", **more)}, CORPUS), CORPUS)


def words_of(page: str) -> str:
    return " ".join(" ".join(Tags(page).texts).split())


class TestAnswerOnThePage:
    def test_the_short_answer_comes_before_the_statements(self) -> None:
        place, short = CitedSpan(HOSTILE, *JUNE.span, "It closed in June."), CitedSpan("b", 0, 5, HOSTILE)
        statements = (ShownStatement("It closed in June.", (place,)),)
        page = shown(answer="x", state="answered", short=short, statements=statements, also=())
        assert f"Answered {HOSTILE} b [0:5] not the document's words It closed in June." in words_of(page)
        assert "Also in the documents" not in page

    def test_what_else_may_answer_is_listed_with_its_probability(self) -> None:
        also = (CitedSpan(HOSTILE, *JUNE.span, "It closed in June.", 0.254),)
        page = words_of(shown(answer="x", state="answered", statements=(), also=also))
        assert "Also in the documents It closed in June." in page
        assert f"{HOSTILE} [{JUNE.span[0]}:{JUNE.span[1]}] · 0.25 is evidence" in page

    @pytest.mark.parametrize(
        ("state", "told"),
        [("unsure", "It was unsure."), ("silent", "It was silent."), (None, "It abstained.")],
    )
    def test_a_state_is_told_in_words(self, state: str | None, told: str) -> None:
        assert told in shown(abstained=True, answer="", state=state)

    def test_the_candidates_of_an_unsure_answer_are_set_apart(self) -> None:
        also = (CitedSpan("b", 0, 5, "Rates", 0.2),)
        page = words_of(shown(abstained=True, answer="", state="unsure", statements=(), also=also))
        assert "This may answer it Rates b [0:5] · 0.20" in page
        assert "is not evidence" not in page


class TestTables:
    def test_what_came_of_the_cases_is_counted_first(self, result: Result) -> None:
        counts = Counter(result.outcomes)
        rows = [re.findall(r"\d+", line) for line in printed(headline(result)).splitlines() if "with" in line]
        silent, answered = counts[Outcome.abstained_rightly], counts[Outcome.answered_wrongly]
        assert rows[-1][:3] == [str(silent + answered), str(silent), str(answered)]
        right, wrong = counts[Outcome.right], counts[Outcome.wrong] + counts[Outcome.failed]
        silent = counts[Outcome.abstained_wrongly]
        ungraded = counts[Outcome.ungraded]
        assert rows[0] == [str(right + wrong + silent + ungraded), str(right), str(wrong), str(silent)]
        assert f"not graded │ {ungraded} │" in printed(headline(result))

    def test_the_table_prints_the_value_and_of_how_many_cases_it_is(self, result: Result) -> None:
        line = next(line for line in printed(table(result)).splitlines() if "unanswerable_recall" in line)
        assert line.split()[1:] == ["unanswerable_recall", "│", "0.500", "│", "2", "│"]

    def test_tags_are_printed_as_they_are_and_not_as_markup(self, result: Result) -> None:
        assert "[red]" in printed(tag_table(result))


class TestPage:
    def test_what_came_of_the_cases_stands_first(self, page: str) -> None:
        told = words_of(page)
        assert "with an answer (1 answered, not graded) 6 1 3 1 without one 2 1 1 is right" in told
        assert told.index("Right, wrong, not answered") < told.index("Metrics")

    def test_nothing_of_a_document_or_question_becomes_markup(self, page: str) -> None:
        tags = Tags(page)
        assert "script" not in tags.names
        assert "img" not in tags.names
        assert not any(name.startswith("on") for name in tags.attributes)
        assert any("<script>alert(1)</script>" in text for text in tags.texts)

    def test_the_page_loads_nothing(self, page: str) -> None:
        tags = Tags(page)
        assert not {"src", "href", "action"} & tags.attributes
        assert "default-src 'none'" in page
        assert "url(" not in page
        assert "@import" not in page

    def test_evidence_is_marked_in_the_passage_that_holds_it(self, page: str) -> None:
        assert "<mark>It closed in June.</mark>" in page
        assert "found at 2" in page
        assert "not found" in page

    def test_citations_say_whether_they_hold(self, page: str) -> None:
        assert "is evidence" in page
        assert "is not evidence" in page
        assert "not the document&#39;s words" in page or "not the document's words" in page

    def test_a_thousand_cases_stay_a_page_that_opens(self) -> None:
        passages = tuple(CitedSpan(HOSTILE, 0, len(TEXT)) for _ in range(30))
        cases = [case(str(at), answers=("June",), evidence=(JUNE,)) for at in range(1000)]
        made = {c.id: Prediction(c.id, answer="June", citations=(), passages=passages) for c in cases}
        assert len(render(Result.of("many", cases, made, CORPUS), CORPUS)) < 12_000_000

    def test_half_a_surrogate_pair_does_not_stop_the_report(self, tmp_path: Path) -> None:
        broken = Corpus({"a": "half \ud800 pair"})
        asked, made = EvalCase("1", "?"), Prediction("1", answer="\ud800", passages=(CitedSpan("a"),))
        write_report(Result.of("odd", [asked], {"1": made}, broken), broken, tmp_path)
        assert "half ? pair" in (tmp_path / "report.html").read_text("utf-8")
        assert json.loads((tmp_path / "metrics.json").read_text())["cases"] == 1

    def test_a_folder_that_cannot_be_written_is_explained(self, result: Result, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(UserError, match="choose another folder"):
            write_report(result, CORPUS, tmp_path / "file")


class TestExcerpts:
    def test_marks_are_cut_to_the_span(self) -> None:
        assert excerpt("abcdef", (1, 5), [(0, 2), (4, 9)]) == [
            Piece("b", marked=True),
            Piece("cd"),
            Piece("e", marked=True),
        ]

    def test_a_long_passage_is_shortened_around_its_first_mark(self) -> None:
        text = "x" * 1000 + "gold" + "y" * 1000
        pieces = excerpt(text, (0, len(text)), [(1000, 1004)], limit=300)
        assert [piece.text for piece in pieces if piece.marked] == ["gold"]
        assert pieces[0] == pieces[-1] == Piece("…")
        assert sum(len(piece.text) for piece in pieces) == 302
