"""Units, compensation and the patient's sum (clauses 3(2), 37 and 42 to 44; domain rules, 2.5 and section 3)."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.compensation import (
    Course,
    Product,
    Reckoning,
    expected_compensation,
    largest_units,
    negative,
    reckon,
)
from gateway.rules.findings import Finding
from schemas.errors import ErrorCode
from schemas.medicines import Compensation, DoseUnit, Per
from tests.support.programme import medicine
from tests.unit.rules.dispensing.selling import course, product

TYIYN = Decimal("0.01")
HALF = Fraction(1, 200)


def reckoned(*arguments, **settings) -> Reckoning:
    answer = reckon(*arguments, **settings)
    assert isinstance(answer, Reckoning)
    return answer


def units(of: Reckoning) -> tuple[int, int, int]:
    return of.max_units, of.compensated_units, of.extra_units


def sums(of: Reckoning) -> tuple[str, str, str, str]:
    return str(of.retail), str(of.compensation), str(of.patient), str(of.settled)


def codes(of: Reckoning) -> list[ErrorCode]:
    return [finding.code for finding in of.findings]


@pytest.mark.clause("37", "42")
def test_example_c01_price_above_the_reference():
    answer = reckoned(course(), product("450.00"), 60)
    assert units(answer) == (60, 60, 0)
    assert sums(answer) == ("900.00", "360.00", "540.00", "360.00")
    assert (answer.dose, answer.remaining, answer.findings) == (600, 0, ())


@pytest.mark.clause("3(2)", "44")
def test_example_c03_price_below_the_compensation_is_paid_whole_by_the_fund_with_a_warning():
    answer = reckoned(course(), product("150.00"), 60)
    assert units(answer) == (60, 60, 0)
    assert sums(answer) == ("300.00", "300.00", "0.00", "300.00")
    assert codes(answer) == [ErrorCode.PATIENT_SHARE_ZERO]


@pytest.mark.clause("43")
def test_example_c04_units_above_the_course_are_the_patients():
    answer = reckoned(course(), product("450.00"), 70)
    assert units(answer) == (60, 60, 10)
    assert sums(answer) == ("1050.00", "360.00", "690.00", "360.00")
    assert answer.findings[0].parameters == {"max_units": 60, "extra_units": 10, "extra_value": "150.00"}


@pytest.mark.clause("43")
def test_example_c05_fewer_units_than_the_course_are_paid_for_themselves():
    answer = reckoned(course(), product("450.00"), 40)
    assert units(answer) == (60, 40, 0)
    assert sums(answer) == ("600.00", "240.00", "360.00", "240.00")
    assert (answer.remaining, answer.findings) == (200, ())


@pytest.mark.clause("42")
def test_example_c10_compensation_of_a_pack_is_divided_exactly_and_rounded_once():
    answer = reckoned(course("200"), product("119.99", per=Per.PACK, amount="50.00"), 20)
    assert units(answer) == (20, 20, 0)
    assert sums(answer) == ("79.99", "33.33", "46.66", "33.33")


@pytest.mark.clause("38", "44")
def test_example_c11_a_receipt_above_the_patients_sum_lessens_what_is_settled():
    answer = reckoned(course(), product("450.00"), 60, Decimal("600.00"))
    assert sums(answer) == ("900.00", "360.00", "540.00", "300.00")
    assert codes(answer) == [ErrorCode.RECEIPT_MISMATCH]
    assert answer.findings[0].parameters == {"paid": "600.00", "due": "540.00", "difference": "+60.00"}


@pytest.mark.clause("21(1)")
def test_the_example_of_the_limit_expects_360_som():
    assert expected_compensation(course(), medicine()) == Decimal("360.00")


@pytest.mark.clause("44")
@pytest.mark.parametrize(
    ("paid", "settled"),
    [("540.00", "360.00"), ("0.00", "360.00"), ("540.01", "359.99"), ("900.00", "0.00"), ("5000.00", "0.00")],
)
def test_clause_44_undercharging_raises_nothing_and_overcharging_never_goes_below_zero(paid, settled):
    answer = reckoned(course(), product("450.00"), 60, Decimal(paid))
    assert str(answer.settled) == settled
    assert (codes(answer) == []) == (paid == "540.00")


@pytest.mark.clause("37")
def test_clause_37_a_course_that_is_no_multiple_of_the_strength_is_rounded_down():
    answer = reckoned(course("100"), product("300.00", strength="30"), 4)
    assert units(answer) == (3, 3, 1)
    assert answer.remaining == 10


@pytest.mark.clause("37")
def test_clause_37_a_strength_above_what_remains_gives_no_unit():
    answer = reckoned(course("15"), product("300.00", strength="20"), 1)
    assert units(answer) == (0, 0, 1)
    assert (answer.compensation, answer.remaining) == (0, 15)
    assert codes(answer) == [ErrorCode.UNITS_BELOW_ONE]


@pytest.mark.clause("37", "43")
def test_what_was_compensated_before_is_taken_off_in_dose_across_strengths():
    answer = reckoned(course(dispensed="420"), product("450.00", strength="20"), 10)
    assert units(answer) == (9, 9, 1)
    assert answer.remaining == 0


def test_more_dispensed_than_the_course_leaves_nothing():
    assert largest_units(course(dispensed="601"), product("450.00")) == 0
    assert course(dispensed="601").remaining == 0


@pytest.mark.clause("37")
@pytest.mark.parametrize(
    ("course_unit", "strength", "unit", "expected"),
    [
        (DoseUnit.GRAM, "500", DoseUnit.MILLIGRAM, 1200),
        (DoseUnit.MILLIGRAM, "50", DoseUnit.MICROGRAM, 12000),
        (DoseUnit.MICROGRAM, "0.1", DoseUnit.GRAM, 0),
        (DoseUnit.DOSE, "1", DoseUnit.DOSE, 600),
        (DoseUnit.PIECE, "1", DoseUnit.PIECE, 600),
    ],
)
def test_units_are_counted_across_units_of_one_dimension(course_unit, strength, unit, expected):
    assert largest_units(course(unit=course_unit), product("1.00", strength=strength, unit=unit)) == expected


@pytest.mark.clause("37")
@pytest.mark.parametrize("unit", [DoseUnit.MILLILITRE, DoseUnit.INTERNATIONAL_UNIT, DoseUnit.DOSE, DoseUnit.PIECE])
def test_units_of_other_dimensions_are_never_guessed(unit):
    other = product("450.00", unit=unit)
    answer = reckon(course(), other, 1)
    assert isinstance(answer, Finding)
    assert answer.code is ErrorCode.DOSE_NOT_COMPARABLE
    assert largest_units(course(), other) is None
    with pytest.raises(ValueError, match="cannot be compared"):
        expected_compensation(course(unit=unit), medicine())


@pytest.mark.clause("3(2)")
def test_a_least_share_of_the_patient_can_be_set():
    answer = reckoned(course(), product("150.00"), 60, least_patient_share=Decimal("0.1"))
    assert sums(answer) == ("300.00", "270.00", "30.00", "270.00")
    assert codes(answer) == []


def test_a_half_tyiyn_is_rounded_up():
    answer = reckoned(course("10"), product("10.01", pack_size=2, amount="0.01"), 1)
    assert str(answer.retail) == "5.01"


MONEY = st.decimals(min_value="0.01", max_value="99999.99", places=2)
DOSES = st.decimals(min_value="0.000001", max_value="100000", places=6).filter(lambda dose: dose > 0)


@st.composite
def products(draw) -> Product:
    return Product(
        strength=draw(DOSES),
        strength_unit=draw(st.sampled_from([DoseUnit.MILLIGRAM, DoseUnit.GRAM, DoseUnit.MICROGRAM])),
        pack_size=draw(st.integers(1, 1000)),
        pack_price=draw(MONEY),
        compensation=Compensation(per=draw(st.sampled_from(Per)), amount=draw(MONEY)),
    )


@st.composite
def courses(draw) -> Course:
    dose = draw(DOSES) * draw(st.integers(1, 1000))
    return Course(dose=dose, unit=draw(st.sampled_from([DoseUnit.MILLIGRAM, DoseUnit.GRAM, DoseUnit.MICROGRAM])))


def holds(course: Course, product: Product, sold: int, receipt: Decimal | None, answer: Reckoning) -> bool:
    """Everything that is true of every reckoning, recomputed with exact fractions."""
    price = Fraction(product.pack_price) / product.pack_size
    packs = 1 if product.compensation.per is Per.UNIT else product.pack_size
    most = min(Fraction(product.compensation.amount) / packs, price) * answer.compensated_units
    left = answer.retail - receipt if receipt is not None else answer.compensation
    return (
        answer.compensation + answer.patient == answer.retail
        and all(sum_ == sum_.quantize(TYIYN) for sum_ in (answer.retail, answer.compensation, answer.patient))
        and abs(Fraction(answer.retail) - price * sold) <= HALF
        and abs(Fraction(answer.compensation) - most) <= HALF
        and 0 <= answer.settled <= answer.compensation <= answer.retail
        and (answer.settled == 0 or answer.settled <= left)
        and answer.compensated_units + answer.extra_units == sold
        and answer.compensated_units == min(sold, answer.max_units)
        and 0 <= answer.remaining == course.remaining - answer.dose
    )


@pytest.mark.clause("3(2)", "42", "43", "44")
@given(courses(), products(), st.integers(1, 100_000), st.none() | MONEY)
def test_fund_and_patient_make_up_the_retail_value(course, product, sold, receipt):
    assert holds(course, product, sold, receipt, reckoned(course, product, sold, receipt))


@given(courses(), products(), st.integers(1, 100_000), st.none() | MONEY)
def test_a_reversal_is_the_exact_negative(course, product, sold, receipt):
    there = reckoned(course, product, sold, receipt).sums
    back = negative(there)
    for name in ("retail", "compensation", "patient", "settled"):
        assert getattr(there, name) + getattr(back, name) == 0
    assert back.retail == back.compensation + back.patient
    assert negative(back) == there
    assert "-0.00" not in map(str, (back.retail, back.compensation, back.patient, back.settled))


@pytest.mark.clause("43")
@given(courses(), st.lists(products(), min_size=1, max_size=4), st.data())
def test_partial_fills_across_substitution_sum_to_the_whole_course(whole, group, data):
    left, counted = whole, Decimal(0)
    for _ in range(5):
        each = data.draw(st.sampled_from(group))
        most = largest_units(left, each)
        answer = reckoned(left, each, data.draw(st.integers(1, max(1, most))))
        counted += answer.dose
        left = left.after(answer.dose)
        assert left.remaining == answer.remaining
    assert counted + left.remaining == whole.dose
    last = data.draw(st.sampled_from(group))
    answer = reckoned(left, last, max(1, largest_units(left, last)))
    assert largest_units(left.after(answer.dose), last) == 0


@pytest.mark.clause("43")
@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), products())
def test_partial_fills_of_one_product_come_to_the_sums_of_the_whole(fills, product):
    """Each line is rounded once, so that they may differ by half a tyiyn a line, and never where nothing is rounded."""
    total = sum(fills)
    left = Course(dose=product.strength * total, unit=product.strength_unit)
    whole = reckoned(left, product, total)
    lines = []
    for fill in fills:
        lines.append(reckoned(left, product, fill))
        left = left.after(lines[-1].dose)
    assert left.remaining == 0
    for name in ("retail", "compensation"):
        apart = abs(sum(getattr(line, name) for line in lines) - getattr(whole, name))
        assert apart <= HALF * (len(lines) + 1)
        exact = (product.unit_price * 100).denominator == 1 == (product.unit_compensation * 100).denominator
        assert apart == 0 or not exact
    assert sum(line.dose for line in lines) == whole.dose


@pytest.mark.clause("3(2)", "42", "43", "44")
def test_a_hundred_thousand_random_baskets_are_right_to_the_tyiyn():
    drawn = random.Random(20_260_115)  # noqa: S311 - the same baskets every time
    wrong, kinds = 0, Counter[str]()
    for _ in range(100_000):
        strength = Decimal(drawn.choice([5, 10, 20, 25, 50, 100, 500])).scaleb(drawn.choice([-1, 0, 0]))
        basket = Product(
            strength=strength,
            strength_unit=DoseUnit.MILLIGRAM,
            pack_size=drawn.choice([1, 7, 10, 20, 28, 30, 60, 100]),
            pack_price=Decimal(drawn.randint(1, 500_000)).scaleb(-2),
            compensation=Compensation.model_construct(
                per=drawn.choice([Per.UNIT, Per.PACK]), amount=Decimal(drawn.randint(0, 30_000)).scaleb(-2)
            ),
        )
        ordered = Course(dose=Decimal(drawn.randint(1, 60_000)), unit=DoseUnit.MILLIGRAM)
        sold = drawn.randint(1, 200)
        receipt = Decimal(drawn.randint(0, 500_000)).scaleb(-2) if drawn.randint(0, 1) else None
        answer = reckoned(ordered, basket, sold, receipt)
        wrong += not holds(ordered, basket, sold, receipt, answer)
        back = negative(answer)
        wrong += (back.retail, back.settled) != (-answer.retail, -answer.settled)
        kinds.update(finding.code for finding in answer.findings)
    assert wrong == 0
    assert set(kinds) == {
        ErrorCode.UNITS_ABOVE_COURSE,
        ErrorCode.UNITS_BELOW_ONE,
        ErrorCode.PATIENT_SHARE_ZERO,
        ErrorCode.RECEIPT_MISMATCH,
    }
