"""What a pharmacy is told (regulation on the additional drug programme, clauses 34 to 44). Sums are som."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from kopuro_pos.client.amounts import Dose, SignedDose, SignedSom, Som
from kopuro_pos.client.models.base import Known, Received
from kopuro_pos.client.models.medicines import MedicineBrief
from kopuro_pos.client.models.problems import FindingView
from kopuro_pos.client.models.terms import (
    Choice,
    DoseUnit,
    Holder,
    OperationState,
    PrescriptionState,
    ReversalReason,
)


class HoldView(Received):
    """A hold: nobody but its holder can dispense the prescription meanwhile."""

    id: UUID | None
    """Names the hold when releasing it or selling under it; ``None`` for another pharmacy's."""
    holder: Known[Holder]
    since: AwareDatetime
    until: AwareDatetime
    """From this instant on it is over by itself."""


class Directions(Received):
    """What the prescriber ordered."""

    dose: Dose
    """Of one unit."""
    dose_unit: Known[DoseUnit]
    units: int
    directions: Annotated[str, Field(repr=False)]


class RemainingCourse(Received):
    """What is left of the course dose («курстук доза»)."""

    dose: Dose
    dose_unit: Known[DoseUnit]
    units: int
    """Whole units of the prescribed medicine in it."""
    last_day: date
    """Last Bishkek day on which it can be dispensed (clause 40)."""


class OfferView(Received):
    """One trade name of the generic group that the patient is to be told of, with all that remains (clause 36).

    Sums are for :attr:`units` at the pharmacy's price; ``None`` where the pharmacy named none.
    """

    medicine: MedicineBrief
    prescribed: bool
    """Whether this is the trade name that was prescribed."""
    in_stock: bool
    """Whether the pharmacy named a price for it."""
    pack_price: Som | None
    units: int | None
    """Whole units that the remaining course allows (clause 37); ``None`` where its dose cannot be compared."""
    retail: Som | None
    compensation: Som | None
    """The fund's share."""
    patient: Som | None
    """The patient's share."""


class FoundPrescription(Received):
    """A prescription that was opened by ПИН and number. It holds no name: the patient stands at the counter."""

    id: UUID
    number: Annotated[str, Field(repr=False)]
    """Twelve digits."""
    display_number: Annotated[str, Field(repr=False)]
    """The same as it is printed: ``4821 7730 5516``."""
    organisation: str
    """The prescriber's organisation, for questions."""
    state: Known[PrescriptionState]
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


class QuoteView(Received):
    """What a sale would come to, now."""

    id: UUID
    prescription: UUID
    pharmacy: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    reference_version: int
    rules_version: str
    medicine: str
    units: int
    max_units: int
    """Units that the remaining course allows (clause 37)."""
    compensated_units: int
    extra_units: int
    """Units above the course, at the patient's cost (clause 43)."""
    retail: Som
    compensation: Som
    patient: Som
    remaining: RemainingCourse
    """After the sale."""
    hold: HoldView | None
    findings: tuple[FindingView, ...]


class OperationBrief(Received):
    """An operation that carries a dispense to another system, and how it stands."""

    id: UUID
    kind: str
    """``dispense.submit``, ``dispense.reverse``, ``sale.declare`` or ``sale.cancel``."""
    upstream: str
    """``drug-programme`` is the fund."""
    state: Known[OperationState]
    record_number: str | None
    """The other system's own number of the record."""


class DispenseView(Received):
    """A dispense, or the reversal of one: then sums, units and dose are its exact negatives."""

    id: UUID
    prescription: UUID
    number: Annotated[str, Field(repr=False)]
    """The prescription's number."""
    fill: int
    """Ordinal number of the dispense on its prescription."""
    reversal_of: UUID | None
    reversed_by: UUID | None
    reason: Known[ReversalReason] | None
    """Of a reversal."""
    pharmacy: str
    sold_at: AwareDatetime
    sold_on: date
    """The Bishkek day of the sale; a reversal carries that of its sale."""
    recorded_at: AwareDatetime
    medicine: str
    """Code in the reference."""
    reference_version: int
    units: int
    compensated_units: int
    dose: SignedDose
    """Counted against the course, in :attr:`dose_unit`."""
    dose_unit: Known[DoseUnit]
    pack_price: Som
    retail: SignedSom
    compensation: SignedSom
    patient: SignedSom
    settled: SignedSom
    """What the pharmacy will be paid after a look at the receipt (clause 44)."""
    choice: Known[Choice] | None
    receipt_number: str | None
    receipt_amount: Som | None
    remaining: RemainingCourse
    """Of the prescription, as it was left."""
    state: Known[PrescriptionState]
    """Of the prescription, as it was left."""
    report: UUID | None
    """The settlement report it is in; from then on it cannot be reversed."""
    operations: tuple[OperationBrief, ...]
    findings: tuple[FindingView, ...]


class DispensePage(Received):
    """Dispenses and reversals of one's own, by day of sale and then in the order they were recorded."""

    items: tuple[DispenseView, ...]
    next: str | None
    """``None`` at the end."""


class ReleasedHold(Received):
    """A hold that was given up."""

    id: UUID
    prescription: UUID
    released_at: AwareDatetime
