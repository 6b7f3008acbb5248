"""Whoever wrote it, text stays text: in a real browser nothing of it runs, loads, leads away or becomes an element."""

import csv
import json
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Frame, Locator, Page

from assistant.answering.writing.reply import split_reply
from assistant.chain import AnswerChain
from assistant.loading import FORMATS
from assistant.settings import Settings, load_settings
from assistant.types import Answer, Candidate, Citation, Question, Source, Statement
from assistant.web.screen.library import LARGEST, MAX_PATHS
from assistant.web.screen.rendering import environment
from tests.browser import Server, Visit, needs_chromium
from tests.chat_servers import Scripted, scripted_server
from tests.payloads import PAYLOADS

pytestmark = needs_chromium

TURNS = 12  # questions in one conversation: a longer one is slower to show
OF_A_FAILURE = 140  # characters of a chat model's error that are shown, beside what its client says
OF_A_REPLY = 12  # payloads in a chat model's reply: one of many sentences is given up
OF_A_QUESTION = 500  # of a question
LIT = "The lantern that is lit hangs at the north pier."  # what holds of every reply, so that it is shown
OF_ONE_FIELD = ("title", "publisher", "author", "url", "tags")
# What the templates make, and no more: everything else on the page came out of a text.
LOOK = """() => {
  const tags = new Set(("DIV SECTION ARTICLE MAIN HEADER FOOTER H1 H2 H3 P B SPAN A BUTTON UL LI BR TABLE THEAD TBODY "
    + "TR TH TD BLOCKQUOTE MARK DETAILS SUMMARY").split(" "));
  const attribute = /^(class|id|href|target|rel|title|role|type|hidden|tabindex|scope|disabled|start)$|^(aria|data)-/;
  // asked in a way that no element's name can change
  const all = (what) => [...Document.prototype.querySelectorAll.call(document, what)];
  const ours = all(".html-container > div *, body > main, body > main *");
  const found = ours.filter((each) => !tags.has(each.tagName)).map((each) => `an element: ${each.outerHTML}`);
  for (const each of ours) for (const { name } of each.attributes)
    if (!attribute.test(name)) found.push(`an attribute: ${name} of ${each.outerHTML.slice(0, 200)}`);
  for (const each of all("*")) for (const { name } of each.attributes)
    if (name.startsWith("on")) found.push(`a handler: ${name}`);
  for (const each of all("a"))
    if (!/^https?:$/.test(each.protocol)) found.push(`a link: ${each.href}`);
  for (const each of all("form, iframe, [data-testid=toast-text] *"))
    found.push(`an element: ${each.outerHTML}`);
  for (const id of ["thread", "panel", "question"])
    if (all(`#${id}`).length > 1) found.push(`a second ${id}`);
  if (document.forms.length || !document.baseURI.startsWith(location.origin)) found.push("a form or a base");
  if (window.__ran) found.push("a script ran");
  return found;
}"""


