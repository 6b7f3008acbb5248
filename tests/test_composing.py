from datetime import date

import pytest

from assistant.answering.citing import answer_words, find_conflicts
from assistant.answering.compose import Chosen, day_of, in_reading_order, with_antecedents
from assistant.answering.quote import quote
from assistant.question.answer_types import sub_question
from assistant.types import Passage, Reading, ReadSentence, SentenceSpan, Source, SubQuestion

ASKED = sub_question("How many boats were lost in the storm?")


def passage(document: str, text: str, published: date | None = None) -> Passage:
    return Passage(Source(document, document.title(), published=published), 0, len(text), text, 1.0)


def chosen(
    number: int, passages: list[Passage], *, words: str = "", part: SubQuestion = ASKED, score: float = 0.9
) -> Chosen:
    """The last sentence of a passage, with the one before it, and which of its words are the answer."""
    text = passages[number].text
    start = text.rfind(". ", 0, -1) + 2 if ". " in text else 0
    own, before = text[start:], text[: start - 1] if start else ""
    at = own.find(words)
    span = (at, at + len(words)) if words else None
    return Chosen(
        ReadSentence(SentenceSpan(passages[number], start, len(text), own, before), score, span), part
    )


TOLD = [
    passage("early", "Twelve boats were lost in the storm.", date(2024, 3, 1)),
    passage("late", "The storm sank more than was thought: 15 boats were lost.", date(2025, 3, 1)),
    passage("rival", "By our count 14 boats were lost in the storm.", date(2025, 3, 9)),
]


def test_what_changed_over_time_is_told_newest_first_with_dates() -> None:
    sentences = [chosen(0, TOLD, words="Twelve"), chosen(1, TOLD, words="15")]
    readings = [Reading(tuple(one.sentence for one in sentences), 0.9, ASKED)]
    quoted = quote(readings, threshold=0.5, texts=lambda _: "")
    assert [s.citations[0].document for s in quoted.statements] == ["late", "early"]
    assert [s.lead for s in quoted.statements] == ["15 (1 March 2025)", "Twelve (1 March 2024)"]
    assert "different dates" in quoted.notes[0]


def test_sources_of_one_time_that_differ_are_said_to_disagree() -> None:
    changed, notes = find_conflicts([chosen(1, TOLD, words="15"), chosen(2, TOLD, words="14")])
    assert not changed
    assert "disagree" in notes[0]


def test_the_same_figure_twice_or_about_something_else_is_no_disagreement() -> None:
    told = [TOLD[1], passage("echo", "Fifteen boats were lost in the storm.", date(2025, 3, 2))]
    assert find_conflicts([chosen(0, told, words="15"), chosen(1, told, words="Fifteen")]) == (
        False,
        (),
    )
    other = [TOLD[1], passage("fair", "The fair had 40 stalls.", date(2025, 3, 2))]
    assert find_conflicts([chosen(0, other, words="15"), chosen(1, other, words="40")]) == (False, ())


def test_the_answer_is_the_value_of_the_kind_asked_for() -> None:
    told = [passage("a", "On 3 May 2024 some 15 boats were lost.")]
    span = answer_words(chosen(0, told, words="some 15 boats"))
    assert span
    assert told[0].text[slice(*span)] == "15"
    span = answer_words(chosen(0, told, words="3 May", part=sub_question("When were the boats lost?")))
    assert span
    assert told[0].text[slice(*span)] == "3 May 2024"


def test_where_nothing_marks_one_of_several_values_none_is_taken() -> None:
    told = [passage("a", "Of 20 boats 15 were lost.")]
    assert answer_words(chosen(0, told)) is None


def test_the_weakest_makes_room_for_what_a_sentence_leans_on() -> None:
    told = [passage("a", "Ada Bloom is mayor. She counted 15 boats."), TOLD[0], TOLD[1]]
    found = with_antecedents([chosen(n, told) for n in range(3)], 3)
    assert [one.span.text for group in found for one in group] == [
        "Ada Bloom is mayor.",
        "She counted 15 boats.",
        "Twelve boats were lost in the storm.",
    ]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("The bill passed.", 2), ("The bill of 1931 passed.", 1), ("The Harbour Bill passed.", 1)],
)
def test_a_bill_that_is_not_named_leans_on_the_sentence_before(text: str, quoted: int) -> None:
    told = [passage("a", f"Ada Bloom spoke. {text}")]
    (group,) = with_antecedents([chosen(0, told)], 3)
    assert len(group) == quoted


