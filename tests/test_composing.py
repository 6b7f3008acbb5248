from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.citing import answer_words
from assistant.answering.compose import Chosen, day_of, grown
from assistant.answering.quote import Limits, quote
from assistant.answering.timeline import told_over_time
from assistant.types import Passage, Reading, ReadSentence, SentenceSpan, Source, SubQuestion

ASKED = SubQuestion("How many boats were lost in the storm?")


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


def test_the_newest_value_comes_first_and_what_it_was_before_is_noted() -> None:
    sentences = [chosen(0, TOLD, words="Twelve"), chosen(1, TOLD, words="15", score=0.8)]
    readings = [Reading(tuple(one.sentence for one in sentences), 0.9, ASKED)]
    quoted = quote(readings, limits=Limits(0.5, 0.3), texts=lambda _: "")
    assert [s.citations[0].document for s in quoted.statements] == ["late"]
    assert quoted.short
    assert quoted.short.quote == "15"
    assert quoted.notes == ("In earlier documents: Twelve (1 March 2024).",)
    assert [c.source.document for c in quoted.also] == ["early"]


def test_what_happened_once_has_no_newer_value() -> None:
    trading = [
        passage("first", "The bitcoin fund began to trade on 30 April 2024.", date(2024, 4, 30)),
        passage("second", "Trading starts on 27 October 2025.", date(2025, 10, 22)),
    ]
    part = SubQuestion("When did the bitcoin fund start trading?")
    likely = [
        chosen(0, trading, words="30 April 2024", part=part),
        chosen(1, trading, words="27 October 2025", score=0.8, part=part),
    ]
    told = told_over_time(likely, newest=False)
    assert [one.span.passage.document for one in told.shown] == ["first"]
    assert told.notes == ()
    when_will = SubQuestion("When does the fund start trading?")
    told = told_over_time([replace(one, part=when_will) for one in likely], newest=False)
    assert [one.span.passage.document for one in told.shown] == ["second"]


def test_a_bare_number_counts_what_the_others_count() -> None:
    told = [*TOLD[:1], passage("bare", "There are 15 now.", date(2025, 3, 1))]
    shown = told_over_time([chosen(1, told, words="15"), chosen(0, told, words="Twelve")], newest=True)
    assert shown.notes == ("In earlier documents: Twelve (1 March 2024).",)


def test_where_the_question_names_a_time_the_best_value_leads_whatever_came_later() -> None:
    part = SubQuestion("How many boats were lost in the storm as of March 2024?")
    told = told_over_time(
        [chosen(0, TOLD, words="Twelve", part=part), chosen(1, TOLD, words="15", part=part)], newest=False
    )
    assert [one.span.passage.document for one in told.shown] == ["early"]
    assert told.notes == ()


def test_sources_of_one_time_that_differ_are_both_shown_and_named() -> None:
    sentences = [chosen(1, TOLD, words="15"), chosen(2, TOLD, words="14")]
    readings = [Reading(tuple(one.sentence for one in sentences), 0.9, ASKED)]
    quoted = quote(readings, limits=Limits(0.5, 0.3), texts=lambda _: "")
    assert {s.lead for s in quoted.statements} == {"Late (1 March 2025)", "Rival (9 March 2025)"}
    assert quoted.short is None
    assert "disagree" in quoted.notes[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Fifteen boats were lost in the storm.", "Fifteen"),
        ("In the storm 40 oars of boats were lost.", "40"),
    ],
)
def test_the_same_figure_twice_or_about_something_else_is_no_disagreement(text: str, words: str) -> None:
    told = [TOLD[1], passage("other", text, date(2025, 3, 2))]
    part = SubQuestion("How many boats or oars were lost in the storm?")
    shown = told_over_time(
        [chosen(0, told, words="15", part=part), chosen(1, told, words=words, part=part)], newest=False
    )
    assert (len(shown.shown), shown.disagree, shown.notes) == (1, False, ())