class Watch(Visit):
    """A visit that also sees what a text made of the page."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.left: list[str] = []
        self.context = context
        super().__init__(context, url)
        self.page.on("framenavigated", self._follow)

    def found(self, page: Page | None = None) -> list[str]:
        """Everything that no text may do."""
        looked = (page or self.page).evaluate(LOOK)
        return [*looked, *self.problems, *self.elsewhere, *self.left]

    def open_document(self) -> Page:
        """A page for the viewer, listened to as well."""
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("dialog", self._refuse)
        return page

    def choose(self, button: str, files: list[FilePayload] | list[Path] | Path) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name=button).click()
        chooser.value.set_files(files)

    def ask(self, question: str) -> Locator:
        """The same in a conversation that was begun anew, which counts on."""
        turn = self.page.locator(".turn").nth(self.page.locator(".turn").count())
        self.page.get_by_label("Your question").fill(question)
        self.page.get_by_label("Your question").press("Enter")
        turn.locator(".meta, .error").wait_for()
        return turn

    def start_again(self) -> None:
        self.page.get_by_role("button", name="New conversation").click()
        self.page.locator(".turn").first.wait_for(state="detached")
        self.page.locator(".welcome").wait_for()

    def text(self, place: str) -> str:
        return squeezed(self.page.locator(place).text_content() or "")

    def _follow(self, frame: Frame) -> None:
        if not frame.url.startswith(self.url):
            self.left.append(f"it went to {frame.url}")


def squeezed(text: str) -> str:
    """Without what a format or a browser may change: spaces, control characters, kinds of letters."""
    plain = unicodedata.normalize("NFKC", text).replace("\ufffd", "")
    return "".join(char for char in plain if unicodedata.category(char)[0] not in "ZC")


def absent(text: str, wanted: tuple[str, ...] = PAYLOADS) -> list[str]:
    """The payloads that are not shown as they are written."""
    return [payload for payload in wanted if squeezed(payload) not in text]


def packed(payloads: tuple[str, ...], most: int) -> list[list[str]]:
    """In groups of at most so many characters."""
    found: list[list[str]] = [[]]
    for payload in payloads:
        if sum(map(len, found[-1])) + len(payload) > most:
            found.append([])
        found[-1].append(payload)
    return found


def printable(payload: str) -> str:
    """Without control characters, which no file of text has."""
    return re.sub("[\x00\x01]", "", payload)


def file_name(payload: str) -> str:
    """The nearest to it that a disk takes as a name."""
    return printable(payload).replace("/", "\\").replace("\n", " ")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each payload as a file's name, as every field in its file and in metadata.csv, and as why a file failed."""
    folder = tmp_path_factory.mktemp("payloads") / "corpus"
    folder.mkdir()
    records = [
        {"id": payload, "text": f"Lantern {number} has {payload} on it.", "published": "2026-05-04"}
        | dict.fromkeys(OF_ONE_FIELD, payload)
        for number, payload in enumerate(PAYLOADS)
    ]
    (folder / "lanterns.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["path", "published", *OF_ONE_FIELD, *PAYLOADS[:2]])
        for number, payload in enumerate(map(printable, PAYLOADS)):
            table.writerow([f"note-{number}.txt", payload, *[payload] * len(OF_ONE_FIELD), "", ""])
    for number, payload in enumerate(PAYLOADS):
        (folder / f"note-{number}.txt").write_text("A note on lamps.", "utf-8")
        (folder / f"{file_name(payload)}.txt").write_text("A lamp with a name.", "utf-8")
        same = json.dumps({"id": payload, "text": "A lamp."})
        (folder / f"{file_name(payload)}.jsonl").write_text(f"{same}\n{same}\n", "utf-8")
    (folder / "lit.txt").write_text(LIT, "utf-8")
    (folder / ".examples").write_text("\n".join(PAYLOADS[:6]), "utf-8")
    return folder


@pytest.fixture(scope="module")
def model() -> Iterator[Scripted]:
    with scripted_server() as running:
        yield running


@pytest.fixture(scope="module")
def settings(corpus: Path, model: Scripted) -> Settings:
    return load_settings(
        corpus=corpus, index=corpus.parent / "index", model="openai:scripted", model_url=model.url
    )


@pytest.fixture
def watch(server: Server, browser: Browser) -> Iterator[Watch]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield Watch(context, server.url)
    context.close()


def test_the_library_shows_names_fields_and_failures_as_text(watch: Watch) -> None:
    names = tuple(map(file_name, PAYLOADS))
    watch.open_library()
    watch.page.locator(".library tbody tr").first.wait_for()
    watch.page.locator(".failures li").first.wait_for()
    for place, wanted in (("#table", PAYLOADS), ("#failed", PAYLOADS), ("#table", names), ("#failed", names)):
        assert absent(watch.text(place), wanted) == []
    table = watch.text("#table")
    assert all(
        table.count(squeezed(payload)) >= 4 for payload in PAYLOADS
    )  # title, publisher: JSON, metadata.csv
    assert watch.found() == []


def test_looking_for_a_payload_in_the_library_only_finds_its_documents(watch: Watch) -> None:
    watch.open_library()
    for payload in PAYLOADS:
        watch.page.get_by_label("Find a document").fill(payload)
    watch.page.get_by_label("Find a document").fill("<iframe srcdoc")
    watch.page.locator(".library .count", has_text="3 of").wait_for()
    assert watch.found() == []


def test_the_viewer_shows_a_document_as_text_whatever_its_id_and_title(watch: Watch) -> None:
    page = watch.open_document()
    for number, payload in enumerate(PAYLOADS):
        text = f"Lantern {number} has {payload} on it."
        place = {"start": 0, "end": len(text), "generation": payload, "check": ""}
        page.goto(f"{watch.url}/document?{urlencode({'id': payload, **place})}")
        shown = squeezed(page.locator("main").text_content() or "")
        assert shown.count(squeezed(payload)) >= 3  # title, author and text
        assert squeezed(payload) in squeezed(page.title())
        assert watch.found(page) == []
    for name in map(file_name, PAYLOADS[::8]):
        page.goto(f"{watch.url}/document?{urlencode({'id': f'{name}.txt'})}")
        assert squeezed(name) in squeezed(page.locator(".kicker").text_content() or "")
        assert watch.found(page) == []


def test_a_question_and_the_words_it_quotes_stay_text(watch: Watch) -> None:
    watch.page.get_by_label("Quote", exact=True).check(force=True)
    for payloads in packed(PAYLOADS, OF_A_QUESTION):
        words = tuple(payloads)
        turn = watch.ask("Which lantern has {}?".format(" or ".join(f"“{payload}”" for payload in words)))
        assert absent(squeezed(turn.text_content() or ""), words) == []
    assert watch.page.locator(".card").count() > TURNS
    assert watch.found() == []
    watch.start_again()
    for payload in PAYLOADS[::16]:
        watch.ask(f"Which lantern has “{payload}” on it?")
    assert watch.page.locator(".chip").count() > 3
    chip = watch.page.locator(".chip").last
    chip.click()
    watch.page.locator(".chip.off").wait_for()
    assert watch.found() == []


def of_payloads(chain: AnswerChain, question: Question) -> Iterator[Answer]:
    """To "Which … 3?" the third group of payloads, as short form, sentence and what else may answer; then unsure."""
    group = packed(PAYLOADS, OF_A_QUESTION)[int(question.text.rstrip("?").rpartition(" ")[2])]
    words, source = " ".join(group), Source("a lamp", *group[:3], None, group[-1])
    cited = Citation(1, source, 0, len(words), words, group[0], group[-1])
    also = tuple(
        Candidate(Source(each, each, each, each, None, each), 0, len(each), each, 0.5) for each in group
    )
    answer = Answer(question.text, "quote", "g", (Statement(words, (cited,)),), short=cited, also=also)
    unsure = replace(answer, statements=(), short=None, state="unsure", abstention=words)
    yield unsure if "unsure" in question.text else answer


@pytest.mark.parametrize("kind", ["sure", "unsure"])
def test_the_short_form_and_what_else_may_answer_stay_text(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(AnswerChain, "stream", of_payloads)
    for number, payloads in enumerate(packed(PAYLOADS, OF_A_QUESTION)):
        turn = watch.ask(f"Which lantern of the {kind} is number {number}?")
        short, may = (
            squeezed("".join(turn.locator(place).all_text_contents())) for place in (".short", ".candidates")
        )
        assert absent(short, tuple(payloads if kind == "sure" else ())) == []
        assert all(may.count(squeezed(payload)) >= 3 for payload in payloads)  # quote, title, publisher
        for folded in turn.locator(".also summary").all():
            folded.click()
            folded.click()
    assert watch.found() == []


def test_the_reply_of_a_chat_model_stays_text_while_it_grows_and_when_it_is_checked(
    watch: Watch, model: Scripted
) -> None:
    model.stall = 0.01
    for first in range(0, len(PAYLOADS), OF_A_REPLY):
        group = PAYLOADS[first : first + OF_A_REPLY]
        model.parts = (f"{LIT[:-1]} [1].\n", *(f"{payload} [1].\n" for payload in group))
        turn = watch.ask("Which lantern is lit?")
        shown = squeezed(turn.text_content() or "")
        sentences = tuple(text for text, _ in split_reply("".join(model.parts)))
        assert len(sentences) >= len(group) / 2
        assert absent(shown, sentences) == []
        assert watch.found() == []


def test_what_a_chat_model_says_when_it_fails_stays_text(watch: Watch, model: Scripted) -> None:
    model.status = 400
    for number, words in enumerate(packed(PAYLOADS[::3], OF_A_FAILURE)):
        if number and number % TURNS == 0:
            watch.start_again()
        model.failure = " ".join(words).replace("\n", " ")  # one line is shown
        told = watch.ask("Which lantern is lit?").get_by_text("The chat model failed")
        plain = tuple(each for each in words if each.isprintable() and not set(each) & set("'\"\\"))
        assert absent(squeezed(told.text_content() or ""), plain) == []
        if number % TURNS == TURNS - 1:
            assert watch.found() == []
    model.status = 200
    assert watch.found() == []


def test_a_day_that_cannot_be_read_and_the_documents_to_choose_from_stay_text(watch: Watch) -> None:
    watch.page.get_by_role("button", name="Limit the search").click()
    day = watch.page.get_by_label("Published no later than")
    day.wait_for()
    watch.page.wait_for_timeout(500)  # until it has slid open
    for payload in PAYLOADS[::4]:
        day.fill(payload)
        day.press("Tab")
        assert "cannot be read" in watch.ask(f"What is {payload}?").inner_text()
    watch.page.get_by_label("Only these documents or tags").click()
    options = watch.page.get_by_role("option")
    options.first.wait_for()
    shown = squeezed("".join(options.all_text_contents()))
    assert len(absent(shown)) < len(PAYLOADS) / 3  # a tag ends at a comma, and a hundred are shown
    for _ in range(3):
        options.first.click()
    assert watch.found() == []


def test_examples_are_shown_and_asked_as_text(watch: Watch) -> None:
    shown = squeezed("".join(watch.page.locator("button.example").all_text_contents()))
    assert absent(shown, PAYLOADS[:6]) == []
    watch.page.locator("button.example").first.click()
    watch.page.locator(".turn .meta").wait_for()
    assert watch.found() == []


def test_files_that_are_refused_or_taken_in_are_named_as_text(watch: Watch, settings: Settings) -> None:
    watch.open_library()
    for first in range(0, len(PAYLOADS), MAX_PATHS):
        names = [f"{payload} {first}.exe" for payload in PAYLOADS[first : first + MAX_PATHS]]
        watch.choose("Add files", [{"name": name, "mimeType": "", "buffer": b"x"} for name in names])
        watch.page.locator("#saved .error", has_text=f"{first}.exe was not added").last.wait_for()
        assert watch.page.locator("#saved .error").count() == len(names)
    taken = [f"{payload} {number}.txt" for number, payload in enumerate(PAYLOADS[::8])]
    watch.choose("Add files", [{"name": name, "mimeType": "", "buffer": name.encode()} for name in taken])
    watch.page.get_by_text("The index is up to date.").wait_for()
    assert len(list((settings.corpus / "uploads").iterdir())) == len(taken)
    assert watch.found() == []


FORM = "<form action=http://127.0.0.1:9 ><button>click"
ON_DISK = "<form action=\\\\127.0.0.1:9 ><button>click"


def test_a_file_whose_name_is_a_form_is_refused_without_showing_the_form(watch: Watch) -> None:
    watch.open_library()
    watch.choose("Add files", [{"name": f"{FORM}.exe", "mimeType": "", "buffer": b"x"}])
    watch.page.get_by_text(".exe was not added").wait_for()
    assert watch.page.get_by_test_id("toast-text").count() == 0
    assert watch.page.get_by_role("button", name="click").count() == 0
    assert watch.found() == []


@pytest.mark.parametrize("button", ["Add files", "Add a folder"])
def test_a_file_that_is_too_large_is_told_without_making_its_name_markup(
    watch: Watch, tmp_path: Path, button: str
) -> None:
    large = tmp_path / "boats" / f"{ON_DISK}.txt"
    large.parent.mkdir()
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    (large.parent / "small.txt").write_text("A boat.", "utf-8")
    watch.open_library()
    watch.choose(button, [large] if button == "Add files" else large.parent)
    toast = watch.page.get_by_test_id("toast-text")
    toast.wait_for()
    assert "maximum allowed size" in toast.inner_text()
    assert "form action" in toast.inner_text()
    assert watch.found() == []


def test_a_file_keeps_the_pictures_in_its_name(watch: Watch, settings: Settings) -> None:
    name = "Ferry 🚢 👩🏽‍🚀 「計画」.txt"
    watch.open_library()
    watch.choose("Add files", [{"name": name, "mimeType": "", "buffer": b"The ferry sails."}])
    watch.page.locator("#saved").get_by_text(f"{name} was saved").wait_for()
    assert (settings.corpus / "uploads" / name).exists()
    watch.page.locator("#table").get_by_text(f"uploads/{name}").wait_for()


def test_the_file_chooser_offers_the_kinds_that_are_read(watch: Watch) -> None:
    watch.open_library()
    with watch.page.expect_file_chooser() as chooser:
        watch.page.get_by_role("button", name="Add files").click()
    offered = str(chooser.value.element.get_attribute("accept")).split(",")
    assert tuple(map(str.strip, offered)) == FORMATS


@pytest.mark.filterwarnings("ignore:A `<script>` tag was found")
def test_without_escaping_the_same_page_asks_others_and_is_left(server: Server, browser: Browser) -> None:
    context = browser.new_context()
    environment().autoescape = False
    environment().cache.clear()
    try:
        watch = Watch(context, server.url)
        watch.open_library()
        deadline = time.monotonic() + 20
        while not watch.left and time.monotonic() < deadline:
            watch.page.wait_for_timeout(100)
    finally:
        environment().autoescape = True
        environment().cache.clear()
        context.close()
    assert watch.left
    assert watch.problems
    assert "http://evil.example/b.css" in watch.elsewhere


def test_most_payloads_do_something_in_a_page_that_takes_them_for_markup(browser: Browser) -> None:
    context = browser.new_context()
    context.route("**/*", lambda route: route.abort())
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    found: dict[str, list[str]] = {}
    for payload in PAYLOADS:
        page.set_content("<main></main>")
        page.evaluate("text => document.querySelector('main').insertAdjacentHTML('beforeend', text)", payload)
        page.wait_for_timeout(20)
        found[payload] = page.evaluate(LOOK)
    context.close()
    assert sum(map(bool, found.values())) > 0.6 * len(PAYLOADS)
    assert dialogs
    told = {problem.split(":")[0] for problems in found.values() for problem in problems}
    assert told >= {"an element", "an attribute", "a handler", "a link", "a form or a base", "a script ran"}
