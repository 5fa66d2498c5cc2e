"""Reports and acts as the store has them: functions that run in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, select

from gateway.programme.settlement.ports import Requester
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused
from gateway.rules.settlement.model import EntryKind, ReportState
from gateway.rules.settlement.reports import Totals
from gateway.store.settlement_tables import (
    act_signatures,
    settlement_acts,
    settlement_entries,
    settlement_reports,
)
from schemas.errors import ErrorCode
from schemas.settlement.terms import Liable, SignerRole, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A monthly report of a pharmacy; ``month`` is its first day, sums are tyiyn."""

    id: UUID
    pharmacy: str
    month: date
    state: ReportState
    opened_at: datetime
    formed_at: datetime | None
    totals: Totals
    first_sold_on: date | None
    last_sold_on: date | None
    digest: bytes | None
    due_on: date | None
    submitted_at: datetime | None
    submitted_by: str | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """REPORT_LATE when it was submitted after its contract's deadline (clause 52)."""
        if self.submitted_at is None or self.due_on is None or bishkek_day(self.submitted_at) <= self.due_on:
            return ()
        return (Finding(ErrorCode.REPORT_LATE, "$", {"due": self.due_on.isoformat()}),)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who has signed, and when."""

    person: UUID
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act of mutual settlement with its signatures; sums are tyiyn, ``total`` may be below zero."""

    id: UUID
    number: str
    report: Report
    drawn_at: datetime
    drawn_by: str
    settled: int
    total: int
    digest: bytes
    signatures: Mapping[SignerRole, Signature]
    payment_reference: str | None
    paid_at: datetime | None
    paid_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What changes a line's worth; ``amount`` is tyiyn."""

    id: UUID
    kind: EntryKind
    dispense: UUID
    pharmacy: str
    amount: int
    source: Source | None
    liable: tuple[Liable, ...]
    document_number: str | None
    document_date: date | None
    decided_at: datetime
    act: UUID | None


def report_by(connection: Connection, *where: ColumnElement[bool], lock: bool = False) -> Report | None:
    """The report that fits, locked until COMMIT if asked."""
    query = select(settlement_reports).where(*where)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else as_report(row)


def own_report(connection: Connection, report_id: UUID, requester: Requester, *, lock: bool = False) -> Report:
    """The requester's report; raises ``Refused`` with REPORT_NOT_FOUND for another's as for none at all."""
    report = report_by(connection, settlement_reports.c.id == report_id, lock=lock)
    if report is None or not requester.may_see(report.pharmacy):
        raise Refused.because(ErrorCode.REPORT_NOT_FOUND, "path:report_id")
    return report


def act_of(connection: Connection, report: Report) -> Act | None:
    """The act drawn on a report, if it is drawn."""
    row = connection.execute(select(settlement_acts).where(settlement_acts.c.report == report.id)).one_or_none()
    return None if row is None else _as_act(connection, row, report)


def own_act(connection: Connection, act_id: UUID, requester: Requester, *, lock: bool = False) -> Act:
    """The requester's act; raises ``Refused`` with ACT_NOT_FOUND. The lock is that of its report."""
    reported = select(settlement_acts.c.report).where(settlement_acts.c.id == act_id)
    report_id = connection.execute(reported).scalar_one_or_none()
    report = None if report_id is None else report_by(connection, settlement_reports.c.id == report_id, lock=lock)
    if report is None or not requester.may_see(report.pharmacy):
        raise Refused.because(ErrorCode.ACT_NOT_FOUND, "path:act_id")
    act = act_of(connection, report)
    assert act is not None
    return act


def entries_by(connection: Connection, *where: ColumnElement[bool]) -> list[Entry]:
    """The entries that fit, in the order they were made."""
    rows = connection.execute(select(settlement_entries).where(*where).order_by(settlement_entries.c.id))
    return [_as_entry(row) for row in rows]


def state_refusal(report: Report) -> Refused:
    """REPORT_STATE: this cannot be done to the report as it stands."""
    return Refused.because(ErrorCode.REPORT_STATE, state=report.state.name.lower().replace("_", "-"))


def as_report(row: Row[Any]) -> Report:
    """A row of ``settlement_reports``."""
    return Report(
        id=row.id,
        pharmacy=row.pharmacy,
        month=row.month,
        state=ReportState(row.state),
        opened_at=row.opened_at,
        formed_at=row.formed_at,
        totals=Totals(
            lines=row.lines,
            late_lines=row.late_lines,
            retail=row.retail,
            patient=row.patient_sum,
            compensation=row.compensation,
            settled=row.settled,
            outside_contract=row.outside_contract,
        ),
        first_sold_on=row.first_sold_on,
        last_sold_on=row.last_sold_on,
        digest=row.digest,
        due_on=row.due_on,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
    )


def _as_act(connection: Connection, row: Row[Any], report: Report) -> Act:
    signed = connection.execute(select(act_signatures).where(act_signatures.c.act == row.id))
    return Act(
        id=row.id,
        number=row.number,
        report=report,
        drawn_at=row.drawn_at,
        drawn_by=row.drawn_by,
        settled=row.settled,
        total=row.total,
        digest=row.digest,
        signatures={SignerRole(one.role): Signature(one.person, one.signed_at) for one in signed},
        payment_reference=row.payment_reference,
        paid_at=row.paid_at,
        paid_by=row.paid_by,
    )


def _as_entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        kind=EntryKind(row.kind),
        dispense=row.dispense,
        pharmacy=row.pharmacy,
        amount=row.amount,
        source=None if row.source is None else Source(row.source),
        liable=() if row.liable is None else tuple(Liable(one) for one in row.liable.split(",")),
        document_number=row.document_number,
        document_date=row.document_date,
        decided_at=row.decided_at,
        act=row.act,
    )
