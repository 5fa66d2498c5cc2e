"""What a pharmacy is told (regulation on the additional drug programme, clauses 34 to 44).

As in ``schemas.api`` the gateway writes these bodies without building the models; a test holds that both agree.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from schemas.amounts import Dose, Money, SignedMoney
from schemas.api import Answer, FindingView, OperationState
from schemas.dispensing.requests import Choice, ReversalReason
from schemas.medicines import DoseUnit
from schemas.prescriptions.views import PrescriptionState

SignedDose = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$")]
"""An amount of a medicine in its dose unit, below zero in a reversal: ``"-200"``."""


class Holder(StrEnum):
    """Who keeps a prescription from all other pharmacies. The other's name is nobody's business."""

    SELF = "self"
    OTHER = "other"


class HoldView(Answer):
    """A hold: nobody but its holder can dispense the prescription meanwhile."""

    id: UUID | None
    """Names the hold when releasing it or selling under it; ``null`` for another pharmacy's."""
    holder: Holder
    since: datetime
    until: datetime
    """From this instant on it is over by itself."""


class MedicineBrief(Answer):
    """A medicine of the reference, as far as a counter needs it."""

    code: str
    inn: str
    trade_name: str
    form: str
    strength: Dose
    """Of one unit, of the leading component."""
    strength_unit: DoseUnit
    pack_size: int
    manufacturer: str
    country: str
    gtin: str | None
    """The GTIN on the pack, 8 to 14 digits, by which a scanned box is found; ``null`` where the reference has none."""


class Directions(Answer):
    """What the prescriber ordered: dose of one unit, their number, how to take them."""

    dose: Dose
    dose_unit: DoseUnit
    units: int
    directions: str


class RemainingCourse(Answer):
    """What is left of the course dose («курстук доза»)."""

    dose: Dose
    dose_unit: DoseUnit
    units: int
    """Whole units of the prescribed medicine in it."""
    last_day: date
    """Last Bishkek day on which it can be dispensed (clause 40)."""


class OfferView(Answer):
    """One trade name of the generic group that the patient is to be told of, with all that remains (clause 36).

    Sums are for :attr:`units` at the pharmacy's price. Without a price of the pharmacy they are ``null``.
    """

    medicine: MedicineBrief
    prescribed: bool
    """Whether this is the trade name that was prescribed."""
    in_stock: bool
    """Whether the pharmacy named a price for it."""
    pack_price: Money | None
    units: int | None
    """Whole units of it that the remaining course allows (clause 37); ``null`` where its dose cannot be compared."""
    retail: Money | None
    compensation: Money | None
    """The fund's share."""
    patient: Money | None
    """The patient's share."""


class FoundPrescription(Answer):
    """A prescription that was opened by ПИН and number. It holds no name: the patient stands at the counter."""

    id: UUID
    number: str
    """Twelve digits."""
    display_number: str
    """The same as it is printed: ``4821 7730 5516``."""
    organisation: str
    """The prescriber's organisation, for questions."""
    state: PrescriptionState
    issued_on: date
    medicine: MedicineBrief
    """As prescribed."""
    ordered: Directions
    course_dose: Dose
    remaining: RemainingCourse
    hold: HoldView | None
    reference_version: int | None
    """The version of the reference in force today, of which the offers are."""
    offers: tuple[OfferView, ...]
    """In stock first, then by what the patient pays."""
    findings: tuple[FindingView, ...]


class QuoteView(Answer):
    """What a sale would come to, now. Sums are som."""

    id: UUID
    prescription: UUID
    pharmacy: str
    created_at: datetime
    expires_at: datetime
    reference_version: int
    rules_version: str
    medicine: str
    units: int
    max_units: int
    """Units that the remaining course allows (clause 37)."""
    compensated_units: int
    extra_units: int
    """Units above the course, at the patient's cost (clause 43)."""
    retail: Money
    compensation: Money
    patient: Money
    remaining: RemainingCourse
    """After the sale."""
    hold: HoldView | None
    findings: tuple[FindingView, ...]


class OperationBrief(Answer):
    """An operation that carries a dispense to another system, and how it stands."""

    id: UUID
    kind: str
    upstream: str
    state: OperationState
    record_number: str | None


class DispenseView(Answer):
    """A dispense, or the reversal of one: then sums, units and dose are its exact negatives. Sums are som."""

    id: UUID
    prescription: UUID
    number: str
    """The prescription's number."""
    fill: int
    """Ordinal number of the dispense on its prescription."""
    reversal_of: UUID | None
    reversed_by: UUID | None
    reason: ReversalReason | None
    """Of a reversal."""
    pharmacy: str
    sold_at: datetime
    sold_on: date
    """The Bishkek day of the sale."""
    recorded_at: datetime
    medicine: str
    reference_version: int
    units: int
    compensated_units: int
    dose: SignedDose
    """Counted against the course, in :attr:`dose_unit`."""
    dose_unit: DoseUnit
    pack_price: Money
    retail: SignedMoney
    compensation: SignedMoney
    patient: SignedMoney
    settled: SignedMoney
    """What the pharmacy will be paid after a look at the receipt (clause 44)."""
    choice: Choice | None
    receipt_number: str | None
    receipt_amount: Money | None
    remaining: RemainingCourse
    """Of the prescription, as it was left."""
    state: PrescriptionState
    """Of the prescription, as it was left."""
    report: UUID | None
    """The settlement report it is in; from then on it cannot be reversed."""
    operations: tuple[OperationBrief, ...]
    findings: tuple[FindingView, ...]


class DispensePage(Answer):
    """Dispenses and reversals of one's own, by day of sale and then in the order they were recorded."""

    items: tuple[DispenseView, ...]
    next: str | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class ReleasedHold(Answer):
    """A hold that was given up."""

    id: UUID
    prescription: UUID
    released_at: datetime
