"""What a pharmacy sends (regulation on the additional drug programme, clauses 31 to 40)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.amounts import Money, PositiveMoney
from schemas.base import Contract, Instant, LongText, NameText, OrganisationCode, ShortText
from schemas.medicines import MedicineCode

PrescriptionNumber = Annotated[str, StringConstraints(min_length=1, max_length=32)]
"""The prescription's number as read from the sheet or dictated, spaces and hyphens allowed; judged by rule."""

BoxCode = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""What a scanner read from a box: a GS1 DataMatrix (GTIN, serial number, expiry, batch)."""


class PatientAndNumber(Contract):
    """What opens a prescription at a pharmacy: both must match (clause 34)."""

    pin: ShortText
    number: PrescriptionNumber
    family_name: NameText | None = None
    """The patient's family name as in the identity document: asked for after too many failures with this ПИН."""


class StockItem(Contract):
    """A trade name that the pharmacy has, and what a pack costs there."""

    medicine: MedicineCode
    pack_price: PositiveMoney


class LookUp(Contract):
    """The question for a prescription, in the body so that it is in no address."""

    pharmacy: OrganisationCode
    prescription: PatientAndNumber
    stock: Annotated[tuple[StockItem, ...], Field(max_length=500)] = ()
    """What the pharmacy has of any medicine: those of the generic group are offered with these prices (clause 36)."""


class Choice(StrEnum):
    """What the patient chose among the offers (clause 36)."""

    AS_PRESCRIBED = "as-prescribed"
    SUBSTITUTED = "substituted"
    """Another trade name of the same generic group («генерикалык алмаштыруу»)."""


class Box(Contract):
    """A box that is sold, or a part of which is."""

    code: BoxCode
    units: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Units sold of it; none for the whole box."""


class ExpectedSums(Contract):
    """The sums the till has reckoned, only compared (clause 37)."""

    retail: Money
    compensation: Money
    patient: Money


class Sale(Contract):
    """What is to be sold on a prescription."""

    medicine: MedicineCode
    """The row of the reference that is sold (clause 42)."""
    units: Annotated[int, Field(ge=1, le=100_000)]
    pack_price: PositiveMoney
    """Price of a pack that the patient is asked."""
    shelf_price: PositiveMoney
    """Price of a pack in the showcase (clause 39)."""
    boxes: Annotated[tuple[Box, ...], Field(max_length=100)] = ()
    expected: ExpectedSums | None = None


class QuoteRequest(Contract):
    """Ask what a sale would come to; with ``hold`` nobody else can dispense the prescription meanwhile."""

    pharmacy: OrganisationCode
    prescription: PatientAndNumber
    sale: Sale
    hold: bool = False


class Receipt(Contract):
    """The receipt handed over («товардык чек», clause 38)."""

    number: ShortText
    amount: Money
    """What the patient has paid, in som."""


class DispenseOrder(Contract):
    """A sale that has been made, to be recorded and compensated."""

    pharmacy: OrganisationCode
    prescription: PatientAndNumber
    sale: Sale
    pharmacist: NameText
    """Who has dispensed it."""
    offers_shown: Annotated[tuple[StockItem, ...], Field(max_length=500)] = ()
    """All trade names the patient was told of, with their prices (clause 36)."""
    choice: Choice | None = None
    receipt: Receipt | None = None
    quote: UUID | None = None
    """The quote this follows; then the sums must be the quoted ones."""
    hold: UUID | None = None
    """The hold under which it was sold."""
    sold_at: Instant | None = None
    """When it was sold, if that was before now: only under a hold that was taken at the time, or within minutes."""


class ReversalReason(StrEnum):
    """Why a dispense is taken back."""

    RETURNED = "returned"
    WRONG_MEDICINE = "wrong-medicine"
    WRONG_QUANTITY = "wrong-quantity"
    WRONG_PRICE = "wrong-price"
    NOT_HANDED_OVER = "not-handed-over"


class ReversalOrder(Contract):
    """Take a dispense back, exactly (NCPDP B2 does the same)."""

    reason: ReversalReason
    note: LongText | None = None
