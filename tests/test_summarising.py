from assistant.answering.summarise import document_about, summarise
from assistant.types import Document, Passage, Source

STORY = """The bridge at Linden

The stone bridge at Linden is to be closed for two years.

It was opened in 1888. The council had put off the repair of the bridge three times.

Boats will carry people across. A ticket for the boats costs two marks.

Costs

The repair of the bridge costs nine million marks. Who pays is open.

The council of Linden votes on the repair in May.
"""


def test_a_summary_spreads_over_the_document_in_its_own_words() -> None:
    document = Document(Source("bridge", "The bridge at Linden"), STORY)
    made = summarise(document, idf=lambda word: 1.0)
    assert 3 <= len(made) <= 5
    starts = [statement.citations[0].start for statement in made]
    assert starts == sorted(starts)
    assert starts[-1] > len(STORY) / 2
    for statement in made:
        (citation,) = statement.citations
        assert STORY[citation.start : citation.end] == statement.text
        assert statement.text not in ("Costs", "The bridge at Linden")


def test_a_document_without_sentences_has_no_summary() -> None:
    assert summarise(Document(Source("a"), ""), idf=lambda word: 1.0) == ()


def test_the_document_is_the_one_whose_title_has_the_topic() -> None:
    passages = [
        Passage(Source("boats", "Boats"), 0, 1, "x", 0.9),
        Passage(Source("bridge", "The bridge at Linden"), 0, 1, "x", 0.8),
    ]
    texts = {"boats": "A boat passes the bridge at Linden.", "bridge": STORY}
    assert document_about("the report on the bridge at Linden", passages, texts) == "bridge"
    assert document_about("penguins of Antarctica", passages, texts) is None
