"""The whole job in a real browser: ask, follow a citation to its words, add a file, get an answer from it."""

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from assistant.settings import Settings, load_settings
from tests.browser import Server, Visit, needs_chromium, visited

pytestmark = needs_chromium

REPOSITORY = Path(__file__).parents[1]
DOCUMENTS = (
    "2023/2023-02-21-beijing-quiet-backing.md",
    "2023/2023-09-19-jpex-1641-reports.md",
    "2024/2024-05-24-okx-leaves-hong-kong.md",
    "2025/2025-12-17-hashkey-listing-afp.md",
    "2026/2026-02-25-budget-digital-assets.pdf",
    "2026/2026-04-10-first-stablecoin-licences.md",
)
GO_ITS_OWN_WAY = "Who said Hong Kong may go its own way, and on what condition?"
HOSTILE = """---
title: "Lantau <img src=x onerror=alert(1)> ${alert(1)} pilot"
published: 2026-05-04
publisher: Lantau Gazette
url: javascript:alert(1)
---

The Lantau Harbour pilot began on 4 May 2026 with nineteen ferries <script>alert(1)</script> {{value}}.

Mei Fong, the harbour master, said that the Lantau Harbour pilot would end after ninety days.
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("browser")
    for name in DOCUMENTS:
        (folder / "corpus" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "corpus" / name, folder / "corpus" / name)
    (folder / "corpus" / ".examples").write_text(f"{GO_ITS_OWN_WAY}\n", "utf-8")
    return load_settings(corpus=folder / "corpus", index=folder / "index")


@pytest.fixture
def visit(server: Server, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh conversation; whatever happens in it, no error is logged and no other host is asked."""
    with visited(server, browser, getattr(request, "param", (1440, 900))) as made:
        yield made


def test_a_citation_leads_to_the_marked_words_in_the_panel_and_in_the_document(visit: Visit) -> None:
    turn = visit.ask(GO_ITS_OWN_WAY)
    assert "financial stability is not threatened" in turn.inner_text()
    marker = turn.get_by_role("link", name="Source 1").first
    marker.click()
    card = visit.page.locator("#a1-s1")
    assert "flash" in (card.get_attribute("class") or "")
    marked = card.locator("mark").all_inner_texts()
    assert any("financial stability" in words for words in marked)

    with visit.page.context.expect_page() as opened:
        card.get_by_role("link", name="Open in document").click()
    document = opened.value
    document.wait_for_load_state()
    assert document.locator("mark").all_inner_texts() == marked
    assert document.evaluate("document.querySelector('#cited').getBoundingClientRect().top") < 900
    assert "Beijing said to be lending quiet support" in document.title()


def test_a_marker_of_an_older_answer_brings_its_own_sources_back(visit: Visit) -> None:
    first = visit.ask(GO_ITS_OWN_WAY)
    visit.ask("How much did HashKey raise in Hong Kong?")
    assert not visit.page.locator("#a1-s1").is_visible()
    first.get_by_role("link", name="Source 1").first.click()
    assert visit.page.locator("#a1-s1").is_visible()
    assert not visit.page.locator('[data-sources="a2"]').is_visible()


def test_a_follow_up_is_read_together_with_the_question_before(visit: Visit) -> None:
    visit.ask("What did Tan Yueheng of BOCOM International expect of licence applicants?")
    turn = visit.ask("And what did Nick Chan say there?")
    assert turn.get_by_role("button", name="Undo: read with: “What did Tan Yueheng").is_visible()


def test_a_hint_is_taken_away_and_put_back_and_the_answer_follows(visit: Visit) -> None:
    turn = visit.ask("How many ferries ran as of 31 March 2023?")
    visit.ask("How much did HashKey raise in Hong Kong?")
    chip = turn.get_by_role("button", name="Undo: nothing after 31 March 2023")
    assert "published up to 31 March 2023" in turn.inner_text()
    chip.press("Enter")
    back = turn.get_by_role("button", name="Apply again: nothing after 31 March 2023")
    back.wait_for()
    assert "published up to" not in turn.inner_text()
    assert visit.page.locator(".turn").count() == 2
    assert back.evaluate("chip => chip === document.activeElement")
    back.click()
    chip.wait_for()
    assert "published up to 31 March 2023" in turn.inner_text()


def test_quoted_words_on_a_chip_stay_text(visit: Visit) -> None:
    turn = visit.ask(
        'Who said "<img src=x onerror=alert(1)> financial" or "financial stability" of Hong Kong?'
    )
    assert "No passage has the words “<img src=x onerror=alert(1)> financial”" in turn.inner_text()
    assert turn.get_by_role("button", name="must have “financial stability”").is_visible()
    assert turn.locator("img").count() == 0


def test_an_example_question_is_answered_and_a_new_conversation_is_empty(visit: Visit) -> None:
    visit.page.get_by_role("button", name=GO_ITS_OWN_WAY).click()
    visit.page.locator(".turn .meta").wait_for()
    assert visit.page.locator("#examples").is_hidden()
    visit.page.get_by_role("button", name="New conversation").click()
    visit.page.locator(".welcome").wait_for()
    assert visit.page.locator(".turn").count() == 0


def test_a_question_that_cannot_be_asked_gets_one_sentence_and_no_traceback(visit: Visit) -> None:
    turn = visit.ask("why " * 25_000)
    assert "at most 4,000" in turn.locator(".error").inner_text()
    assert "Traceback" not in visit.page.inner_text("body")


