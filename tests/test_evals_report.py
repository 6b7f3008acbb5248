"""What a person sees of an evaluation: the tables and the page."""

import base64
import gzip
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageColor
from rich.console import Console
from rich.table import Table
from scipy.stats import binomtest

from assistant.errors import UserError
from evals.cases import CitedSpan, Corpus, EvalCase, Evidence, Prediction, ShownStatement
from evals.runs import Result, write_report
from evals.runs.outcomes import Outcome, interval
from evals.runs.report import plots, render
from evals.runs.report.excerpts import Piece, excerpt
from evals.runs.tables import folded, headline, table, tag_table

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
        assert "with an answer" in printed(headline(empty))


def shown(**more: Any) -> str:
    """The page of one case."""
    asked = case("1", answers=("June",), evidence=(JUNE,))
    return render(Result.of("one", [asked], {"1": Prediction("1", **more)}, CORPUS), CORPUS)


def words_of(page: str) -> str:
    return " ".join(" ".join(Tags(page).texts).split())


def unpacked(page: str, name: str) -> Any:
    """What a block of the page holds for its script."""
    found = re.search(f'<script type="text/plain" id="{name}">([A-Za-z0-9+/=]+)</script>', page)
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def told_of(**more: Any) -> dict[str, Any]:
    """What the page holds of one case."""
    details: dict[str, Any] = unpacked(shown(**more), "block0")["cases"][0]
    return details


class TestCaseOnThePage:
    def test_the_short_answer_and_the_statements_are_kept_apart(self) -> None:
        place, short = CitedSpan(HOSTILE, *JUNE.span, "It closed in June."), CitedSpan("b", 0, 5, HOSTILE)
        statements = (ShownStatement("It closed in June.", (place,)),)
        told = told_of(answer="x", state="answered", short=short, statements=statements, also=())
        assert told["short"] == ["b [0:5]", HOSTILE, False, False, None]
        assert told["statements"] == ["It closed in June."]

    def test_what_else_may_answer_is_listed_with_its_probability(self) -> None:
        also = (CitedSpan(HOSTILE, *JUNE.span, "It closed in June.", 0.254),)
        told = told_of(answer="x", state="answered", statements=(), also=also)
        assert told["also"] == [
            [f"{HOSTILE} [{JUNE.span[0]}:{JUNE.span[1]}]", "It closed in June.", True, True, 0.254]
        ]

    @pytest.mark.parametrize(
        ("state", "told"),
        [("unsure", "It was unsure."), ("silent", "It was silent."), (None, "It abstained.")],
    )
    def test_a_state_is_told_in_words(self, state: str | None, told: str) -> None:
        assert told_of(abstained=True, answer="", state=state)["state"] == told

    def test_a_passage_that_many_cases_found_stands_once_with_its_evidence_marked(self) -> None:
        passages = tuple(CitedSpan(HOSTILE, 0, len(TEXT)) for _ in range(30))
        cases = [case(str(at), answers=("June",), evidence=(JUNE,)) for at in range(50)]
        made = {c.id: Prediction(c.id, answer="June", citations=(), passages=passages) for c in cases}
        block = unpacked(render(Result.of("many", cases, made, CORPUS), CORPUS), "block0")
        (passage,) = block["passages"]
        assert [text for text, marked in passage[2] if marked] == ["It closed in June."]
        assert block["cases"][49]["passages"] == [0] * 10
        assert block["cases"][0]["evidence"] == [[HOSTILE, "It closed in June.", 1]]


