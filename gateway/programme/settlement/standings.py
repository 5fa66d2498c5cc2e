"""How lines stand, read under the locks that a decision needs: the report's row first, then the dispense's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select

from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.records import Entry, Report, entries_by, report_by
from gateway.rules.findings import Refused
from gateway.rules.money import from_tyiyn, to_tyiyn
from gateway.rules.settlement.model import EntryKind, Standing
from gateway.store.programme_tables import dispenses
from gateway.store.settlement_tables import settlement_entries, settlement_reports
from schemas.errors import ErrorCode
from schemas.settlement.requests import Document
from schemas.settlement.terms import Liable, Source


@dataclass(frozen=True, slots=True)
class LockedLine:
    """A line that nobody else decides on until COMMIT."""

    dispense: UUID
    pharmacy: str
    standing: Standing
    entries: Sequence[Entry]


def locked_line(connection: Connection, dispense: UUID, requester: Requester, path: str) -> LockedLine:
    """The line of a dispense; raises ``Refused`` with LINE_NOT_FOUND at ``path`` for another's as for none at all."""
    reported = connection.execute(select(dispenses.c.report).where(dispenses.c.id == dispense)).scalar_one_or_none()
    row, report = _locked(connection, dispense, reported)
    if row is not None and row.report != reported:
        # It got into a report in between. It stays there, so this time the locks are taken in order.
        row, report = _locked(connection, dispense, row.report)
    if row is None or not requester.may_see(row.pharmacy):
        raise Refused.because(ErrorCode.LINE_NOT_FOUND, path)
    entries = entries_by(connection, settlement_entries.c.dispense == dispense)
    kinds = {entry.kind for entry in entries}
    recovered = -_sum(entries, EntryKind.PRESCRIBER_RECOVERY)
    standing = Standing(
        sold_on=row.sold_on,
        compensation=from_tyiyn(row.compensation),
        worth=from_tyiyn(row.settled + sum(entry.amount for entry in entries) + recovered),
        held=from_tyiyn(_sum(entries, EntryKind.DISPUTE_CARRIED)),
        recovered=from_tyiyn(recovered),
        is_reversal=row.reversal_of is not None,
        is_reversed=row.reversed_by is not None,
        outside_contract=EntryKind.OUTSIDE_CONTRACT in kinds,
        not_compensable=EntryKind.NOT_COMPENSABLE in kinds,
        report=report.state if report is not None else None,
    )
    return LockedLine(dispense, row.pharmacy, standing, entries)


def _sum(entries: Sequence[Entry], kind: EntryKind) -> int:
    return sum(entry.amount for entry in entries if entry.kind is kind)


def _locked(connection: Connection, dispense: UUID, report_id: UUID | None) -> tuple[Row[Any] | None, Report | None]:
    wanted = settlement_reports.c.id == report_id
    report = None if report_id is None else report_by(connection, wanted, lock=True)
    row = connection.execute(select(dispenses).where(dispenses.c.id == dispense).with_for_update()).one_or_none()
    return row, report


def add_entry(
    connection: Connection,
    around: Surroundings,
    requester: Requester,
    line: LockedLine,
    kind: EntryKind,
    amount: Decimal,
    *,
    source: Source | None = None,
    liable: Sequence[Liable] = (),
    document: Document | None = None,
) -> Entry:
    """Write an entry of ``amount`` som on a locked line."""
    entry = Entry(
        id=around.ids.new(),
        kind=kind,
        dispense=line.dispense,
        pharmacy=line.pharmacy,
        amount=to_tyiyn(amount),
        source=source,
        liable=tuple(liable),
        document_number=None if document is None else document.number,
        document_date=None if document is None else document.on,
        decided_at=around.clock.now(),
        act=None,
    )
    connection.execute(
        insert(settlement_entries).values(
            id=entry.id,
            kind=entry.kind.value,
            dispense=entry.dispense,
            pharmacy=entry.pharmacy,
            amount=entry.amount,
            source=entry.source,
            liable=",".join(sorted(entry.liable)) or None,
            document_number=entry.document_number,
            document_date=entry.document_date,
            decided_at=entry.decided_at,
            decided_by=requester.name,
        )
    )
    return entry
