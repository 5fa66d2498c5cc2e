"""Taking due operations up, and writing down how each attempt ended; every function runs inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, func, insert, select, text, update

from gateway.operations.feed import append_events, event_row
from gateway.operations.model import Channel, OperationKind, OutboundMessage, Outcome, Result, State, Step
from gateway.operations.policy import DeliveryPolicy, Transition
from gateway.operations.records import AnyRow
from gateway.operations.signals import EVENTS
from gateway.operations.signals import ended as ended_topic
from gateway.operations.undoing import end_idle
from gateway.store.announce import announce
from gateway.store.prepared import Prepared
from gateway.store.tables import attempts, operations, treated_cases


@dataclass(frozen=True, slots=True)
class Claim:
    """An operation taken up under a lease: only who holds the token may write its outcome."""

    message: OutboundMessage
    step: Step
    lease: UUID
    accepted_at: datetime
    strikes: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request for work: up to ``limit`` operations of an upstream, under the given token."""

    upstream: str
    limit: int
    lease: UUID
    lease_seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of one attempt, with the decision that follows from it; ``words`` are the upstream's, sealed."""

    claim: Claim
    result: Result
    transition: Transition
    started_at: datetime
    at: datetime
    words: bytes | None = None


class TakenUp(NamedTuple):
    """The answer to :class:`Wanted`: what was claimed, and operations that ended since there was nothing to do."""

    claims: list[Claim]
    idle: frozenset[UUID]


_earlier = operations.alias("earlier")

_DUE = Prepared(
    select(
        operations.c.id,
        operations.c.kind,
        operations.c.state,
        operations.c.channel,
        operations.c.business_key,
        operations.c.revision,
        operations.c.organisation,
        operations.c.pilot,
        operations.c.payload,
        operations.c.accepted_at,
        operations.c.attempts,
        operations.c.strikes,
    )
    .where(
        operations.c.upstream == bindparam("wanted_upstream"),
        text("operations.state IN (1, 3)"),
        operations.c.due_at <= bindparam("now"),
        # In order per business key: a later revision waits for an earlier one, and for nothing else.
        ~exists().where(
            _earlier.c.business_key == operations.c.business_key,
            _earlier.c.revision < operations.c.revision,
            text("earlier.state < 5"),
        ),
    )
    .order_by(operations.c.due_at)
    .limit(bindparam("wanted_limit"))
    .with_for_update(of=operations, skip_locked=True)
)


def claim(connection: Connection, requests: Sequence[Wanted]) -> list[TakenUp]:
    """The batch function of claiming: due operations become SENDING, durably, before the first byte leaves.

    An operation in doubt stays in doubt while the upstream is asked about it.
    """
    return [_claim(connection, wanted) for wanted in requests]


def _claim(connection: Connection, wanted: Wanted) -> TakenUp:
    rows = _DUE.run(connection, {"wanted_upstream": wanted.upstream, "now": wanted.at, "wanted_limit": wanted.limit})
    idle = end_idle(connection, rows, wanted.at)
    if idle:
        rows = [row for row in rows if row.id not in idle]
    if not rows:
        return TakenUp([], idle)
    until = wanted.at + timedelta(seconds=wanted.lease_seconds)
    _TAKE.run_many(
        connection,
        [
            {
                "row_id": row.id,
                "state": State.SENDING.value if row.state == State.QUEUED else State.IN_DOUBT.value,
                "attempts": row.attempts + 1,
                "lease": wanted.lease,
                "lease_until": until,
                "due_at": until,
                "updated_at": wanted.at,
            }
            for row in rows
        ],
    )
    claims = [_as_claim(row, wanted.lease) for row in rows]
    _BEGIN_ATTEMPT.run_many(
        connection,
        [
            {
                "operation_id": one.message.operation_id,
                "number": one.message.attempt,
                "step": one.step.value,
                "started_at": wanted.at,
            }
            for one in claims
        ],
    )
    return TakenUp(claims, idle)


_TAKE = Prepared(
    update(operations)
    .where(operations.c.id == bindparam("row_id"))
    .values(
        state=bindparam("state"),
        attempts=bindparam("attempts"),
        lease=bindparam("lease"),
        lease_until=bindparam("lease_until"),
        due_at=bindparam("due_at"),
        updated_at=bindparam("updated_at"),
    )
)
_BEGIN_ATTEMPT = Prepared(
    insert(attempts).values({name: bindparam(name) for name in ("operation_id", "number", "step", "started_at")})
)


def _as_claim(row: AnyRow, lease: UUID) -> Claim:
    return Claim(
        message=OutboundMessage(
            operation_id=row.id,
            kind=OperationKind(row.kind),
            business_key=row.business_key,
            revision=row.revision,
            organisation=row.organisation,
            channel=Channel(row.channel),
            pilot=row.pilot,
            payload=row.payload,
            attempt=row.attempts + 1,
        ),
        step=Step.SEND if row.state == State.QUEUED else Step.ASK,
        lease=lease,
        accepted_at=row.accepted_at,
        strikes=row.strikes,
    )


