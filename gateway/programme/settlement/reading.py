"""Reading reports, their lines and acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.programme.settlement.lines import line_of, read_lines
from gateway.programme.settlement.ports import Requester
from gateway.programme.settlement.records import (
    Act,
    Entry,
    Report,
    act_of,
    as_report,
    entries_by,
    own_act,
    own_report,
)
from gateway.rules.settlement.model import ReportState
from gateway.rules.settlement.reports import Line
from gateway.store.grouping import Store
from gateway.store.settlement_tables import settlement_entries, settlement_reports


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report, the id of its act if one is drawn, and some of its lines with the entries on them."""

    report: Report
    act: UUID | None
    lines: Sequence[Line]
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class ActWithEntries:
    """An act and everything that it takes in besides the report's settled sum."""

    act: Act
    entries: Sequence[Entry]


class Reading:
    """What a requester sees of its own pharmacies; others' are REPORT_NOT_FOUND and ACT_NOT_FOUND."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def reports(
        self,
        requester: Requester,
        *,
        pharmacy: str | None = None,
        month: date | None = None,
        state: ReportState | None = None,
        after: UUID | None = None,
        limit: int = 100,
    ) -> Sequence[Report]:
        """Up to ``limit`` reports in the order they were opened."""
        table = settlement_reports.c
        query = select(settlement_reports).order_by(table.id).limit(limit)
        if requester.within is not None:
            query = query.where(table.pharmacy.in_(sorted(requester.within)))
        if pharmacy is not None:
            query = query.where(table.pharmacy == pharmacy)
        if month is not None:
            query = query.where(table.month == month)
        if state is not None:
            query = query.where(table.state == state.value)
        if after is not None:
            query = query.where(table.id > after)
        return await self._store.read(lambda connection: [as_report(row) for row in connection.execute(query)])

    async def report(self, report_id: UUID, requester: Requester) -> Report:
        """A report without its lines; raises ``Refused`` (REPORT_NOT_FOUND)."""
        return await self._store.read(partial(own_report, report_id=report_id, requester=requester))

    async def page(self, report_id: UUID, requester: Requester, *, after: UUID | None, limit: int) -> ReportPage:
        """A report with up to ``limit`` lines after the one of a dispense; raises ``Refused`` (REPORT_NOT_FOUND)."""

        def query(connection: Connection) -> ReportPage:
            report = own_report(connection, report_id, requester)
            act = act_of(connection, report)
            place = None if after is None else line_of(connection, report, after)
            lines = (
                [] if after is not None and place is None else read_lines(connection, report, after=place, limit=limit)
            )
            shown = [line.dispense for line in lines]
            entries = entries_by(connection, settlement_entries.c.dispense.in_(shown)) if shown else []
            return ReportPage(report, None if act is None else act.id, lines, entries)

        return await self._store.read(query)

    async def act(self, act_id: UUID, requester: Requester) -> ActWithEntries:
        """An act with its entries; raises ``Refused`` (ACT_NOT_FOUND)."""

        def query(connection: Connection) -> ActWithEntries:
            act = own_act(connection, act_id, requester)
            return ActWithEntries(act, entries_by(connection, settlement_entries.c.act == act_id))

        return await self._store.read(query)
