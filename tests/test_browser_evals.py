"""Feedback on an answer, and the Evals tab, in a real browser: from a thumb to a case, and from a case to a figure."""

import json
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from assistant.chain import AnswerChain
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Question
from evals.cases import read_cases
from evals.making import PendingCases
from tests.browser import Server, Visit, needs_chromium, visited
from tests.conftest import write_notes

pytestmark = needs_chromium

HEIGHT = "How high is the tower of the bridge?"
NOWHERE = "Who painted the mayor's portrait in oil?"
FERRY = "What does the ferry cost?"


def answered(id: str, question: str, answer: str) -> dict[str, object]:
    return {"id": id, "question": question, "answerable": True, "answers": [answer], "tags": ["a"]}


CASES = [
    answered("height", HEIGHT, "31 metres"),
    answered("opened", "When was the stone bridge opened?", "1888"),
    answered("wrong", FERRY, "nine crowns"),
    {"id": "nobody", "question": "Who is the king of Siam?", "answerable": False, "tags": []},
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("evals")
    kept = folder / "evaluations" / "cases" / "town.jsonl"
    kept.parent.mkdir(parents=True)
    kept.write_text("".join(json.dumps(row) + "\n" for row in CASES), "utf-8")
    corpus = write_notes(folder / "corpus")
    return load_settings(corpus=corpus, index=folder / "index", evaluations=folder / "evaluations")


@pytest.fixture
def visit(
    server: Server, browser: Browser, settings: Settings, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """A fresh conversation, in which no error is logged and no other host is asked; nothing waits to be reviewed."""
    for name in ("pending.jsonl", "cases/feedback.jsonl"):
        (settings.evaluations / name).unlink(missing_ok=True)
    with visited(server, browser, getattr(request, "param", (1440, 900))) as made:
        yield made


def open_evals(visit: Visit) -> Page:
    visit.page.get_by_role("tab", name="Evals").click()
    visit.page.locator("#sets input").first.wait_for()
    return visit.page


def select_words(page: Page, words: str) -> None:
    """As a user does with the mouse, in a source."""
    page.evaluate(
        """words => {
          const walker = document.createTreeWalker(document.querySelector("#panel"), NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(words);
            if (at < 0 || !walker.currentNode.parentElement.closest("[data-document]")) continue;
            const range = document.createRange();
            range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return;
          }
          throw new Error("no such words");
        }""",
        words,
    )


def test_from_a_thumb_to_an_accepted_case_in_four_clicks(visit: Visit, settings: Settings) -> None:
    turn = visit.ask(HEIGHT)
    page = visit.page
    turn.get_by_label("Something is wrong").click()  # one
    turn.get_by_role("button", name="should have been silent").click()  # two
    turn.get_by_text("Noted as should have been silent").wait_for()
    page.get_by_role("tab", name="Evals").click()  # three
    page.get_by_role("button", name="Accept as a case").click()  # four
    page.get_by_text("is a case now").wait_for()
    (case,) = read_cases(settings.evaluations / "cases" / "feedback.jsonl")
    assert (case.question, case.answerable, case.tags) == (
        HEIGHT,
        False,
        ("feedback", "should_have_been_silent"),
    )
    assert PendingCases(settings.evaluations).waiting() == []


def test_words_marked_in_a_source_become_the_evidence(visit: Visit, settings: Settings) -> None:
    turn = visit.ask(HEIGHT)
    page = visit.page
    turn.get_by_label("Something is wrong").click()
    turn.get_by_role("button", name="wrong", exact=True).click()
    turn.get_by_text("Noted as wrong").wait_for()
    select_words(page, "tower is 31 metres")
    turn.get_by_role("button", name="use the selected words").click()
    turn.get_by_text("Marked as right: “tower is 31 metres”").or_(
        turn.locator("q", has_text="tower is 31 metres")
    ).first.wait_for()
    open_evals(visit)
    page.get_by_role("button", name="Accept as a case").click()
    page.get_by_text("is a case now").wait_for()
    (case,) = read_cases(settings.evaluations / "cases" / "feedback.jsonl")
    (evidence,) = case.evidence
    assert (evidence.document, evidence.quote) == ("bridge.md", "tower is 31 metres")
    assert case.answers == ("tower is 31 metres",)


def test_a_thumb_up_keeps_what_was_right(visit: Visit, settings: Settings) -> None:
    turn = visit.ask(HEIGHT)
    turn.get_by_label("This is right").click()
    turn.get_by_text("Noted as right").wait_for()
    (waiting,) = PendingCases(settings.evaluations).waiting()
    assert (waiting.kind, waiting.question) == ("right", HEIGHT)
    assert waiting.cited[0].document == "bridge.md"
    assert waiting.generation


def test_what_is_right_must_be_known_before_a_case_is_made(visit: Visit, settings: Settings) -> None:
    turn = visit.ask(HEIGHT)
    turn.get_by_label("Something is wrong").click()
    turn.get_by_role("button", name="out of date").click()
    turn.get_by_text("Noted as out of date").wait_for()
    turn.get_by_role("button", name="use the selected words").click()
    turn.get_by_text("stand in no document").wait_for()
    page = open_evals(visit)
    page.get_by_role("button", name="Accept as a case").click()
    page.get_by_text("What is right is not known yet").wait_for()
    page.get_by_label("Right answer").fill("32 metres")
    page.get_by_role("button", name="Accept as a case").click()
    page.get_by_text("is a case now").wait_for()
    (case,) = read_cases(settings.evaluations / "cases" / "feedback.jsonl")
    assert case.answers == ("32 metres",)
    assert case.wrong_answers == ("31 metres",)


def test_feedback_can_be_dropped(visit: Visit, settings: Settings) -> None:
    turn = visit.ask(NOWHERE)
    turn.get_by_label("Something is wrong").click()
    turn.get_by_role("button", name="missing").click()
    turn.get_by_text("Noted as missing").wait_for()
    page = open_evals(visit)
    page.get_by_role("button", name="Drop").click()
    page.get_by_text("Dropped.").wait_for()
    assert PendingCases(settings.evaluations).waiting() == []


def test_a_set_is_run_shown_compared_and_a_case_is_opened_and_asked(visit: Visit) -> None:
    page = open_evals(visit)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Choose at least one set").wait_for()
    for _ in range(2):
        page.get_by_label("town").check()
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_text("Asked 4 cases; kept as").wait_for()
    page.get_by_text("3 with an answer").wait_for()
    page.get_by_text("0 won, 0 lost").wait_for()  # against the run before
    assert (
        page.get_by_label("Compared with").input_value() < page.get_by_label("Run", exact=True).input_value()
    )
    with page.expect_popup() as popup:
        page.get_by_role("link", name=FERRY).click()
    report = popup.value
    report.locator(".case[open] .inside").wait_for()
    assert "nine crowns" in report.locator(".case[open]").inner_text()
    policy = page.request.get(report.url.partition("#")[0]).headers["content-security-policy"]
    assert "script-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    report.close()
    assert page.locator(".failing li", has_text=FERRY).get_by_text("wrong: not found").count() == 1
    page.get_by_role("button", name="Ask it").first.click()
    assert visit.box.input_value() == FERRY


def test_a_run_is_stopped_and_what_was_answered_is_kept(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, go_on = AnswerChain.invoke, threading.Event()

    def slow(chain: AnswerChain, question: Question) -> Answer:
        go_on.wait(10)
        return real(chain, question)

    monkeypatch.setattr(AnswerChain, "invoke", slow)
    page = open_evals(visit)
    page.get_by_label("town").check()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Asked 0 of 4 cases").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.wait_for_timeout(500)
    go_on.set()
    page.get_by_text("Stopped after 1 of 4 cases").wait_for()
    newest = max((settings.evaluations / "runs").iterdir(), key=lambda folder: folder.stat().st_mtime)
    assert len((newest / "predictions.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize("visit", [(390, 800)], indirect=True)
def test_the_tab_fits_a_telephone(visit: Visit) -> None:
    page = open_evals(visit)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_report_that_is_not_there_is_told(server: Server, visit: Visit) -> None:
    reply = visit.page.request.get(f"{server.url}/evaluation?run=../../x")
    assert reply.status == 404
    assert "There is no such run" in reply.text()