def finish(connection: Connection, ended: Sequence[Ended]) -> list[bool]:
    """The batch function of ending attempts: whether each was written; not when its lease has passed to another."""
    held = {
        row.id: row.lease
        for row in connection.execute(
            select(operations.c.id, operations.c.lease)
            .where(operations.c.id.in_([one.claim.message.operation_id for one in ended]))
            .with_for_update()
        )
    }
    valid = [one for one in ended if held.get(one.claim.message.operation_id) == one.claim.lease]
    if valid:
        _END.run_many(connection, [_operation_values(one) for one in valid])
        _END_ATTEMPT.run_many(connection, [_attempt_values(one) for one in valid])
    _note_deliveries(connection, valid)
    append_events(
        connection,
        [
            event_row(
                type_="operation." + one.transition.state.name.lower().replace("_", "-"),
                at=one.at,
                operation_id=one.claim.message.operation_id,
                organisation=one.claim.message.organisation,
                business_key=one.claim.message.business_key,
                revision=one.claim.message.revision,
                state=one.transition.state,
                record_number=one.result.record_number,
                words=one.words,
                reason=one.transition.reason,
            )
            for one in valid
            if one.transition.state.is_final or one.transition.state is State.PARKED
        ],
    )
    announce(connection, {topic for one in valid for topic in _topics(one)})
    return [one in valid for one in ended]


def _topics(one: Ended) -> tuple[str, ...]:
    state = one.transition.state
    return (ended_topic(one.claim.message.operation_id), EVENTS) if state.is_final or state is State.PARKED else ()


_END = Prepared(
    update(operations)
    .where(operations.c.id == bindparam("row_id"))
    .values(
        state=bindparam("state"),
        strikes=bindparam("strikes"),
        due_at=bindparam("due_at"),
        updated_at=bindparam("updated_at"),
        outcome=bindparam("outcome"),
        reason=bindparam("reason"),
        record_number=bindparam("record_number"),
        rejections=bindparam("rejections"),
        lease=None,
        lease_until=None,
    )
)
_END_ATTEMPT = Prepared(
    update(attempts)
    .where(attempts.c.operation_id == bindparam("row_id"), attempts.c.number == bindparam("row_number"))
    .values(
        started_at=bindparam("started_at"),
        finished_at=bindparam("finished_at"),
        message_id=bindparam("message_id"),
        outcome=bindparam("outcome"),
        reason=bindparam("reason"),
        detail=bindparam("detail"),
    )
)


def _operation_values(one: Ended) -> dict[str, Any]:
    return {
        "row_id": one.claim.message.operation_id,
        "state": one.transition.state.value,
        "strikes": one.transition.strikes,
        "due_at": one.transition.due_at,
        "updated_at": one.at,
        "outcome": one.result.outcome.value,
        "reason": one.transition.reason[:120],
        "record_number": one.result.record_number,
        "rejections": one.words,
    }


def _attempt_values(one: Ended) -> dict[str, Any]:
    return {
        "row_id": one.claim.message.operation_id,
        "row_number": one.claim.message.attempt,
        "started_at": one.started_at,
        "finished_at": one.at,
        "message_id": one.result.message_id,
        "outcome": one.result.outcome.value,
        "reason": one.result.reason[:120],
        "detail": one.result.detail or None,
    }


def _note_deliveries(connection: Connection, ended: Sequence[Ended]) -> None:
    delivered = [one for one in ended if one.result.outcome is Outcome.DELIVERED]
    if not delivered:
        return
    _NOTE_DELIVERY.run_many(
        connection,
        [
            {
                "number": one.claim.message.business_key,
                "delivered_revision": one.claim.message.revision,
                "record_number": one.result.record_number,
            }
            for one in delivered
        ],
    )


_NOTE_DELIVERY = Prepared(
    update(treated_cases)
    .where(
        treated_cases.c.ksf_number == bindparam("number"),
        func.coalesce(treated_cases.c.delivered_revision, 0) < bindparam("delivered_revision"),
    )
    .values(delivered_revision=bindparam("delivered_revision"), record_number=bindparam("record_number"))
)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery found: operations now in doubt, and those parked because they killed too many gateways."""

    in_doubt: int
    parked: int


def recover(
    connection: Connection, *, upstream: str, now: datetime, policy: DeliveryPolicy, everything: bool
) -> Recovered:
    """Every SENDING operation whose holder is gone becomes IN_DOUBT; ``everything`` when no other node can hold one.

    The upstream is not asked at once: the request of the one who died may still be on its way.
    """
    of_upstream = operations.c.upstream == upstream
    lost = select(operations.c.id, operations.c.crashes, operations.c.attempts).where(
        of_upstream, text("operations.state = 2")
    )
    if everything:
        connection.execute(
            update(operations)
            .where(of_upstream, text("state IN (1, 3)"), operations.c.lease.is_not(None))
            .values(lease=None, lease_until=None, due_at=now)
        )
    else:
        lost = lost.where(operations.c.lease_until < now)
    rows = connection.execute(lost.with_for_update(skip_locked=True)).all()
    for row in rows:
        too_often = row.crashes + 1 >= policy.crashes
        connection.execute(
            update(operations)
            .where(operations.c.id == row.id)
            .values(
                state=(State.PARKED if too_often else State.IN_DOUBT).value,
                crashes=row.crashes + 1,
                lease=None,
                lease_until=None,
                due_at=now + timedelta(seconds=policy.ask_after_seconds),
                updated_at=now,
                outcome=Outcome.IN_DOUBT.value,
                reason="CRASHED_TOO_OFTEN" if too_often else "GATEWAY_STOPPED",
            )
        )
        connection.execute(
            update(attempts)
            .where(attempts.c.operation_id == row.id, attempts.c.number == row.attempts)
            .values(finished_at=now, outcome=Outcome.IN_DOUBT.value, reason="GATEWAY_STOPPED")
        )
    parked = sum(row.crashes + 1 >= policy.crashes for row in rows)
    return Recovered(in_doubt=len(rows) - parked, parked=parked)


def next_due(connection: Connection, upstream: str) -> datetime | None:
    """When the next operation of an upstream is due."""
    return connection.execute(
        select(operations.c.due_at)
        .where(operations.c.upstream == upstream, text("operations.state IN (1, 3)"))
        .order_by(operations.c.due_at)
        .limit(1)
    ).scalar_one_or_none()
