"""Sums and doses: exact both ways, and never a float."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from kopuro_pos.client.amounts import Dose, PositiveSom, SignedDose, SignedSom, Som

SOM, SIGNED, DOSE = TypeAdapter(Som), TypeAdapter(SignedSom), TypeAdapter(Dose)


@given(st.decimals(min_value=-9_999_999_999, max_value=9_999_999_999, places=2))
def test_a_sum_comes_back_as_it_went(amount: Decimal):
    text = SIGNED.dump_json(SIGNED.validate_python(amount))
    assert text == f'"{amount:.2f}"'.encode()
    assert SIGNED.validate_json(text) == amount


@given(st.decimals(min_value=0, max_value=999_999_999, places=6))
def test_a_dose_has_no_needless_digits(amount: Decimal):
    text = DOSE.dump_json(DOSE.validate_python(amount)).decode().strip('"')
    assert Decimal(text) == amount
    assert "E" not in text
    assert not ("." in text and text.endswith("0"))


@pytest.mark.parametrize("wrong", [1.5, 540, "540.001", "5e2", "", " 1", "-1", "1,5", "٤", None, Decimal("0.001")])
def test_what_is_no_sum(wrong: object):
    with pytest.raises(ValidationError, match="a decimal number"):
        SOM.validate_python(wrong)


def test_below_zero_only_in_a_reversal_and_no_price_is_nothing():
    for kind, wrong in ((Dose, "-1"), (PositiveSom, "0.00"), (PositiveSom, "-1")):
        with pytest.raises(ValidationError, match="a decimal number"):
            TypeAdapter(kind).validate_python(wrong)
    assert TypeAdapter(SignedDose).validate_python("-200") == -200
    assert SOM.validate_python(Decimal("5.4E+2")) == 540
