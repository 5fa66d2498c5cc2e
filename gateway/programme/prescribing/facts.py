"""What the store knows of a patient when something is prescribed: history, open prescriptions, the year's limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from gateway.programme.model import PrescriptionState
from gateway.programme.ports import LimitBook
from gateway.programme.prescribing.expiry import IS_OPEN, overdue_reserve
from gateway.programme.prescribing.limits import find_years
from gateway.rules.medicines.groups import group_key, name_key
from gateway.rules.prescribing import HistoryFacts, LimitFacts
from gateway.store.programme_tables import prescriptions
from schemas.medicines import Medicine


@dataclass(frozen=True, slots=True)
class Standing:
    """How a patient stands on a Bishkek day."""

    history: HistoryFacts
    limit: LimitFacts


def read_standing(
    connection: Connection, *, limits: LimitBook, patient: bytes, medicine: Medicine | None, today: date
) -> Standing:
    """History of the medicine's group and name, and the limit of the year; locks nothing.

    What is overdue sets nothing aside any more, whether it is written expired already or not (clause 40).
    """
    year = find_years(connection, {(patient, today.year)})[patient, today.year]
    reserved = year.reserved - overdue_reserve(connection, (patient, today.year), today)
    return Standing(
        HistoryFacts() if medicine is None else _history(connection, patient, medicine, today),
        LimitFacts(limit=limits.limit(connection, today), used=year.used, reserved=reserved),
    )


def _history(connection: Connection, patient: bytes, medicine: Medicine, today: date) -> HistoryFacts:
    theirs = prescriptions.c.patient == patient
    earlier = select(prescriptions.c.id).where(
        theirs,
        prescriptions.c.group_key == group_key(medicine),
        prescriptions.c.state != PrescriptionState.CANCELLED,
    )
    open_until = select(func.max(prescriptions.c.valid_until)).where(
        theirs,
        prescriptions.c.name_key == name_key(medicine),
        IS_OPEN,
        prescriptions.c.valid_until >= today,
    )
    return HistoryFacts(
        prescribed_before=connection.execute(earlier.limit(1)).first() is not None,
        open_until=connection.execute(open_until).scalar_one(),
    )
