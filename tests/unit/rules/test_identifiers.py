"""ПИН, ИНН and ОКПО."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.identifiers import check_inn, check_okpo, check_pin, check_pin_agrees
from schemas.treated_case import Sex


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("20101199012345", None),
        ("12902200012345", None),
        ("22902190012345", "PIN_DATE"),  # 1900 was no leap year
        ("20001199012345", "PIN_DATE"),
        ("20113199012345", "PIN_DATE"),
        ("20101179912345", "PIN_DATE"),
        ("20101180012345", None),
        ("00101199012345", "PIN_FORMAT"),
        ("30101199012345", "PIN_FORMAT"),
        ("2010119901234", "PIN_FORMAT"),
        ("201011990123456", "PIN_FORMAT"),
        ("2010119901234x", "PIN_FORMAT"),
        ("２０１０１１９９０１２３４５", "PIN_FORMAT"),
        ("", "PIN_FORMAT"),
    ],
)
def test_pin(pin: str, code: str | None) -> None:
    assert [(each.code, each.path) for each in check_pin(pin, "$.pin")] == ([(code, "$.pin")] if code else [])


@pytest.mark.parametrize(
    ("sex", "birth_date", "codes"),
    [
        (Sex.MALE, date(1990, 1, 1), []),
        (Sex.FEMALE, date(1990, 1, 1), ["PIN_SEX_MISMATCH"]),
        (Sex.MALE, date(1990, 1, 2), ["PIN_BIRTH_DATE_MISMATCH"]),
        (Sex.FEMALE, date(1991, 1, 1), ["PIN_SEX_MISMATCH", "PIN_BIRTH_DATE_MISMATCH"]),
    ],
)
def test_pin_against_the_record(sex: Sex, birth_date: date, codes: list[str]) -> None:
    found = check_pin_agrees("20101199012345", "$", sex=sex, birth_date=birth_date)
    assert [each.code for each in found] == codes
    assert {each.severity for each in found} <= {"warning"}


def test_a_malformed_pin_is_not_compared() -> None:
    assert check_pin_agrees("2", "$", sex=Sex.FEMALE, birth_date=date(1990, 1, 1)) == ()


@pytest.mark.parametrize(
    ("inn", "code"),
    [
        ("03003199410053", None),
        ("00412200710096", None),
        ("20101199012345", None),  # an entrepreneur's is the ПИН
        ("03002199410053", "INN_DATE"),
        ("93003199410053", "INN_FORMAT"),
        ("0300319941005", "INN_FORMAT"),
        ("0300319941005３", "INN_FORMAT"),
    ],
)
def test_inn(inn: str, code: str | None) -> None:
    assert [each.code for each in check_inn(inn, "$")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("okpo", "code"),
    [
        ("01211791", None),
        ("24560761", None),
        ("24560762", "OKPO_CHECK"),
        ("00000035", None),  # the first weights give 10, the second 5
        ("00002810", None),  # both give 10
        ("2456076", "OKPO_FORMAT"),
        ("2456076x", "OKPO_FORMAT"),
    ],
)
def test_okpo(okpo: str, code: str | None) -> None:
    assert [each.code for each in check_okpo(okpo, "$")] == ([code] if code else [])


@given(st.text(max_size=20))
def test_any_text_is_judged(text: str) -> None:
    for check in (check_pin, check_inn, check_okpo):
        assert len(check(text, "$")) <= 1


@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)), st.sampled_from("12"), st.integers(0, 99_999))
def test_every_date_makes_a_pin(born: date, sex: str, serial: int) -> None:
    pin = f"{sex}{born:%d%m}{born.year:04d}{serial:05d}"
    assert check_pin(pin, "$") == ()
    assert check_pin_agrees(pin, "$", sex=Sex.FEMALE if sex == "1" else Sex.MALE, birth_date=born) == ()


@given(st.integers(0, 9_999_999))
def test_exactly_one_check_digit_fits_an_okpo(number: int) -> None:
    assert sum(not check_okpo(f"{number:07d}{digit}", "$") for digit in range(10)) == 1
