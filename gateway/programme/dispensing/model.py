"""What all of dispensing works with, who asks, and what ПИН and number have opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.audit.trail import AppendAudit
from gateway.operations.signals import Signals
from gateway.ports import AuditTrail, BlindIndex, Clock, Ids, Sealer
from gateway.programme.model import PrescriptionState
from gateway.programme.ports import BoxSource, BudgetBook, ContractBook, LimitBook, MedicineRegister
from gateway.programme.prescribing.records import KeptPrescription, PrescriptionRow
from gateway.rules.compensation import Course
from gateway.rules.dispensing import DispensingSettings, PrescriptionFacts
from gateway.rules.dispensing.facts import DEFAULT_SETTINGS
from gateway.store.grouping import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The store, the books kept in it, and everything injected.

    ``audit`` and ``append_audit`` are one trail. Without ``boxes`` the codes of boxes are judged alone.
    """

    store: Store
    signals: Signals
    medicines: MedicineRegister
    contracts: ContractBook
    limits: LimitBook
    budgets: BudgetBook
    sealer: Sealer
    index: BlindIndex
    audit: AuditTrail
    append_audit: AppendAudit
    clock: Clock
    ids: Ids
    boxes: BoxSource | None = None
    settings: DispensingSettings = DEFAULT_SETTINGS


def course_of(row: PrescriptionRow) -> Course:
    """The course as it stands."""
    return Course(dose=row.course_dose, unit=row.dose_unit, dispensed=row.dispensed_dose)


def facts_of(row: PrescriptionRow, kept: KeptPrescription, pharmacy: str, now: datetime) -> PrescriptionFacts:
    """What the rules of dispensing are told of a prescription, asked by a pharmacy at an instant.

    Whether it is expired is judged by its days alone: a sale may be recorded after the last of them.
    """
    order = kept.message.order
    held_by_other = row.is_held(now) and row.held_by != pharmacy
    return PrescriptionFacts(
        medicine=kept.message.medicine,
        course=course_of(row),
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        diagnosis=order.diagnosis,
        position=order.prescriber.position,
        category=order.patient.category,
        cancelled=row.state is PrescriptionState.CANCELLED,
        dispensed=row.state is PrescriptionState.DISPENSED,
        held_by_other_since=row.held_since if held_by_other else None,
        held_by_other_until=row.held_until if held_by_other else None,
    )
