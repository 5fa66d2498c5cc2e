"""The day's end: agent, gateway and fund side by side."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kopuro_pos.agent.contract.flat import Flat, SignedSom


class DayColumn(Flat):
    """What one of the three says of a day."""

    sales: int
    reversals: int
    retail: SignedSom
    compensation: SignedSom
    patient: SignedSom


class DayDifference(Flat):
    """One sale on which the three do not agree, and what to do."""

    sale: UUID | None
    dispense: UUID | None
    receipt_number: str | None
    kind: Literal["not-at-gateway", "not-here", "sums-differ", "fund-under-way", "fund-refused", "refused"]
    agent: SignedSom | None
    """The fund's share in som, as each has it."""
    gateway: SignedSom | None
    fund: SignedSom | None
    message: str


class Day(Flat):
    """``GET /api/day?day=``: agent, gateway and fund side by side; ``balanced`` when nothing differs."""

    day: date
    agent: DayColumn
    gateway: DayColumn | None
    """``None`` while the gateway cannot be reached."""
    fund: DayColumn | None
    balanced: bool
    differences: list[DayDifference]
    checked_at: datetime
