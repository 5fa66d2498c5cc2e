"""Disputes and the commission's decisions on them (clauses 48 to 50)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import Connection, Row, insert, select, update

from gateway.audit.actions import Action
from gateway.ports import Sealer
from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.standings import add_entry, locked_line
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.rules.money import to_tyiyn
from gateway.rules.settlement.judging import Ruling, change_by, check_dispute, check_ruling
from gateway.rules.settlement.model import DisputeState, EntryKind
from gateway.sealing.errors import CannotOpen
from gateway.store.settlement_tables import settlement_disputes
from schemas.errors import ErrorCode
from schemas.settlement.requests import DecideDispute, FileDispute
from schemas.settlement.terms import Decision

log = structlog.get_logger(__name__)

_STATEMENT: Final = b"settlement_disputes.statement"
_MEMBERS: Final = b"settlement_disputes.members"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A dispute; ``amount`` is what an upheld one is worth, in tyiyn."""

    id: UUID
    dispense: UUID
    pharmacy: str
    state: DisputeState
    statement: str = field(repr=False)
    filed_at: datetime
    amount: int | None
    members: tuple[str, ...] = field(repr=False)
    protocol_number: str | None
    protocol_date: date | None
    decided_at: datetime | None


class Disputes:
    """Takes applications and carries out what the commission decides."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def file(self, application: FileDispute, requester: Requester) -> Dispute:
        """Take a written application in, within the month of the dispense and before its report is formed.

        The same application again is answered with the dispute as it stands. Raises ``Refused``: LINE_NOT_FOUND,
        LINE_STATE, DISPUTE_TOO_LATE, DISPUTE_STATE when there is another on the dispense.
        """
        return await self._around.store.write(partial(self._file, application=application, requester=requester))

    async def decide(self, dispute_id: UUID, decision: DecideDispute, requester: Requester) -> Dispute:
        """Carry out the commission's protocol. What it changes is an entry of the pharmacy's next act.

        Raises ``Refused``: DISPUTE_NOT_FOUND, DISPUTE_STATE, COMMISSION_TOO_SMALL, PROTOCOL_MISSING, DISPUTE_AMOUNT.
        """
        work = partial(self._decide, dispute_id=dispute_id, decision=decision, requester=requester)
        return await self._around.store.write(work)

    async def found(
        self, requester: Requester, *, pharmacy: str | None, state: DisputeState | None, after: UUID | None, limit: int
    ) -> Sequence[Dispute]:
        """Up to ``limit`` disputes of the requester's pharmacies in the order they were filed."""
        table = settlement_disputes.c
        query = select(settlement_disputes).order_by(table.id).limit(limit)
        if requester.within is not None:
            query = query.where(table.pharmacy.in_(sorted(requester.within)))
        if pharmacy is not None:
            query = query.where(table.pharmacy == pharmacy)
        if state is not None:
            query = query.where(table.state == state.value)
        if after is not None:
            query = query.where(table.id > after)
        rows = await self._around.store.read(lambda connection: connection.execute(query).all())
        return [_opened(self._around.sealer, row) for row in rows]

    def _file(self, connection: Connection, application: FileDispute, requester: Requester) -> Dispute:
        line = locked_line(connection, application.dispense, requester, "$.dispense")
        present = self._by(connection, settlement_disputes.c.dispense == application.dispense)
        if present is not None:
            if present.statement == application.statement:
                return present
            raise _state(present)
        at = self._around.clock.now()
        if findings := check_dispute(line.standing, bishkek_day(at)):
            raise Refused(findings)
        dispute_id = self._around.ids.new()
        sealed = self._around.sealer.seal(application.statement.encode(), _STATEMENT + dispute_id.bytes)
        connection.execute(
            insert(settlement_disputes).values(
                id=dispute_id,
                dispense=application.dispense,
                pharmacy=line.pharmacy,
                state=DisputeState.OPEN.value,
                statement=sealed,
                filed_at=at,
                filed_by=requester.name,
            )
        )
        event = requester.event(Action.DISPUTE_FILED, pharmacy=line.pharmacy, target=dispute_id)
        self._around.audit(connection, (event,))
        return self._the(connection, dispute_id)

    def _decide(
        self, connection: Connection, dispute_id: UUID, decision: DecideDispute, requester: Requester
    ) -> Dispute:
        filed = self._by(connection, settlement_disputes.c.id == dispute_id)
        if filed is None or not requester.may_see(filed.pharmacy):
            raise Refused.because(ErrorCode.DISPUTE_NOT_FOUND, "path:dispute_id")
        line = locked_line(connection, filed.dispense, requester, "path:dispute_id")
        dispute = self._the(connection, dispute_id)  # as it is under the line's lock
        ruling = _ruling(decision)
        if dispute.state is not DisputeState.OPEN:
            if _is_carried_out(dispute, ruling):
                return dispute
            raise _state(dispute)
        at = self._around.clock.now()
        if findings := check_ruling(line.standing, ruling, bishkek_day(dispute.filed_at), bishkek_day(at)):
            raise Refused(findings)
        change = change_by(line.standing, ruling)
        if change:
            add_entry(
                connection,
                self._around,
                requester,
                line,
                EntryKind.DISPUTE_DECIDED,
                change,
                document=decision.protocol,
            )
        members = self._around.sealer.seal(orjson.dumps(decision.members), _MEMBERS + dispute_id.bytes)
        connection.execute(
            update(settlement_disputes)
            .where(settlement_disputes.c.id == dispute_id)
            .values(
                state=_STATES[decision.decision].value,
                amount=None if ruling.amount is None else to_tyiyn(ruling.amount),
                members=members,
                protocol_number=ruling.protocol_number,
                protocol_date=ruling.protocol_date,
                decided_at=at,
                decided_by=requester.name,
            )
        )
        event = requester.event(Action.DISPUTE_DECIDED, pharmacy=dispute.pharmacy, target=dispute_id)
        self._around.audit(connection, (event,))
        return self._the(connection, dispute_id)

    def _by(self, connection: Connection, where: Any) -> Dispute | None:
        row = connection.execute(select(settlement_disputes).where(where)).one_or_none()
        return None if row is None else _opened(self._around.sealer, row)

    def _the(self, connection: Connection, dispute_id: UUID) -> Dispute:
        dispute = self._by(connection, settlement_disputes.c.id == dispute_id)
        assert dispute is not None
        return dispute


