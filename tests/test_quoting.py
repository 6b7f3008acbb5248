from dataclasses import replace
from datetime import date

import pytest

from assistant.answering.quote import Limits, Quoted, quote, repeats
from assistant.answering.silence import abstention
from assistant.types import (
    Context,
    Passage,
    Question,
    Reading,
    ReadSentence,
    SentenceSpan,
    Source,
    Statement,
    SubQuestion,
)

PASSAGES = [
    Passage(Source("a", "First", published=date(2023, 2, 21)), 10, 60, "x" * 50, 0.9),
    Passage(Source("b", "Second"), 0, 50, "y" * 50, 0.8),
]


def sentence(passage: int, start: int, text: str, score: float) -> ReadSentence:
    return in_passage(PASSAGES[passage], start, text, score)


def in_passage(passage: Passage, start: int, text: str, score: float) -> ReadSentence:
    return ReadSentence(SentenceSpan(passage, start, start + len(text), text), score)


def quoted(*readings: Reading) -> Quoted:
    return quote(readings, limits=Limits(sure=0.5, unsure=0.3), texts=lambda _: "")


def statements(*readings: Reading) -> tuple[Statement, ...]:
    return quoted(*readings).statements


def marked(text: str, words: str, score: float, *, passage: int = 0) -> ReadSentence:
    """A sentence at the start of a passage, the words of which are marked as the answer."""
    at = text.index(words)
    return replace(sentence(passage, 0, text, score), answer_span=(at, at + len(words)))


def test_the_best_sentence_is_shown_and_the_others_are_candidates() -> None:
    found = (
        replace(sentence(1, 20, "The best one.", 0.9), answer_span=(4, 8)),
        sentence(0, 30, "Hardly likely.", 0.25),
        sentence(0, 10, "Far behind.", 0.01),
    )
    given = quoted(Reading(found, answerable=0.9))
    assert given.state == "answered"
    (shown,) = given.statements
    (citation,) = shown.citations
    assert (citation.marker, citation.document, citation.start, citation.quote) == (
        1,
        "b",
        20,
        "The best one.",
    )
    assert [(c.source.document, c.start, c.quote, c.probability) for c in given.also] == [
        ("a", 30, "Hardly likely.", 0.25)
    ]


def test_a_candidate_repeats_neither_what_is_shown_nor_another() -> None:
    twice = [
        replace(sentence(0, 10, "The same words.", 0.9), answer_span=(4, 8)),
        sentence(1, 0, "The same words.", 0.89),
        sentence(0, 90, "Some other phrase.", 0.15),
        sentence(1, 30, "Some other phrase.", 0.12),
    ]
    assert [c.quote for c in quoted(Reading(tuple(twice), 0.9)).also] == ["Some other phrase."]


def test_a_sentence_of_the_same_passage_needs_less_to_be_shown_than_one_of_another() -> None:
    found = (
        sentence(0, 10, "The gates are shut.", 0.9),
        sentence(1, 10, "A boat waits there.", 0.25),
        sentence(0, 40, "Then water is let in.", 0.25),
    )
    given = quoted(Reading(found, 0.9))
    assert [s.text for s in given.statements] == ["The gates are shut.", "Then water is let in."]
    assert [c.quote for c in given.also] == ["A boat waits there."]


def test_a_sentence_that_only_repeats_the_question_answers_none_but_for_yes_or_no() -> None:
    where, is_shut = SubQuestion("Where is the lighthouse?"), SubQuestion("Is the lighthouse shut?")
    alone = (sentence(0, 10, "Lighthouse", 0.9), sentence(0, 30, "It rains.", 0.01))
    assert quoted(Reading(alone, 0.9, where)).state == "silent"
    decided = (sentence(0, 10, "The lighthouse is shut.", 0.9),)
    assert quoted(Reading(decided, 0.9, is_shut)).state == "answered"


def test_there_are_at_most_three_sentences_and_five_candidates() -> None:
    part = SubQuestion("Which boats were lost?")
    many = [sentence(0, 100 * n, f"Boat number{n} was lost.", 0.9) for n in range(20)]
    given = quoted(Reading(tuple(many), 0.9, part))
    assert (len(given.statements), len(given.also)) == (3, 5)


