"""What people may do to an operation by hand: each is one transaction, noted with who and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from gateway.operations.feed import append_events, event_row
from gateway.operations.model import OperationRecord, Outcome, State
from gateway.operations.records import OPERATION_FIELDS, operation_record
from gateway.rules.findings import Refused
from gateway.sealing.payloads import is_erased
from gateway.store.tables import interventions, operations, treated_cases
from schemas.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class Note:
    """Who did it, why and when (UTC)."""

    id: UUID
    by: str
    reason: str
    at: datetime


class Change(Protocol):
    """An intervention ready to be run in a transaction; raises ``Refused``."""

    def __call__(self, connection: Connection, *, note: Note) -> OperationRecord:
        """Make the change and return the operation as it then stands."""
        ...


_NOT_EXECUTED = {None, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.NOT_FOUND, Outcome.REJECTED}
"""Last outcomes after which the upstream certainly does not have it."""


def retry(operation_id: UUID) -> Change:
    """Queue a parked or rejected operation again.

    When the upstream may have it, it is asked first; when it cannot be asked, the person has decided.
    """

    def change(connection: Connection, *, note: Note) -> OperationRecord:
        record = _locked(connection, operation_id, {State.PARKED, State.REJECTED})
        _refuse_outdated(connection, record)
        _refuse_erased(connection, record)
        again = record.outcome in _NOT_EXECUTED or record.outcome is Outcome.CANNOT_ASK
        state = State.QUEUED if again else State.IN_DOUBT
        return _apply(connection, record, note, "retry", state=state, strikes=0, crashes=0, due_at=note.at)

    return change


def _refuse_erased(connection: Connection, record: OperationRecord) -> None:
    """What is to be sent must still be there; raises ``Refused`` (CONTENT_ERASED)."""
    if is_erased(connection.execute(select(operations.c.payload).where(operations.c.id == record.id)).scalar_one()):
        raise Refused.because(ErrorCode.CONTENT_ERASED)


def park(operation_id: UUID) -> Change:
    """Put a queued or doubtful operation aside."""

    def change(connection: Connection, *, note: Note) -> OperationRecord:
        record = _locked(connection, operation_id, {State.QUEUED, State.IN_DOUBT})
        # The lease goes too: an answer to a question that is still under way no longer counts.
        return _apply(
            connection, record, note, "park", state=State.PARKED, reason="PARKED_BY_HAND", lease=None, lease_until=None
        )

    return change


def resolve(operation_id: UUID, state: State, record_number: str | None) -> Change:
    """End a parked or doubtful operation: DELIVERED with evidence, REJECTED or CANCELLED."""

    def change(connection: Connection, *, note: Note) -> OperationRecord:
        record = _locked(connection, operation_id, {State.PARKED, State.IN_DOUBT})
        values: dict[str, object] = {"reason": "RESOLVED_BY_HAND", "lease": None, "lease_until": None}
        if state is State.DELIVERED:
            values["record_number"] = record_number
            connection.execute(
                update(treated_cases)
                .where(treated_cases.c.ksf_number == record.business_key)
                .values(delivered_revision=record.revision, record_number=record_number)
            )
        return _apply(connection, record, note, "resolve", state=state, **values)

    return change


def _locked(connection: Connection, operation_id: UUID, allowed: set[State]) -> OperationRecord:
    row = connection.execute(
        select(*OPERATION_FIELDS).where(operations.c.id == operation_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise Refused.because(ErrorCode.OPERATION_NOT_FOUND)
    record = operation_record(row)
    if record.state not in allowed:
        raise Refused.because(ErrorCode.OPERATION_STATE, state=record.state.name)
    return record


def _refuse_outdated(connection: Connection, record: OperationRecord) -> None:
    """A rejected revision that has been corrected since is not sent again."""
    newest = connection.execute(
        select(operations.c.revision)
        .where(operations.c.business_key == record.business_key)
        .order_by(operations.c.revision.desc())
        .limit(1)
    ).scalar_one()
    if record.state is State.REJECTED and newest > record.revision:
        raise Refused.because(ErrorCode.OPERATION_STATE, state="CORRECTED")


def _apply(
    connection: Connection, record: OperationRecord, note: Note, action: str, *, state: State, **values: object
) -> OperationRecord:
    connection.execute(
        update(operations).where(operations.c.id == record.id).values(state=state.value, updated_at=note.at, **values)
    )
    connection.execute(
        insert(interventions).values(
            id=note.id, subject=str(record.id), action=action, by=note.by, reason=note.reason, at=note.at
        )
    )
    if state.is_final or state is State.PARKED:
        append_events(
            connection,
            [
                event_row(
                    type_="operation." + state.name.lower(),
                    at=note.at,
                    operation_id=record.id,
                    organisation=record.organisation,
                    business_key=record.business_key,
                    revision=record.revision,
                    state=state,
                    record_number=str(values["record_number"]) if values.get("record_number") else None,
                    reason=str(values.get("reason")),
                )
            ],
        )
    row = connection.execute(select(*OPERATION_FIELDS).where(operations.c.id == record.id)).one()
    return operation_record(row)
