"""All trade names that may be given on a prescription, and what each would cost whom (clause 36)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gateway.rules.compensation import NOTHING, Course, Product, Sums, reckon, whole_units
from gateway.rules.dispensing.facts import DEFAULT_SETTINGS, DispensingSettings
from gateway.rules.findings import Finding
from gateway.rules.medicines.reference import ReferenceVersion
from schemas.dispensing import StockItem
from schemas.medicines import Medicine


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One trade name of the generic group. Prices are som.

    ``max_units`` is what the remaining course allows, ``None`` where its strength cannot be compared with the course.
    ``pack_price`` and ``sums`` (for all of those units) are there for what the pharmacy has and can give of.
    """

    medicine: Medicine
    max_units: int | None
    pack_price: Decimal | None
    sums: Sums | None


def offers(
    prescribed: Medicine,
    course: Course,
    reference: ReferenceVersion,
    stock: Iterable[StockItem],
    settings: DispensingSettings = DEFAULT_SETTINGS,
) -> tuple[Offer, ...]:
    """Every trade name of the group in a version of the reference: those in stock first, the patient's sum ascending.

    A medicine that the pharmacy has at two prices is offered at both. Stock of other groups, or outside the reference,
    is passed over.
    """
    prices: dict[str, set[Decimal]] = {}
    for item in stock:
        prices.setdefault(item.medicine, set()).add(item.pack_price)
    listed = [
        _offer(medicine, course, price, settings)
        for medicine in reference.group_of(prescribed)
        for price in prices.get(medicine.code, {None})
    ]
    return tuple(sorted(listed, key=_order))


def _offer(medicine: Medicine, course: Course, pack_price: Decimal | None, settings: DispensingSettings) -> Offer:
    max_units = whole_units(course, medicine.leading.strength, medicine.leading.strength_unit)
    sums = None
    if pack_price is not None and max_units:
        share = settings.least_patient_share
        reckoning = reckon(course, Product.of(medicine, pack_price), max_units, least_patient_share=share)
        sums = None if isinstance(reckoning, Finding) else reckoning.sums
    return Offer(medicine=medicine, max_units=max_units, pack_price=pack_price, sums=sums)


def _order(offer: Offer) -> tuple[bool, bool, Decimal, str]:
    return (
        offer.pack_price is None,
        offer.sums is None,
        offer.sums.patient if offer.sums is not None else NOTHING,
        offer.medicine.code,
    )