class TestTables:
    def test_what_came_of_the_cases_is_counted_first_each_with_its_interval(self, result: Result) -> None:
        lines = printed(headline(result)).splitlines()
        told = [re.split(r"\s{2,}", line.strip()) for line in lines if "with" in line]
        assert told[0] == [
            "with an answer",
            "6",
            "1 · 17% (3–56)",
            "3 · 50% (19–81)",
            "1 · 17% (3–56)",
        ]
        assert told[1] == ["without one", "2", "1 · 50% (9–91)", "1 · 50% (9–91)", "(is right)"]
        assert any(re.search(r"not graded +1 *$", line) for line in lines)

    def test_a_share_has_the_interval_of_a_reference(self) -> None:
        for count, n in ((0, 5), (1, 5), (81, 142), (41, 41)):
            low, high = binomtest(count, n).proportion_ci(method="wilson")
            assert interval(count, n) == pytest.approx((low, high), abs=1e-6)

    def test_the_rest_is_folded_by_group(self, result: Result) -> None:
        told = printed(folded(result))
        assert re.search(r"Abstaining +unanswerable_recall 0.500", told)
        assert "exact_match" not in told

    def test_the_table_prints_the_value_and_of_how_many_cases_it_is(self, result: Result) -> None:
        line = next(line for line in printed(table(result)).splitlines() if "unanswerable_recall" in line)
        assert line.split()[1:] == ["unanswerable_recall", "│", "0.500", "│", "2", "│"]

    def test_tags_are_printed_as_they_are_and_not_as_markup(self, result: Result) -> None:
        assert "[red]" in printed(tag_table(result))


class TestPage:
    def test_what_came_of_the_cases_stands_first(self, page: str) -> None:
        told = words_of(page)
        assert (
            "with an answer (1 answered, not graded) 6 1 17% (3–56) 3 50% (19–81) 1 17% (3–56) without one 2"
            in told
        )
        assert told.index("Right, wrong, not answered") < told.index("The rest")

    def test_nothing_of_a_document_or_question_becomes_markup(self, page: str) -> None:
        tags = Tags(page)
        assert page.count("<script") == 3  # the list, one block, and the page's own
        assert "img" not in tags.names
        assert not any(name.startswith("on") for name in tags.attributes)
        assert any("<script>alert(1)</script>" in text for text in tags.texts)

    def test_the_page_runs_its_own_script_and_loads_nothing(self, page: str) -> None:
        tags = Tags(page)
        assert not {"src", "action"} & tags.attributes
        own = page.rpartition("<script>")[2].partition("</script>")[0]
        hashed = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        assert (
            f"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-{hashed}&#39;"
            in page
        )
        assert "url(" not in page
        assert "@import" not in page
        assert "innerHTML" not in own

    def test_each_case_says_why_it_is_not_as_it_should_be(self, page: str) -> None:
        data = unpacked(page, "data")
        reasons = {entry[0]: data["whys"][entry[4]] if entry[4] >= 0 else "" for entry in data["entries"]}
        assert reasons == {
            "right": "",
            "wrong": "not found",
            "silent": "not found",
            "quiet": "",
            "loud": "not silent",
            "open": "",
            "broken": "failed",
            "absent": "failed",
        }

    def test_half_a_surrogate_pair_does_not_stop_the_report(self, tmp_path: Path) -> None:
        broken = Corpus({"a": "half \ud800 pair"})
        asked, made = EvalCase("1", "?"), Prediction("1", answer="\ud800", passages=(CitedSpan("a"),))
        write_report(Result.of("odd", [asked], {"1": made}, broken), broken, tmp_path)
        block = unpacked((tmp_path / "report.html").read_text("utf-8"), "block0")
        assert block["passages"][0][2] == [["half ? pair", 0]]
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


def test_plots_lie_beside_the_report_as_far_as_there_is_something_to_plot(tmp_path: Path) -> None:
    sure = [replace(each, confidence=0.3 + 0.1 * at) for at, each in enumerate(PREDICTIONS)]
    of = [
        Result.of("own $1$", CASES, {each.id: each for each in made}, CORPUS) for made in (sure, PREDICTIONS)
    ]
    write_report(of[0], CORPUS, tmp_path)
    drawn = {
        path.name: {colour for _, colour in Image.open(path).convert("RGB").getcolors(1_000_000) or ()}
        for path in tmp_path.glob("*.png")
    }
    assert drawn.keys() == {"reliability.png", "risk_coverage.png", "tags.png"}
    for name, colours in (
        ("tags", (plots.GOOD, plots.BAD)),
        ("reliability", (plots.GOOD,)),
        ("risk_coverage", (plots.BAD,)),
    ):
        assert {ImageColor.getrgb(each) for each in colours} <= drawn[f"{name}.png"]
    write_report(of[1], CORPUS, tmp_path)  # those of the result before would be wrong
    assert {path.name for path in tmp_path.glob("*.png")} == {"tags.png"}
