from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.language import content_words, sentences, words


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


def test_sentences_end_at_full_stops_but_not_at_abbreviations() -> None:
    text = 'Dr. Smith met the U.S. SEC on Jan. 5, 2024. "It works," he said. Is it? Yes!'
    assert split(text) == [
        "Dr. Smith met the U.S. SEC on Jan. 5, 2024.",
        '"It works," he said.',
        "Is it?",
        "Yes!",
    ]


def test_a_full_stop_inside_a_name_ends_no_sentence() -> None:
    assert split("EX.IO was licensed. So was 3887.HK today.") == [
        "EX.IO was licensed.",
        "So was 3887.HK today.",
    ]


def test_a_short_name_in_capitals_and_a_month_may_end_a_sentence() -> None:
    text = "It is for the SFC. HashKey hopes so. It closed on 1 May. HKVAX followed. Mr. Smith of EX.IO left."
    assert [text[start:end] for start, end in sentences(text)] == [
        "It is for the SFC.",
        "HashKey hopes so.",
        "It closed on 1 May.",
        "HKVAX followed.",
        "Mr. Smith of EX.IO left.",
    ]


def test_chinese_sentences_are_split_without_spaces() -> None:
    assert split("香港政府宣布。第二句！") == ["香港政府宣布。", "第二句！"]


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", "\u3000", "\u2028", "\u0085"])
def test_odd_white_space_after_a_capital_is_borne(space: str) -> None:
    assert split(f"See appendix A{space}. The end.")[-1] == "The end."


def test_a_line_is_never_joined_to_the_next_and_loses_the_mark_of_its_list() -> None:
    assert split("Heading\n\n- first item\n2. second item") == ["Heading", "first item", "second item"]


@given(st.text(max_size=300))
def test_sentences_are_ordered_spans_that_hold_every_word(text: str) -> None:
    spans = sentences(text)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    covered = {at for a, b in spans for at in range(a, b)}
    assert all(at in covered for at, letter in enumerate(text) if letter.isalnum())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HKVAX is not HKVAEX", ["hkvax", "is", "not", "hkvaex"]),
        ("HK$1,187.5 million", ["hk", "1187.5", "million"]),
        ("HashKey's licences", ["hashkey", "licens"]),
        ("虛擬資產", ["虛", "擬", "資", "產"]),
        ("U.S. rules", ["u.s", "rule"]),
    ],
)
def test_words_keep_names_numbers_and_chinese_apart(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("number", "ways"),
    [
        ("1410250.75", ["1,410,250.75", "1.410.250,75", "1410250,75", "1'410'250.75", "1’410’250,75"]),
        ("1410250", ["1,410,250", "1.410.250", "1'410'250"]),
        ("1249.90", ["1,249.90", "1.249,90"]),
        ("1410", ["1,410"]),
        ("2.5kg", ["2,5kg"]),
        ("0.125", ["0,125"]),
    ],
)
def test_a_number_is_one_word_in_each_way_to_write_it(number: str, ways: list[str]) -> None:
    assert {tuple(words(way)) for way in ways} == {(number,)}


def test_what_only_looks_like_a_grouped_number_stays_apart() -> None:
    assert words("1.410 01.03.2026 3,887.HK 4.10") == ["1.410", "01.03.2026", "3887.hk", "4.10"]


def test_content_words_leave_out_what_every_question_has() -> None:
    assert content_words("Who said what about the bridge?") == ["said", "bridg"]


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("licence licences licensed", "license licenses licensed"),
        ("tokenisation tokenise tokenised", "tokenization tokenize tokenized"),
        ("favour favoured favourite", "favor favored favorite"),
        ("programme programmes", "program programs"),
        ("defence offences", "defense offenses"),
    ],
)
def test_british_and_american_spellings_are_one_word(british: str, american: str) -> None:
    assert words(british) == words(american)


@pytest.mark.parametrize(
    ("word", "kin"),
    [("supervise", "supervision"), ("promised", "promise"), ("four", "four"), ("hour", "hours")],
)
def test_what_is_spelled_alike_everywhere_keeps_its_kin(word: str, kin: str) -> None:
    assert words(word) == words(kin)
