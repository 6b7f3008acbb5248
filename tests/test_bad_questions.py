"""Questions that are odd or broken, through the whole chain: a sensible answer, or one plain sentence."""

from datetime import date

import pytest

from assistant.chain import AnswerChain
from assistant.errors import UserError
from assistant.indexing.pipeline import build
from assistant.storage.generations import IndexReader
from assistant.types import Answer, Hint, Question
from tests.conftest import WordEmbedder, write_notes


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> AnswerChain:
    folder, embedder = tmp_path_factory.mktemp("odd"), WordEmbedder()
    notes = write_notes(folder / "notes")
    (notes / "mill.md").write_text(
        "---\ntitle: The mill\npublished: 2023-06-20\n---\n\nThe Linden Valley Council (LVC) sold the old mill. "
        "Its wheel had stopped in May 2023.\n",
        "utf-8",
    )
    build(notes, folder / "index", embedder=embedder)
    return AnswerChain(IndexReader(folder / "index"), embedder)


def applied(answer: Answer) -> list[str]:
    return [hint.key for hint in answer.hints if hint.applied]


@pytest.mark.parametrize(
    "text",
    [
        "Who was it that did this to them?",
        "the of and",
        "March 2026",
        "as of 31 March 2026",
        "香港的渡轮有多少乘客？",
        "كم عدد ركاب العبارة؟",
        "How many \x00 passengers\x07 does\x1b[31m the ferry\u202e carry?",
        'Who said "the bridge will be closed?',
        "What is “the” bridge?",
        "bridge " * 500,
        "What of 31 February 2024?",
    ],
)
def test_an_odd_question_gets_an_answer_and_nothing_limits_it_silently(chain: AnswerChain, text: str) -> None:
    answer = chain.invoke(text)
    assert answer.complete
    assert answer.text or answer.statements
    assert "phrase" not in str(applied(answer))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("word " * 5_000, "at most 4,000"),
        ("Who ran it as of 31 February 2024?", "no such date: 31 February 2024"),
        ("Who ran it as of 2024-13-01?", "no such date: 2024-13-01"),
        ("\x00\x1b\u200b", "is empty"),
        (" \n\u3000", "is empty"),
        ("???", "has no words"),
        ("… !?", "has no words"),
        ("？！🙂", "has no words"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_sentence(chain: AnswerChain, text: str, told: str) -> None:
    with pytest.raises(UserError, match=told):
        chain.invoke(text)


def test_a_date_before_the_first_document_leaves_nothing_and_says_so(chain: AnswerChain) -> None:
    answer = chain.invoke("How many passengers does the ferry carry as of 1999?")
    assert answer.abstained
    assert answer.passages == ()
    assert applied(answer)[0] == "as-of"
    assert "0 documents published up to 31 December 1999" in answer.text


def test_quoted_words_limit_the_search_to_passages_that_have_them(chain: AnswerChain) -> None:
    answer = chain.invoke("What of the bridge has “forty passengers” or “40  Passengers”?")
    assert applied(answer) == ["phrase:40 Passengers"]
    assert {passage.document for passage in answer.passages} == {"ferry.md"}
    assert answer.notes == (
        "No passage has the words “forty passengers” beside “40 Passengers”, so the search was made without them.",
    )


def test_quoted_words_that_are_taken_away_limit_nothing(chain: AnswerChain) -> None:
    text = "What of the bridge has “40 passengers”?"
    answer = chain.invoke(Question(text, disabled_hints=frozenset({"phrase:40 passengers"})))
    assert len({passage.document for passage in answer.passages}) > 1
    assert applied(answer) == []


def test_a_name_is_learned_with_the_index_and_found_by_its_other_form(chain: AnswerChain) -> None:
    assert chain.index.current().names == {"LVC": "Linden Valley Council"}
    answer = chain.invoke("What did LVC sell?")
    assert answer.hints == (
        Hint("name:LVC", "LVC = Linden Valley Council", "LVC and Linden Valley Council were both searched."),
    )
    assert answer.passages[0].document == "mill.md"
    assert answer.to_json()["hints"][0]["key"] == "name:LVC"


def test_what_tells_of_the_time_that_is_named_comes_first(chain: AnswerChain) -> None:
    without = chain.invoke(
        Question("When was the repairs news in May 2021?", disabled_hints=frozenset({"dates"}))
    )
    scores = {passage.document: passage.score for passage in without.passages}
    answer = chain.invoke("When was the repairs news in May 2021?")
    assert len(answer.passages) > 1
    for passage in answer.passages:
        assert round(passage.score - scores[passage.document], 6) in (
            (0.1,) if passage.source.published == date(2021, 5, 4) else (0,)
        )
