"""What the patient is told of (clause 36)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.rules.dispensing import offers
from schemas.dispensing import StockItem
from schemas.medicines import DoseUnit
from tests.support.programme import medicine, reference
from tests.unit.rules.dispensing.selling import CHEAP, OTHER, PRESCRIBED, course

STRONG = medicine(
    code="ENA-1000",
    trade_name="Эналаприл-Супер",
    components=[{"inn": "enalapril", "strength": "1", "strength_unit": "g"}],
)
VERSION = reference(OTHER, STRONG, PRESCRIBED, CHEAP)


def stock(**prices: str) -> list[StockItem]:
    return [StockItem(medicine=code.replace("_", "-"), pack_price=Decimal(price)) for code, price in prices.items()]


@pytest.mark.clause("36")
def test_clause_36_all_trade_names_of_the_group_and_no_other():
    shown = offers(PRESCRIBED, course(), VERSION, [])
    assert {offer.medicine.code for offer in shown} == {PRESCRIBED.code, CHEAP.code, STRONG.code}
    assert all(offer.pack_price is None is offer.sums for offer in shown)
    assert {offer.medicine.code: offer.max_units for offer in shown} == {
        "ENA-10-30": 60,
        "ENA-20-20": 30,
        "ENA-1000": 0,
    }


@pytest.mark.clause("36", "37")
def test_clause_36_what_is_in_stock_comes_first_then_what_the_patient_pays():
    shown = offers(
        PRESCRIBED, course(), VERSION, stock(ENA_10_30="450.00", ENA_20_20="440.00", ENA_1000="9.00", LOS_50_30="1.00")
    )
    assert [offer.medicine.code for offer in shown] == ["ENA-20-20", "ENA-10-30", "ENA-1000"]
    cheap, prescribed, strong = shown
    assert (cheap.sums.retail, cheap.sums.compensation, cheap.sums.patient) == (660, 300, 360)
    assert (prescribed.sums.retail, prescribed.sums.compensation, prescribed.sums.patient) == (900, 360, 540)
    assert strong.sums is None
    [first, *rest] = offers(PRESCRIBED, course(), VERSION, stock(ENA_10_30="450.00"))
    assert first.medicine.code == "ENA-10-30"
    assert [offer.pack_price for offer in rest] == [None, None]


@pytest.mark.clause("36")
def test_what_is_in_stock_comes_first_even_if_none_of_it_can_be_given():
    shown = offers(PRESCRIBED, course("10"), VERSION, stock(ENA_20_20="440.00"))
    assert [(offer.medicine.code, offer.max_units) for offer in shown] == [
        ("ENA-20-20", 0),
        ("ENA-10-30", 1),
        ("ENA-1000", 0),
    ]


@pytest.mark.clause("36")
def test_a_medicine_at_two_prices_is_offered_at_both():
    twice = [*stock(ENA_10_30="450.00"), *stock(ENA_10_30="440.00"), *stock(ENA_10_30="440.00")]
    shown = [offer for offer in offers(PRESCRIBED, course(), VERSION, twice) if offer.sums]
    assert [offer.pack_price for offer in shown] == [Decimal("440.00"), Decimal("450.00")]


@pytest.mark.clause("37")
def test_offers_are_for_what_remains():
    [first, *_] = offers(PRESCRIBED, course(dispensed="400"), VERSION, stock(ENA_10_30="450.00"))
    assert (first.max_units, first.sums.patient) == (20, 180)
    [first, *_] = offers(PRESCRIBED, course(dispensed="600"), VERSION, stock(ENA_10_30="450.00"))
    assert (first.max_units, first.sums) == (0, None)


def test_a_course_in_units_that_cannot_be_compared_has_no_sums():
    shown = offers(PRESCRIBED, course(unit=DoseUnit.MILLILITRE), VERSION, stock(ENA_10_30="450.00"))
    assert [(offer.max_units, offer.sums) for offer in shown] == [(None, None)] * 3


@pytest.mark.clause("35")
def test_clause_35_a_medicine_that_left_the_reference_is_no_longer_offered():
    shown = offers(PRESCRIBED, course(), reference(CHEAP), stock(ENA_10_30="450.00"))
    assert [offer.medicine.code for offer in shown] == ["ENA-20-20"]
    assert shown[0].sums is None
