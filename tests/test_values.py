import pytest

from assistant.text.values import whole


@pytest.mark.parametrize(
    ("text", "marked", "found"),
    [
        ("It runs from 4 to 9 August 2026 in Linden.", "9 August", "4 to 9 August 2026"),
        ("It ran on August 4–9, 2026.", "August 4", "August 4–9, 2026"),
        ("In early 2026 it closed.", "2026", "early 2026"),
        ("A fund of HK$25 million.", "25", "HK$25 million"),
        ("From US$5 million to US$10 million.", "5 million", "US$5 million to US$10 million"),
        ("It cost 3.5 million yuan.", "3.5", "3.5 million yuan"),
        ("Within six to 12 months.", "12", "12 months"),
        ("It rose by 30.6 per cent.", "30.6", "30.6 per cent"),
        ("It takes 12 to 15 passengers.", "15", "12 to 15 passengers"),
        ("At least 1,641 reports.", "641", "1,641"),
        ("On 4 May 1931 two left.", "4 May", "4 May 1931"),
        ("Of 20 boats 15 were lost in 2024.", "15", "15"),
        ("The 2024/25 plan.", "2024", "2024/25"),
        ("It lies in Kwun Tong.", "Kwun T", "Kwun Tong"),
        ("They came from the U.S. by boat.", "U.S", "U.S"),
        ("It opens at noon.", "noon", "noon"),
    ],
)
def test_no_piece_of_a_value_or_a_word_is_shown(text: str, marked: str, found: str) -> None:
    at = text.index(marked)
    assert text[slice(*whole(text, (at, at + len(marked))))] == found
