"""The states of an answer in a real browser: what leads, what is folded, where links lead, what is copied."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator

from assistant.chain import AnswerChain
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Candidate, Citation, Document, Passage, Question, Statement
from tests.browser import Server, Visit, needs_chromium, visited

pytestmark = needs_chromium

MANUAL, LOG, NOTICE = "manual.md", "log.md", "notice.md"
AFTER_400 = "The engine is serviced after 400 hours, or after one year, whichever comes first."
SALT = "In salt water half of that applies."
RAMP = "The ramp is greased every 30 days."
AFTER_350 = "Until the second edition of the manual the engine was serviced after 350 hours."
WINTER = "The crew would rather do it in winter, when the river is frozen and nobody waits on the other bank."
CLOSED = "from 4 to 9 August 2026, nor on any Monday before half past ten"
AUGUST = f"The ferry does not run {CLOSED}."
DOCUMENTS = {
    MANUAL: "---\ntitle: Manual of the Linden ferry, third edition\npublished: 2026-03-02\npublisher: Linden Works\n"
    f"---\n\n{AFTER_400} {SALT}\n\n{RAMP}\n",
    LOG: "---\ntitle: What the crew says\npublished: 2024-05-02\npublisher: River Post\n"
    f"---\n\n{AFTER_350} {WINTER}\n",
    NOTICE: f"---\ntitle: Notice to passengers\npublished: 2026-07-01\n---\n\n{AUGUST}\n",
}

FULL = "After how many hours is the engine serviced?"
LONG = "When does the ferry not run?"
PLAIN = "What applies in salt water?"
SIDES = "What do the manual and the crew say of the service?"
UNSURE = "When does the crew rest?"
SILENT = "Who painted the ferry?"
QUESTIONS = (FULL, LONG, PLAIN, SIDES, UNSURE, SILENT)


class Made:
    """An answer by hand to each of the questions, of words in the documents of a chain."""

    def __init__(self, chain: AnswerChain) -> None:
        self.generation = chain.index.current()

    def answer(self, question: str) -> Answer:
        documents = map(self.document, DOCUMENTS)
        passages = tuple(Passage(each.source, 0, len(each.text), each.text, 0.5) for each in documents)
        empty = {"passages": passages, "timings": {"read": 0.4}}
        return Answer(question, "quote", self.generation.name, **{**empty, **self.fields(question)})

    def fields(self, question: str) -> dict[str, object]:
        """What is the question's own of its answer."""
        manual, log = self.said(1, MANUAL, AFTER_400), self.said(2, LOG, AFTER_350)
        also = (self.may(LOG, WINTER, 0.31), self.may(MANUAL, RAMP, 0.18), self.may(NOTICE, AUGUST, 0.002))
        of_each: dict[str, dict[str, object]] = {
            FULL: {
                "statements": (manual, self.said(1, MANUAL, SALT), log),
                "short": self.cited(1, MANUAL, "400 hours"),
                "also": also,
            },
            LONG: {"statements": (self.said(1, NOTICE, AUGUST),), "short": self.cited(1, NOTICE, CLOSED)},
            PLAIN: {"statements": (self.said(1, MANUAL, SALT),), "also": also[:1]},
            SIDES: {
                "statements": (
                    self.said(1, MANUAL, AFTER_400, heading="Manual"),
                    self.said(2, LOG, WINTER, heading="Crew"),
                ),
                "short": self.cited(1, MANUAL, "400 hours"),
            },
            UNSURE: {"state": "unsure", "also": also},
            SILENT: {"state": "silent", "abstention": "I found no answer in 3 documents. Try other words."},
        }
        return of_each[question]

    def document(self, name: str) -> Document:
        return self.generation.catalog.document(name)

    def cited(self, marker: int, name: str, words: str) -> Citation:
        document = self.document(name)
        start = document.text.index(words)
        return Citation(marker, document.source, start, start + len(words), words)

    def said(self, marker: int, name: str, words: str, heading: str = "") -> Statement:
        return Statement(words, (self.cited(marker, name, words),), heading=heading)

    def may(self, name: str, words: str, probability: float) -> Candidate:
        found = self.cited(0, name, words)
        return Candidate(found.source, found.start, found.end, words, probability)


def stream(chain: AnswerChain, question: Question) -> Iterator[Answer]:
    yield Made(chain).answer(question.text)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("answers")
    (folder / "corpus").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "corpus" / name).write_text(text, "utf-8")
    return load_settings(corpus=folder / "corpus", index=folder / "index")


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnswerChain, "stream", stream)


