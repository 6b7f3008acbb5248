from datetime import date

from assistant.question.answer_types import sub_question
from assistant.reading.features import FEATURES, extract_features
from assistant.types import Passage, Source


def passage(text: str, published: date | None = None, title: str = "Harbour news") -> Passage:
    return Passage(Source(f"of {published}", title, published=published), 100, 100 + len(text), text, 1.0)


def feature(question: str, passages: list[Passage], name: str, *, newest: bool = False) -> list[float]:
    found = extract_features(sub_question(question), passages, idf=lambda _: 1.0, newest=newest)
    return [round(float(value), 2) for value in found.values[:, FEATURES.index(name)]]


def test_every_sentence_has_a_place_in_its_document_and_headings_have_none() -> None:
    text = "The closing\n\nThe harbour was closed for the winter by the mayor. It opened in May."
    places = extract_features(sub_question("Who closed it?"), [passage(text)], idf=lambda _: 1.0).sentences
    assert [text[p.start - 100 : p.end - 100] for p in places] == [p.text for p in places]
    assert [p.text[:11] for p in places] == ["The harbour", "It opened i"]
    assert places[1].before == places[0].text


def test_the_title_at_the_head_of_a_document_is_no_sentence_of_it() -> None:
    text = "JPEX: 16 charged\n\nThe police charged 16 people."
    places = extract_features(
        sub_question("How many?"), [passage(text, title="JPEX: 16 charged")], idf=lambda _: 1.0
    ).sentences
    assert [place.text for place in places] == ["The police charged 16 people."]


def test_a_year_that_is_asked_for_counts_in_the_sentence_and_in_the_date_of_the_document() -> None:
    two = [passage("It opened in 2023.", date(2024, 1, 5)), passage("It opened.", date(2022, 1, 5))]
    assert feature("What opened in 2023?", two, "years") == [1, 0]
    assert feature("What opened in 2024?", two, "passage_years") == [1, 0]
    assert feature("What opened?", two, "years") == [1, 1]


def test_the_newer_passage_counts_only_where_the_question_asks_for_it() -> None:
    two = [passage("It opened.", date(2022, 1, 5)), passage("It closed.", date(2024, 1, 5))]
    assert feature("What now?", two, "recency", newest=True) == [0, 1]
    assert feature("What?", two, "recency") == [0, 0]


def test_a_date_is_the_type_of_answer_that_when_asks_for() -> None:
    one = [passage("It opened in May. The mayor closed it.")]
    assert feature("When did it open?", one, "type_present") == [1, 0]
    assert feature("When did it open?", one, "type_absent") == [0, 1]


def test_a_word_that_other_documents_have_and_this_one_lacks_counts_against_it() -> None:
    def idf(word: str) -> float:
        return {"ferry": 2.0, "bridg": 3.0}.get(word, 5.0)  # all others are in no document

    seen = extract_features(sub_question("Which splendid bridge?"), [passage("The ferry sails.")], idf=idf)
    assert round(float(seen.values[0, FEATURES.index("known_missing")]), 2) == 0.6
    seen = extract_features(sub_question("Which splendid ferry?"), [passage("The ferry sails.")], idf=idf)
    assert seen.values[0, FEATURES.index("known_missing")] == 0


def test_the_last_thing_asked_says_what_type_of_answer_is_wanted() -> None:
    one = [passage("Ada Bloom runs it. It closed in May.")]
    assert feature("Who runs the office, and when did it close?", one, "type_present") == [0, 1]
    assert feature("When did it close? Who runs it?", one, "type_present") == [1, 0]
