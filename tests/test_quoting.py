from datetime import date

from assistant.answering.quote import abstention, quote, select
from assistant.question.answer_types import sub_question
from assistant.types import (
    Passage,
    Question,
    Reading,
    ReadSentence,
    SentenceSpan,
    Source,
    Statement,
)

PASSAGES = [
    Passage(Source("a", "First", published=date(2023, 2, 21)), 10, 60, "x" * 50, 0.9),
    Passage(Source("b", "Second"), 0, 50, "y" * 50, 0.8),
]


def sentence(passage: int, start: int, text: str, score: float) -> ReadSentence:
    return in_passage(PASSAGES[passage], start, text, score)


def in_passage(passage: Passage, start: int, text: str, score: float) -> ReadSentence:
    return ReadSentence(SentenceSpan(passage, start, start + len(text), text), score)


def statements(*readings: Reading) -> tuple[Statement, ...]:
    return quote(readings, threshold=0.5, texts=lambda _: "").statements


def test_the_best_sentence_leads_and_those_nearly_as_good_follow() -> None:
    read = Reading(
        (
            sentence(1, 20, "The best one.", 0.9),
            sentence(0, 30, "Nearly as good.", 0.8),
            sentence(1, 0, "Earlier in the text.", 0.7),
            sentence(0, 10, "Far behind.", 0.01),
        ),
        answerable=0.9,
    )
    given = statements(read)
    assert [s.text for s in given] == ["The best one.", "Earlier in the text.", "Nearly as good."]
    cited = [(c.marker, c.document, c.start, c.quote) for s in given for c in s.citations]
    assert cited[0] == (1, "b", 20, "The best one.")
    assert cited[2] == (2, "a", 30, "Nearly as good.")


def test_a_sentence_that_stands_in_two_documents_is_quoted_once() -> None:
    twice = [sentence(0, 10, "The same words.", 0.9), sentence(1, 0, "The same words.", 0.89)]
    assert len(select([Reading(tuple(twice), 0.9)])) == 1


def test_at_most_five_sentences_are_quoted() -> None:
    many = [sentence(0, n, f"Sentence number{n}.", 0.9) for n in range(9)]
    assert len(select([Reading(tuple(many), 0.9)])) == 5


def test_below_the_threshold_nothing_is_quoted() -> None:
    read = Reading((sentence(0, 10, "Not an answer.", 0.2),), answerable=0.3)
    assert statements(read) == ()
    assert statements(Reading((), 0.0)) == ()


def test_silence_says_what_was_searched_and_what_comes_nearest() -> None:
    told = abstention(PASSAGES, "2 documents were searched", Question("When?"))
    assert "2 documents were searched" in told
    assert "“First” (2023-02-21)" in told
    assert "0 documents were searched" in abstention([], "0 documents were searched", Question("When?"))


def test_a_sentence_that_says_he_brings_along_the_one_that_says_who() -> None:
    text = "Ada Bloom is the mayor. She closed the bridge."
    passage = Passage(Source("a"), 10, 10 + len(text), text, 1.0)
    place = SentenceSpan(passage, 34, 56, "She closed the bridge.", "Ada Bloom is the mayor.")
    read = Reading((ReadSentence(place, 0.9),), 0.9)
    given = statements(read)
    assert [s.text for s in given] == ["Ada Bloom is the mayor.", "She closed the bridge."]
    for citation in (c for s in given for c in s.citations):
        assert text[citation.start - 10 : citation.end - 10] == citation.quote


def test_what_a_document_says_is_not_known_is_no_answer() -> None:
    text = "The report does not name the officials who came."
    read = Reading(
        (sentence(0, 10, "Officials came.", 0.9), sentence(0, 30, text, 0.1)),
        0.9,
        sub_question("Which officials came, by name?"),
    )
    given = statements(read)
    assert given == ()


def test_each_part_of_a_question_gets_its_best_sentence() -> None:
    who = [sentence(0, 10, "Ada Bloom closed it.", 0.9), sentence(0, 30, "Ada Bloom spoke.", 0.8)]
    why = [sentence(1, 0, "The river had risen.", 0.4), sentence(0, 10, "Ada Bloom closed it.", 0.1)]
    chosen = [found.span.text for found in select([Reading(tuple(who), 0.9), Reading(tuple(why), 0.9)])]
    assert chosen[:2] == ["Ada Bloom closed it.", "The river had risen."]


def test_a_sentence_that_only_repeats_another_is_left_out_unless_a_number_differs() -> None:
    first = sentence(0, 10, "The fund charges a yearly fee of 1%.", 0.9)
    again = sentence(1, 0, "The fund charges a yearly fee.", 0.89)
    other = sentence(1, 0, "The fund charges a yearly fee of 2%.", 0.88)
    assert [one.sentence for one in select([Reading((first, again, other), 0.9)])] == [first, other]


def test_an_item_of_a_list_is_quoted_with_the_whole_list_and_the_words_that_open_it() -> None:
    text = "It was long ago. Three firms left:\n\n- Alpha, in May;\n- Beta, in June;\n- Gamma.\n\nThen it was over."
    passage = Passage(Source("a"), 5, 5 + len(text), text, 1.0)
    start = 5 + text.index("Beta")
    items = [
        in_passage(passage, start, "Beta, in June;", 0.9),
        in_passage(passage, 5 + text.index("Gamma"), "Gamma.", 0.8),
    ]
    given = statements(Reading(tuple(items), 0.9))
    assert [s.text for s in given] == ["Three firms left:\n\n- Alpha, in May;\n- Beta, in June;\n- Gamma."]
    citation = given[0].citations[0]
    assert text[citation.start - 5 : citation.end - 5] == citation.quote


def test_a_person_whom_a_page_does_not_name_is_no_gap() -> None:
    text = "A lawmaker, whom the page does not name, expects one licence."
    read = Reading(
        (sentence(0, 10, text, 0.9),), 0.9, sub_question("How many licences does a lawmaker expect?")
    )
    given = statements(read)
    assert [s.text for s in given] == [text]


def test_one_part_that_is_not_known_does_not_silence_the_other() -> None:
    when = Reading((sentence(0, 10, "It opened in May.", 0.9),), 0.9, sub_question("When did it open?"))
    gap = "The page does not say how much the opening cost."
    cost = Reading(
        (sentence(0, 30, gap, 0.8),),
        0.9,
        sub_question("When did it open, and how much did the opening cost?"),
    )
    given = statements(when, cost)
    assert "It opened in May." in [s.text for s in given]


def test_what_was_not_given_may_be_the_answer() -> None:
    text = "The firm was not given a licence because it never applied."
    read = Reading((sentence(0, 10, text, 0.9),), 0.9, sub_question("Why was the firm not given a licence?"))
    assert statements(read)
