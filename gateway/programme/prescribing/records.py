"""Prescriptions as the store keeps them: what is asked by stands in columns, everything else in the sealed payload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from gateway.ports import Sealer
from gateway.programme.model import PrescriptionState
from gateway.rules.findings import Finding
from gateway.store.programme_tables import prescriptions
from schemas.base import Contract, Instant, ShortText
from schemas.medicines import DoseUnit
from schemas.programme.messages import IssuedPrescription

_CONTEXT: Final = b"prescriptions.payload"


class InsuranceEvidence(Contract):
    """By which answer the patient was insured and registered on the day of issue (clause 21(3))."""

    source: ShortText
    reference: ShortText
    checked_at: Instant


class KeptPrescription(Contract):
    """The sealed part of a prescription: all that was issued, and what was remarked on it."""

    message: IssuedPrescription
    insurance: InsuranceEvidence
    findings: tuple[dict[str, Any], ...] = Field(default=())
    """As :meth:`gateway.rules.findings.Finding.as_stored` has them."""
    printed_at: Instant | None = None
    """When its sheet was first printed: every later one is a copy."""

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Warnings and notices made when it was issued."""
        return tuple(Finding.from_stored(stored) for stored in self.findings)


def seal_prescription(sealer: Sealer, prescription: UUID, kept: KeptPrescription) -> bytes:
    """The payload of a prescription's row: nobody can read it, or pass it off as another's."""
    return sealer.seal(kept.model_dump_json().encode(), _CONTEXT + prescription.bytes)


def open_prescription(sealer: Sealer, prescription: UUID, payload: bytes) -> KeptPrescription:
    """The inverse; raises :class:`gateway.sealing.errors.CannotOpen` when its key is gone or it was changed."""
    return KeptPrescription.model_validate_json(sealer.open(payload, _CONTEXT + prescription.bytes))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionRow:
    """A row of ``prescriptions``, typed. Doses are in :attr:`dose_unit`, :attr:`reserved` is in tyiyn."""

    id: UUID
    number: str
    patient: bytes
    organisation: str
    prescriber: bytes
    region: str
    state: PrescriptionState
    name_key: str
    group_key: str
    medicine: str
    reference_version: int
    issued_at: datetime
    issued_on: date
    valid_until: date
    course_dose: Decimal
    dose_unit: DoseUnit
    dispensed_dose: Decimal
    fills: int
    reserved: int
    payload: bytes
    operation_id: UUID
    ended_at: datetime | None
    hold: UUID | None
    held_by: str | None
    held_since: datetime | None
    held_until: datetime | None

    def state_on(self, day: date) -> PrescriptionState:
        """How it stands on a Bishkek day: past its last one it is expired, whether written down already or not."""
        return PrescriptionState.EXPIRED if self.state.is_open and day > self.valid_until else self.state

    def is_held(self, now: datetime) -> bool:
        """Whether a pharmacy keeps it from all others at this instant."""
        return self.held_until is not None and now < self.held_until


PRESCRIPTION_FIELDS: Final = tuple(
    prescriptions.c[name] for name in PrescriptionRow.__dataclass_fields__ if name in prescriptions.c
)
"""The columns that :func:`prescription_row` reads."""


def prescription_row(row: Row[Any]) -> PrescriptionRow:
    """A row selected by :data:`PRESCRIPTION_FIELDS`."""
    values = row._asdict()
    return PrescriptionRow(
        **values
        | {
            "state": PrescriptionState(values["state"]),
            "course_dose": Decimal(values["course_dose"]),
            "dose_unit": DoseUnit(values["dose_unit"]),
            "dispensed_dose": Decimal(values["dispensed_dose"]),
        }
    )
