"""One synthetic patient, one prescription, and what lies on the shelf of a synthetic pharmacy."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from kopuro_pos.agent.contract import Medicine, Offer

PIN: Final = "11704196200108"
"""Of a person who does not exist."""
NUMBER: Final = "625498741294"
DISPLAY_NUMBER: Final = "6254 9874 1294"
PRESCRIPTION: Final = UUID("01a20091-d7ea-70b1-ba7c-ad5373fe6327")
DIRECTIONS: Final = "Күнүнө бир жолу, таң эрте, тамакка чейин өзүнчө"
ORDERED_UNITS: Final = 60

_CENT: Final = Decimal("0.01")


@dataclass(slots=True)
class ShelfRow:
    """A trade name of the generic group, and how it lies on the shelf."""

    medicine: Medicine
    pack_price: Decimal
    packs: int
    """0: not in stock."""
    rate: Decimal = Decimal("5.00")
    """What the fund pays for a tablet, som."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Retail, fund's share and patient's share in som."""

    retail: Decimal
    compensation: Decimal
    patient: Decimal


def two_digits(sum_: Decimal) -> Decimal:
    """In som and tyiyn, rounded half up."""
    return sum_.quantize(_CENT, ROUND_HALF_UP)


def sums_of(row: ShelfRow, units: int) -> Sums:
    """As the gateway forms them: rounded once, on the whole line, never by the tablet."""
    retail = two_digits(row.pack_price * units / row.medicine.pack_size)
    compensation = min(retail, two_digits(row.rate * units))
    return Sums(retail, compensation, retail - compensation)


def offer_of(row: ShelfRow, units: int) -> Offer:
    """As a line of the look-up; sums only for what is in stock."""
    in_stock = row.packs > 0
    sums = sums_of(row, units) if in_stock else None
    return Offer(
        medicine=row.medicine,
        prescribed=row.medicine.code == "EX-C01",
        in_stock=in_stock,
        pack_price=row.pack_price if in_stock else None,
        packs=row.packs,
        units=units if in_stock else None,
        retail=sums.retail if sums else None,
        compensation=sums.compensation if sums else None,
        patient=sums.patient if sums else None,
    )


def medicine(code: str, trade_name: str, gtin: str) -> Medicine:
    """A row of the synthetic reference: tablets of 10 mg, thirty in a pack."""
    return Medicine(
        code=code,
        inn="lisinopril",
        trade_name=trade_name,
        form="tablet",
        strength="10",
        strength_unit="mg",
        pack_size=30,
        manufacturer="Example Pharma",
        country="KG",
        gtin=gtin,
    )


def full_shelf() -> dict[str, ShelfRow]:
    """By code: two in stock, one not; the letters Ө Ү Ң in a name."""
    rows = (
        ShelfRow(medicine("EX-C01", "Лизиноприл-Тоо", "04600000000015"), Decimal("450.00"), 12),
        ShelfRow(medicine("EX-C03", "Жүрөк-Өң", "04600000000039"), Decimal("360.00"), 4),
        ShelfRow(medicine("EX-C10", "Диротен-Көл", "04600000000107"), Decimal("520.00"), 0),
    )
    return {row.medicine.code: row for row in rows}
