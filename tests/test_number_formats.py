"""A number and the format of its cell -> what Excel shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.loading.office.excel.number_formats import general, shown_number, shown_text

DAY = 46082  # the 1st of March 2026
ACCOUNTING = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1249.9, "#,##0.00", "1,249.90"),
        (1410250.75, "#,##0.00\\ [$€-407]", "1,410,250.75 €"),
        (1410250.75, "[$€-2] #,##0.00", "€ 1,410,250.75"),
        (1234567, '0.0,,"M"', "1.2M"),
        (2.5, "0", "3"),  # halves go up
        (12, "0.0#", "12.0"),
        (12345, "00000000", "00012345"),
        (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
        (-5, "#,##0;[Red](#,##0)", "(5)"),
        (-5, "0.00", "-5.00"),
        (1249.9, ACCOUNTING, "$1,249.90"),
        (0, ACCOUNTING, "$-"),
        (0.045, "0.0%", "4.5%"),
        (1, '"Yes";"Yes";"No"', "Yes"),
        (2, '[<=1]0" day";0" days"', "2 days"),
        (5, 'General" kg"', "5 kg"),
        (5, ";;;", ""),
        (12345, "0.00E+00", "1.23E+04"),
        (2.5, "# ?/?", "2 1/2"),
        (1.375, "# ?/16", "1 6/16"),
        (1e300, "#,##0.00", "1E+300"),
    ],
)
def test_digits_stand_where_the_format_has_places_for_them(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (DAY, "dd.mm.yyyy", "01.03.2026"),
        (DAY, "yyyy-mm-dd", "2026-03-01"),
        (DAY, "d. mmmm yyyy", "1. March 2026"),
        (DAY, "[$-407]d. mmmm yyyy", "1. März 2026"),
        (DAY, "dddd, mmm d, yy", "Sunday, Mar 1, 26"),
        (DAY, "mm-dd-yy", "2026-03-01"),  # the short date, which each country's Excel shows in its own way
        (DAY + 0.4375, "h:mm AM/PM", "10:30 AM"),
        (DAY + 0.4375, "hh.mm", "10.30"),
        (DAY + 0.99999999, "d/m h:mm:ss", "2/3 0:00:00"),
        (1.5, "[h]:mm", "36:00"),
        (0.5 + 5.2 / 86400, "mm:ss.0", "00:05.2"),
        (-1, "yyyy-mm-dd", "-1"),  # a day that Excel does not have
        (1e9, "yyyy-mm-dd", "1000000000"),
    ],
)
def test_days_and_times_are_written_as_the_format_says(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5.0, "5"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333"),
        (1234567.125, "1234567.125"),
        (4006381333931, "4006381333931"),  # the number of an article is of use only whole
        (1e-7, "1E-07"),
        (1e21, "1E+21"),
    ],
)
def test_a_number_without_a_format_is_shown_as_it_fits_into_a_cell(value: float, shown: str) -> None:
    assert general(value) == shown


def test_text_stands_in_the_part_of_a_format_that_is_for_it() -> None:
    assert shown_text("A1", '"Room "@') == "Room A1"
    assert shown_text("A1", "0.00;-0.00") == "A1"
    assert shown_text("A1", ";;;") == ""


@given(
    st.floats(),
    st.text(alphabet=st.sampled_from('0#?.,%;"[]$-<=1e+E/ ymdhs@*_\\:AMP'), min_size=1, max_size=20),
)
def test_any_number_in_any_format_is_shown(value: float, code: str) -> None:
    shown = shown_number(value, code)
    assert shown == " ".join(shown.split())


@given(st.floats(-1e12, 1e12))
def test_digits_with_commas_are_those_of_python(value: float) -> None:
    wide = shown_number(value, "#,##0.000")
    assert abs(float(wide.replace(",", "")) - value) <= 0.00051 + abs(value) * 1e-15
    assert shown_number(value, '#,##0.000" "_)') == wide
    assert shown_number(value, "#,###.000").lstrip("-") in (wide.lstrip("-"), wide.lstrip("-0"))
