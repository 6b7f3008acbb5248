from datetime import date

from assistant.quoting import quote, select
from assistant.reading import Reading, ReadSentence
from assistant.signals import Place
from assistant.types import Passage, Source

PASSAGES = [
    Passage(Source("a", "First", published=date(2023, 2, 21)), 10, 60, "x" * 50, 0.9),
    Passage(Source("b", "Second"), 0, 50, "y" * 50, 0.8),
]


def sentence(passage: int, start: int, text: str, score: float) -> ReadSentence:
    return ReadSentence(Place(passage, start, start + len(text), text), score)


def test_the_sentences_nearly_as_good_as_the_best_are_quoted_in_reading_order() -> None:
    read = Reading(
        (
            sentence(1, 20, "The best one.", 0.9),
            sentence(0, 30, "Nearly as good.", 0.8),
            sentence(1, 0, "Earlier in the text.", 0.7),
            sentence(0, 10, "Far behind.", 0.01),
        ),
        answerable=0.9,
    )
    given = quote("What is asked?", read, PASSAGES, threshold=0.5, searched="2 documents were searched")
    assert [s.text for s in given.statements] == ["Earlier in the text.", "The best one.", "Nearly as good."]
    cited = [(c.marker, c.document, c.start, c.quote) for s in given.statements for c in s.citations]
    assert cited[0] == (1, "b", 0, "Earlier in the text.")
    assert cited[2] == (2, "a", 30, "Nearly as good.")


def test_a_sentence_that_stands_in_two_documents_is_quoted_once() -> None:
    twice = [sentence(0, 10, "The same words.", 0.9), sentence(1, 0, "The same words.", 0.89)]
    assert len(select(twice)) == 1


def test_at_most_four_sentences_are_quoted() -> None:
    many = [sentence(0, n, f"Sentence {n}.", 0.9) for n in range(9)]
    assert len(select(many)) == 4


def test_below_the_threshold_the_answer_is_silence_that_says_what_was_searched() -> None:
    read = Reading((sentence(0, 10, "Not an answer.", 0.2),), answerable=0.3)
    given = quote("What is asked?", read, PASSAGES, threshold=0.5, searched="2 documents were searched")
    assert given.statements == ()
    assert "2 documents were searched" in given.abstention
    assert "“First” (2023-02-21)" in given.abstention


def test_without_any_passage_the_answer_is_silence() -> None:
    given = quote("What is asked?", Reading((), 0.0), [], threshold=0.5, searched="0 documents were searched")
    assert given.statements == ()
    assert given.abstention


def test_a_sentence_that_says_he_brings_along_the_one_that_says_who() -> None:
    text = "Ada Bloom is the mayor. She closed the bridge."
    passages = [Passage(Source("a"), 10, 10 + len(text), text, 1.0)]
    place = Place(0, 34, 56, "She closed the bridge.", "Ada Bloom is the mayor.")
    read = Reading((ReadSentence(place, 0.9),), 0.9)
    given = quote("Who closed the bridge?", read, passages, threshold=0.5, searched="")
    assert [s.text for s in given.statements] == ["Ada Bloom is the mayor.", "She closed the bridge."]
    for citation in (c for s in given.statements for c in s.citations):
        assert text[citation.start - 10 : citation.end - 10] == citation.quote


def test_what_a_document_says_is_not_known_is_no_answer() -> None:
    text = "The report does not name the officials who came."
    read = Reading((sentence(0, 10, "Officials came.", 0.9), sentence(0, 30, text, 0.1)), 0.9)
    given = quote("Which officials came, by name?", read, PASSAGES, threshold=0.5, searched="")
    assert given.statements == ()
