"""Sales and reversals, and the queue they wait in."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from kopuro_pos.agent.contract.findings import Finding
from kopuro_pos.agent.contract.flat import Flat, Key, SignedSom, Som, Text
from kopuro_pos.agent.contract.prescriptions import Medicine


class SaleOrder(Flat):
    """``POST /api/sales``: the goods and the receipt are handed over."""

    key: Key
    quote: UUID
    pharmacist: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]
    receipt_number: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
    receipt_amount: Som


class SaleState(StrEnum):
    """Where a sale or reversal is."""

    WAITING = "waiting"
    """Written down here; the gateway has not answered yet."""
    RECORDED = "recorded"
    """The gateway has it."""
    REFUSED = "refused"
    """The gateway refused it; see ``findings``."""


class FundState(StrEnum):
    """What the fund has said, as the gateway knows it."""

    UNDER_WAY = "under-way"
    TAKEN = "taken"
    REFUSED = "refused"


class Sale(Flat):
    """A sale or, with ``reversal_of``, its reversal (sums and units negative)."""

    id: UUID
    key: str
    sequence: int
    """This terminal's own number, without gaps."""
    state: SaleState
    made_offline: bool
    """Made under a hold while the gateway could not be reached."""
    at: datetime
    on: date
    pharmacist: str
    medicine: Medicine
    prescription: UUID
    display_number: str
    units: int
    pack_price: Som
    retail: SignedSom
    compensation: SignedSom
    patient: SignedSom
    remaining_units: int | None
    last_day: date
    receipt_number: str
    receipt_amount: Som
    reversal_of: UUID | None = None
    reversed_by: UUID | None = None
    reason: str | None = None
    dispense: UUID | None = None
    """The gateway's id."""
    recorded_at: datetime | None = None
    fund: FundState | None = None
    fund_record: str | None = None
    """The fund's record number."""
    findings: list[Finding]


class ReversalReason(StrEnum):
    """Why a sale is taken back."""

    RETURNED = "returned"
    WRONG_MEDICINE = "wrong-medicine"
    WRONG_QUANTITY = "wrong-quantity"
    WRONG_PRICE = "wrong-price"
    NOT_HANDED_OVER = "not-handed-over"


class ReversalOrder(Flat):
    """``POST /api/sales/{id}/reversal``: take the whole sale back."""

    key: Key
    reason: ReversalReason
    note: Text | None = None
    pharmacist: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]


class SalePage(Flat):
    """``GET /api/sales?day=``: the sales and reversals of a day, the latest first."""

    day: date
    items: list[Sale]


class Seen(Flat):
    """``POST /api/sales/{id}/seen``: somebody has looked at a refused sale; it no longer counts as open."""

    pharmacist: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]


class QueueEntry(Flat):
    """``GET /api/queue``: one of what waits, in order."""

    sale: UUID
    sequence: int
    kind: Literal["dispense", "reversal"]
    made_offline: bool
    at: datetime
    tries: int
    last_problem: str | None = None
    """A code."""


class QueueView(Flat):
    """``GET /api/queue``."""

    waiting: list[QueueEntry]
    refused: list[Sale] = Field(default=[])
    """Refused after the goods were handed over, and seen by nobody yet; the oldest first."""
