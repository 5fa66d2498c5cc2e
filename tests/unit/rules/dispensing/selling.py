"""A sale that nothing stands against, and everything it is judged by; overrides make it otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.rules.compensation import Course, Product
from gateway.rules.dispensing import PrescriptionFacts, SaleFacts, SaleVerdict, check_sale
from schemas.dispensing import Choice, Receipt, Sale, StockItem
from schemas.errors import ErrorCode
from schemas.medicines import Compensation, DoseUnit, Per, Position
from tests.support.doubles import NOON
from tests.support.programme import MEDICINE, medicine, reference

ISSUED_ON = date(2026, 1, 10)
CHEAP = medicine(
    code="ENA-20-20",
    trade_name="Эналаприл-Нарын",
    components=[{"inn": "enalapril", "strength": "20", "strength_unit": "mg"}],
    pack_size=20,
    gtin="4600000000022",
    compensation={"per": "pack", "amount": "200.00"},
    largest_retail_price="500.00",
)
OTHER = medicine(
    code="LOS-50-30",
    trade_name="Лозартан-Ош",
    components=[{"inn": "losartan", "strength": "50", "strength_unit": "mg"}],
    gtin="4600000000039",
)
PRESCRIBED = medicine(largest_retail_price="600.00")


def course(dose: str = "600", unit: DoseUnit = DoseUnit.MILLIGRAM, dispensed: str = "0") -> Course:
    return Course(dose=Decimal(dose), unit=unit, dispensed=Decimal(dispensed))


def product(
    pack_price: str,
    pack_size: int = 30,
    *,
    per: Per = Per.UNIT,
    amount: str = "6.00",
    strength: str = "10",
    unit: DoseUnit = DoseUnit.MILLIGRAM,
) -> Product:
    return Product(
        strength=Decimal(strength),
        strength_unit=unit,
        pack_size=pack_size,
        pack_price=Decimal(pack_price),
        compensation=Compensation(per=per, amount=Decimal(amount)),
    )


def prescription(**overrides: Any) -> PrescriptionFacts:
    sound = PrescriptionFacts(
        medicine=PRESCRIBED,
        course=course(),
        issued_on=ISSUED_ON,
        valid_until=ISSUED_ON + timedelta(days=30),
        diagnosis="I10",
        position=Position.FAMILY_DOCTOR,
        category=None,
    )
    return replace(sound, **overrides)


def circumstances(**overrides: Any) -> SaleFacts:
    sound = SaleFacts(
        now=NOON,
        sold_at=NOON,
        reference=reference(PRESCRIBED, CHEAP, OTHER),
        contracted_at_sale=True,
        contracted_now=True,
    )
    return replace(sound, **overrides)


def sale(**overrides: Any) -> Sale:
    """60 tablets of what was prescribed, at 450.00 som for a pack of 30."""
    sound = {"medicine": MEDICINE, "units": 60, "pack_price": Decimal("450.00"), "shelf_price": Decimal("450.00")}
    return Sale(**(sound | overrides))


def sold(
    what: Sale | None = None,
    on: PrescriptionFacts | None = None,
    facts: SaleFacts | None = None,
    *,
    paid: str | None = "540.00",
    choice: Choice | None = Choice.AS_PRESCRIBED,
    offers_shown: tuple[str, ...] | None = None,
) -> SaleVerdict:
    what = what or sale()
    shown = (what.medicine,) if offers_shown is None else offers_shown
    return check_sale(
        what,
        on or prescription(),
        facts or circumstances(),
        receipt=None if paid is None else Receipt(number="77", amount=Decimal(paid)),
        offers_shown=[StockItem(medicine=code, pack_price=what.pack_price) for code in shown],
        choice=choice,
    )


def said(verdict: SaleVerdict) -> dict[ErrorCode, str]:
    """Codes and paths of all findings."""
    return {finding.code: finding.path for finding in verdict.findings}
