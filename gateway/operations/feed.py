"""The event feed: what senders are told, in the order of commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, bindparam, insert, select

from gateway.operations.model import Event, State
from gateway.operations.records import event_record
from gateway.store.grouping import do_last
from gateway.store.prepared import Prepared
from gateway.store.tables import events, operations

_FEED_LOCK = 5_072_026_001
"""PostgreSQL advisory lock from taking positions to COMMIT: no reader sees a later position before an earlier."""


def event_row(
    *,
    type_: str,
    at: datetime,
    operation_id: UUID | None,
    organisation: str,
    business_key: str,
    revision: int,
    state: State | None,
    record_number: str | None,
    words: bytes | None = None,
    **details: str | None,
) -> dict[str, Any]:
    """One event as a row; ``details`` are reason, review_state and amount, ``words`` the upstream's, sealed."""
    more = {name: value for name, value in details.items() if value is not None}
    return {
        "type": type_,
        "at": at,
        "operation_id": operation_id,
        "organisation": organisation,
        "business_key": business_key,
        "revision": revision,
        "state": state.value if state is not None else None,
        "record_number": record_number,
        "details": orjson.dumps(more).decode() if more else None,
        "words": words,
    }


def append_events(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Append to the feed at the end of the caller's transaction."""
    if not rows:
        return
    do_last(connection, _FEED_LOCK, _insert, rows)


_APPEND = Prepared(
    insert(events).values({column.name: bindparam(column.name) for column in events.c if not column.primary_key})
)


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> Sequence[None]:
    _APPEND.run_many(connection, rows)
    return [None] * len(rows)


def read_events(
    connection: Connection, after: int, limit: int, organisations: frozenset[str] | None = None
) -> list[Event]:
    """Events past a position, oldest first, their words sealed; of all organisations when none are named."""
    query = (
        select(events, operations.c.upstream)
        .outerjoin_from(events, operations, operations.c.id == events.c.operation_id)
        .where(events.c.position > after)
        .order_by(events.c.position)
        .limit(limit)
    )
    if organisations is not None:
        query = query.where(events.c.organisation.in_(sorted(organisations)))
    return [event_record(row) for row in connection.execute(query)]
