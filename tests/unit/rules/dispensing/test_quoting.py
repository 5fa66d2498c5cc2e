"""A quote can be reckoned again: its digest tells every difference in what went in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.rules.compensation import NOTHING
from gateway.rules.dispensing import quote_digest
from schemas.medicines import Compensation, DoseUnit, Per
from tests.unit.rules.dispensing.selling import course, product

COURSE, PRODUCT = course(), product("450.00")


def digest(of=COURSE, what=PRODUCT, units=60, version=1, share=NOTHING) -> bytes:
    return quote_digest(of, what, units, reference_version=version, least_patient_share=share)


@pytest.mark.clause("37")
def test_equal_input_has_one_digest_however_its_numbers_are_written():
    written_otherwise = replace(PRODUCT, pack_price=Decimal(450), strength=Decimal("1E+1"))
    assert digest() == digest(replace(COURSE, dose=Decimal("600.00")), written_otherwise)
    assert len(digest()) == 32


@pytest.mark.clause("37")
def test_every_difference_shows():
    per_pack = Compensation(per=Per.PACK, amount=Decimal("6.00"))
    others = [
        digest(replace(COURSE, dispensed=Decimal(10))),
        digest(replace(COURSE, dose=Decimal(601))),
        digest(replace(COURSE, unit=DoseUnit.GRAM)),
        digest(what=replace(PRODUCT, pack_price=Decimal("450.01"))),
        digest(what=replace(PRODUCT, pack_size=31)),
        digest(what=replace(PRODUCT, strength=Decimal(11))),
        digest(what=replace(PRODUCT, strength_unit=DoseUnit.GRAM)),
        digest(what=replace(PRODUCT, compensation=per_pack)),
        digest(units=61),
        digest(version=2),
        digest(share=Decimal("0.1")),
    ]
    assert len({digest(), *others}) == len(others) + 1
