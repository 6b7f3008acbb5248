"""The page's HTML: what it shows, what it keeps back, and that nothing given to it becomes markup."""

import os
import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UserError
from assistant.text.places import page_of
from assistant.types import (
    Answer,
    Candidate,
    Citation,
    Document,
    Hint,
    Passage,
    Question,
    Source,
    Statement,
    Turn,
    Usage,
)
from assistant.web.asking.conversation import UNEXPECTED, Exchange, ask, history, parse_day, toggle_hint
from assistant.web.page.layout import example_questions
from assistant.web.screen import library
from assistant.web.screen.answers import likelihood, made_by
from assistant.web.screen.cards import cited_cards, document_link, nearest_cards, safe_url
from assistant.web.screen.file_names import LONGEST, safe_name
from assistant.web.screen.rendering import Status, panel, plain, status, thread
from assistant.web.screen.viewer import document_page

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>${alert(3)}{{value}}'
TEXT = "Before it. Nick Chan said so. After it.\n\nAnother paragraph, with Tan Yueheng in it."
CHAN = Source("chan.md", "Chan speaks", "Daily", "Desk", date(2023, 2, 21), "https://example.org/chan")
SUN = Source("sun.md", "Sun moves")


def cited(marker: int, source: Source, quote: str) -> Citation:
    start = TEXT.index(quote)
    return Citation(marker, source, start, start + len(quote), quote)


def answer(*statements: Statement, **changes: object) -> Answer:
    passages = (Passage(CHAN, 0, len(TEXT), TEXT, 1.0), Passage(SUN, 0, len(TEXT), TEXT, 0.5))
    made = Answer("Who said so?", "quote", "20260102-030405-00", statements, passages)
    return replace(made, **changes)  # type: ignore[arg-type]


SAID = Statement("Nick Chan said so.", (cited(1, CHAN, "Nick Chan said so."),))
IN_IT = Statement("Tan is in it.", (cited(2, SUN, "Another paragraph, with Tan Yueheng in it."),))
FAILED = Statement(
    "It was 99.", SAID.citations, outcome="unsupported", reasons=("The source does not have 99.",)
)


def test_each_sentence_has_a_link_to_the_card_of_its_source_in_its_own_answer() -> None:
    exchanges = [Exchange("First?", answer(SAID)), Exchange("Second?", answer(SAID, IN_IT))]
    html, cards = thread(exchanges), panel(exchanges)
    for card in ("a1-s1", "a2-s1", "a2-s2"):
        assert f'href="#{card}"' in html
        assert f'id="{card}"' in cards
    assert 'aria-label="Source 2: Sun moves"' in html


def test_the_sources_of_the_last_answer_are_in_view_and_the_others_hidden() -> None:
    html = panel([Exchange("First?", answer(SAID)), Exchange("Second?", answer(IN_IT))])
    assert re.search(r'data-sources="a1" hidden', html)
    assert re.search(r'data-sources="a2">', html)


def test_the_card_marks_the_quoted_words_and_shows_no_other_paragraph() -> None:
    html = panel([Exchange("Who?", answer(SAID))])
    assert 'Before it. <mark data-span="11-29">Nick Chan said so.</mark> After it.' in html
    assert "Another paragraph" not in html
    assert "Daily · 21 February 2023" in html


def test_several_quotes_of_one_document_share_a_card() -> None:
    both = Statement("Both.", (*SAID.citations, cited(1, CHAN, "with Tan Yueheng in it")))
    (card,) = cited_cards(answer(both), {})
    assert [excerpt.quote for excerpt in card.excerpts] == ["Nick Chan said so.", "with Tan Yueheng in it"]
    assert card.link.startswith("document?id=chan.md&start=11&end=29&start=")
    assert card.link.endswith("#cited")


