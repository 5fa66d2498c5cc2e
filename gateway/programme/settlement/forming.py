"""Forming monthly reports (clause 41): in small transactions, each of which may be the last before a power cut.

A report is opened, takes its lines in by chunks, is read whole once and then formed. A dispense is in the report whose
id it carries, and it is given one once: whatever was done before a crash stays done, and what is left is taken up by
whoever forms the report next. Nodes that form the same report at the same time take turns at its row's lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from gateway.audit.actions import Action
from gateway.programme.settlement.lines import all_lines
from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.records import Report, report_by
from gateway.rules.findings import Refused
from gateway.rules.settlement.model import EntryKind, ReportState
from gateway.rules.settlement.months import following, has_ended, last_day
from gateway.rules.settlement.reports import Tally
from gateway.store.programme_tables import dispenses
from gateway.store.settlement_tables import settlement_entries, settlement_reports
from schemas.errors import ErrorCode

CHUNK: Final = 1000
"""Dispenses taken in by one transaction: small, so that dispensing is never held up."""

_ORIGINAL: Final = dispenses.alias("original")


@dataclass(frozen=True, slots=True)
class _Withheld:
    """What an entry made while taking in takes away from a line, in tyiyn."""

    kind: EntryKind
    dispense: UUID
    amount: int


class ReportForming:
    """Forms reports. Any number of nodes may form the same one at the same time."""

    def __init__(self, surroundings: Surroundings, *, chunk: int = CHUNK) -> None:
        self._around = surroundings
        self._chunk = chunk

    async def form(self, pharmacy: str, month: date, requester: Requester) -> Report:
        """Form the report of a pharmacy for a month, or go on with it; one that is formed is given as it stands.

        Its lines are all dispenses and reversals sold by the month's last day that are in no report yet: those of
        earlier months are late. Raises ``Refused``: REPORT_PERIOD_OPEN while the month has not ended in Bishkek.
        """
        if not has_ended(month, self._around.clock.now()):
            raise Refused.because(
                ErrorCode.REPORT_PERIOD_OPEN,
                "$.month",
                month=f"{month:%Y-%m}",
                ends=following(month).isoformat(),
            )
        store = self._around.store
        report = await store.write(partial(self._open, pharmacy=pharmacy, month=month))
        while report.state is ReportState.OPEN:
            while await store.write(partial(self._take_in, report_id=report.id, requester=requester)):
                pass
            report = await self._close(report.id, requester)
        return report

    def _open(self, connection: Connection, pharmacy: str, month: date) -> Report:
        wanted = (settlement_reports.c.pharmacy == pharmacy, settlement_reports.c.month == month)
        if (report := report_by(connection, *wanted)) is not None:
            return report
        row = {
            "id": self._around.ids.new(),
            "pharmacy": pharmacy,
            "month": month,
            "state": ReportState.OPEN.value,
            "opened_at": self._around.clock.now(),
            **dict.fromkeys(
                ("lines", "late_lines", "retail", "patient_sum", "compensation", "settled", "outside_contract"), 0
            ),
        }
        try:
            with connection.begin_nested():
                connection.execute(insert(settlement_reports).values(row))
        except IntegrityError:
            pass  # another node was quicker
        report = report_by(connection, *wanted)
        assert report is not None
        return report

    def _take_in(self, connection: Connection, report_id: UUID, requester: Requester) -> int:
        """Put the next dispenses into an open report; returns how many, none when there is nothing left to do."""
        report = report_by(connection, settlement_reports.c.id == report_id, lock=True)
        if report is None or report.state is not ReportState.OPEN:
            return 0
        rows = _next_dispenses(connection, report, self._chunk)
        if not rows:
            return 0
        withheld = self._withheld(connection, report.pharmacy, rows)
        if withheld:
            at = self._around.clock.now()
            connection.execute(
                insert(settlement_entries),
                [
                    {
                        "id": self._around.ids.new(),
                        "kind": one.kind.value,
                        "dispense": one.dispense,
                        "pharmacy": report.pharmacy,
                        "amount": one.amount,
                        "decided_at": at,
                        "decided_by": requester.name,
                    }
                    for one in withheld
                ],
            )
        connection.execute(
            update(dispenses).where(dispenses.c.id.in_([row.id for row in rows])).values(report=report.id)
        )
        _add_up(connection, report, rows, withheld)
        return len(rows)

    def _withheld(self, connection: Connection, pharmacy: str, rows: Sequence[Row[Any]]) -> list[_Withheld]:
        """What becomes of lines sold outside the contract, and of decisions on dispenses taken back since.

        A reversal is judged by the day of the sale that it takes back, so that both always come to nothing together.
        """
        days = {_judged_on(row) for row in rows}
        contracted = {day: self._around.contracts.in_force(connection, pharmacy, day) for day in sorted(days)}
        decided = _decided(connection, rows)
        withheld = []
        for row in rows:
            outside = not contracted[_judged_on(row)]
            if decided.get(row.id) and (outside or row.reversed_by is not None):
                withheld.append(_Withheld(EntryKind.SUPERSEDED, row.id, -decided[row.id]))
            if outside:
                withheld.append(_Withheld(EntryKind.OUTSIDE_CONTRACT, row.id, -row.settled))
        return withheld

    async def _close(self, report_id: UUID, requester: Requester) -> Report:
        """Read the lines and form the report over them; it stays open when another node has taken more in meanwhile."""
        store = self._around.store
        report = await store.read(partial(report_by_id, report_id=report_id))
        tally = Tally(report.pharmacy, report.month)
        async for page in all_lines(store, report):
            for line in page:
                tally.add(line)
        return await store.write(partial(self._form, report_id=report_id, tally=tally, requester=requester))

    def _form(self, connection: Connection, report_id: UUID, tally: Tally, requester: Requester) -> Report:
        report = report_by_id(connection, report_id, lock=True)
        if report.state is not ReportState.OPEN or report.totals.lines != tally.totals().lines:
            return report
        if report.totals != tally.totals():
            raise RuntimeError("the lines of a report do not add up to what was taken in")
        connection.execute(
            update(settlement_reports)
            .where(settlement_reports.c.id == report_id)
            .values(state=ReportState.FORMED.value, formed_at=self._around.clock.now(), digest=tally.digest())
        )
        event = requester.event(Action.REPORT_FORMED, pharmacy=report.pharmacy, target=report_id)
        self._around.audit(connection, (event,))
        return report_by_id(connection, report_id)


def report_by_id(connection: Connection, report_id: UUID, *, lock: bool = False) -> Report:
    """A report that is known to be there."""
    report = report_by(connection, settlement_reports.c.id == report_id, lock=lock)
    assert report is not None
    return report


def unreported(last: date) -> tuple[ColumnElement[bool], ...]:
    """Dispenses sold by a Bishkek day that are in no report."""
    return (dispenses.c.report.is_(None), dispenses.c.sold_on <= last)


def _next_dispenses(connection: Connection, report: Report, limit: int) -> list[Row[Any]]:
    """Unreported dispenses of the report's pharmacy, locked; those taken back bring their reversals with them.

    A reversal that was made after the month's end, and before its dispense got into a report, belongs beside it.
    """
    fields = (dispenses, _ORIGINAL.c.sold_on.label("original_sold_on"))
    query = (
        select(*fields)
        .select_from(dispenses.outerjoin(_ORIGINAL, _ORIGINAL.c.id == dispenses.c.reversal_of))
        .with_for_update(of=dispenses)
    )
    in_order = query.order_by(dispenses.c.sold_on, dispenses.c.id)
    rows = list(
        connection.execute(
            in_order.where(dispenses.c.pharmacy == report.pharmacy, *unreported(last_day(report.month))).limit(limit)
        )
    )
    taken_back = [row.id for row in rows if row.reversed_by is not None]
    if taken_back:
        known = {row.id for row in rows}
        reversals = query.where(dispenses.c.reversal_of.in_(taken_back), dispenses.c.report.is_(None))
        rows += [row for row in connection.execute(reversals) if row.id not in known]
    return rows


def _judged_on(row: Row[Any]) -> date:
    day: date = row.sold_on if row.original_sold_on is None else row.original_sold_on
    return day


def _decided(connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[UUID, int]:
    """What has been decided on dispenses before they got into a report, in tyiyn; most have nothing."""
    summed = (
        select(settlement_entries.c.dispense, func.sum(settlement_entries.c.amount))
        .where(settlement_entries.c.dispense.in_([row.id for row in rows]))
        .group_by(settlement_entries.c.dispense)
    )
    return {dispense: int(amount) for dispense, amount in connection.execute(summed)}


def _add_up(connection: Connection, report: Report, rows: Sequence[Row[Any]], withheld: Sequence[_Withheld]) -> None:
    days = [row.sold_on for row in rows]
    bounds = [day for day in (report.first_sold_on, report.last_sold_on) if day is not None]
    outside = sum(one.amount for one in withheld if one.kind is EntryKind.OUTSIDE_CONTRACT)
    table = settlement_reports.c
    connection.execute(
        update(settlement_reports)
        .where(table.id == report.id)
        .values(
            lines=table.lines + len(rows),
            late_lines=table.late_lines + sum(day < report.month for day in days),
            retail=table.retail + sum(row.retail for row in rows),
            patient_sum=table.patient_sum + sum(row.patient_sum for row in rows),
            compensation=table.compensation + sum(row.compensation for row in rows),
            settled=table.settled + sum(row.settled for row in rows),
            outside_contract=table.outside_contract + outside,
            first_sold_on=min(days + bounds),
            last_sold_on=max(days + bounds),
        )
    )
