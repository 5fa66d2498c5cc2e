"""One sale against every rule (clauses 3, 25 and 31 to 44)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from gateway.rules.dispensing import DispensingSettings, SaleVerdict, check_quote
from schemas.dispensing import Box, Choice, ExpectedSums
from schemas.errors import ErrorCode, Language, Severity
from schemas.medicines import DoseUnit, Position, SpecialDesignation
from schemas.treated_case.terms import InsuredCategory
from tests.support.doubles import NOON
from tests.support.programme import MEDICINE, medicine, reference
from tests.unit.rules.dispensing.selling import (
    CHEAP,
    ISSUED_ON,
    OTHER,
    PRESCRIBED,
    circumstances,
    course,
    prescription,
    said,
    sale,
    sold,
)

SOM = Decimal


def refusals(verdict: SaleVerdict) -> dict[ErrorCode, str]:
    assert verdict.allowed == (not any(each.severity is Severity.ERROR for each in verdict.findings))
    return {each.code: each.path for each in verdict.findings if each.severity is Severity.ERROR}


@pytest.mark.clause("37", "42")
def test_a_sound_sale_has_nothing_said_of_it():
    verdict = sold()
    assert (verdict.allowed, verdict.closes, verdict.findings) == (True, True, ())
    assert verdict.medicine == PRESCRIBED
    assert (verdict.reckoning.retail, verdict.reckoning.compensation, verdict.reckoning.patient) == (900, 360, 540)


@pytest.mark.clause("3(1)")
def test_clause_3_1_what_was_sold_before_the_prescription_is_refused():
    on = prescription(issued_on=date(2026, 1, 16))
    assert refusals(sold(on=on)) == {ErrorCode.SALE_BEFORE_ISSUE: "$.sold_at"}


@pytest.mark.clause("31")
def test_clause_31_only_a_pharmacy_under_contract_dispenses():
    found = refusals(sold(facts=circumstances(contracted_at_sale=False, contracted_now=False)))
    assert found == {ErrorCode.PHARMACY_NOT_CONTRACTED: "$.pharmacy"}


@pytest.mark.clause("53")
def test_clause_53_nothing_is_compensated_outside_the_contract():
    found = refusals(sold(facts=circumstances(contracted_at_sale=False)))
    assert found == {ErrorCode.OUTSIDE_CONTRACT: "$.sold_at"}


@pytest.mark.clause("33")
def test_clause_33_nothing_of_a_sale_knows_any_territory():
    """Nor does anything the rules are told: no fact here names a region."""
    for facts in (prescription(), circumstances(), circumstances().settings):
        assert not [name for name in type(facts).__slots__ if "region" in name or "territor" in name]


@pytest.mark.clause("34")
def test_clause_34_a_prescription_is_open_and_no_other_pharmacy_holds_it():
    assert refusals(sold(on=prescription(cancelled=True))) == {ErrorCode.RX_CANCELLED: "$.prescription"}
    held = {"held_by_other_since": NOON - timedelta(minutes=10), "held_by_other_until": NOON + timedelta(minutes=20)}
    verdict = sold(on=prescription(**held))
    assert refusals(verdict) == {ErrorCode.RX_HELD: "$.prescription"}
    assert verdict.findings[0].parameters == {"since": "2026-01-15T11:50+06:00", "until": "2026-01-15T12:20+06:00"}
    assert sold(on=prescription(**held | {"held_by_other_until": NOON})).allowed


@pytest.mark.clause("37")
def test_a_dispensed_prescription_says_so_once():
    on = prescription(course=course(dispensed="600"), dispensed=True)
    assert refusals(sold(on=on, paid="900.00")) == {ErrorCode.RX_DISPENSED: "$.prescription"}


@pytest.mark.clause("35")
def test_clause_35_only_what_is_in_the_reference_of_the_day_of_sale():
    for version in (None, reference(CHEAP)):
        verdict = sold(facts=circumstances(reference=version))
        assert refusals(verdict) == {ErrorCode.NOT_IN_REFERENCE: "$.sale.medicine"}
        assert (verdict.medicine, verdict.reckoning) == (None, None)


@pytest.mark.clause("36")
def test_clause_36_a_medicine_of_another_group_is_refused():
    verdict = sold(sale(medicine=OTHER.code), choice=Choice.SUBSTITUTED)
    assert refusals(verdict) == {ErrorCode.NOT_SAME_GENERIC_GROUP: "$.sale.medicine"}
    assert verdict.reckoning is None


@pytest.mark.clause("36", "42")
def test_clause_42_a_substitute_is_compensated_by_its_own_row():
    verdict = sold(
        sale(medicine=CHEAP.code, units=30, pack_price=SOM("440.00"), shelf_price=SOM("440.00")),
        choice=Choice.SUBSTITUTED,
        paid="360.00",
    )
    assert verdict.findings == ()
    assert (verdict.medicine, verdict.closes) == (CHEAP, True)
    assert (verdict.reckoning.compensation, verdict.reckoning.patient, verdict.reckoning.dose) == (300, 360, 600)


@pytest.mark.clause("43")
def test_clause_43_the_row_in_force_on_the_day_of_sale_counts_and_not_the_prescribed_one():
    dearer = medicine(compensation={"amount": "7.00"}, largest_retail_price="600.00")
    verdict = sold(facts=circumstances(reference=reference(dearer)), paid="480.00")
    assert verdict.findings == ()
    assert verdict.reckoning.compensation == 420


@pytest.mark.clause("36")
def test_clause_36_the_offers_and_the_choice_are_recorded():
    assert refusals(sold(offers_shown=())) == {ErrorCode.OFFERS_NOT_SHOWN: "$.offers_shown"}
    assert refusals(sold(offers_shown=(CHEAP.code,))) == {ErrorCode.OFFERS_NOT_SHOWN: "$.offers_shown"}
    assert sold(offers_shown=(CHEAP.code, MEDICINE)).allowed
    assert refusals(sold(choice=None)) == {ErrorCode.CHOICE_NOT_RECORDED: "$.choice"}


@pytest.mark.clause("36")
def test_clause_36_the_choice_agrees_with_what_is_sold():
    assert refusals(sold(choice=Choice.SUBSTITUTED)) == {ErrorCode.CHOICE_MISMATCH: "$.choice"}
    substitute = sale(medicine=CHEAP.code, units=30)
    assert ErrorCode.CHOICE_MISMATCH in said(sold(substitute))
    other_pack = medicine(code="ENA-10-60", pack_size=60, largest_retail_price="900.00")
    facts = circumstances(reference=reference(PRESCRIBED, other_pack))
    for choice in Choice:
        assert ErrorCode.CHOICE_MISMATCH not in said(sold(sale(medicine="ENA-10-60"), facts=facts, choice=choice))


@pytest.mark.clause("37")
def test_clause_37_the_tills_sums_are_only_compared():
    right = ExpectedSums(retail=SOM("900"), compensation=SOM("360.00"), patient=SOM("540.00"))
    assert sold(sale(expected=right)).findings == ()
    for name in ("retail", "compensation", "patient"):
        wrong = right.model_copy(update={name: SOM("1.00")})
        verdict = sold(sale(expected=wrong))
        assert refusals(verdict) == {ErrorCode.AMOUNT_MISMATCH: "$.sale.expected"}
        assert verdict.findings[0].parameters == {"retail": "900.00", "compensation": "360.00", "patient": "540.00"}


@pytest.mark.clause("37")
def test_doses_that_cannot_be_compared_are_refused():
    verdict = sold(on=prescription(course=course(unit=DoseUnit.MILLILITRE)))
    assert refusals(verdict) == {ErrorCode.DOSE_NOT_COMPARABLE: "$.sale.medicine"}


@pytest.mark.clause("38")
def test_clause_38_a_receipt_is_handed_over_and_compared():
    assert refusals(sold(paid=None)) == {ErrorCode.RECEIPT_REQUIRED: "$.receipt"}
    verdict = sold(paid="600.00")
    assert (verdict.allowed, said(verdict)) == (True, {ErrorCode.RECEIPT_MISMATCH: "$.receipt.amount"})
    assert verdict.reckoning.settled == 300


@pytest.mark.clause("39")
def test_clause_39_the_price_is_that_of_the_showcase():
    above = sold(sale(shelf_price=SOM("449.99")))
    assert refusals(above) == {ErrorCode.PRICE_ABOVE_SHELF: "$.sale.pack_price"}
    below = sold(sale(shelf_price=SOM("450.01")))
    assert (below.allowed, said(below)) == (True, {ErrorCode.PRICE_BELOW_SHELF: "$.sale.pack_price"})
    strict = circumstances(settings=DispensingSettings(lower_than_shelf_allowed=False))
    assert refusals(sold(sale(shelf_price=SOM("450.01")), facts=strict)) == {
        ErrorCode.PRICE_NOT_AS_SHELF: "$.sale.pack_price"
    }


@pytest.mark.clause("39")
def test_clause_39_the_price_is_not_above_the_maximum_and_never_capped_in_silence():
    for price, refused in (("600.00", False), ("600.01", True)):
        verdict = check_quote(sale(pack_price=SOM(price), shelf_price=SOM(price)), prescription(), circumstances())
        assert (ErrorCode.PRICE_ABOVE_MAX in refusals(verdict)) == refused
        assert verdict.reckoning.retail == SOM(price) * 2
    unpriced = check_quote(sale(), prescription(), circumstances(reference=reference(medicine())))
    assert (unpriced.allowed, said(unpriced)) == (True, {ErrorCode.PRICE_MAX_UNKNOWN: "$.sale.pack_price"})


@pytest.mark.clause("43")
def test_clause_43_units_above_the_course_may_be_sold_with_it_unless_set_otherwise():
    verdict = sold(sale(units=70), paid="690.00")
    assert (verdict.allowed, said(verdict)) == (True, {ErrorCode.UNITS_ABOVE_COURSE: "$.sale.units"})
    strict = circumstances(settings=DispensingSettings(extra_units_allowed=False))
    assert refusals(sold(sale(units=70), facts=strict, paid="690.00")) == {
        ErrorCode.EXTRA_UNITS_REFUSED: "$.sale.units"
    }
    assert sold(facts=strict).allowed


@pytest.mark.clause("43")
def test_clause_43_a_course_may_be_dispensed_in_parts_unless_set_otherwise():
    assert not sold(sale(units=40), paid="360.00").closes
    assert not sold(sale(units=59), paid="531.00").closes
    first_closes = circumstances(settings=DispensingSettings(partial_fills=False))
    assert sold(sale(units=40), facts=first_closes, paid="360.00").closes


@pytest.mark.clause("37", "43")
def test_a_remainder_below_one_unit_of_every_medicine_of_the_group_closes_the_prescription():
    on = prescription(course=course("605"))
    assert sold(on=on).closes
    small = medicine(code="ENA-5", components=[{"inn": "enalapril", "strength": "5", "strength_unit": "mg"}])
    assert not sold(on=on, facts=circumstances(reference=reference(PRESCRIBED, small))).closes


@pytest.mark.clause("37")
def test_less_than_one_unit_is_no_sale_on_the_prescription():
    on = prescription(course=course(dispensed="595"))
    assert refusals(sold(on=on, paid="900.00")) == {ErrorCode.UNITS_BELOW_ONE: "$.sale.units"}


@pytest.mark.clause("3(2)")
def test_clause_3_2_a_price_at_the_compensation_is_remarked():
    verdict = sold(sale(pack_price=SOM("180.00"), shelf_price=SOM("180.00")), paid="0.00")
    assert (verdict.allowed, said(verdict)) == (True, {ErrorCode.PATIENT_SHARE_ZERO: "$.sale.pack_price"})
    shared = circumstances(settings=DispensingSettings(least_patient_share=Decimal("0.05")))
    verdict = sold(sale(pack_price=SOM("180.00"), shelf_price=SOM("180.00")), facts=shared, paid="18.00")
    assert (verdict.findings, verdict.reckoning.compensation) == ((), 342)


@pytest.mark.parametrize("share", ["-0.01", "1.01"])
def test_a_share_is_a_part(share):
    with pytest.raises(ValueError, match="from 0 to 1"):
        DispensingSettings(least_patient_share=Decimal(share))


DESIGNATION = SpecialDesignation(
    indications=("I11", "i10"),
    positions=(Position.FAMILY_DOCTOR,),
    largest_units=60,
    protocol_number="7",
    protocol_date=date(2025, 12, 1),
)


@pytest.mark.clause("24", "25", "26")
@pytest.mark.parametrize(
    ("changed", "restricted"),
    [
        ({}, []),
        ({"diagnosis": "I11.9"}, []),
        ({"diagnosis": "I12.9"}, ["indications"]),
        ({"position": Position.ONCOLOGIST}, ["positions"]),
        ({"course": course("1200", dispensed="10")}, ["units"]),
        ({"course": course("1200")}, []),
        ({"diagnosis": "E11", "position": Position.FAP_HEAD}, ["indications", "positions"]),
    ],
)
def test_clause_25_restrictions_hold_when_a_medicine_is_given_as_well(changed, restricted):
    designated = PRESCRIBED.model_copy(update={"special_designation": DESIGNATION})
    verdict = sold(on=prescription(**changed), facts=circumstances(reference=reference(designated)))
    found = [each.parameters["restriction"] for each in verdict.findings if each.code is ErrorCode.RESTRICTED_DRUG]
    assert found == restricted


@pytest.mark.clause("25", "26")
def test_clause_25_a_category_of_the_insured_can_be_asked_for():
    category = next(iter(InsuredCategory))
    other = next(one for one in InsuredCategory if one is not category)
    designation = SpecialDesignation(categories=(category,), protocol_number="7", protocol_date=date(2025, 12, 1))
    facts = circumstances(reference=reference(PRESCRIBED.model_copy(update={"special_designation": designation})))
    assert sold(on=prescription(category=category), facts=facts).allowed
    for wrong in (None, other):
        assert set(refusals(sold(on=prescription(category=wrong), facts=facts))) == {ErrorCode.RESTRICTED_DRUG}


@pytest.mark.clause("25", "26")
def test_clause_26_a_restriction_without_its_protocol_has_no_force():
    bare = PRESCRIBED.model_copy(
        update={"special_designation": DESIGNATION.model_copy(update={"protocol_number": None})}
    )
    assert sold(on=prescription(diagnosis="E11"), facts=circumstances(reference=reference(bare))).allowed


@pytest.mark.clause("6")
@pytest.mark.parametrize(
    ("ago", "taken", "expected"),
    [
        (timedelta(minutes=-5), None, set()),
        (timedelta(minutes=-6), None, {ErrorCode.SALE_IN_FUTURE}),
        (timedelta(minutes=15), None, set()),
        (timedelta(minutes=16), None, {ErrorCode.SALE_TOO_OLD}),
        (timedelta(minutes=16), timedelta(minutes=16), set()),
        (timedelta(minutes=16), timedelta(minutes=15), {ErrorCode.SALE_TOO_OLD}),
        (timedelta(hours=1), timedelta(hours=72), set()),
        (timedelta(hours=1), timedelta(hours=72, seconds=1), {ErrorCode.SALE_TOO_OLD}),
    ],
)
def test_clause_6_a_sale_is_recorded_as_it_is_made_and_later_only_under_a_hold(ago, taken, expected):
    facts = circumstances(sold_at=NOON - ago, hold_taken_at=None if taken is None else NOON - taken)
    assert set(said(sold(facts=facts))) == expected


@pytest.mark.clause("40")
def test_a_tills_clock_that_runs_ahead_carries_no_sale_into_the_next_day():
    last = ISSUED_ON + timedelta(days=30)
    now = datetime(last.year, last.month, last.day, 17, 58, tzinfo=UTC)
    facts = circumstances(now=now, sold_at=now + timedelta(minutes=4))
    assert facts.sold_on == last
    assert sold(facts=facts).allowed


@pytest.mark.clause("40", "43")
def test_a_late_record_is_judged_by_the_day_of_sale():
    last = ISSUED_ON + timedelta(days=30)
    sold_at = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    now = sold_at + timedelta(days=2)
    assert sold(facts=circumstances(now=now, sold_at=sold_at, hold_taken_at=sold_at - timedelta(hours=1))).allowed
    assert set(refusals(sold(facts=circumstances(now=now, sold_at=now)))) == {ErrorCode.RX_EXPIRED}


def test_everything_is_said_in_one_pass_and_refusals_first():
    verdict = sold(
        sale(units=70, pack_price=SOM("601.00"), shelf_price=SOM("600.00")),
        prescription(cancelled=True, valid_until=date(2026, 1, 14)),
        circumstances(contracted_at_sale=False, contracted_now=False, sold_at=NOON - timedelta(hours=1)),
        paid="1.00",
        choice=None,
        offers_shown=(),
    )
    assert set(said(verdict)) == {
        ErrorCode.PHARMACY_NOT_CONTRACTED,
        ErrorCode.RX_CANCELLED,
        ErrorCode.RX_EXPIRED,
        ErrorCode.SALE_TOO_OLD,
        ErrorCode.PRICE_ABOVE_SHELF,
        ErrorCode.PRICE_ABOVE_MAX,
        ErrorCode.OFFERS_NOT_SHOWN,
        ErrorCode.CHOICE_NOT_RECORDED,
        ErrorCode.RECEIPT_MISMATCH,
        ErrorCode.UNITS_ABOVE_COURSE,
    }
    weights = [each.severity for each in verdict.findings]
    assert weights == [Severity.ERROR] * 8 + [Severity.WARNING, Severity.INFO]
    assert verdict.reckoning is not None


def test_a_quote_asks_for_no_receipt_no_offers_and_no_choice():
    verdict = check_quote(sale(), prescription(), circumstances())
    assert (verdict.findings, verdict.allowed, verdict.reckoning.settled) == ((), True, 360)
    assert set(said(check_quote(sale(), prescription(cancelled=True), circumstances()))) == {ErrorCode.RX_CANCELLED}


def test_every_finding_can_be_said_in_every_language():
    hopeless = sold(
        sale(units=70, pack_price=SOM("601.00"), shelf_price=SOM("600.00"), boxes=(Box(code="?"),)),
        prescription(valid_until=date(2026, 1, 14), issued_on=date(2026, 1, 16)),
        circumstances(contracted_at_sale=False, sold_at=NOON - timedelta(hours=1)),
        paid="1.00",
    )
    assert len(hopeless.findings) == 10
    for each in hopeless.findings:
        for language in Language:
            said_so = each.as_json(language)
            assert "{" not in said_so["message"] + said_so["action"]