def test_what_may_answer_but_is_not_sure_to_is_a_candidate_and_no_statement() -> None:
    found = tuple(sentence(0, n * 10, f"Perhaps number{n}.", 0.5 - n / 100) for n in range(9))
    given = quoted(Reading(found, answerable=0.4))
    assert (given.state, given.statements, given.short) == ("unsure", (), None)
    assert [c.quote for c in given.also] == [f"Perhaps number{n}." for n in range(5)]


def test_the_words_that_answer_stand_in_the_first_statement_with_their_place() -> None:
    part = SubQuestion("How long did the course take?")
    given = quoted(Reading((marked("The course took 400 hours in all.", "400", 0.9),), 0.9, part))
    assert given.short
    assert (given.short.quote, given.short.start, given.short.end) == ("400 hours", 16, 25)
    assert given.statements[0].bold == ((16, 25),)


@pytest.mark.parametrize(
    ("text", "short"),
    [("Yes, the ferry stops at Linden.", "Yes"), ("The ferry stops at Linden.", None)],
)
def test_yes_or_no_is_the_short_answer_only_where_the_words_say_so(text: str, short: str | None) -> None:
    part = SubQuestion("Does the ferry stop at Linden?")
    given = quoted(Reading((marked(text, "Linden", 0.9),), 0.9, part))
    assert (given.short and given.short.quote) == short
    assert [s.text for s in given.statements] == [text]


def test_below_the_threshold_nothing_is_quoted() -> None:
    read = Reading((sentence(0, 10, "Not an answer.", 0.2),), answerable=0.3)
    assert statements(read) == ()
    assert statements(Reading((), 0.0)) == ()


def test_silence_says_what_was_searched_and_what_comes_nearest() -> None:
    told = abstention(PASSAGES, "2 documents", Question("When?"))
    assert told.startswith("I found no answer in 2 documents.")
    assert "First, 21 February 2023" in told
    assert abstention([], "0 documents", Question("When?")).startswith("I found no answer in 0 documents.")


def test_that_the_documents_do_not_say_is_claimed_with_the_sentence_that_says_so() -> None:
    text = "The report does not name the officials who came."
    found = (sentence(0, 10, "Officials came.", 0.9), sentence(0, 30, text, 0.1))
    given = quoted(Reading(found, 0.9, SubQuestion("Which officials came, by name?")))
    assert (given.state, given.statements) == ("silent", ())
    assert [c.quote for c in given.also] == [text]
    told = abstention(PASSAGES, "2 documents", Question("Which?"), unknown=given.also)
    assert told.startswith("The documents don't say")
    assert text in told


def test_a_sentence_that_says_he_brings_along_the_one_that_says_who() -> None:
    text = "Ada Bloom is the mayor. She closed the bridge."
    passage = Passage(Source("a"), 10, 10 + len(text), text, 1.0)
    place = SentenceSpan(passage, 34, 56, "She closed the bridge.", "Ada Bloom is the mayor.")
    read = Reading((ReadSentence(place, 0.9),), 0.9)
    given = statements(read)
    assert [s.text for s in given] == [text]
    for citation in (c for s in given for c in s.citations):
        assert text[citation.start - 10 : citation.end - 10] == citation.quote


def test_each_part_of_a_question_gets_its_best_sentence() -> None:
    who = [sentence(0, 10, "Ada Bloom closed it.", 0.9), sentence(0, 30, "Ada Bloom spoke.", 0.8)]
    why = [sentence(1, 0, "The river had risen.", 0.4), sentence(0, 10, "Ada Bloom closed it.", 0.1)]
    given = statements(
        Reading(tuple(who), 0.9, SubQuestion("Who closed it?")),
        Reading(tuple(why), 0.9, SubQuestion("Who closed it, and why?")),
    )
    assert [s.text for s in given] == ["Ada Bloom closed it.", "The river had risen."]


