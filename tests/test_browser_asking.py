"""Asking in a hurry, in a real browser: while an answer comes, after a reload, a restart, and with others in line."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pydantic import SecretStr

from assistant.settings import Settings, load_settings
from tests.browser import Server, Visit, needs_chromium
from tests.chat_servers import Scripted, scripted_server
from tests.conftest import write_notes

pytestmark = needs_chromium

WORDS = [f" word{number}" for number in range(70)]


@pytest.fixture(scope="module")
def model() -> Iterator[Scripted]:
    """A chat model that takes its time."""
    with scripted_server() as server:
        server.parts = WORDS
        yield server


@pytest.fixture(autouse=True)
def slow(model: Scripted) -> None:
    """Until a test has seen what it came for, and lets the rest come at once."""
    model.stall = 0.1


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, model: Scripted) -> Settings:
    folder = tmp_path_factory.mktemp("asking")
    write_notes(folder / "corpus")
    return load_settings(
        corpus=folder / "corpus", index=folder / "index", model="openai:slow", model_url=model.url
    )


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    yield made
    made.close()


def send(visit: Visit, question: str) -> None:
    visit.box.fill(question)
    visit.box.press("Enter")


def test_what_is_typed_while_an_answer_comes_stays_and_is_asked_next(
    context: BrowserContext, server: Server, model: Scripted
) -> None:
    visit = Visit(context, server.url)
    send(visit, "When was the bridge opened?")
    visit.page.get_by_text("word3", exact=False).first.wait_for()
    visit.box.press_sequentially("How many passengers", delay=60)
    expect(visit.box).to_have_value("How many passengers")
    visit.box.press("Enter")
    expect(visit.box).to_have_value("")
    visit.page.get_by_text("Waiting for the answer above").wait_for()
    visit.box.press_sequentially("and then")
    model.stall = 0
    expect(visit.page.locator(".turn .meta")).to_have_count(2, timeout=30_000)
    assert visit.page.locator(".question").all_inner_texts() == [
        "When was the bridge opened?",
        "How many passengers",
    ]
    expect(visit.box).to_have_value("and then")
    assert visit.problems == []


def test_a_new_conversation_is_empty_whenever_it_is_asked_for(
    context: BrowserContext, server: Server
) -> None:
    visit = Visit(context, server.url)
    for after in (0, 100, 200, 400, 800, 1400):
        send(visit, "When was the bridge opened?")
        visit.page.locator(".turn").wait_for()
        visit.page.wait_for_timeout(after)
        visit.page.get_by_role("button", name="New conversation").click()
        visit.page.locator(".welcome").wait_for()
        visit.page.wait_for_timeout(400)
        assert visit.page.locator(".turn").count() == 0, f"pressed after {after} ms"
    assert visit.problems == []


@pytest.mark.parametrize("kind", ["mouse", "key"])
def test_stop_ends_the_answer_and_the_request_to_the_model_and_the_next_question_is_answered(
    context: BrowserContext, server: Server, model: Scripted, kind: str
) -> None:
    model.left.clear()
    visit = Visit(context, server.url)
    send(visit, "When was the bridge opened?")
    visit.page.get_by_text("word3", exact=False).first.wait_for()
    stop = visit.page.get_by_role("button", name="Stop", exact=True)
    if kind == "mouse":
        where = stop.bounding_box()
        assert where
        visit.page.mouse.click(where["x"] + 5, where["y"] + 5)
    else:
        stop.evaluate("button => button.click()")
    visit.page.locator(".turn .error", has_text="Stopped.").wait_for()
    assert model.left.wait(3)
    model.stall = 0
    send(visit, "How many passengers does the ferry carry?")
    visit.page.locator(".turn .meta").wait_for()
    assert visit.page.locator(".turn .error").count() == 1
    assert visit.problems == []


def test_reload_and_back_bring_the_conversation_and_what_was_typed(
    context: BrowserContext, server: Server
) -> None:
    visit = Visit(context, server.url)
    visit.page.get_by_text("Quote", exact=True).click()
    visit.ask("When was the bridge opened?")
    visit.box.fill("half a quest")
    visit.page.reload()
    visit.page.locator(".turn .meta").wait_for()
    expect(visit.box).to_have_value("half a quest")
    visit.page.goto(f"{server.url}/document?id=bridge.md")
    visit.page.go_back()
    visit.page.locator(".turn .meta").wait_for()
    expect(visit.box).to_have_value("half a quest")
    assert "1888" in visit.page.locator(".turn").inner_text()

    other = Visit(context, server.url)
    assert other.page.locator(".turn").count() == 0, "another tab has a conversation of its own"
    visit.page.get_by_role("button", name="New conversation").click()
    visit.page.locator(".welcome").wait_for()
    visit.page.reload()
    visit.page.locator(".welcome").wait_for()
    visit.page.wait_for_timeout(500)
    assert visit.page.locator(".turn").count() == 0


def test_an_answer_that_is_being_written_goes_on_after_a_reload(
    context: BrowserContext, server: Server, model: Scripted
) -> None:
    visit = Visit(context, server.url)
    send(visit, "When was the bridge opened?")
    visit.page.get_by_text("word3", exact=False).first.wait_for()
    visit.page.reload()
    visit.page.locator(".turn").wait_for()
    model.stall = 0
    visit.page.locator(".turn .meta").wait_for()
    assert visit.page.locator(".question").all_inner_texts() == ["When was the bridge opened?"]
    assert visit.page.locator(".turn .error").count() == 0


def test_a_restarted_server_brings_the_conversation_back(context: BrowserContext, settings: Settings) -> None:
    with Server(settings) as first:
        port = first.port
        visit = Visit(context, first.url)
        visit.page.get_by_text("Quote", exact=True).click()
        visit.ask("When was the bridge opened?")
        visit.page.get_by_text("Write", exact=True).click()
        send(visit, "How many passengers?")
        visit.page.get_by_text("word3", exact=False).first.wait_for()
        visit.box.fill("half a quest")
    with Server(settings, port=port):
        visit.page.reload()
        visit.page.locator(".turn").first.wait_for()
        assert "1888" in visit.page.locator(".turn").first.inner_text()
        assert "How many passengers?" in visit.page.locator(".turn").last.inner_text()
        expect(visit.page.locator(".turn").last.locator(".error, .meta")).to_have_count(1)
        expect(visit.box).to_have_value("half a quest")
        visit.page.get_by_text("Quote", exact=True).click()
        assert "40 passengers" in visit.ask("And how many passengers does the ferry carry?").inner_text()


def test_a_question_shows_although_gradio_closed_its_stream_just_then(
    context: BrowserContext, server: Server
) -> None:
    visit = Visit(context, server.url)
    visit.page.get_by_text("Quote", exact=True).click()
    visit.page.wait_for_load_state("networkidle")
    closes = 'data: {"msg": "close_stream", "event_id": null}\n\n'
    visit.page.route(
        "**/queue/data*", lambda route: route.fulfill(content_type="text/event-stream", body=closes), times=1
    )
    send(visit, "When was the bridge opened?")
    visit.page.locator(".turn .meta").wait_for()
    assert visit.page.locator(".turn").count() == 1


def test_a_page_whose_stream_died_loads_itself_again(context: BrowserContext, server: Server) -> None:
    """As Gradio leaves it where the server was started anew between two answers."""
    visit = Visit(context, server.url)
    visit.page.get_by_text("Quote", exact=True).click()
    visit.page.wait_for_load_state("networkidle")
    visit.page.route(
        "**/queue/data*", lambda route: route.fulfill(content_type="text/event-stream", body=""), times=1
    )
    send(visit, "When was the bridge opened?")
    visit.page.locator(".turn .meta").wait_for()
    assert visit.page.locator(".turn").count() == 1
    expect(visit.box).to_have_value("")


def test_a_question_that_never_arrived_comes_back_into_the_box(
    context: BrowserContext, server: Server
) -> None:
    visit = Visit(context, server.url)
    visit.page.wait_for_load_state("networkidle")
    visit.page.route("**/queue/join*", lambda route: route.abort(), times=1)
    send(visit, "When was the bridge opened?")
    expect(visit.box).to_have_value("")
    expect(visit.box).to_have_value("When was the bridge opened?", timeout=15_000)
    visit.page.get_by_text("Quote", exact=True).click()
    visit.box.press("Enter")
    visit.page.locator(".turn .meta").wait_for()


def test_who_waits_for_others_sees_how_many_they_are(
    browser: Browser, server: Server, model: Scripted
) -> None:
    contexts = [browser.new_context() for _ in range(7)]
    visits = [Visit(context, server.url) for context in contexts]
    for visit in visits:
        send(visit, "When was the bridge opened?")
        visit.page.locator(".turn .hint").wait_for()
    waiting = [
        re.search(r"line: (\d) question", visit.page.locator(".turn").inner_text()) for visit in visits
    ]
    assert [place and place[1] for place in waiting][4:] == ["1", "2", "3"]
    model.stall = 0
    for visit in visits:
        visit.page.locator(".turn .meta").wait_for()
        assert visit.problems == []
    for context in contexts:
        context.close()


def test_a_page_with_a_password_is_opened_and_left_again(context: BrowserContext, settings: Settings) -> None:
    guarded = settings.model_copy(update={"password": SecretStr("a word")})
    with Server(guarded) as server:
        page = context.new_page()
        page.goto(f"{server.url}/document?id=bridge.md")
        page.get_by_label("Password").fill("a word")
        page.get_by_role("button", name="Open the assistant").click()
        page.get_by_text("opened in 1888").wait_for()
        page.goto(server.url)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("Password").wait_for()
        page.goto(server.url)
        page.get_by_label("Password").wait_for()


def test_a_question_within_a_document_is_answered_after_a_restart_too(
    context: BrowserContext, settings: Settings
) -> None:
    with Server(settings) as first:
        port = first.port
        visit = Visit(context, first.url)
        visit.page.get_by_text("Quote", exact=True).click()
        visit.page.get_by_role("button", name="Limit the search").click()
        visit.page.get_by_label("Only these documents or tags").click()
        visit.page.get_by_role("option", name="A ferry for Linden").click()
    with Server(settings, port=port):
        question = "How many passengers does the ferry carry?"
        turn = visit.page.locator('.turn[data-answer="a1"]')
        visit.box.fill(question)
        visit.box.press("Enter")
        for _ in range(60):
            if turn.count():
                break
            visit.page.wait_for_timeout(500)
            # The page loads again once it has seen that its connection was gone: what was not taken is in the box.
            if visit.box.is_visible() and visit.box.input_value() == question and not turn.count():
                visit.box.press("Enter")
        turn.locator(".meta").wait_for()
        assert "40 passengers" in turn.inner_text()


def test_a_long_conversation_leaves_the_header_and_the_box_where_they_are(
    context: BrowserContext, server: Server
) -> None:
    visit = Visit(context, server.url)
    visit.page.get_by_text("Quote", exact=True).click()
    for question in ("When was the bridge opened?", "What does the bakery sell?", "How many passengers?"):
        visit.ask(question)
    visit.page.wait_for_timeout(600)
    assert visit.page.evaluate("window.scrollY") == 0
    assert visit.page.evaluate("document.documentElement.scrollHeight - window.innerHeight") <= 0