def test_two_quotes_of_one_paragraph_are_marked_in_one_excerpt() -> None:
    two = Statement("Two.", (cited(1, CHAN, "Before it."), cited(1, CHAN, "After it.")))
    html = panel([Exchange("Who?", answer(two))])
    assert (
        '">Before it.</mark> Nick Chan said so. <mark data-span="30-39">After it.</mark></blockquote>' in html
    )
    assert html.count("<blockquote") == html.count("</blockquote>") == 1


def test_a_page_number_is_shown_where_the_document_has_pages() -> None:
    assert page_of(50, (0, 41)) == 2
    assert "page 2" in panel([Exchange("?", answer(IN_IT), pages={"sun.md": ("page", (0, 41))})])


def test_a_place_is_called_what_its_format_calls_it() -> None:
    assert "slide 2" in panel([Exchange("?", answer(IN_IT), pages={"sun.md": ("slide", (0, 41))})])
    document = Document(CHAN, TEXT, "chan.csv", (0, 0, 41), "row")
    html = document_page(document, [(TEXT.index("Another"), len(TEXT))])
    assert "cited from row 3" in html
    assert re.findall(r'data-place="([^"]+)"', html) == ["Row 2", "Row 3"]


def test_hostile_text_is_shown_and_never_becomes_markup() -> None:
    source = Source(HOSTILE, HOSTILE, HOSTILE, HOSTILE, None, "javascript:alert(4)")
    citation = Citation(1, source, 0, len(HOSTILE), HOSTILE)
    bad = Statement(HOSTILE, (citation,), outcome="unsupported", reasons=(HOSTILE,))
    passages = (Passage(source, 0, len(HOSTILE), HOSTILE, 1.0),)
    also = (Candidate(source, 0, len(HOSTILE), HOSTILE, 0.5),)
    given = Answer(HOSTILE, "quote", "g", (Statement(HOSTILE, (citation,)), bad), passages, notes=(HOSTILE,))
    full = replace(given, short=replace(citation, reported_via=HOSTILE), also=also)
    unsure = replace(given, statements=(), state="unsure", also=also, abstention=HOSTILE)
    silent = replace(given, statements=(), state="silent", abstention=HOSTILE)
    answers = [Exchange(HOSTILE, each) for each in (given, full, unsure, silent)]
    exchanges = [*answers, Exchange(HOSTILE, error=HOSTILE)]
    document = Document(source, HOSTILE * 3, HOSTILE, (0,))
    pages = [
        thread(exchanges),
        panel(exchanges),
        status(Status("write", HOSTILE, 1, HOSTILE)),
        document_page(document, [(0, 20)], generation=HOSTILE),
    ]
    for html in pages:
        assert "<img" not in html
        assert "<script" not in html
        assert 'href="javascript' not in html
        assert "&lt;" in html


NEWEST = Hint("newest", "newer first", "Newer documents were preferred.")
PHRASE = Hint(f'phrase:{HOSTILE}"', f"must have “{HOSTILE}”", HOSTILE, applied=False)


def test_what_was_made_of_a_question_is_a_button_that_says_what_it_does() -> None:
    html = thread([Exchange("Who?", answer(SAID)), Exchange("Who?", answer(SAID, hints=(NEWEST, PHRASE)))])
    assert html.count('<button type="button" class="chip') == 2
    assert 'data-turn="2" data-hint="newest"' in html
    assert 'aria-label="Undo: newer first"' in html
    assert 'aria-label="Apply again: must have “&lt;img' in html
    assert "<img" not in html
    assert " disabled" not in html


def test_no_hint_can_be_taken_away_while_an_answer_grows() -> None:
    html = thread([Exchange("Who?", answer(SAID, hints=(NEWEST,))), Exchange("And?")])
    assert " disabled>newer first" in html


def test_a_question_is_asked_again_without_a_hint_and_then_with_it() -> None:
    asked = Question("Second?", as_of=date(2024, 1, 1))
    without = toggle_hint(Exchange("Second?", answer(SAID), asked=asked), "newest")
    assert without == replace(asked, disabled_hints=frozenset({"newest"}))
    back = toggle_hint(Exchange("Second?", answer(SAID), asked=without), "newest")
    assert back == asked
    assert toggle_hint(Exchange("Second?", answer(SAID)), "newest") is None