def test_a_sentence_that_answers_two_parts_is_shown_once() -> None:
    both = sentence(0, 10, "Ada Bloom closed it in May.", 0.9)
    parts = [SubQuestion(text) for text in ("Who closed it?", "When did it close?")]
    assert len(statements(*(Reading((both,), 0.9, part) for part in parts))) == 1


def test_a_sentence_repeats_another_unless_a_number_differs() -> None:
    first = "The fund charges a yearly fee of 1%."
    assert repeats("The fund charges a yearly fee.", [first])
    assert not repeats("The fund charges a yearly fee of 2%.", [first])


def test_an_item_of_a_list_is_quoted_with_the_whole_list_and_the_words_that_open_it() -> None:
    text = "It was long ago. Three firms left:\n\n- Alpha, in May;\n- Beta, in June;\n- Gamma.\n\nThen it was over."
    whole = (5 + text.index("Three"), 5 + text.index("Gamma.") + 6)
    passage = Passage(Source("a"), 5, 5 + len(text), text, 1.0, context=Context(lists=(whole,)))
    start = 5 + text.index("Beta")
    items = [
        in_passage(passage, start, "Beta, in June;", 0.9),
        in_passage(passage, 5 + text.index("Gamma"), "Gamma.", 0.8),
    ]
    given = statements(Reading(tuple(items), 0.9, SubQuestion("Which firms left?")))
    assert [s.text for s in given] == ["Three firms left:\n\n- Alpha, in May;\n- Beta, in June;\n- Gamma."]
    citation = given[0].citations[0]
    assert text[citation.start - 5 : citation.end - 5] == citation.quote


def test_a_note_goes_along_with_the_short_paragraph_that_it_hangs_on() -> None:
    text = "Members may bring two guests a day.\n\nOn holidays none are admitted.\n\nThe pool is deep."
    note = (0, text.index("\n\nOn"), text.index("On"), text.index("\n\nThe pool"))
    passage = Passage(Source("a"), 0, len(text), text, 1.0, context=Context(notes=(note,)))
    read = Reading(
        (in_passage(passage, 0, "Members may bring two guests a day.", 0.9),),
        0.9,
        SubQuestion("How many guests?"),
    )
    assert [s.text for s in statements(read)] == [
        "Members may bring two guests a day.",
        "On holidays none are admitted.",
    ]
    about_the_pool = Reading(
        (in_passage(passage, text.index("The pool"), "The pool is deep.", 0.9),),
        0.9,
        SubQuestion("Is it deep?"),
    )
    assert [s.text for s in statements(about_the_pool)] == ["The pool is deep."]


def test_an_item_stands_by_itself_where_no_list_was_asked_for() -> None:
    text = "Three firms left:\n- Alpha, in May;\n- Beta, in June;"
    item = in_passage(
        Passage(Source("a"), 0, len(text), text, 1.0), text.index("Beta"), "Beta, in June;", 0.9
    )
    given = statements(Reading((item,), 0.9, SubQuestion("When did Beta leave?")))
    assert [s.text for s in given] == ["Beta, in June;"]


def test_a_person_whom_a_page_does_not_name_is_no_gap() -> None:
    text = "A lawmaker, whom the page does not name, expects one licence."
    read = Reading(
        (sentence(0, 10, text, 0.9),), 0.9, SubQuestion("How many licences does a lawmaker expect?")
    )
    given = statements(read)
    assert [s.text for s in given] == [text]


def test_one_part_that_is_not_known_does_not_silence_the_other() -> None:
    when = Reading((sentence(0, 10, "It opened in May.", 0.9),), 0.9, SubQuestion("When did it open?"))
    gap = "The page does not say how much the opening cost."
    cost = Reading(
        (sentence(0, 30, gap, 0.8),),
        0.9,
        SubQuestion("When did it open, and how much did the opening cost?"),
    )
    given = statements(when, cost)
    assert "It opened in May." in [s.text for s in given]


def test_what_was_not_given_may_be_the_answer() -> None:
    text = "The firm was not given a licence because it never applied."
    read = Reading((sentence(0, 10, text, 0.9),), 0.9, SubQuestion("Why was the firm not given a licence?"))
    assert statements(read)
