"""The words of settlement, and what the rules are told of a line. Values are kept in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum


class ReportState(IntEnum):
    """Where a monthly report stands (domain rules, 1.7). It only ever goes forward."""

    OPEN = 1
    """Its lines are being taken in."""
    FORMED = 2
    SUBMITTED = 3
    ACT_DRAFT = 4
    ACT_SIGNED = 5
    """By the pharmacy's head and its chief accountant."""
    PAID = 6


class EntryKind(IntEnum):
    """What changes the worth of a line."""

    OUTSIDE_CONTRACT = 1
    """Sold on a day without a contract: no compensation is considered (clause 53)."""
    NOT_COMPENSABLE = 2
    """What was dispensed is not what was prescribed (clause 46)."""
    SUPERSEDED = 3
    """What had been decided on it has no object: it was taken back since, or was sold outside the contract anyway."""
    DISPUTE_CARRIED = 4
    """Held back from an act while the commission has not decided (clause 48)."""
    DISPUTE_DECIDED = 5
    """By the commission's protocol (clause 50)."""
    CLAWBACK = 6
    """Taken back by inspection act («текшерүү актысы», clause 47)."""
    PRESCRIBER_RECOVERY = 7
    """Made good by the doctor or the organisation (clause 23). It is in no pharmacy's act."""


class DisputeState(IntEnum):
    """Where a dispute stands."""

    OPEN = 1
    UPHELD = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a line stands when somebody decides on it. Sums are som.

    ``worth`` is its settled sum with all entries, what the pharmacy gets for it; ``held`` the part of those entries
    that only waits for the commission (zero or less). ``recovered`` is what the prescriber or the organisation makes
    good beside that. ``report`` is the state of its report, ``None`` while it is in none.
    """

    sold_on: date
    compensation: Decimal
    worth: Decimal
    held: Decimal
    recovered: Decimal
    is_reversal: bool
    is_reversed: bool
    outside_contract: bool
    not_compensable: bool
    report: ReportState | None

    @property
    def left(self) -> Decimal:
        """What the fund has still spent on the line: neither taken back from the pharmacy nor made good by others."""
        return max(self.worth - self.recovered, Decimal(0))
