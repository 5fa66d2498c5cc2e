"""Operations that follow from what was decided here: written into the journal in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.operations.model import Channel, OperationKind, State
from gateway.operations.signals import work
from gateway.ports import Sealer
from gateway.sealing.payloads import seal_payload
from gateway.store.announce import announce
from gateway.store.hot import insert_operations
from gateway.store.tables import operations


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One operation to be delivered. ``payload`` is sealed (:func:`sealed_payload`).

    ``idempotency_key`` is keyed, and given where the operation answers a request; the database then keeps a repeat
    out. ``fingerprint`` is the keyed digest of that request. ``at`` is when it was accepted and is due.
    """

    id: UUID
    kind: OperationKind
    upstream: str
    client: str
    business_key: str
    revision: int
    organisation: str
    payload: bytes
    fingerprint: bytes
    at: datetime
    idempotency_key: str | None = None
    traceparent: str | None = None


def sealed_payload(sealer: Sealer, operation_id: UUID, payload: bytes) -> bytes:
    """The JSON of a message as the journal keeps it."""
    return seal_payload(sealer, operation_id, payload)


def insert_outbound(connection: Connection, rows: Iterable[Outbound]) -> None:
    """Queue operations; raises ``IntegrityError`` on a repeated idempotency key or business key and revision.

    Other nodes are told at COMMIT; the caller wakes this one's lanes (``gateway.operations.signals.work``) after it.
    """
    listed = list(rows)
    insert_operations(connection, [_row(one) for one in listed])
    announce(connection, {work(one.upstream) for one in listed})


def _row(one: Outbound) -> tuple[object, ...]:
    return (
        one.id,
        one.kind.value,
        one.upstream,
        State.QUEUED.value,
        one.client,
        Channel.SYSTEM.value,
        one.idempotency_key,
        one.fingerprint,
        one.business_key,
        one.revision,
        one.organisation,
        False,
        None,
        one.payload,
        one.traceparent,
        one.at,
        one.at,
        one.at,
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """An operation that answered a request before."""

    id: UUID
    kind: OperationKind
    business_key: str
    fingerprint: bytes


def answered_before(connection: Connection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Answered]:
    """What answered earlier requests, by client and keyed idempotency key."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = connection.execute(
        select(
            operations.c.client,
            operations.c.idempotency_key,
            operations.c.id,
            operations.c.kind,
            operations.c.business_key,
            operations.c.fingerprint,
        ).where(
            operations.c.client.in_({client for client, _ in wanted}),
            operations.c.idempotency_key.in_({key for _, key in wanted}),
        )
    )
    found = {
        (row.client, row.idempotency_key): Answered(row.id, OperationKind(row.kind), row.business_key, row.fingerprint)
        for row in rows
    }
    return {key: one for key, one in found.items() if key in wanted}
