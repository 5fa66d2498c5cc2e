"""The words of prescribing: what is asked of the service, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from gateway.audit.actions import Action, Purpose
from gateway.ports import AuditEvent
from gateway.programme.common import Caller
from gateway.programme.ports import InsuranceAnswer
from gateway.rules.findings import Finding
from gateway.rules.prescribing import FormedPrescription, LimitFacts
from schemas.prescriptions import PrescriptionOrder
from schemas.programme.messages import IssuedPrescription


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """Who asks, and whose prescriptions are its own (``None`` for everybody's)."""

    caller: Caller
    organisations: frozenset[str] | None

    def may_see(self, organisation: str) -> bool:
        """Whether prescriptions of this organisation are the requester's own."""
        return self.organisations is None or organisation in self.organisations


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedOrder:
    """An order and all that is to be said of it at the instant ``at`` (UTC).

    ``formed`` is there whenever it can be told, ``insurance`` when an answer could be had. ``region`` is that of the
    organisation where the patient is registered. ``limit`` is the patient's year as it stands.
    """

    order: PrescriptionOrder
    at: datetime
    findings: tuple[Finding, ...]
    formed: FormedPrescription | None
    insurance: InsuranceAnswer | None
    region: str | None
    limit: LimitFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOrder:
    """An order that no rule refuses, ready to be issued. ``remarks`` are warnings and notices."""

    order: PrescriptionOrder
    at: datetime
    remarks: tuple[Finding, ...]
    formed: FormedPrescription
    insurance: InsuranceAnswer
    attached_organisation: str
    region: str

    @property
    def expected(self) -> Decimal:
        """What is set aside of the patient's limit, in som."""
        return self.formed.expected_compensation


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedAnswer:
    """What was issued, as it was issued; ``repeated`` when an earlier request did it."""

    id: UUID
    operation_id: UUID
    message: IssuedPrescription
    remarks: tuple[Finding, ...]
    repeated: bool


def audit_event(
    caller: Caller,
    action: Action,
    *,
    organisation: str,
    subject: bytes,
    target: UUID,
    purpose: Purpose = Purpose.TREATMENT,
) -> AuditEvent:
    """What the audit is told of a prescription: ``subject`` is the patient's blind index, ``target`` its id."""
    return AuditEvent(
        action=action,
        actor=caller.client,
        actor_kind=caller.actor_kind,
        organisation=organisation,
        subject=subject,
        target=str(target),
        purpose=purpose,
        request_id=caller.request_id,
    )
