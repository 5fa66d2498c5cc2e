"""The duty that forms reports by itself once their month has ended (clause 41)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection, func, or_, select

from gateway.audit.actions import ActorKind
from gateway.ports import Clock
from gateway.programme.settlement.forming import ReportForming, unreported
from gateway.programme.settlement.ports import Requester
from gateway.rules.days import add_months, bishkek_day
from gateway.rules.settlement.model import ReportState
from gateway.rules.settlement.months import last_day, month_of, months_between
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.programme_tables import dispenses
from gateway.store.settlement_tables import settlement_reports
from gateway.system import spread

log = structlog.get_logger(__name__)

GATEWAY: Final = Requester(name="gateway", kind=ActorKind.GATEWAY)
"""Who forms reports when nobody has asked."""

Due = tuple[str, date]
"""A pharmacy and a month whose report is to be formed."""


class MonthlyClosing:
    """Runs the duty until cancelled.

    ``grace`` is how long after midnight in Bishkek a month's report waits: for sales made under a hold that have not
    been sent yet. What comes later is late in the next report. A month that was missed is made up for, in order.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        forming: ReportForming,
        *,
        grace: timedelta = timedelta(hours=1),
        every_seconds: float = 300.0,
    ) -> None:
        self._store = store
        self._clock = clock
        self._forming = forming
        self._grace = grace
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self._every_seconds / 2 + spread(self._every_seconds / 2))
            try:
                await self.turn()
            except StoreUnavailable:
                log.warning("store_unavailable", task="monthly-closing")

    async def turn(self) -> int:
        """Form every report that is due; returns how many. Raises ``StoreUnavailable``."""
        month = add_months(month_of(bishkek_day(self._clock.now() - self._grace)), -1)
        due = await self._store.read(partial(_due, month=month))
        for pharmacy, wanted in due:
            report = await self._forming.form(pharmacy, wanted, GATEWAY)
            log.info("report_formed", count=report.totals.lines)
        return len(due)


def _due(connection: Connection, month: date) -> Sequence[Due]:
    """Pharmacies with unreported dispenses, for the months up to ``month`` whose report is not formed yet."""
    earliest = (
        select(dispenses.c.pharmacy, func.min(dispenses.c.sold_on))
        .where(*unreported(last_day(month)))
        .group_by(dispenses.c.pharmacy)
    )
    wanted = {
        (pharmacy, one)
        for pharmacy, day in connection.execute(earliest)
        for one in months_between(month_of(day), month)
    }
    earliest_month = min((one for _, one in wanted), default=month)
    reports = select(settlement_reports.c.pharmacy, settlement_reports.c.month, settlement_reports.c.state).where(
        settlement_reports.c.month <= month,
        or_(settlement_reports.c.state == ReportState.OPEN.value, settlement_reports.c.month >= earliest_month),
    )
    for row in connection.execute(reports):
        if row.state == ReportState.OPEN:
            wanted.add((row.pharmacy, row.month))
        else:
            wanted.discard((row.pharmacy, row.month))
    return sorted(wanted)
