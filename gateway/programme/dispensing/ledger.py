"""What a transaction changes by dispensing and reversing: prescriptions, and the patients' years (clause 21(1)).

Everything is locked first, in one order over all nodes: prescriptions by id, then the patients' years. The rows are
then changed in memory, one request of the batch after the other, and written once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.expiry import overdue_reserve, year_of
from gateway.programme.prescribing.limits import PatientYear, Whose, added, change_years, locked_years
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.rules.compensation import Course, expected_compensation
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.money import from_tyiyn, to_tyiyn
from gateway.store.programme_tables import prescriptions
from schemas.amounts import plain, som
from schemas.errors import ErrorCode
from schemas.medicines import Medicine


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a dispense or reversal leaves its prescription. ``course`` is what it leaves of the course."""

    course: Course
    state: PrescriptionState
    fills: int
    compensation: int
    """What it adds to the patient's used sum, in tyiyn; below zero when it takes back."""


class Ledger:
    """Locked prescriptions and patients' years, as they stand in the middle of a batch in one transaction."""

    def __init__(
        self, connection: Connection, rows: Mapping[UUID, PrescriptionRow], years: Mapping[Whose, PatientYear]
    ) -> None:
        self._connection = connection
        self._rows = dict(rows)
        self._years = dict(years)
        self._changed_rows: set[UUID] = set()
        self._changes: list[tuple[Whose, PatientYear]] = []

    @classmethod
    def locked(cls, connection: Connection, wanted: Collection[UUID], *, with_years: bool = True) -> Ledger:
        """Lock and read prescriptions, and the years their sums belong to."""
        rows = {}
        query = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.id.in_(wanted)).order_by(prescriptions.c.id)
        for found in connection.execute(query.with_for_update()):
            row = prescription_row(found)
            rows[row.id] = row
        whose = {year_of(row) for row in rows.values()} if with_years else set()
        return cls(connection, rows, locked_years(connection, whose))

    def prescription(self, wanted: UUID) -> PrescriptionRow:
        """A prescription as it stands now. It was locked, so it is there: prescriptions are never deleted."""
        return self._rows[wanted]

    def limit_finding(
        self, row: PrescriptionRow, compensation: int, *, limit: int | None, today: date
    ) -> Finding | None:
        """PATIENT_LIMIT_EXCEEDED when a compensation does not fit beside all that is used and set aside for others.

        The prescription's own reserve makes way. ``limit`` and sums are tyiyn. A limit that was lowered after the issue
        takes nothing back: what is used and set aside already stays within reach. What is overdue on the Bishkek day
        ``today`` sets nothing aside any more, whether it is written expired already or not (clause 40).
        """
        left = self._left(row, compensation, limit, today)
        if compensation <= left:
            return None
        parameters = {
            "limit": som(from_tyiyn(limit or 0)),
            "left": som(from_tyiyn(left)),
            "expected": som(from_tyiyn(compensation)),
        }
        return Finding(ErrorCode.PATIENT_LIMIT_EXCEEDED, "$.sale.medicine", parameters)

    def advance(
        self, row: PrescriptionRow, prescribed: Medicine, progress: Progress, *, limit: int | None, at: datetime
    ) -> PrescriptionRow:
        """Write down a dispense or reversal: it moves the prescription on, and what is used and set aside with it.

        While the prescription stays open, the expected compensation of what remains is set aside anew, as far as the
        limit reaches.
        """
        reserved = 0
        if progress.state.is_open:
            expected = to_tyiyn(expected_compensation(progress.course, prescribed))
            left = self._left(row, progress.compensation + expected, limit, bishkek_day(at))
            reserved = max(0, min(expected, left - progress.compensation))
        key, change = year_of(row), PatientYear(progress.compensation, reserved - row.reserved)
        self._years[key] = added(self._years[key], change)
        self._changes.append((key, change))
        changed = replace(
            row,
            state=progress.state,
            dispensed_dose=progress.course.dispensed,
            fills=progress.fills,
            reserved=reserved,
            ended_at=None if progress.state.is_open else row.ended_at or at,
        )
        return self._put(changed)

    def hold(
        self, row: PrescriptionRow, hold: UUID, pharmacy: str, since: datetime, until: datetime
    ) -> PrescriptionRow:
        """Keep a prescription for one pharmacy."""
        return self._put(replace(row, hold=hold, held_by=pharmacy, held_since=since, held_until=until))

    def free(self, row: PrescriptionRow) -> PrescriptionRow:
        """Keep it for nobody any more."""
        return self._put(replace(row, hold=None, held_by=None, held_since=None, held_until=None))

    def write(self) -> None:
        """Write what has changed."""
        if self._changed_rows:
            self._connection.execute(_WRITE_ROW, [_row_values(self._rows[one]) for one in sorted(self._changed_rows)])
        change_years(self._connection, self._changes)

    def _put(self, row: PrescriptionRow) -> PrescriptionRow:
        self._rows[row.id] = row
        self._changed_rows.add(row.id)
        return row

    def _left(self, row: PrescriptionRow, wanted: int, limit: int | None, today: date) -> int:
        """What is left of the limit for a prescription: at least its own reserve, unless it is overdue itself.

        Others that are overdue are looked for only where ``wanted`` does not fit beside what they have set aside.
        """
        year = self._years[year_of(row)]
        own = 0 if today > row.valid_until else row.reserved
        left = (limit or 0) - year.used - (year.reserved - row.reserved)
        if max(left, own) < wanted:
            left += self._overdue_beside(row, today)
        return max(left, own)

    def _overdue_beside(self, row: PrescriptionRow, today: date) -> int:
        """What other prescriptions of the same year have set aside in the books past their last day."""
        here = [one for one in self._rows.values() if year_of(one) == year_of(row)]
        elsewhere = overdue_reserve(self._connection, year_of(row), today, but=[one.id for one in here])
        return elsewhere + sum(one.reserved for one in here if one.id != row.id and today > one.valid_until)


def limit_day(row: PrescriptionRow, today: date) -> date:
    """The Bishkek day whose limit counts: a year's sums are held against its own limit, as it stands by now."""
    return min(today, date(row.issued_on.year, 12, 31))


_MOVED = (
    "state",
    "dispensed_dose",
    "fills",
    "reserved",
    "ended_at",
    "hold",
    "held_by",
    "held_since",
    "held_until",
)
_WRITE_ROW = update(prescriptions).where(prescriptions.c.id == bindparam("which"))


def _row_values(row: PrescriptionRow) -> dict[str, object]:
    values = {name: getattr(row, name) for name in _MOVED}
    return values | {"which": row.id, "dispensed_dose": plain(row.dispensed_dose)}
