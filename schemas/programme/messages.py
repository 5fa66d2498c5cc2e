"""What the journal carries to the fund's information system and to the national medicines database.

These are the payloads of operations, in JSON; adapters turn them into the words of their system. Sums are som.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.amounts import Dose, Money, PositiveMoney, SignedMoney
from schemas.base import Contract, Instant, LongText, OrganisationCode, ShortText
from schemas.dispensing.requests import BoxCode, ReversalReason
from schemas.medicines import DoseUnit, Medicine, MedicineCode
from schemas.prescriptions import PrescriptionOrder


class IssuedPrescription(Contract):
    """Operation ``prescription.submit``, revision 1; its business key is the number."""

    number: ShortText
    order: PrescriptionOrder
    medicine: Medicine
    reference_version: int
    attached_organisation: OrganisationCode
    """Where the patient is registered (clause 5)."""
    issued_at: Instant
    issued_on: date
    valid_until: date
    """Last Bishkek day on which it can be dispensed (clause 40)."""
    course_dose: Dose
    dose_unit: DoseUnit
    expected_compensation: Money


class CancelledPrescription(Contract):
    """Operation ``prescription.cancel``, revision 2 of the same business key."""

    number: ShortText
    cancelled_at: Instant
    reason: LongText


class DispensedMedicine(Contract):
    """Operation ``dispense.submit``, revision 1; its business key is ``number/fill``."""

    dispense: UUID
    number: ShortText
    fill: Annotated[int, Field(ge=1)]
    """Ordinal number of the dispense on its prescription."""
    pin: ShortText
    pharmacy: OrganisationCode
    sold_at: Instant
    sold_on: date
    medicine: MedicineCode
    reference_version: int
    units: Annotated[int, Field(ge=1)]
    compensated_units: Annotated[int, Field(ge=0)]
    dose: Dose
    """Dose counted against the course, in the prescription's dose unit."""
    pack_price: PositiveMoney
    retail: Money
    compensation: Money
    patient: Money
    settled: Money
    """What the pharmacy will be paid after comparing with the receipt (clause 44)."""
    receipt_number: ShortText | None
    receipt_amount: Money | None


class ReversedDispense(Contract):
    """Operation ``dispense.reverse``, revision 2 of the dispense's business key; the sums are its exact negatives."""

    dispense: UUID
    reversal: UUID
    number: ShortText
    fill: Annotated[int, Field(ge=1)]
    pharmacy: OrganisationCode
    reversed_at: Instant
    reason: ReversalReason
    retail: SignedMoney
    compensation: SignedMoney
    patient: SignedMoney
    settled: SignedMoney


class SoldBox(Contract):
    """One box of a sale declaration."""

    code: BoxCode
    price: PositiveMoney
    """Retail sum of what is sold of it."""
    units: Annotated[int, Field(ge=1)] | None = None
    """Units sold of it; none for the whole box."""


class BoxesSold(Contract):
    """Operation ``sale.declare``, revision 1; its business key is ``sale/<dispense id>``."""

    dispense: UUID
    number: ShortText
    pin: ShortText
    pharmacy: OrganisationCode
    boxes: Annotated[tuple[SoldBox, ...], Field(min_length=1)]


class BoxesReturned(Contract):
    """Operation ``sale.cancel``, revision 2 of the same business key."""

    dispense: UUID
    pharmacy: OrganisationCode
    boxes: Annotated[tuple[BoxCode, ...], Field(min_length=1)]
