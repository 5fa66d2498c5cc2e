"""Operations that take an earlier one back: where that one came to nothing, there is nothing to send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select, text, update

from gateway.operations.feed import append_events, event_row
from gateway.operations.model import OperationKind, State
from gateway.operations.records import AnyRow
from gateway.operations.signals import EVENTS, ended
from gateway.store.announce import announce
from gateway.store.tables import operations

_UNDOING: Final = frozenset(
    {
        OperationKind.CANCEL_PRESCRIPTION.value,
        OperationKind.REVERSE_DISPENSE.value,
        OperationKind.CANCEL_SALE.value,
    }
)
NOTHING_TO_UNDO: Final = "NOTHING_TO_UNDO"


def end_idle(connection: Connection, due: Sequence[AnyRow], at: datetime) -> frozenset[UUID]:
    """End those of ``due`` (locked) whose earlier revision the upstream rejected, or a person ended; their ids.

    Sent all the same, it would be put off for ever, or might meet another's record that looks like ours.
    """
    undoing = {
        (row.business_key, row.revision - 1): row for row in due if row.kind in _UNDOING and row.state == State.QUEUED
    }
    if not undoing:
        return frozenset()
    came_to_nothing = connection.execute(
        select(operations.c.business_key, operations.c.revision).where(
            operations.c.business_key.in_([business_key for business_key, _ in undoing]),
            text("operations.state IN (6, 7)"),
        )
    )
    idle = [undoing[key] for row in came_to_nothing if (key := (row.business_key, row.revision)) in undoing]
    if not idle:
        return frozenset()
    connection.execute(
        update(operations)
        .where(operations.c.id.in_([row.id for row in idle]))
        .values(state=State.CANCELLED.value, updated_at=at, reason=NOTHING_TO_UNDO)
    )
    append_events(
        connection,
        [
            event_row(
                type_="operation.cancelled",
                at=at,
                operation_id=row.id,
                organisation=row.organisation,
                business_key=row.business_key,
                revision=row.revision,
                state=State.CANCELLED,
                record_number=None,
                reason=NOTHING_TO_UNDO,
            )
            for row in idle
        ],
    )
    announce(connection, {EVENTS, *(ended(row.id) for row in idle)})
    return frozenset(row.id for row in idle)
