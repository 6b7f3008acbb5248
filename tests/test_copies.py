from datetime import date

import pytest

from assistant.copies import Wording
from assistant.retrieval import one_of_each
from assistant.types import Passage, Source

REPORT = (
    "The Securities and Futures Commission said on Friday that it had licensed twelve platforms and that it "
    "was looking into the plans of eight more, most of which are run from abroad. HKVAX was the third."
)


def passage(document: str, text: str, score: float) -> Passage:
    return Passage(Source(document, document, "Post", None, date(2026, 1, 2)), 0, len(text), text, score)


@pytest.mark.parametrize(
    "other",
    [
        REPORT,
        f"Hong Kong. {REPORT} Markets were quiet.",
        REPORT.replace("it was looking", "it is looking"),
    ],
)
def test_one_report_in_other_dress_is_a_copy(other: str) -> None:
    assert Wording.of(REPORT).is_copy_of(Wording.of(other))
    assert Wording.of(other).is_copy_of(Wording.of(REPORT))


@pytest.mark.parametrize(
    ("word", "other"), [("HKVAX", "HKVAEX"), ("Friday", "Monday"), ("twelve", "thirteen")]
)
def test_a_report_with_another_name_or_number_is_none(word: str, other: str) -> None:
    assert not Wording.of(REPORT).is_copy_of(Wording.of(REPORT.replace(word, other)))


def test_texts_too_short_to_compare_are_none() -> None:
    assert not Wording.of("").is_copy_of(Wording.of(REPORT))
    assert not Wording.of("So it is.").is_copy_of(Wording.of("So it is."))


def test_a_copy_takes_no_place_and_all_its_documents_are_told() -> None:
    ranked = [
        passage("first", REPORT, 0.9),
        passage("copy", REPORT, 0.8),
        passage("other", "Something else was said there, by somebody else, about another matter.", 0.7),
        passage("again", f"Hong Kong. {REPORT}", 0.6),
        passage("last", "A fifth passage speaks of the weather in the harbour and of the ferries.", 0.5),
    ]
    kept = one_of_each(ranked, 3)
    assert [found.document for found in kept] == ["first", "other", "last"]
    assert [source.document for source in kept[0].copies] == ["copy", "again"]
