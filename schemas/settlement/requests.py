"""What is asked in settlement (regulation on the additional drug programme, clauses 23, 41 to 51)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.amounts import Money, PositiveMoney
from schemas.base import Contract, LongText, NameText, OrganisationCode, ShortText
from schemas.settlement.terms import Decision, Liable, SignerRole, Source

MONTH_PATTERN: Final = r"^(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])$"

Month = Annotated[str, StringConstraints(pattern=MONTH_PATTERN)]
"""A calendar month in Bishkek: ``2026-01``."""


LARGEST_LIST: Final = 50_000
"""Rows of a pharmacy's own list at the most."""


def first_day(month: str) -> date:
    """The first day of a :data:`Month`."""
    return date.fromisoformat(f"{month}-01")


class FormReport(Contract):
    """Form the report of a pharmacy for a month that has ended."""

    pharmacy: OrganisationCode
    month: Month


class SignAct(Contract):
    """Sign an act; one's person is known from one's session."""

    role: SignerRole
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """The act's digest, as read: so that nobody signs what they have not seen."""


class PayAct(Contract):
    """The fund has paid an act."""

    reference: ShortText
    """Number of the payment order."""


class MarkNotCompensable(Contract):
    """What was dispensed is not what was prescribed (clause 46)."""

    source: Source


class Document(Contract):
    """A document by its number and day: an inspection act, a commission's protocol."""

    number: ShortText
    on: date


class ClawBack(Contract):
    """Take compensation back from the pharmacy (clause 47)."""

    dispense: UUID
    amount: PositiveMoney
    inspection_act: Document | None = None
    """Without one nothing is taken back."""


class Recover(Contract):
    """Have the prescriber, the organisation or both make compensation good (clause 23)."""

    dispense: UUID
    amount: PositiveMoney
    liable: Annotated[tuple[Liable, ...], Field(min_length=1, max_length=2)]
    inspection_act: Document | None = None
    """Without one nothing is recovered."""


class FileDispute(Contract):
    """A written application on a dispense (clause 48)."""

    dispense: UUID
    statement: LongText
    """What is disputed, and why. It is kept sealed."""


class DecideDispute(Contract):
    """The commission's decision (clauses 49 and 50)."""

    decision: Decision
    amount: Money | None = None
    """What the fund pays for the dispense, if the dispute is upheld."""
    members: Annotated[tuple[NameText, ...], Field(max_length=30)] = ()
    """The members of the commission by name; kept sealed."""
    protocol: Document | None = None
    """Without it the decision has no effect."""


class ListedSale(Contract):
    """A row of the pharmacy's own list: a dispense by its id, or by its receipt and the day of sale."""

    dispense: UUID | None = None
    receipt: ShortText | None = None
    sold_on: date | None = None
    settled: Money
    """What the pharmacy expects from the fund for it."""

    @model_validator(mode="after")
    def _is_named(self) -> ListedSale:
        if self.dispense is None and (self.receipt is None or self.sold_on is None):
            raise PydanticCustomError("missing", "the dispense, or receipt and day of sale")
        return self


class Reconcile(Contract):
    """Compare the pharmacy's own list of a month with ours and with the fund's."""

    pharmacy: OrganisationCode
    month: Month
    rows: Annotated[tuple[ListedSale, ...], Field(max_length=LARGEST_LIST)]
