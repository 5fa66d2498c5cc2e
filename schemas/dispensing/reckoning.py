"""What ``gateway quote`` reads and answers: the arithmetic of clauses 37 and 42 to 44 alone, without a prescription."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from schemas.amounts import Dose, Money, PositiveDose, PositiveMoney
from schemas.base import Contract
from schemas.medicines import Compensation, DoseUnit


class OrderedCourse(Contract):
    """What was prescribed; the course dose is the product of dose and units (clause 18)."""

    dose: PositiveDose
    """Dose of one unit."""
    dose_unit: DoseUnit
    units: PositiveDose
    """Number of units of that dose, a whole number in a string."""


class PricedProduct(Contract):
    """The product that is sold: its row of the reference, and what a pack costs."""

    strength: PositiveDose
    """Of one dispensed unit."""
    strength_unit: DoseUnit
    pack_price: PositiveMoney
    pack_size: Annotated[int, Field(ge=1, le=100_000)]
    """Dispensed units in a pack."""
    compensation: Compensation


class SaleToReckon(Contract):
    """A sale to be reckoned."""

    course: OrderedCourse
    compensated_before: Dose = Decimal(0)
    """What of the course was compensated in earlier sales, in the course's dose unit."""
    product: PricedProduct
    sold_units: Annotated[int, Field(ge=1, le=100_000)]
    receipt: Money | None = None
    """What the patient has paid by the receipt (clause 38)."""


class ReckonedSale(Contract):
    """What the sale comes to. Sums are som."""

    max_units: int
    """What the remaining course allows of this product (clause 37)."""
    compensated_units: int
    extra_units: int
    """Units above the course, which the patient pays alone (clause 43)."""
    retail: Money
    compensation: Money
    """The fund's part (clause 42)."""
    patient: Money
    settled: Money
    """What the pharmacy will be paid after a look at the receipt (clause 44)."""
    remaining: Dose
    """What is left of the course, in its dose unit."""
