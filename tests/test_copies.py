from datetime import date

import pytest

from assistant.retrieval.copies import Wording, copies_containing, deduplicate
from assistant.types import Passage, Source

REPORT = (
    "The Securities and Futures Commission said on Friday that it had licensed twelve platforms and that it "
    "was looking into the plans of eight more, most of which are run from abroad. HKVAX was the third."
)


def passage(document: str, text: str, score: float) -> Passage:
    return Passage(Source(document, document, "Post", None, date(2026, 1, 2)), 0, len(text), text, score)


@pytest.mark.parametrize(
    "copy",
    [
        REPORT,
        REPORT.replace("said on Friday", "said Friday"),
        REPORT.partition(" HKVAX")[0],
        REPORT.replace("licensed", "licenced").replace("’", "'").upper(),
    ],
)
def test_what_says_no_word_more_is_a_copy(copy: str) -> None:
    assert Wording.of(copy).is_contained_in(Wording.of(REPORT))


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("HKVAX", "HKVAEX"),
        ("Friday", "Monday"),
        ("twelve", "thirteen"),
        ("had licensed", "had not licensed"),
        ("eight more", "eight million more"),
        ("HKVAX was the third.", "HKVAX was the third. The fourth is not known."),
    ],
)
def test_a_report_with_another_word_is_none(word: str, other: str) -> None:
    assert not Wording.of(REPORT.replace(word, other)).is_contained_in(Wording.of(REPORT))


def test_texts_too_short_to_compare_are_none() -> None:
    assert not Wording.of("").is_contained_in(Wording.of(REPORT))
    assert not Wording.of("So it is.").is_contained_in(Wording.of("So it is."))


def test_a_copy_takes_no_place_and_all_its_documents_are_told() -> None:
    ranked = [
        passage("first", REPORT, 0.9),
        passage("copy", REPORT, 0.8),
        passage("other", "Something else was said there, by somebody else, about another matter.", 0.7),
        passage("again", REPORT.partition(" HKVAX")[0], 0.6),
        passage("last", "A fifth passage speaks of the weather in the harbour and of the ferries.", 0.5),
    ]
    kept = deduplicate(ranked, 3)
    assert [found.document for found in kept] == ["first", "other", "last"]
    assert [copy.document for copy in kept[0].copies] == ["copy", "again"]
    assert deduplicate([kept[0], *kept], 3)[0].copies == kept[0].copies


def test_a_longer_passage_is_not_lost_for_a_short_one_that_stands_in_it() -> None:
    more = f"{REPORT} The money came from the estate of the late Margaret Hale."
    kept = deduplicate([passage("short", REPORT, 0.9), passage("long", more, 0.8)], 2)
    assert [found.document for found in kept] == ["short", "long"]
    assert not kept[0].copies


def test_a_copy_is_told_of_where_it_has_the_words_that_are_cited() -> None:
    (found,) = deduplicate(
        [passage("first", REPORT, 0.9), passage("copy", REPORT.partition(" HKVAX")[0], 0.8)], 2
    )
    assert [copy.document for copy in copies_containing(["It had licensed twelve platforms"], [found])] == [
        "copy"
    ]
    assert copies_containing(["It had licensed twelve platforms", "HKVAX was the third."], [found]) == ()