def test_each_question_that_is_not_answered_says_what_it_waits_for() -> None:
    html = thread([Exchange("First?", before=2), Exchange("Second?")])
    assert "Waiting in line: 2 questions ahead of yours" in html
    assert "Waiting for the answer above" in html
    assert "Searching" in thread([Exchange("First?")])


def test_what_was_dropped_of_a_long_conversation_is_said() -> None:
    assert "Only the latest 2 questions" in thread([Exchange("A?", number=9), Exchange("B?", number=10)])
    assert "Only the latest" not in thread([Exchange("A?", number=1)])


NOT_WEB = ("javascript:alert(1)", "data:text/html,x", "//host/x", "ftp://h/x", "http://[", None)


@pytest.mark.parametrize("url", NOT_WEB)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert safe_url(url) is None


def test_a_statement_that_failed_the_check_says_why_and_is_not_copied() -> None:
    given = answer(SAID, FAILED, mode="write", model="openai:demo")
    html = thread([Exchange("Who?", given)])
    assert "Not supported." in html
    assert html.count("The source does not have 99.") == 2  # in words, and as a tooltip
    assert "1 of 2 sentences not supported" in html
    assert "99" not in plain(given)
    assert plain(given).splitlines() == [
        "Nick Chan said so. [1]",
        "[1] Chan speaks, Daily · 21 February 2023, https://example.org/chan",
    ]


def test_while_an_answer_grows_what_is_not_checked_yet_is_marked_and_cannot_be_copied() -> None:
    waiting = Statement("It was 88.", outcome="unchecked")
    html = thread([Exchange("Who?", answer(SAID, FAILED, waiting, complete=False, mode="write"))])
    assert '<span class="statement" data-card' in html
    assert '<span class="statement unchecked" title="Not yet checked">It was 88.</span>' in html
    assert "Not supported." in html
    assert "What is grey has not been checked yet" in html
    assert "Copy answer" not in html


def test_what_connects_is_plainly_marked_and_never_copied_exported_or_remembered() -> None:
    given = answer(
        Statement("Here is what they say:", outcome="connecting"),
        SAID,
        FAILED,
        mode="write",
        model="openai:demo",
    )
    html = thread([Exchange("Who?", given)])
    assert 'Here is what they say:</span> <span class="aside">the model\'s own words' in html
    for words in ("Here is what they say", "It was 99"):
        assert words not in plain(given)
        assert words not in str(given.to_json())
        assert words not in str(history([Exchange("Who?", given)]))
    assert given.to_json()["struck"] == 1


def test_the_tokens_and_the_cost_of_a_written_answer_stand_under_it() -> None:
    given = answer(SAID, mode="write", model="openai:demo", usage=Usage(1812, 64, 3.2, 0.00123))
    assert "1,812 + 64 tokens, $0.0012" in thread([Exchange("Who?", given)])
    assert "tokens" not in thread([Exchange("Who?", replace(given, usage=Usage()))])


def test_an_abstention_looks_different_and_names_the_nearest_passages() -> None:
    given = answer(state="silent", abstention="I found no answer.")
    html, cards = thread([Exchange("Who?", given)]), panel([Exchange("Who?", given)])
    assert "No answer found" in html
    assert 'class="marker"' not in html
    assert "Closest passages, not an answer" in cards
    assert 'class="number"' not in cards
    assert [card.source for card in nearest_cards(given, {})] == [CHAN, SUN]


LED = answer(SAID, IN_IT, short=cited(1, CHAN, "Nick Chan"))
MAY = Candidate(SUN, TEXT.index("Another"), len(TEXT), TEXT[TEXT.index("Another") :], 0.305)


