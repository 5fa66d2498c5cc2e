"""What settlement asks of its surroundings. The books are kept in the same store and asked inside the transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock, Ids, Sealer
from gateway.programme.ports import ContractBook
from gateway.store.grouping import Store
from schemas.settlement.terms import SignerRole

ReceiptKey = Callable[[str, str], bytes]
"""The keyed digest under which a dispense has its receipt: of the pharmacy's code and the receipt's number."""


class ReportDeadline(Protocol):
    """What the contracts say of reports (clause 52)."""

    def report_deadline_days(self, connection: Connection, pharmacy: str, day: date) -> int | None:
        """Calendar days after the month's end within which the report is due; ``None`` where no contract says."""
        ...


class AppointmentBook(Protocol):
    """Who holds which office at a pharmacy (clause 45)."""

    def offices(self, connection: Connection, person: UUID, pharmacy: str, day: date) -> frozenset[SignerRole]:
        """The offices in which a person of our register may sign for a pharmacy on a Bishkek day."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks, as the audit names it: a client's id or a person's id in our register, or the gateway itself.

    ``within`` are the pharmacies that it answers for, ``None`` for all: those of others are to it as if they were not
    there.
    """

    name: str
    kind: str
    within: frozenset[str] | None = None
    request_id: str | None = None

    def may_see(self, pharmacy: str) -> bool:
        """Whether a pharmacy's settlement is its own."""
        return self.within is None or pharmacy in self.within

    def event(self, action: Action, *, pharmacy: str, target: UUID) -> AuditEvent:
        """What the audit is told of something it did."""
        return AuditEvent(
            action=action,
            actor=self.name,
            actor_kind=self.kind,
            organisation=pharmacy,
            target=str(target),
            purpose=Purpose.PAYMENT,
            request_id=self.request_id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything settlement works with."""

    store: Store
    contracts: ContractBook
    deadlines: ReportDeadline
    appointments: AppointmentBook
    sealer: Sealer
    audit: AppendAudit
    clock: Clock
    ids: Ids
