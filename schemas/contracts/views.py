"""What is answered about contracts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.api import Answer, FindingView
from schemas.contracts.requests import ContractApplication, Party


class ApplicationStateName(StrEnum):
    """Where an application stands."""

    FILED = "filed"
    CONTRACTED = "contracted"
    REFUSED = "refused"


class ContractStateName(StrEnum):
    """Where a contract stands today."""

    ACTIVE = "active"
    PROLONGED = "prolonged"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class ApplicationView(Answer):
    """An application. Days are Bishkek days."""

    id: UUID
    state: ApplicationStateName
    application: ContractApplication
    filed_at: datetime
    due_on: date
    """Last day on which a refusal is in time (clause 30)."""
    overdue: bool
    """Not decided by then, or decided later."""
    decided_at: datetime | None
    reasons: tuple[str, ...]
    """Why it was refused."""


class ApplicationPage(Answer):
    """Applications in the order they were filed."""

    items: tuple[ApplicationView, ...]
    next: UUID | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class ClaimView(Answer):
    """A claim of one party against the other."""

    id: UUID
    party: Party
    substance: str
    filed_at: datetime
    settlement: str | None
    """How it ended; ``null`` while it is open."""
    settled_at: datetime | None


class ContractView(Answer):
    """A contract. Days are Bishkek days."""

    id: UUID
    number: str
    application: UUID
    pharmacy: str
    state: ContractStateName
    in_force: bool
    """Whether what is sold today is within it (clause 53)."""
    concluded_on: date
    starts_on: date
    ends_on: date
    """Its last day, prolongations included."""
    prolongations: int
    terminated_from: date | None
    """First day on which it no longer counts."""
    termination_reason: str | None
    report_deadline_days: int
    """Calendar days after the end of a month within which its report is due (clause 52)."""
    tax_source: str
    tax_reference: str
    """The check of the day of conclusion: no debt (clause 29)."""
    claims: tuple[ClaimView, ...]


class ContractPage(Answer):
    """Contracts in the order they were concluded."""

    items: tuple[ContractView, ...]
    next: UUID | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class DecidedApplication(Answer):
    """An application after the fund's decision."""

    application: ApplicationView
    contract: ContractView | None
    """The contract concluded; ``null`` after a refusal."""
    findings: tuple[FindingView, ...]
    """Warnings, such as that of a late refusal."""