def test_the_short_form_leads_with_its_source_which_is_not_named_again_below() -> None:
    html = thread([Exchange("Who?", LED)])
    short, below = html.split('<p class="short">')[1].split("<footer")[0].split("</p>", 1)
    assert ">Nick Chan</span>" in short
    assert 'href="#a1-s1"' in short
    assert 'data-span="11-29"' in short  # the sentence's, which the card marks
    assert "Daily · 21 February 2023" in short
    assert "Daily · 21 February 2023" not in below
    assert "Sun moves" in below
    assert "<b>Nick Chan</b> said so." in below


def test_whom_the_short_form_was_reported_by_is_shown_beside_it() -> None:
    citation = replace(SAID.citations[0], reported_via="River Post")
    html = thread([Exchange("Who?", replace(LED, statements=(replace(SAID, citations=(citation,)),)))])
    assert html.count("citing River Post") == 1
    assert "citing River Post" in html.split('<p class="short">')[1].split("</p>", 1)[0]


def test_the_short_form_is_bold_beside_other_words_and_only_where_it_is_quoted() -> None:
    marked = replace(SAID, bold=((5, 14), (15, 17)))  # the first of them overlaps it
    assert "<b>Nick Chan</b> said <b>so</b>." in thread(
        [Exchange("Who?", replace(LED, statements=(marked,)))]
    )
    retold = replace(SAID, text="So said he.")
    assert "<b>" not in thread([Exchange("Who?", replace(LED, statements=(retold,)))])


def test_no_side_of_a_comparison_leads() -> None:
    sides = replace(LED, statements=(replace(SAID, heading="Chan"), replace(IN_IT, heading="Tan")))
    assert 'class="short"' not in thread([Exchange("Both?", sides)])
    assert not plain(sides).startswith("Nick Chan [1]\n")


def test_the_short_form_is_copied_before_the_statements() -> None:
    assert plain(LED).splitlines()[:2] == ["Nick Chan [1]", "Nick Chan said so. [1] Tan is in it. [2]"]


def test_what_else_may_answer_is_folded_with_its_likelihood_its_place_and_a_link_to_its_words() -> None:
    html = thread([Exchange("Who?", replace(LED, also=(MAY,)), pages={"sun.md": ("page", (0, 41))})])
    folded = html.split('<details class="also">')[1].split("</details>")[0]
    assert "Also in the documents" in folded
    assert MAY.quote in folded
    assert "page 2&nbsp;·" in folded
    assert "30% likely" in folded
    start, end = MAY.start, MAY.end
    link = re.search(r'href="document\?id=sun.md&amp;start=(\d+)&amp;end=(\d+)&amp;.*check=(\w+)', folded)
    assert link is not None
    assert (int(link[1]), int(link[2])) == (start, end)
    assert "<mark" in document_page(Document(SUN, TEXT), [(start, end)], check=link[3])
    assert '<details class="also"' not in thread([Exchange("Who?", LED)])


def test_a_reply_to_thanks_is_not_called_a_silence() -> None:
    reply = answer(passages=(), state="silent", abstention="You are welcome.")
    shown = str(thread([Exchange("thanks", answer=reply)]))
    assert "You are welcome." in shown
    assert "No answer found" not in shown
    assert "No sentence was likely" not in shown
    assert "Closest passages" not in shown


def test_what_is_from_the_catalog_or_computed_is_not_called_a_quotation() -> None:
    listed = replace(SAID, computed=True)
    assert made_by(answer(SAID)) == "Quoted word for word"
    assert made_by(answer(listed, listed)) == "From the catalog of the index"
    assert made_by(answer(Statement("2 of them.", computed=True), SAID)).startswith("Computed by the program")


@pytest.mark.parametrize(
    ("probability", "words"), [(0.0, "under 1%"), (0.009, "1%"), (0.5, "50%"), (0.99, "99%"), (0.996, "over 99%")]
)  # fmt: skip
def test_no_likelihood_is_rounded_to_nothing_or_to_certainty(probability: float, words: str) -> None:
    assert likelihood(probability) == words


