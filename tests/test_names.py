import pytest

from assistant.text.names import both_forms, learn, long_form, other_forms, pairs

SFC = ("SFC", "Securities and Futures Commission")


@pytest.mark.parametrize(
    ("short", "before", "long"),
    [
        ("SFC", "A register of the Securities and Futures Commission", "Securities and Futures Commission"),
        ("PBOC", "the People's Bank of China", "People's Bank of China"),
        (
            "FSTB",
            "by the Financial Services and the Treasury Bureau",
            "Financial Services and the Treasury Bureau",
        ),
        ("OTC", "trading over the counter", "over the counter"),
        ("HKVAX", "a platform in Hong Kong", ""),
        ("2024", "the year", ""),
    ],
)
def test_a_long_form_has_the_letters_of_the_short_one_in_their_order(
    short: str, before: str, long: str
) -> None:
    assert long_form(short, before) == long


def told(texts: list[str]) -> list[tuple[str, str, int]]:
    return [(short, long, 1) for text in texts for short, long in dict(pairs(text)).items()]


def test_names_are_learned_where_the_texts_agree() -> None:
    texts = ["The Securities and Futures Commission (SFC) spoke."] * 2
    assert learn(told([*texts, "The State Fish Council (SFC) spoke."])) == dict([SFC])
    assert learn(told([texts[0], "The State Fish Council (SFC) spoke."])) == {}


def test_terms_are_no_names_and_a_name_they_share_letters_with_is_none() -> None:
    term, name = "It is sold over the counter (OTC).", "The Old Town Council (OTC) met."
    assert learn(told([term])) == {}
    assert learn(told([term, name])) == {}
    assert learn(told([name])) == {"OTC": "Old Town Council"}


def test_the_other_form_is_looked_for_where_a_text_has_one_only() -> None:
    names = dict([SFC])
    assert other_forms("What does the SFC do?", names) == [SFC]
    assert other_forms("What does the securities and futures commission's head do?", names) == [SFC]
    assert other_forms("Is the SFC the Securities and Futures Commission?", names) == []
    assert other_forms("What do SFCs and the sfc do?", names) == []


def test_a_name_is_replaced_as_a_whole_word_only() -> None:
    names = [("HKVAX", "Hong Kong Virtual Asset Exchange")]
    assert both_forms("Is HKVAX licensed?", names)[1] == "Is Hong Kong Virtual Asset Exchange licensed?"
    assert both_forms("Is HKVAXA licensed?", names) == ["Is HKVAXA licensed?"]
    assert other_forms("Is HKVAEX licensed?", dict(names)) == []
    assert both_forms("Who heads the securities and futures commission?", [SFC])[1] == "Who heads the SFC?"
