"""The monitoring of prices (regulation on the additional drug programme, clause 56). Sums are som."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from schemas.amounts import Money
from schemas.api import Answer

UnitPrice = Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]{4}$")]
"""A price in som with four digits after the point, rounded half up."""


class PriceRange(Answer):
    """The smallest, the middle and the largest of the prices, each dispense counted once."""

    least: UnitPrice
    median: UnitPrice
    """With an even number of dispenses the mean of the two in the middle."""
    largest: UnitPrice


class PriceRow(Answer):
    """What was asked in a month for one international name, one product, or one name in one region."""

    inn: str
    medicine: str | None
    """The fund's code of the product; ``null`` where products are taken together."""
    trade_name: str | None
    region: str | None
    """Of the organisation where the patient is registered; ``null`` where regions are taken together."""
    dispenses: int
    units: int
    unit_price: PriceRange
    """Price of a pack divided by the units in it."""
    pack_price: PriceRange | None
    """Of one product only: packs of others cannot be compared."""
    above_reference: int
    """Dispenses at more than the internal reference price."""
    share_above_reference: Annotated[str, StringConstraints(pattern=r"^[01]\.[0-9]{4}$")]
    """Their share of all."""


class PriceStatisticsView(Answer):
    """What was asked in a month («бааларга мониторинг»). Dispenses that were taken back are left out."""

    month: str
    by: str
    dispenses: int
    retail: Money
    """What all of them came to at retail."""
    items: tuple[PriceRow, ...]
    """In order of names, codes and regions."""
