"""The number of a prescription (clauses 17 and 34)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.findings import Finding
from gateway.rules.prescription_number import LENGTH, display, form, read
from schemas.errors import ErrorCode

RANDOM = st.text("0123456789", min_size=11, max_size=11)


@pytest.mark.clause("34")
@given(RANDOM, st.sampled_from(["", " ", "-", "\u00a0", "\u202f", " – "]))
def test_a_number_is_read_however_it_is_grouped(digits, separator):
    number = form(digits)
    assert (len(number), number[:11]) == (LENGTH, digits)
    assert (
        read(number) == read(display(number)) == read(separator.join((number[:4], number[4:8], number[8:]))) == number
    )


@pytest.mark.clause("17", "34")
@given(RANDOM, st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_every_single_wrong_digit_shows(digits, place, off):
    number = form(digits)
    wrong = f"{number[:place]}{(int(number[place]) + off) % 10}{number[place + 1 :]}"
    assert read(wrong) == Finding(ErrorCode.RX_NUMBER_CHECK, "$.prescription.number")


@pytest.mark.clause("17", "34")
@given(RANDOM, st.integers(0, LENGTH - 2))
def test_every_two_neighbours_that_changed_places_show(digits, place):
    number = form(digits)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert isinstance(read(swapped), Finding) == (swapped != number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "48217730551",
        "4821773055160",
        "4821_7730_5516",
        "٤٨٢١٧٧٣٠٥٥١٦",
        "４８２１７７３０５５１６",
        "4821\n77305516",
    ],
)
def test_nothing_else_is_a_number(text):
    assert isinstance(read(text), Finding)


@pytest.mark.parametrize("digits", ["", "1234567890", "123456789012", "1234567890a", "١٢٣٤٥٦٧٨٩٠١"])
def test_it_is_formed_of_eleven_ascii_digits(digits):
    with pytest.raises(ValueError, match="11 digits"):
        form(digits)


def test_it_is_shown_in_groups_of_four():
    assert display("482177305516") == "4821 7730 5516"
