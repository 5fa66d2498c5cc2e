"""Boxes and their GS1 DataMatrix: global trade item number, serial number, expiry and batch.

The regulation does not speak of them; the national medicines database does.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.rules.dispensing.facts import BoxStanding, SaleFacts
from gateway.rules.findings import Finding
from schemas.amounts import som
from schemas.dispensing import Sale
from schemas.errors import ErrorCode
from schemas.medicines import Medicine

_SYMBOLOGY: Final = "]d2"
"""What a scanner may put before a GS1 DataMatrix (ISO/IEC 15424)."""

_CENTURY: Final = 2000
_GTIN_DIGITS: Final = 14


@dataclass(frozen=True, slots=True)
class Box:
    """What a box's code says. ``gtin`` has 14 digits; ``expiry`` is the last day of use."""

    gtin: str
    serial: str
    expiry: date | None = None
    batch: str | None = None


def parse(code: str, path: str = "$.sale.boxes[0].code") -> Box | Finding:
    """A box's code taken apart; ``BOX_CODE_INVALID`` without a sound GTIN and a serial number.

    The separator FNC1 comes as the character GS (1D in hexadecimal), as scanners send it.
    """
    from biip import ParseConfig, ParseError  # noqa: PLC0415 - slow to import
    from biip.gs1_messages import GS1Message  # noqa: PLC0415 - as above

    # The library resolves years by the clock of the machine; the expiry is read here instead.
    reading = ParseConfig(gs1_element_strings_verify_date=False)
    try:
        message = GS1Message.parse(code.strip().removeprefix(_SYMBOLOGY), config=reading)
    except (ParseError, ValueError):
        return Finding(ErrorCode.BOX_CODE_INVALID, path)
    said = {element.ai.ai: element for element in message.element_strings}
    if "01" not in said or said["01"].gtin is None or "21" not in said:
        return Finding(ErrorCode.BOX_CODE_INVALID, path)
    try:
        expiry = _day(said["17"].value) if "17" in said else None
    except ValueError:
        return Finding(ErrorCode.BOX_CODE_INVALID, path)
    batch = said["10"].value if "10" in said else None
    return Box(said["01"].gtin.as_gtin_14(), said["21"].value, expiry, batch)


def codes(sale: Sale) -> Sequence[str]:
    """The codes to ask the national medicines database about."""
    return [box.code for box in sale.boxes]


def check_boxes(sale: Sale, medicine: Medicine | None, facts: SaleFacts) -> Iterator[Finding]:
    """Everything there is to say of a sale's boxes."""
    seen: set[tuple[str, str]] = set()
    for number, sold in enumerate(sale.boxes):
        path = f"$.sale.boxes[{number}].code"
        box = parse(sold.code, path)
        if isinstance(box, Finding):
            yield box
            continue
        if (box.gtin, box.serial) in seen:
            yield Finding(ErrorCode.BOX_REPEATED, path)
        seen.add((box.gtin, box.serial))
        standing = facts.standings.get(sold.code)
        if medicine is not None:
            yield from _gtin_findings(box, standing, medicine, path)
        if (box.expiry is not None and box.expiry < facts.sold_on) or (standing is not None and standing.expired):
            yield Finding(ErrorCode.BOX_EXPIRED, path)
        if standing is not None:
            whole = medicine.pack_size if medicine is not None else 0
            yield from _standing_findings(standing, sold.units or whole, sale.pack_price, path)
    if medicine is not None:
        yield from _units_findings(sale, medicine)


def _gtin_findings(box: Box, standing: BoxStanding | None, medicine: Medicine, path: str) -> Iterator[Finding]:
    """The box is of the medicine that is sold: by its own code, and by the national database."""
    if medicine.gtin is None:
        return
    expected = medicine.gtin.zfill(_GTIN_DIGITS)
    known = [box.gtin] if standing is None else [box.gtin, standing.gtin.zfill(_GTIN_DIGITS)]
    wrong = next((gtin for gtin in known if gtin != expected), None)
    if wrong is not None:
        yield Finding(ErrorCode.BOX_GTIN_MISMATCH, path, {"gtin": wrong, "expected": expected})


def _standing_findings(standing: BoxStanding, units: int, pack_price: Decimal, path: str) -> Iterator[Finding]:
    """Whether the box, or ``units`` of it, can be sold at a price, in som."""
    left = standing.remaining_units
    if standing.sold or standing.recalled or not standing.for_sale or (left is not None and units > left):
        yield Finding(ErrorCode.BOX_NOT_FOR_SALE, path)
    largest = standing.largest_retail_price
    if largest is not None and pack_price > largest:
        yield Finding(ErrorCode.PRICE_ABOVE_MAX, "$.sale.pack_price", {"largest": som(largest)})


def _units_findings(sale: Sale, medicine: Medicine) -> Iterator[Finding]:
    """The boxes are declared as sold: what they hold has to be what is sold."""
    counted = sum(medicine.pack_size if box.units is None else box.units for box in sale.boxes)
    if sale.boxes and counted != sale.units:
        yield Finding(ErrorCode.BOX_UNITS_MISMATCH, "$.sale.boxes", {"counted": counted, "units": sale.units})


def _day(yymmdd: str) -> date:
    """A GS1 date of this century; day 00 is the last of its month. Raises ``ValueError``."""
    year, month, day = _CENTURY + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    if day == 0:
        if not 1 <= month <= 12:
            raise ValueError("no such month")
        day = monthrange(year, month)[1]
    return date(year, month, day)
