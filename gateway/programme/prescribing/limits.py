"""What patients have used and set aside of the limits of their years (clause 21(1)); sums are whole tyiyn.

The year is the calendar year of issue. Rows are locked in one order, after those of prescriptions and before those of
budgets, so that transactions wait for each other and never in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, bindparam, or_, select, text, update

from gateway.store.programme_tables import patient_years

Whose = tuple[bytes, int]
"""A patient's blind index and a calendar year."""


@dataclass(frozen=True, slots=True)
class PatientYear:
    """``used`` is the compensation of what was dispensed, ``reserved`` what open prescriptions may still come to."""

    used: int = 0
    reserved: int = 0


_ENSURE: Final = text(
    "INSERT INTO patient_years (patient, year, used, reserved) VALUES (:patient, :year, 0, 0) ON CONFLICT DO NOTHING"
)
_CHANGE: Final = (
    update(patient_years)
    .where(patient_years.c.patient == bindparam("whose"), patient_years.c.year == bindparam("in_year"))
    .values(
        used=patient_years.c.used + bindparam("used_more"),
        reserved=patient_years.c.reserved + bindparam("reserved_more"),
    )
)


def find_years(connection: Connection, wanted: Collection[Whose]) -> dict[Whose, PatientYear]:
    """How the years stand; one that nobody has begun has nothing used. Locks nothing."""
    return _read(connection, wanted, locked=False)


def locked_years(connection: Connection, wanted: Collection[Whose]) -> dict[Whose, PatientYear]:
    """How the years stand, locked until COMMIT. The caller has locked its prescriptions before."""
    if wanted:
        connection.execute(_ENSURE, [{"patient": patient, "year": year} for patient, year in sorted(wanted)])
    return _read(connection, wanted, locked=True)


def change_years(connection: Connection, changes: Iterable[tuple[Whose, PatientYear]]) -> None:
    """Add to years that are locked (:func:`locked_years`); what is below zero is taken away."""
    total: dict[Whose, PatientYear] = {}
    for whose, change in changes:
        total[whose] = added(total.get(whose, PatientYear()), change)
    if total:
        connection.execute(
            _CHANGE,
            [
                {"whose": patient, "in_year": year, "used_more": change.used, "reserved_more": change.reserved}
                for (patient, year), change in sorted(total.items(), key=lambda item: item[0])
            ],
        )


def added(year: PatientYear, change: PatientYear) -> PatientYear:
    """A year with a change."""
    return PatientYear(year.used + change.used, year.reserved + change.reserved)


def _read(connection: Connection, wanted: Collection[Whose], *, locked: bool) -> dict[Whose, PatientYear]:
    if not wanted:
        return {}
    patients: dict[int, list[bytes]] = {}
    for patient, year in sorted(wanted):
        patients.setdefault(year, []).append(patient)
    # Not pairs in a list of pairs: for those SQLite reads the whole table.
    years = (and_(patient_years.c.year == year, patient_years.c.patient.in_(some)) for year, some in patients.items())
    query = select(patient_years).where(or_(*years)).order_by(patient_years.c.patient, patient_years.c.year)
    rows = connection.execute(query.with_for_update() if locked else query)
    found = {(row.patient, row.year): PatientYear(row.used, row.reserved) for row in rows}
    return dict.fromkeys(wanted, PatientYear()) | found