def test_where_it_is_unsure_what_may_answer_is_listed_and_shown_in_context_and_is_no_answer() -> None:
    unsure = answer(state="unsure", also=(MAY,), abstention="No answer.")
    html, cards = thread([Exchange("Who?", unsure)]), panel([Exchange("Who?", unsure)])
    assert "This may answer it" in html
    assert MAY.quote in html
    assert "No answer found" not in html
    assert "Copy answer" not in html
    assert 'class="marker"' not in html
    assert "Passages that may answer it" in cards
    assert f">{MAY.quote}</mark>" in cards
    assert 'class="number"' not in cards


def test_the_status_line_says_which_mode_and_model_answer() -> None:
    assert "no language model" in status(Status("quote", None, 56, "1 May 2026"))
    assert "openai:gpt, each sentence compared with its sources" in status(
        Status("write", "openai:gpt", 1, "1 May 2026")
    )


def test_the_history_is_plain_words_without_failed_questions_or_failed_statements() -> None:
    turns = history([Exchange("Who?", answer(SAID, FAILED)), Exchange("Bad", error="No.")])
    assert turns == (Turn("user", "Who?"), Turn("assistant", "Nick Chan said so."))


class Fails:
    """A chain that fails in the way it is given."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def stream(self, question: Question) -> object:
        raise self.error


def test_an_error_for_the_user_is_shown_as_it_stands_and_any_other_in_general_words() -> None:
    (shown,) = ask(Fails(UserError("Do this.")), Question("?"))  # type: ignore[arg-type]
    assert shown.error == "Do this."
    (hidden,) = ask(Fails(KeyError("secret")), Question("?"))  # type: ignore[arg-type]
    assert hidden.error == UNEXPECTED


def test_a_day_is_read_or_refused_with_an_example() -> None:
    assert parse_day("") is None
    assert parse_day(" 2026-03-31 ") == date(2026, 3, 31)
    with pytest.raises(UserError, match="2026-03-31"):
        parse_day("31.3.")


def test_the_viewer_marks_exactly_the_cited_words_across_paragraphs_and_pages() -> None:
    html = document_page(Document(CHAN, TEXT, "chan.md", (0, 41)), [(11, 20), (15, 29), (33, 48)])
    assert re.findall(r"<mark[^>]*>([^<]*)</mark>", html) == ["Nick Chan said so.", "er it.", "Another"]
    assert html.count('id="cited"') == 1
    assert 'data-place="Page 2"' in html
    plain_text = re.sub(r"<[^>]+>", "", html.split('<article class="text">')[1].split("</article>")[0])
    assert "".join(plain_text.split()) == "".join(TEXT.split())


def test_each_page_begins_once_with_the_paragraph_it_begins_in() -> None:
    pages = re.findall(
        r'data-place="Page (\d)"', document_page(Document(CHAN, "One.\n\nTwo. Three.\n\n\n", "", (0, 5, 11)))
    )
    assert pages == ["1", "2", "3"]


def test_the_viewer_marks_nothing_and_says_so_if_the_cited_words_are_gone() -> None:
    (card,) = cited_cards(answer(SAID), {})
    check = re.search(r"check=(\w+)", card.link)
    assert check is not None
    same = document_page(Document(CHAN, TEXT), [(11, 29)], check=check[1])
    changed = document_page(Document(CHAN, "New. " + TEXT), [(11, 29)], check=check[1])
    assert "<mark" in same
    assert "has changed" not in same
    assert "<mark" not in changed
    assert "has changed" in changed


def test_a_link_to_a_document_escapes_its_id() -> None:
    assert document_link("a b&c#d.jsonl#1") == "document?id=a+b%26c%23d.jsonl%231"


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\docs\\a.md", "a.md"),
        (".hidden.md", "hidden.md"),
        ("~$open.docx", "__open.docx"),
        ("README.md", "README (uploaded).md"),
        ("a\x00b\n.txt", "a_b_.txt"),
        (".md", "md"),
        ("香港.md", "香港.md"),
        ("Plan 🚢 & 👩🏽‍🚀 ❤️ 50% [final]!.md", "Plan 🚢 & 👩🏽‍🚀 ❤️ 50% [final]!.md"),
        ("「香港」、2026年　報告。.pdf", "「香港」、2026年 報告。.pdf"),
        ("نامه‌ها.txt", "نامه‌ها.txt"),
        ("q̇ cafe\u0301.md", "q̇ café.md"),
        ('<b>"a|b"?*:.md', "_b__a_b____.md"),
        ("gnp\u202efdp.exe\u2066.md", "gnp_fdp.exe_.md"),
        ("re\u200dport\u200b\ufeff.md", "re_port__.md"),
        ("\u3164\u2800.md", "__.md"),
        ("\u0301\ufe0f.md", "document.md"),
        ("CON.md", "_CON.md"),
        ("aux .tar.md", "_aux .tar.md"),
        ("Lpt9", "_Lpt9"),
        ("console.md", "console.md"),
        (" report .md. . ", "report.md"),
        ("...", "document"),
        ("", "document"),
        ("\ud800.md", "_.md"),
    ],
)
def test_the_name_of_an_upload_is_made_plain_and_visible(given: str, safe: str) -> None:
    assert safe_name(given) == safe


BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
DRAWN_AS_NOTHING = "\u115f\u1160\u2800\u3164\uffa0"
NAMES = st.text(st.characters(exclude_categories=()), max_size=300) | st.text(
    st.sampled_from("ab.~$/\\ <:_\x00\u0301\u200d\u202e\u3000\ufe0f香🚢éCONcon1mdr"), max_size=40
)


@given(NAMES, st.sampled_from(["", ".md", ".PDF", ".", " .txt ", "." + "x" * 300]))
def test_the_name_of_any_upload_becomes_one_visible_part_of_a_path(name: str, suffix: str) -> None:
    safe = safe_name(name + suffix)
    assert PurePosixPath(safe).name == PureWindowsPath(safe).name == safe
    assert not PureWindowsPath(safe).is_reserved()
    assert 0 < len(safe.encode()) <= LONGEST + len(" (uploaded)")
    assert unicodedata.is_normalized("NFC", safe)
    assert not safe.startswith((".", "~$"))
    assert safe[-1] not in ". "
    assert not set(safe) & set('<>:"|?*')
    assert not any(unicodedata.bidirectional(letter) in BIDI for letter in safe)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in safe)
    assert any(unicodedata.category(letter)[0] in "LNPS" for letter in safe)
    assert safe_name(safe) == safe


@given(
    st.text(
        st.characters(categories=["Ll", "Lo", "Nd", "So"], exclude_characters=DRAWN_AS_NOTHING), max_size=25
    )
)
def test_letters_digits_and_pictures_of_a_name_are_kept(name: str) -> None:
    wanted = unicodedata.normalize("NFC", f"x{name}.md")
    assert safe_name(wanted) == wanted


def test_an_upload_never_overwrites_and_the_same_file_is_taken_once(tmp_path: Path) -> None:
    corpus, first, second = tmp_path / "corpus", tmp_path / "1" / "a.md", tmp_path / "2" / "a.md"
    for path, text in ((first, "one"), (second, "two")):
        path.parent.mkdir()
        path.write_text(text, "utf-8")
    assert "was saved" in library.save(first, corpus)
    assert "a-2.md was saved" in library.save(second, corpus)
    assert "already" in library.save(first, corpus)
    assert "already" in library.save(second, corpus)
    saved = {path.name: path.read_text("utf-8") for path in (corpus / library.UPLOADS).iterdir()}
    assert saved == {"a.md": "one", "a-2.md": "two"}


def test_an_upload_of_an_unknown_kind_or_too_large_is_refused_in_words(tmp_path: Path) -> None:
    wrong, large = tmp_path / "a.exe", tmp_path / "b.md"
    wrong.write_bytes(b"MZ")
    with large.open("wb") as file:
        file.truncate(library.LARGEST + 1)
    taken = library.take_in([str(wrong), str(large)], tmp_path / "corpus", uploads=tmp_path)
    assert taken.saved == ()
    assert "Save it as .pdf" in taken.refused[0]
    assert "larger than 50 MB" in taken.refused[1]


def test_only_what_was_uploaded_is_taken_in_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    uploads, outside = tmp_path / "uploads", tmp_path / "outside.md"
    uploads.mkdir()
    outside.write_text("secret", "utf-8")
    (uploads / "link.md").symlink_to(outside)
    os.mkfifo(uploads / "pipe.md")
    (uploads / "good.md").write_text("words", "utf-8")
    given = [str(path) for path in (*sorted(uploads.iterdir()), outside, uploads / ".." / "outside.md")]
    taken = library.take_in(given, tmp_path / "corpus", uploads=uploads)
    assert taken.saved == ("good.md was saved in uploads/.",)
    assert len(taken.refused) == 4
    assert [path.name for path in (tmp_path / "corpus" / "uploads").iterdir()] == ["good.md"]
    assert outside.read_text("utf-8") == "secret"
    assert [path.name for path in uploads.iterdir()] == ["link.md"]


def test_example_questions_come_with_the_corpus_or_not_at_all(tmp_path: Path) -> None:
    assert example_questions(tmp_path) == []
    (tmp_path / ".examples").write_text("# hint\nWho?\n\nWhat?\n", "utf-8")
    assert example_questions(tmp_path) == ["Who?", "What?"]


def test_a_card_tells_why_its_passage_was_chosen_and_who_else_prints_it() -> None:
    scores = {"relevance": 0.91, "dense": 0.5, "keyword": 3.2, "newer": 0.3}
    copy = Passage(Source("copy.md", HOSTILE, "Other Daily"), 0, len(TEXT), TEXT, 1.1)
    other = Passage(Source("other.md", "Another Post"), 0, 10, TEXT[:10], 1.0)
    found = Passage(CHAN, 0, len(TEXT), TEXT, 1.2, scores, (copy, other))
    html = panel([Exchange("Who?", answer(SAID, passages=(found,)))])
    assert "Likelihood that it answers the question: 0.91" in html
    assert "Words in common: “said” (BM25 3.2)" in html  # “so” is a stop word, which says nothing
    assert "Newer documents are preferred" in html
    assert "Also printed by" in html
    assert "Other Daily): counted as one source." in html
    assert "Another Post" not in html  # it does not have the words that are cited
    assert "<script>" not in html


def test_the_answers_words_are_bold_and_what_is_added_stands_apart() -> None:
    statement = replace(SAID, lead="Nick Chan", bold=((0, 9),))
    html = thread([Exchange("Who?", answer(statement))])
    assert '<span class="lead">Nick Chan</span> <span class="statement"' in html
    assert "<b>Nick Chan</b> said so." in html
    assert plain(answer(statement)).startswith("[Nick Chan:] Nick Chan said so. [1]")


def test_the_sides_of_a_comparison_stand_in_columns_under_their_names() -> None:
    html = thread([Exchange("Both?", answer(replace(SAID, heading="Chan"), replace(IN_IT, heading="<Tan>")))])
    assert 'class="answer quote sides"' in html
    assert html.count('class="column"') == 2
    assert '<h3 class="side">&lt;Tan&gt;</h3>' in html


def test_whom_a_statement_was_reported_by_is_shown_beside_its_source() -> None:
    citation = replace(SAID.citations[0], reported_via="River Post")
    html = thread([Exchange("Who?", answer(replace(SAID, citations=(citation,))))])
    assert "citing River Post" in html