_STATES: Final = {Decision.UPHELD: DisputeState.UPHELD, Decision.REFUSED: DisputeState.REFUSED}


def _ruling(decision: DecideDispute) -> Ruling:
    protocol = decision.protocol
    return Ruling(
        amount=decision.amount,
        upheld=decision.decision is Decision.UPHELD,
        members=decision.members,
        protocol_number=None if protocol is None else protocol.number,
        protocol_date=None if protocol is None else protocol.on,
    )


def _is_carried_out(dispute: Dispute, ruling: Ruling) -> bool:
    """Whether a decided dispute was decided just so: the request is a repeat."""
    return (
        dispute.state is (DisputeState.UPHELD if ruling.upheld else DisputeState.REFUSED)
        and dispute.amount == (None if ruling.amount is None else to_tyiyn(ruling.amount))
        and (dispute.protocol_number, dispute.protocol_date) == (ruling.protocol_number, ruling.protocol_date)
    )


def _state(dispute: Dispute) -> Refused:
    return Refused.because(ErrorCode.DISPUTE_STATE, state=dispute.state.name.lower())


def _opened(sealer: Sealer, row: Row[Any]) -> Dispute:
    """A row with its sealed texts; raises ``Refused`` (CONTENT_UNREADABLE) without their key."""
    try:
        statement = sealer.open(row.statement, _STATEMENT + row.id.bytes).decode()
        members = () if row.members is None else orjson.loads(sealer.open(row.members, _MEMBERS + row.id.bytes))
    except CannotOpen as error:
        log.error("payload_unreadable", alarm=True)  # noqa: TRY400 - says it all
        raise Refused.because(ErrorCode.CONTENT_UNREADABLE) from error
    return Dispute(
        id=row.id,
        dispense=row.dispense,
        pharmacy=row.pharmacy,
        state=DisputeState(row.state),
        statement=statement,
        filed_at=row.filed_at,
        amount=row.amount,
        members=tuple(members),
        protocol_number=row.protocol_number,
        protocol_date=row.protocol_date,
        decided_at=row.decided_at,
    )
