"""Where sentences end, in eight languages: `sentence_ends.txt` has a text a line, " / " where a sentence ends."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.language import sentences
from assistant.text.stops import closes_abbreviation

LINES = (Path(__file__).parent / "sentence_ends.txt").read_text("utf-8").splitlines()
TEXTS = [line for line in LINES if not line.startswith("# ")]
# What is told wrongly: "mm. 12" may go on as "5 ft. 11 in." does, and "maj." is a rank too.
WRONG = {
    "The width is 30 mm. / 12 holes are drilled.",
    "Vi købte nødder osv. / Prisen var lav.",
    "Mødet er i maj. / Bestyrelsen kommer.",
}


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("language", [line[2:] for line in LINES if line.startswith("# ")])
def test_sentences_end_where_they_do_and_nowhere_else(language: str) -> None:
    first = LINES.index(f"# {language}") + 1
    own = LINES[first : next((n for n in range(first, len(LINES)) if LINES[n].startswith("# ")), len(LINES))]
    wrong = [line for line in own if split(line.replace(" / ", " ")) != line.split(" / ")]
    assert wrong == [line for line in own if line in WRONG]


@pytest.mark.parametrize(
    "text",
    [
        "approx.\u00a046 kg",
        "approx.  46 kg",
        "It runs on e.g. p53 and mRNA.",
        "The U.S. Treasury sold it to J. K. Marsh.",
        "Er zahlt lt. Vertrag Nr. IV monatlich.",
        "He saw no. 5 (cf. para. 7) of art. 12.",
        "6 ft. 2 in. tall",
    ],
)
def test_a_stop_within_is_no_end(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Found in tumors. / p53 is one.",
        "It was sold. / iPhone owners wept.",
        "it was late. / we left.",
        "I am 46. / Peter is older.",
        "It is from Wendy's. / 12 people came.",
        "He saw the SRA. / SHARP rose.",
    ],
)
def test_what_looks_like_an_abbreviation_may_end_a_sentence(text: str) -> None:
    assert split(text.replace(" / ", " ")) == text.split(" / ")


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("3. Juni 2026 war ein Mittwoch.", "3. Juni 2026 war ein Mittwoch."),
        ("4. May 2026 was a Monday.", "4. May 2026 was a Monday."),
        ("3. 6. 2026 in Graz", "3. 6. 2026 in Graz"),
        ("4. May the best win.", "May the best win."),
        ("2. second item", "second item"),
        ("12) Juni", "Juni"),
    ],
)
def test_the_day_of_a_date_is_no_mark_of_a_list(line: str, first: str) -> None:
    assert split(line)[0] == first


def test_a_very_long_line_is_not_cut_at_an_abbreviation() -> None:
    text = (
        "Apples, pears and plums in a bowl, " * 140
        + "of approx. 46 kg, "
        + "or more, " * 40
        + "it says. The end."
    )
    assert [len(split(prefix + text)) for prefix in ("", "x" * 35, "x" * 70 + " ")] == [2, 2, 2]


@given(st.lists(st.sampled_from(TEXTS), min_size=2, max_size=6), st.data())
def test_a_chunk_has_the_sentences_of_its_document(lines: list[str], data: st.DataObject) -> None:
    text = " ".join(line.replace(" / ", " ") for line in lines)
    spans = sentences(text)
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, len(spans) - 1))
    start, end = spans[first][0], spans[last][1]
    assert [(start + a, start + b) for a, b in sentences(text[start:end])] == spans[first : last + 1]


@pytest.mark.parametrize("text", ["Harrow Ltd.", "p. 12", "at 5 p.m.", "Obst, z. B."])
def test_a_stop_is_part_of_an_abbreviation(text: str) -> None:
    assert closes_abbreviation(text, text.rindex("."))


@pytest.mark.parametrize("text", ["He said no.", "It is 46.", "It weighs 46 kg.", "."])
def test_a_stop_is_not_part_of_the_word_before_it(text: str) -> None:
    assert not closes_abbreviation(text, text.rindex("."))


@pytest.mark.parametrize("piece", ["Ca. ", "X ab. ab. ", "A. ", ".  ", "im 2. Juni ", "z. B. ", "46. "])
def test_a_long_line_is_split_in_seconds(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.monotonic()
    sentences(text)
    assert time.monotonic() - began < 20
