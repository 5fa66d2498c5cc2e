"""What a pharmacy sends (regulation on the additional drug programme, clauses 31 to 40).

Names and ПИН are left out of every ``repr``.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from kopuro_pos.client.amounts import PositiveSom, Som
from kopuro_pos.client.models.base import LongText, MedicineCode, NameText, OrganisationCode, Sent, ShortText
from kopuro_pos.client.models.terms import Choice, ReversalReason


class PatientAndNumber(Sent):
    """What opens a prescription at a pharmacy: both must match (clause 34)."""

    pin: Annotated[ShortText, Field(repr=False)]
    """The patient's ПИН, which the patient says; it is not on the sheet."""
    number: Annotated[str, StringConstraints(min_length=1, max_length=32), Field(repr=False)]
    """The prescription's number as read or dictated; spaces and hyphens are allowed."""
    family_name: Annotated[NameText | None, Field(repr=False)] = None
    """Asked for after too many failures with this ПИН (``LOOKUP_FACTOR_REQUIRED``)."""


class StockItem(Sent):
    """A trade name that the pharmacy has, and what a pack costs there, in som."""

    medicine: MedicineCode
    pack_price: PositiveSom


class LookUp(Sent):
    """The question for a prescription."""

    pharmacy: OrganisationCode
    prescription: PatientAndNumber
    stock: Annotated[tuple[StockItem, ...], Field(max_length=500)] = ()
    """What the pharmacy has: those of the generic group are offered with these prices (clause 36)."""


class Box(Sent):
    """A box that is sold, or a part of which is."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    """What the scanner read: a GS1 DataMatrix."""
    units: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Units sold of it; ``None`` for the whole box."""


class ExpectedSums(Sent):
    """The sums the till has reckoned, in som: only compared (clause 37)."""

    retail: Som
    compensation: Som
    patient: Som


class Sale(Sent):
    """What is to be sold on a prescription. Prices are som a pack."""

    medicine: MedicineCode
    """The row of the reference that is sold (clause 42)."""
    units: Annotated[int, Field(ge=1, le=100_000)]
    """Tablets or other single units, not packs."""
    pack_price: PositiveSom
    """What the patient is asked."""
    shelf_price: PositiveSom
    """What the showcase says (clause 39)."""
    boxes: Annotated[tuple[Box, ...], Field(max_length=100)] = ()
    expected: ExpectedSums | None = None


class QuoteRequest(Sent):
    """What a sale would come to; with ``hold`` nobody else can dispense the prescription meanwhile."""

    pharmacy: OrganisationCode
    prescription: PatientAndNumber
    sale: Sale
    hold: bool = False


class Receipt(Sent):
    """The receipt handed over («товардык чек», clause 38)."""

    number: ShortText
    amount: Som
    """What the patient has paid."""


class DispenseOrder(Sent):
    """A sale that has been made, to be recorded and compensated."""

    pharmacy: OrganisationCode
    prescription: PatientAndNumber
    sale: Sale
    pharmacist: Annotated[NameText, Field(repr=False)]
    """Who has dispensed it."""
    offers_shown: Annotated[tuple[StockItem, ...], Field(max_length=500)] = ()
    """All trade names the patient was told of, with their prices, the sold one among them (clause 36)."""
    choice: Choice | None = None
    """The gateway refuses a dispense without it (clause 36)."""
    receipt: Receipt | None = None
    """The gateway refuses a dispense without it (clause 38)."""
    quote: UUID | None = None
    """The quote this follows; then the sums must be the quoted ones."""
    hold: UUID | None = None
    """The hold under which it was sold: ``hold.id`` of the quote's answer."""
    sold_at: AwareDatetime | None = None
    """When it was sold, if that was before now: under a hold up to 72 hours, else within minutes."""


class ReversalOrder(Sent):
    """Take a dispense back, whole."""

    reason: ReversalReason
    note: Annotated[LongText | None, Field(repr=False)] = None
