"""ICD-10: which codes exist, and what the classification says of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codelists import icd10, icd10_limits
from tests.unit.schemas import icd10_list


@pytest.mark.parametrize("code", ["J06.9", "I10", "A00", "A00.0", "B18.00", "U07.1", "Z99.9", "R69", "Y98"])
def test_codes_that_exist(code: str) -> None:
    assert icd10.exists(code)


@pytest.mark.parametrize(
    "code", ["J06.10", "J09-J18", "X", "IX", "", ".", "J18.", "J189", "j18.9", "А00", "A00.00", "O80.00"]
)
def test_codes_that_do_not(code: str) -> None:
    assert not icd10.exists(code)


@pytest.mark.parametrize(
    ("code", "divided"), [("J18", True), ("J18.9", False), ("I10", False), ("B18.0", True), ("XX", False)]
)
def test_subdivisions(code: str, divided: bool) -> None:  # noqa: FBT001
    assert icd10.has_subdivisions(code) is divided


@pytest.mark.parametrize(
    ("code", "there"),
    [
        ("W01.0", True),  # place of occurrence
        ("W01.9", True),
        ("W26.1", False),  # has subcategories of its own
        ("V01.5", False),
        ("Y35.5", True),  # listed
        ("Y36.99", False),
        ("S72.00", True),  # closed
        ("S72.01", True),  # open
        ("S72.02", False),
        ("T08.1", True),
        ("T14.20", True),
        ("S00.00", False),
        ("M00.05", True),  # site
        ("M45.0", False),
        ("K35.05", False),
    ],
)
def test_supplementary_characters(code: str, there: bool) -> None:  # noqa: FBT001
    assert icd10.exists(code) is there


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("j18.9", "J18.9"),
        ("J189", "J18.9"),
        ("s7201", "S72.01"),
        ("A17.0†", "A17.0"),
        ("A17.0+", "A17.0"),
        ("G01 *", "G01"),
        ("I10", "I10"),
        ("J18,9", "J18,9"),
        ("А00", "А00"),
        ("", ""),
        ("*", ""),
    ],
)
def test_one_spelling(typed: str, code: str) -> None:
    assert icd10.normalise(typed) == code


@given(st.text(max_size=16))
def test_any_text_has_one_spelling_and_an_answer(text: str) -> None:
    normal = icd10.normalise(text.strip())
    assert icd10.exists(normal) in {True, False}
    if icd10.exists(normal):
        assert icd10.normalise(normal) == normal


def test_spans() -> None:
    assert icd10.within("O80.0", "O00", "O99")
    assert icd10.within("O99", "O00", "O99")
    assert not icd10.within("P00.0", "O00", "O99")


def test_there_are_83_asterisk_categories() -> None:
    assert len(set(icd10_limits.ASTERISK)) == 83
    assert all(icd10.exists(each) for each in icd10_limits.ASTERISK)


@pytest.mark.parametrize(
    "spans", [icd10_limits.FEMALE, icd10_limits.MALE, icd10_limits.FIRST_YEAR, icd10_limits.FROM_TEN_YEARS]
)
def test_limits_name_codes_that_exist(spans: tuple[icd10_limits.Span, ...]) -> None:
    for span in spans:
        for code in (span,) if isinstance(span, str) else span:
            assert icd10.exists(code)


@pytest.mark.parametrize(
    ("code", "sex", "minimum_age", "below_age"),
    [
        ("O80.0", "female", 10, None),
        ("C61", "male", None, None),
        ("N51.8", "male", None, None),
        ("N70.1", "female", None, None),
        ("P07.1", None, None, 1),
        ("P54.6", "female", None, 1),
        ("Z34.9", "female", 10, None),
        ("J18.9", None, None, None),
    ],
)
def test_limits(code: str, sex: str | None, minimum_age: int | None, below_age: int | None) -> None:
    found = icd10.find(code)
    assert found is not None
    assert (found.sex, found.minimum_age, found.below_age) == (sex, minimum_age, below_age)


def test_the_list_is_that_of_the_package() -> None:
    assert icd10_list.LIST.read_text(encoding="ascii") == icd10_list.render()
    for code, divided in icd10_list.listed().items():
        assert icd10.has_subdivisions(code) is divided
        assert icd10.exists(code)