def test_two_names_for_one_thing_from_sources_of_one_time_disagree_and_of_two_times_do_not() -> None:
    part = SubQuestion("Who is the harbour master of Linden?")
    told = [
        passage("a", "Ada Bloom is the harbour master.", date(2025, 3, 1)),
        passage("b", "Bo Lind is the harbour master.", date(2025, 3, 2)),
        passage("c", "Cy Park is the harbour master.", date(2021, 3, 2)),
    ]
    names = ["Ada Bloom", "Bo Lind", "Cy Park"]
    sentences = [chosen(n, told, words=name, part=part) for n, name in enumerate(names)]
    shown = told_over_time(sentences, newest=False).shown
    assert [one.span.passage.document for one in shown] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("On 3 May 2024 some boats were lost.", "3 May", "3 May 2024"),
        ("It was sold by the Harbour Board, they say.", "the Harbour Board,", "Harbour Board"),
        ("It took a million trips.", "a million trips.", "a million trips"),
        ("It went down " + "very " * 20 + "fast.", "very " * 20 + "fast", None),
        ("Of 20 boats 15 were lost.", "", None),
    ],
)
def test_the_words_that_answer_are_those_that_the_reader_marks_whole_and_few(
    text: str, words: str, found: str | None
) -> None:
    told = [passage("a", text)]
    span = answer_words(chosen(0, told, words=words))
    assert (text[slice(*span)] if span else None) == found


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("She counted 15 boats.", "Ada Bloom is mayor. "),
        ("In the end she counted 15 boats.", "Ada Bloom is mayor. "),
        ("When asked, Bo Lind said he had counted 15 boats.", ""),
        ("The mayor counted 15 boats.", ""),
    ],
)
def test_a_sentence_that_does_not_name_who_it_tells_of_comes_with_the_one_before(
    text: str, before: str
) -> None:
    told = [passage("a", f"Ada Bloom is mayor. {text}")]
    assert grown(chosen(0, told)).span.text == before + text


def test_the_words_that_answer_keep_their_place_when_a_sentence_grows() -> None:
    told = [passage("a", "Ada Bloom is mayor. She counted 15 boats.")]
    one = grown(chosen(0, told, words="15 boats"))
    assert one.sentence.answer_span
    assert one.span.text[slice(*one.sentence.answer_span)] == "15 boats"


def test_a_row_of_a_table_is_as_old_as_the_date_it_begins_with() -> None:
    told = [
        passage("a", "May 2024 | 12 boats", date(2026, 1, 1)),
        passage("b", "In May 2024.", date(2026, 1, 1)),
    ]
    assert [day_of(chosen(n, told).span) for n in range(2)] == [date(2024, 5, 31), date(2026, 1, 1)]


def test_what_is_hardly_likely_does_not_lead_because_it_is_newer() -> None:
    sentences = [chosen(0, TOLD, words="Twelve"), chosen(2, TOLD, words="14", score=0.1)]
    readings = [Reading(tuple(one.sentence for one in sentences), 0.9, ASKED)]
    quoted = quote(readings, limits=Limits(0.5, 0.3), texts=lambda _: "", newest=True)
    assert [s.citations[0].document for s in quoted.statements] == ["early"]


def test_a_part_that_is_not_answered_is_named() -> None:
    cost = SubQuestion("How many boats were lost, and what did it cost?", "what did it cost?")
    readings = [
        Reading((chosen(0, TOLD).sentence,), 0.9, ASKED),
        Reading((chosen(1, TOLD).sentence,), 0.1, cost),
    ]
    quoted = quote(readings, limits=Limits(0.5, 0.3), texts=lambda _: "")
    assert quoted.statements
    assert quoted.notes == ("I found no answer to: “what did it cost?”.",)


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
    readings = [Reading(tuple(sentences), 0.9, SubQuestion("rules of Alba", "Alba", heading="Alba"))]
    quoted = quote(readings, limits=Limits(0.5, 0.3), texts=lambda _: "")
    assert [s.text for s in quoted.statements] == ["In Alba the rules hold since May."]
    assert quoted.statements[0].heading == "Alba"


def test_what_the_publisher_of_the_document_reports_is_its_own() -> None:
    text = "Twelve boats were lost in the storm, the Valley Gazette reports."
    for publisher, reported_via in (("Valley Gazette (summary)", None), ("River Post", "the Valley Gazette")):
        own = Passage(Source("a", "Boats", publisher=publisher), 0, len(text), text, 1.0)
        readings = [Reading((ReadSentence(SentenceSpan(own, 0, len(text), text), 0.9),), 0.9, ASKED)]
        quoted = quote(readings, limits=Limits(0.5, 0.3), texts=lambda _: text)
        assert quoted.statements[0].citations[0].reported_via == reported_via
