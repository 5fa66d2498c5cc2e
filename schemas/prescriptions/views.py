"""What is answered about prescriptions."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.amounts import Dose, Money
from schemas.api import Answer, FindingView
from schemas.medicines import DoseUnit, Medicine
from schemas.prescriptions.order import PrescriptionOrder


class PrescriptionState(StrEnum):
    """Where a prescription stands."""

    ISSUED = "issued"
    PARTIALLY_DISPENSED = "partially-dispensed"
    DISPENSED = "dispensed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class IssuedPrescriptionView(Answer):
    """What was issued. A repeat with the same ``Idempotency-Key`` gets exactly the same."""

    id: UUID
    number: str
    """Twelve digits: 11 random ones and a check digit. With the patient's ПИН it opens the prescription (clause 34)."""
    display_number: str
    """The same in groups, as it is printed and dictated: ``4821 7730 5516``."""
    issued_at: datetime
    issued_on: date
    """Bishkek day of issue."""
    valid_until: date
    """Last Bishkek day on which it can be dispensed (clause 40)."""
    course_dose: Dose
    """Dose of one unit × number of units, formed by the gateway («курстук доза», clause 18)."""
    dose_unit: DoseUnit
    expected_compensation: Money
    """What is set aside of the patient's limit of the year (clause 21(1)), in som."""
    reference_version: int
    findings: tuple[FindingView, ...]
    """Warnings and remarks; nothing among them refuses."""
    operation: UUID
    """Its delivery to the fund's information system; how that stands is at ``/v1/operations/{operation}``."""


class LimitView(Answer):
    """A patient's limit of the calendar year (clause 21(1)), in som."""

    limit: Money
    used: Money
    reserved: Money
    """Set aside for open prescriptions."""


class PrescriptionCheck(Answer):
    """What would be said of an order. Nothing is issued."""

    accepted: bool
    """Whether it would be issued as things stand now."""
    findings: tuple[FindingView, ...]
    course_dose: Dose | None
    dose_unit: DoseUnit | None
    valid_until: date | None
    """Last Bishkek day, were it issued now; ``null`` where it cannot be told."""
    expected_compensation: Money | None
    limit: LimitView | None
    """The patient's limit as it stands; ``null`` where it cannot be told."""


class PrescriptionView(Answer):
    """A prescription as it stands, for the organisation that issued it."""

    id: UUID
    number: str
    display_number: str
    state: PrescriptionState
    issued_at: datetime
    issued_on: date
    valid_until: date
    order: PrescriptionOrder
    medicine: Medicine
    """The row of the reference as it was prescribed."""
    reference_version: int
    attached_organisation: str
    """Where the patient was registered on the day of issue (clause 5)."""
    course_dose: Dose
    dose_unit: DoseUnit
    dispensed_dose: Dose
    """What of the course is dispensed and compensated, in the same unit."""
    fills: int
    """How often something was dispensed."""
    held_until: datetime | None
    """Until when a pharmacy keeps it from all others, if one does."""
    ended_at: datetime | None
    """When it was wholly dispensed, cancelled or written expired."""
    printed_at: datetime | None
    """When its sheet was first printed."""
    findings: tuple[FindingView, ...]
    """Warnings and remarks made when it was issued."""
    operation: UUID
