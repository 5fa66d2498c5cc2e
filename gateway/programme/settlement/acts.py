"""Submitting reports, drawing acts of mutual settlement, signing and paying them (clauses 45, 50 to 52)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from gateway.audit.actions import Action
from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.records import (
    Act,
    Entry,
    Report,
    Signature,
    act_of,
    entries_by,
    own_act,
    own_report,
    state_refusal,
)
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.rules.settlement.model import DisputeState, EntryKind, ReportState
from gateway.rules.settlement.months import last_day
from gateway.rules.settlement.signing import check_signature, is_complete
from gateway.store.programme_tables import dispenses
from gateway.store.settlement_tables import (
    act_signatures,
    settlement_acts,
    settlement_disputes,
    settlement_entries,
    settlement_reports,
)
from schemas.errors import ErrorCode
from schemas.settlement.terms import SignerRole


class Acts:
    """What becomes of a report once it is formed. Each step may be asked for again: it is then found done."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def submit(self, report_id: UUID, requester: Requester) -> Report:
        """Hand a formed report in (clause 51); lateness is kept with it as the REPORT_LATE warning (clause 52).

        Raises ``Refused``: REPORT_NOT_FOUND, REPORT_STATE.
        """
        return await self._around.store.write(partial(self._submit, report_id=report_id, requester=requester))

    async def draw(self, report_id: UUID, requester: Requester) -> Act:
        """Draw the act on a submitted report: its settled sum and every entry that waits (clauses 45 to 50).

        What is disputed and not decided is held back to a later act. Raises ``Refused``: REPORT_NOT_FOUND,
        REPORT_STATE.
        """
        return await self._around.store.write(partial(self._draw, report_id=report_id, requester=requester))

    async def sign(self, act_id: UUID, role: SignerRole, digest: bytes, person: UUID, requester: Requester) -> Act:
        """Sign an act as a person who holds the office at its pharmacy; the second signature makes it payable.

        ``digest`` is that of the act as the person has seen it. Raises ``Refused``: ACT_NOT_FOUND, ACT_STATE (another
        digest), ACT_SIGNATURE_ROLE, ACT_SAME_SIGNER, ACT_SIGNED_ALREADY.
        """
        step = partial(self._sign, act_id=act_id, role=role, digest=digest, person=person, requester=requester)
        return await self._around.store.write(step)

    async def pay(self, act_id: UUID, reference: str, requester: Requester) -> Act:
        """Write the fund's payment down. Raises ``Refused``: ACT_NOT_FOUND, ACT_NOT_SIGNED, ACT_STATE."""
        step = partial(self._pay, act_id=act_id, reference=reference, requester=requester)
        return await self._around.store.write(step)

    def _submit(self, connection: Connection, report_id: UUID, requester: Requester) -> Report:
        report = own_report(connection, report_id, requester, lock=True)
        if report.state is ReportState.OPEN:
            raise state_refusal(report)
        if report.state is not ReportState.FORMED:
            return report
        ended = last_day(report.month)
        days = self._around.deadlines.report_deadline_days(connection, report.pharmacy, ended)
        submitted = replace(
            report,
            state=ReportState.SUBMITTED,
            due_on=None if days is None else ended + timedelta(days=days),
            submitted_at=self._around.clock.now(),
            submitted_by=requester.name,
        )
        connection.execute(
            update(settlement_reports)
            .where(settlement_reports.c.id == report_id)
            .values(
                state=submitted.state.value,
                due_on=submitted.due_on,
                submitted_at=submitted.submitted_at,
                submitted_by=submitted.submitted_by,
            )
        )
        self._tell(connection, requester, Action.REPORT_SUBMITTED, report.pharmacy, report_id)
        return submitted

    def _draw(self, connection: Connection, report_id: UUID, requester: Requester) -> Act:
        report = own_report(connection, report_id, requester, lock=True)
        if (drawn := act_of(connection, report)) is not None:
            return drawn
        if report.state is not ReportState.SUBMITTED:
            raise state_refusal(report)
        act_id = self._around.ids.new()
        number = act_number(report)
        entries = [*self._waiting(connection, report), *self._held_back(connection, report, requester)]
        entries.sort(key=lambda entry: entry.id)
        total = report.totals.settled + sum(entry.amount for entry in entries)
        act = Act(
            id=act_id,
            number=number,
            report=replace(report, state=ReportState.ACT_DRAFT),
            drawn_at=self._around.clock.now(),
            drawn_by=requester.name,
            settled=report.totals.settled,
            total=total,
            digest=_digest(number, report, entries, total),
            signatures={},
            payment_reference=None,
            paid_at=None,
            paid_by=None,
        )
        connection.execute(
            insert(settlement_acts).values(
                id=act_id,
                number=number,
                report=report_id,
                pharmacy=report.pharmacy,
                drawn_at=act.drawn_at,
                drawn_by=act.drawn_by,
                settled=act.settled,
                total=act.total,
                digest=act.digest,
            )
        )
        for some in _in_hundreds([entry.id for entry in entries]):
            connection.execute(update(settlement_entries).where(settlement_entries.c.id.in_(some)).values(act=act_id))
        _move(connection, report_id, ReportState.ACT_DRAFT)
        self._tell(connection, requester, Action.ACT_DRAWN, report.pharmacy, act_id)
        return act

    def _waiting(self, connection: Connection, report: Report) -> list[Entry]:
        """Entries on lines of this report and of those that have an act already; what is recovered is in no act."""
        lines = (
            select(settlement_entries.c.id)
            .join(dispenses, dispenses.c.id == settlement_entries.c.dispense)
            .join(settlement_reports, settlement_reports.c.id == dispenses.c.report)
            .where(
                settlement_entries.c.pharmacy == report.pharmacy,
                settlement_entries.c.act.is_(None),
                settlement_entries.c.kind != EntryKind.PRESCRIBER_RECOVERY.value,
                or_(
                    settlement_reports.c.id == report.id,
                    settlement_reports.c.state >= ReportState.ACT_DRAFT.value,
                ),
            )
        )
        return entries_by(connection, settlement_entries.c.id.in_(lines))

    def _held_back(self, connection: Connection, report: Report, requester: Requester) -> list[Entry]:
        """New entries that take out of this act what its disputed lines are worth, until the commission decides."""
        worth = dispenses.c.settled + func.coalesce(func.sum(settlement_entries.c.amount), 0)
        of_line = and_(
            settlement_entries.c.dispense == dispenses.c.id,
            settlement_entries.c.kind != EntryKind.PRESCRIBER_RECOVERY.value,
        )
        disputed = connection.execute(
            select(dispenses.c.id, worth.label("worth"))
            .join(settlement_disputes, settlement_disputes.c.dispense == dispenses.c.id)
            .outerjoin(settlement_entries, of_line)
            .where(
                dispenses.c.report == report.id,
                dispenses.c.reversed_by.is_(None),
                settlement_disputes.c.pharmacy == report.pharmacy,
                settlement_disputes.c.state == DisputeState.OPEN.value,
            )
            .group_by(dispenses.c.id, dispenses.c.settled)
            .order_by(dispenses.c.id)
        )
        at = self._around.clock.now()
        rows = [
            {
                "id": self._around.ids.new(),
                "kind": EntryKind.DISPUTE_CARRIED.value,
                "dispense": row.id,
                "pharmacy": report.pharmacy,
                "amount": -int(row.worth),
                "decided_at": at,
                "decided_by": requester.name,
            }
            for row in disputed
        ]
        if not rows:
            return []
        connection.execute(insert(settlement_entries), rows)
        return entries_by(connection, settlement_entries.c.id.in_([row["id"] for row in rows]))

    def _sign(
        self, connection: Connection, act_id: UUID, role: SignerRole, digest: bytes, person: UUID, requester: Requester
    ) -> Act:
        act = own_act(connection, act_id, requester, lock=True)
        at = self._around.clock.now()
        held = self._around.appointments.offices(connection, person, act.report.pharmacy, bishkek_day(at))
        signed = {one: signature.person for one, signature in act.signatures.items()}
        if findings := check_signature(act.number, role, person, held, signed):
            raise Refused(findings)
        if digest != act.digest:
            raise Refused.because(ErrorCode.ACT_CHANGED, "$.digest", number=act.number)
        if role in signed:
            return act
        connection.execute(
            insert(act_signatures).values(act=act_id, role=role, person=person, signed_at=at, digest=act.digest)
        )
        act = replace(act, signatures={**act.signatures, role: Signature(person, at)})
        if is_complete({**signed, role: person}):
            _move(connection, act.report.id, ReportState.ACT_SIGNED)
            act = replace(act, report=replace(act.report, state=ReportState.ACT_SIGNED))
        self._tell(connection, requester, Action.ACT_SIGNED, act.report.pharmacy, act_id)
        return act

    def _pay(self, connection: Connection, act_id: UUID, reference: str, requester: Requester) -> Act:
        act = own_act(connection, act_id, requester, lock=True)
        if act.payment_reference is not None:
            if act.payment_reference != reference:
                raise Refused.because(ErrorCode.ACT_STATE, "$.reference", number=act.number)
            return act
        if act.report.state is not ReportState.ACT_SIGNED:
            raise Refused.because(ErrorCode.ACT_NOT_SIGNED, number=act.number)
        at = self._around.clock.now()
        connection.execute(
            update(settlement_acts)
            .where(settlement_acts.c.id == act_id)
            .values(payment_reference=reference, paid_at=at, paid_by=requester.name)
        )
        _move(connection, act.report.id, ReportState.PAID)
        self._tell(connection, requester, Action.ACT_PAID, act.report.pharmacy, act_id)
        return replace(
            act,
            report=replace(act.report, state=ReportState.PAID),
            payment_reference=reference,
            paid_at=at,
            paid_by=requester.name,
        )

    def _tell(self, connection: Connection, requester: Requester, action: Action, pharmacy: str, target: UUID) -> None:
        self._around.audit(connection, (requester.event(action, pharmacy=pharmacy, target=target),))


def act_number(report: Report) -> str:
    """The number of the act on a report: the pharmacy's code and the month, as there is one act a report."""
    return f"{report.pharmacy}-{report.month:%Y-%m}"


def _digest(number: str, report: Report, entries: Sequence[Entry], total: int) -> bytes:
    """SHA-256 of what is signed: the report by its digest, every entry with its document, and the total."""
    assert report.digest is not None
    content = hashlib.sha256(f"settlement act v1\n{number} {report.digest.hex()} {report.totals.settled}\n".encode())
    for entry in entries:
        fields = (entry.id, entry.kind.value, entry.dispense, entry.amount, entry.source, entry.document_date)
        content.update(" ".join(map(str, fields)).encode() + f" {entry.document_number}\n".encode())
    content.update(f"{total}\n".encode())
    return content.digest()


def _move(connection: Connection, report_id: UUID, state: ReportState) -> None:
    connection.execute(update(settlement_reports).where(settlement_reports.c.id == report_id).values(state=state.value))


def _in_hundreds(ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    """In pieces that a statement takes as parameters."""
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]
