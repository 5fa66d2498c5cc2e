"""Prescriptions whose last day is over (clause 40): written down, and what they had set aside of a limit given back.

Nothing depends on when this is done: whoever decides on a prescription looks at its days.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import Connection, func, select, text, update

from gateway.ports import Clock
from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.insurance import InsuranceDesk
from gateway.programme.prescribing.limits import PatientYear, Whose, change_years, locked_years
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.rules.days import bishkek_day
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.programme_tables import prescriptions
from gateway.system import spread

log = structlog.get_logger(__name__)

_SECONDS: Final = 300.0
_AT_ONCE: Final = 200
"""Prescriptions of one transaction: small, so that issuing is never held up."""

IS_OPEN: Final = text("prescriptions.state IN (1, 2)")
"""Literally what the partial indexes are of."""


class PrescriptionExpiry:
    """Runs the duty until cancelled, on any number of nodes at once.

    What the insurer said on days that are over goes with it: ``insurance`` forgets it.
    """

    def __init__(self, store: Store, clock: Clock, insurance: InsuranceDesk) -> None:
        self._store = store
        self._clock = clock
        self._insurance = insurance

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self.expire_overdue()
                await self._insurance.forget_old()
            except StoreUnavailable:
                log.warning("store_unavailable", task="prescription-expiry")
            await asyncio.sleep(_SECONDS / 2 + spread(_SECONDS / 2))

    async def expire_overdue(self) -> int:
        """Write down all that are overdue now; returns how many."""
        expired = 0
        while (now := await self._store.write(partial(_expire_some, at=self._clock.now()))) > 0:
            expired += now
        return expired


def expire(connection: Connection, overdue: Sequence[PrescriptionRow], at: datetime) -> None:
    """Write expired what is past its last day. The caller has locked the rows, then their years (:func:`year_of`)."""
    if not overdue:
        return
    connection.execute(
        update(prescriptions)
        .where(prescriptions.c.id.in_([row.id for row in overdue]))
        .values(state=PrescriptionState.EXPIRED, reserved=0, ended_at=at)
    )
    change_years(connection, [(year_of(row), PatientYear(reserved=-row.reserved)) for row in overdue])


def year_of(row: PrescriptionRow) -> Whose:
    """Whose limit, and of which year, a prescription is counted against: the calendar year of issue."""
    return row.patient, row.issued_on.year


def overdue_reserve(connection: Connection, whose: Whose, today: date, *, but: Collection[UUID] = ()) -> int:
    """What overdue prescriptions of a patient's year, ``but`` for some, still have set aside in the books, in tyiyn.

    Locks nothing. To a caller that has locked the year it is a part of its ``reserved``: nobody gives a reserve back
    without that lock.
    """
    patient, year = whose
    query = select(func.coalesce(func.sum(prescriptions.c.reserved), 0)).where(
        prescriptions.c.patient == patient,
        IS_OPEN,
        prescriptions.c.valid_until < today,
        prescriptions.c.issued_on.between(date(year, 1, 1), date(year, 12, 31)),
        prescriptions.c.id.not_in(but),
    )
    return int(connection.execute(query).scalar_one())


def _expire_some(connection: Connection, at: datetime) -> int:
    overdue = _overdue(connection, bishkek_day(at))
    locked_years(connection, {year_of(row) for row in overdue})
    expire(connection, overdue, at)
    return len(overdue)


def _overdue(connection: Connection, today: date) -> list[PrescriptionRow]:
    """Some that are overdue, locked. One that a sale or another node is at work on is left for the next turn."""
    query = (
        select(*PRESCRIPTION_FIELDS)
        .where(IS_OPEN, prescriptions.c.valid_until < today)
        .order_by(prescriptions.c.valid_until, prescriptions.c.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return [prescription_row(row) for row in connection.execute(query)]