def test_the_answer_comes_first_then_the_rest_of_its_document_as_the_text_runs() -> None:
    text = "Ada Bloom came. Rain fell. Fifteen boats were lost. Oars were found."
    told = [passage("other", "Boats are dear."), passage("a", text)]
    sentences = [
        text[: text.index("Rain") - 1],
        *(s + "." for s in text[text.index("Rain") : -1].split(". ")),
    ]
    places = [SentenceSpan(told[1], text.index(s), text.index(s) + len(s), s) for s in sentences]
    first, *rest = [places[2], places[3], places[0]]
    groups = [[Chosen(ReadSentence(place, 0.9 - n / 10), ASKED)] for n, place in enumerate([first, *rest])]
    ordered = in_reading_order([*groups, [chosen(0, told)]], newest_first=False)
    assert [one.span.text for one in ordered] == [
        "Fifteen boats were lost.", "Ada Bloom came.", "Oars were found.", "Boats are dear.",
    ]  # fmt: skip


def test_a_row_of_a_table_is_as_old_as_the_date_it_begins_with() -> None:
    told = [
        passage("a", "May 2024 | 12 boats", date(2026, 1, 1)),
        passage("b", "In May 2024.", date(2026, 1, 1)),
    ]
    assert [day_of(chosen(n, told).span) for n in range(2)] == [date(2024, 5, 31), date(2026, 1, 1)]


def test_what_is_hardly_likely_does_not_lead_because_it_is_newer() -> None:
    groups = [[chosen(0, TOLD, score=0.9)], [chosen(2, TOLD, score=0.1)], [chosen(1, TOLD, score=0.5)]]
    ordered = in_reading_order(groups, newest_first=True)
    assert [one.span.passage.document for one in ordered] == ["late", "early", "rival"]


def test_a_comparison_is_ordered_by_its_sides() -> None:
    north, south = (
        sub_question("boats of the north", "north", heading="north"),
        sub_question("boats of the south", "south", heading="south"),
    )
    mixed = [chosen(0, TOLD, part=north), chosen(1, TOLD, part=south), chosen(2, TOLD, part=north)]
    ordered = in_reading_order([[one] for one in mixed], newest_first=False)
    assert [one.part.heading for one in ordered] == ["north", "north", "south"]


def test_a_part_that_is_not_answered_is_named() -> None:
    cost = sub_question("How many boats were lost, and what did it cost?", "what did it cost?")
    readings = [
        Reading((chosen(0, TOLD).sentence,), 0.9, ASKED),
        Reading((chosen(1, TOLD).sentence,), 0.1, cost),
    ]
    quoted = quote(readings, threshold=0.5, texts=lambda _: "")
    assert quoted.statements
    assert quoted.notes == ("I found no answer to: “what did it cost?”.",)


@pytest.mark.parametrize(
    "text",
    [
        "The count",
        "River Post – 30 April 2024 – Harbour desk",
        "How many?",
        "and oars,",
        "Date | Boats or oars | Sum | Lost",
    ],
)
def test_scraps_are_not_quoted_where_there_is_a_sentence(text: str) -> None:
    scrap = ReadSentence(SentenceSpan(TOLD[0], 0, len(text), text), 0.95)
    readings = [Reading((scrap, chosen(0, TOLD, score=0.9).sentence), 0.9, ASKED)]
    quoted = quote(readings, threshold=0.5, texts=lambda _: "")
    assert [s.text for s in quoted.statements] == ["Twelve boats were lost in the storm."]


def test_on_a_side_of_a_comparison_stands_what_names_it() -> None:
    told = [passage("a", "Existing firms have a year. In Alba the rules hold since May.")]
    texts = ["Existing firms have a year.", "In Alba the rules hold since May."]
    sentences = [
        ReadSentence(
            SentenceSpan(told[0], told[0].text.index(text), told[0].text.index(text) + len(text), text),
            score,
        )
        for text, score in zip(texts, (0.9, 0.5), strict=True)
    ]
    readings = [Reading(tuple(sentences), 0.9, sub_question("rules of Alba", "Alba", heading="Alba"))]
    quoted = quote(readings, threshold=0.5, texts=lambda _: "")
    assert [s.text for s in quoted.statements] == ["In Alba the rules hold since May."]
    assert quoted.statements[0].heading == "Alba"


def test_what_the_publisher_of_the_document_reports_is_its_own() -> None:
    text = "Twelve boats were lost in the storm, the Valley Gazette reports."
    for publisher, reported_via in (("Valley Gazette (summary)", None), ("River Post", "the Valley Gazette")):
        own = Passage(Source("a", "Boats", publisher=publisher), 0, len(text), text, 1.0)
        readings = [Reading((ReadSentence(SentenceSpan(own, 0, len(text), text), 0.9),), 0.9, ASKED)]
        quoted = quote(readings, threshold=0.5, texts=lambda _: text)
        assert quoted.statements[0].citations[0].reported_via == reported_via
