"""Rows with the names of their columns."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.text.labels import Labelled, labelled


def test_each_cell_has_the_name_of_its_column() -> None:
    assert labelled("Gold | 96", [(10, "Plan"), (17, "Deposit")], start=10) == "Plan: Gold | Deposit: 96"
    assert labelled("Gold | 96", [(7, "Deposit"), (40, "Other")]) == "Gold | Deposit: 96"


@given(st.text("ab |", max_size=30), st.sets(st.integers(0, 29)), st.integers(0, 5))
def test_every_character_is_found_again(text: str, cuts: set[int], start: int) -> None:
    columns = [(at + start, "x" * (at % 4)) for at in sorted(cuts)]
    row = Labelled(text, columns, start=start)
    for at, character in enumerate(text):
        assert row.text[row.place(at)] == character
        assert row.origin(row.place(at)) == at
        assert row.before(at + 1) == row.place(at) + 1


def test_a_place_in_a_label_is_that_of_its_cell() -> None:
    row = Labelled("Gold | 96", [(7, "Deposit")])
    assert [row.origin(at) for at in (7, 10, 16)] == [7, 7, 7]
    assert row.origin(17) == 8