@pytest.fixture
def visit(server: Server, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh conversation, in which no error is logged and no other host is asked."""
    with visited(
        server,
        browser,
        getattr(request, "param", (1440, 900)),
        permissions=["clipboard-read", "clipboard-write"],
    ) as made:
        yield made


def size(words: Locator) -> float:
    return float(words.evaluate("element => parseFloat(getComputedStyle(element).fontSize)"))


def test_the_short_form_leads_larger_than_its_sentence_and_names_its_source_once(visit: Visit) -> None:
    turn = visit.ask(FULL)
    short, sentence = turn.locator(".short .statement"), turn.locator(".paragraph .statement").first
    assert short.inner_text() == "400 hours"
    assert sentence.inner_text() == AFTER_400
    assert sentence.locator("b").all_inner_texts() == ["400 hours"]
    assert size(short) > 1.4 * size(sentence)
    assert turn.locator(".short .attribution").inner_text() == "Linden Works · 2 March 2026"
    assert turn.inner_text().count("Linden Works · 2 March 2026") == 1
    turn.locator(".short").get_by_role("link", name="Source 1").click()
    assert "flash" in (visit.page.locator("#a1-s1").get_attribute("class") or "")
    marked = visit.page.locator("#a1-s1 mark.flash")
    assert marked.inner_text() == AFTER_400


def test_what_else_may_answer_is_folded_until_a_key_opens_it_and_leads_to_its_words(visit: Visit) -> None:
    turn = visit.ask(FULL)
    assert not turn.get_by_text(WINTER).is_visible()
    turn.locator(".also summary").focus()
    visit.page.keyboard.press("Enter")
    items = turn.locator(".also li")
    assert [item.locator("blockquote").inner_text() for item in items.all()] == [WINTER, RAMP, AUGUST]
    told = [item.locator(".attribution").inner_text().replace("\xa0", " ") for item in items.all()]
    assert told[0] == "What the crew says · River Post · 2 May 2024 · 31% likely"
    assert told[2] == "Notice to passengers · 1 July 2026 · under 1% likely"
    visit.page.keyboard.press("Tab")
    with visit.page.context.expect_page() as opened:
        visit.page.keyboard.press("Enter")
    opened.value.wait_for_load_state()
    assert opened.value.locator("mark").all_inner_texts() == [WINTER]
    assert opened.value.locator(".notice").count() == 0


def test_without_a_short_form_the_first_sentence_leads_in_its_usual_size(visit: Visit) -> None:
    visit.ask(FULL)
    turn = visit.ask(PLAIN)
    first = turn.locator(".statement").first
    assert first.inner_text() == SALT
    assert size(first) == size(visit.page.locator(".paragraph .statement").first)
    assert turn.locator(".paragraph .attribution").inner_text() == "Linden Works · 2 March 2026"


def test_a_comparison_has_its_headings_and_no_side_leads(visit: Visit) -> None:
    turn = visit.ask(SIDES)
    assert turn.locator(".side").all_inner_texts() == ["Manual", "Crew"]
    assert turn.locator(".short").count() == 0
    assert turn.locator(".paragraph .attribution").count() == 2


def test_an_unsure_answer_lists_candidates_and_is_neither_an_answer_nor_silence(visit: Visit) -> None:
    unsure, silent = visit.ask(UNSURE), visit.ask(SILENT)
    assert unsure.get_by_role("heading", name="This may answer it", level=3).is_visible()
    assert silent.get_by_role("heading", name="No answer found", level=3).is_visible()
    assert unsure.locator(".candidates li").count() == 3
    assert unsure.get_by_role("link", name="Notice to passengers").is_visible()
    assert "I found no answer in 3 documents" in silent.inner_text()
    for turn in (unsure, silent):
        assert turn.locator(".short, .marker, .paragraph").count() == 0
        assert turn.get_by_role("button", name="Copy answer").count() == 0
    frames = [
        turn.locator(".answer").evaluate("e => getComputedStyle(e).border") for turn in (unsure, silent)
    ]
    assert frames[0] != frames[1]


def test_the_panel_shows_the_candidates_words_where_they_stand_and_calls_them_no_sources(
    visit: Visit,
) -> None:
    visit.ask(UNSURE)
    panel = visit.page.locator('[data-sources="a1"]')
    assert panel.get_by_role("heading", level=2).inner_text() == "Passages that may answer it"
    assert panel.locator("mark").all_inner_texts() == [WINTER, RAMP, AUGUST]
    assert panel.locator(".number").count() == 0


def test_copying_gives_the_short_form_the_sentences_and_their_sources(visit: Visit) -> None:
    visit.ask(FULL).get_by_role("button", name="Copy answer").click()
    visit.page.get_by_role("button", name="Copied").wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()").splitlines() == [
        "400 hours [1]",
        f"{AFTER_400} [1] {SALT} [1] {AFTER_350} [2]",
        "[1] Manual of the Linden ferry, third edition, Linden Works · 2 March 2026",
        "[2] What the crew says, River Post · 2 May 2024",
    ]


@pytest.mark.parametrize("visit", [(390, 844), (1440, 900)], indirect=True)
def test_no_state_of_an_answer_overflows_also_where_the_short_form_is_long(visit: Visit) -> None:
    for question in QUESTIONS:
        turn = visit.ask(question)
        for folded in turn.locator(".also summary").all():
            folded.click()
        inside = turn.bounding_box()
        assert inside is not None
        for part in turn.locator(".short, .paragraph, .candidates li, .attribution").all():
            box = part.bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= inside["x"] + inside["width"] + 1
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= visit.page.viewport_size["width"]