def test_an_uploaded_file_answers_and_its_markup_stays_text(visit: Visit, settings: Settings) -> None:
    visit.open_library()
    visit.upload("../lantau.md", HOSTILE)
    visit.page.get_by_text("The index is up to date.").wait_for()
    assert (settings.corpus / "uploads" / "lantau.md").exists()
    visit.page.locator("#table .count", has_text="7 documents").wait_for()
    visit.page.get_by_role("button", name="Re-index").click()
    visit.page.get_by_text("Nothing has changed.").wait_for()

    visit.open_chat()
    turn = visit.ask("How many ferries did the Lantau Harbour pilot begin with?")
    assert "nineteen ferries" in turn.inner_text()
    card = visit.page.locator("#a1-s1")
    assert "Lantau <img src=x onerror=alert(1)> ${alert(1)} pilot" in card.inner_text()
    assert card.locator("img").count() == 0
    assert card.get_by_role("link", name="Original").count() == 0


@pytest.mark.parametrize("visit", [(390, 844)], indirect=True)
def test_nothing_overflows_on_a_telephone_and_a_marker_leads_to_the_sources_below(visit: Visit) -> None:
    turn = visit.ask(GO_ITS_OWN_WAY)
    turn.get_by_role("link", name="Source 1").first.click()
    visit.page.wait_for_timeout(600)
    box = visit.page.locator("#a1-s1").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 844
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    visit.open_library()
    visit.page.locator(".library tbody tr").first.wait_for()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_whole_folder_is_taken_in_and_many_documents_go_only_when_that_is_allowed(
    visit: Visit, settings: Settings, tmp_path: Path
) -> None:
    before = sum(path.is_file() and path.name[0] != "." for path in settings.corpus.rglob("*"))
    folder = tmp_path / "boats"
    (folder / "old").mkdir(parents=True)
    for number in range(8):
        (folder / "old" / f"boat-{number}.md").write_text(
            f"Boat {number} was built in {1900 + number}.", "utf-8"
        )
    (folder / "plan.dwg").write_bytes(b"x")
    visit.open_library()
    with visit.page.expect_file_chooser() as chooser:
        visit.page.get_by_role("button", name="Add a folder").click()
    chooser.value.set_files(folder)
    visit.page.get_by_text("plan.dwg was not added").wait_for()
    visit.page.locator("#table .count", has_text=f"{before + 8} documents").wait_for()

    for path in (settings.corpus / "uploads").glob("boat-*"):
        path.unlink()
    visit.page.get_by_role("button", name="Re-index").click()
    visit.page.get_by_text(f"This would remove 8 of {before + 8} documents").wait_for()
    assert "--yes" not in visit.page.locator("#report").inner_text()
    visit.page.get_by_role("button", name="Remove them from the index").click()
    visit.page.locator("#table .count", has_text=f"{before} documents").wait_for()
    assert not visit.page.get_by_role("button", name="Remove them from the index").is_visible()


def headings(visit: Visit) -> list[int]:
    """The levels of the headings that are not hidden, in their order."""
    found = visit.page.get_by_role("heading").all()
    return [int(heading.evaluate("heading => heading.tagName.slice(1)")) for heading in found]


def test_the_page_has_one_main_heading_at_every_time_and_leaves_no_level_out(visit: Visit) -> None:
    visit.page.get_by_role("heading", name="Assistant", level=1).wait_for()
    before = headings(visit)
    visit.ask(GO_ITS_OWN_WAY)
    answered = headings(visit)
    visit.open_library()
    visit.page.locator(".library tbody tr").first.wait_for()
    for levels in (before, answered, headings(visit)):
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - level <= 1 for level, after in pairwise(levels))


def test_the_button_that_sends_a_question_has_a_name_also_after_it_was_used(visit: Visit) -> None:
    send = visit.page.get_by_role("button", name="Send", exact=True)
    for number in (1, 2):
        visit.page.get_by_label("Your question").fill("How much did HashKey raise in Hong Kong?")
        send.click()
        visit.page.locator(f'.turn[data-answer="a{number}"] .meta').wait_for()
    nameless = visit.page.locator("button:visible").evaluate_all(
        "buttons => buttons.filter((each) => !each.innerText.trim() && !each.ariaLabel).map((each) => each.outerHTML)"
    )
    assert nameless == []


def test_arrow_keys_home_and_end_open_the_tabs_and_the_tab_key_leaves_them(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="Ask").focus()
    for key, name in (
        ("ArrowRight", "Library"),
        ("ArrowRight", "Evals"),
        ("ArrowRight", "Ask"),
        ("ArrowLeft", "Evals"),
        ("Home", "Ask"),
        ("End", "Evals"),
        ("ArrowLeft", "Library"),
        ("Alt+ArrowUp", "Library"),
    ):
        visit.page.keyboard.press(key)
        opened = visit.page.get_by_role("tab", name=name, selected=True)
        opened.wait_for()
        assert opened.evaluate("tab => tab === document.activeElement")
    assert visit.page.locator("#shelf").is_visible()
    assert not visit.page.locator("#workspace").is_visible()
    visit.page.keyboard.press("Tab")
    assert visit.page.get_by_label("Find a document").evaluate("box => box === document.activeElement")
    visit.page.keyboard.press("Shift+Tab")
    assert visit.page.get_by_role("tab", name="Library").evaluate("tab => tab === document.activeElement")
