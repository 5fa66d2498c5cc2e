"""Erasing payloads whose time of keeping has ended.

An ended operation keeps its record (number, outcome, times), and its payload is replaced by a tombstone that says when.
What an upstream said of it in words of its own goes with it, and so do such words in the feed, by the event's own age.
What was overwritten may live on for a while: in free pages of the database, in its write-ahead log, in backups. All of
it is an envelope, readable only with the master key of its time. So the second half of erasing is rotation: once a
newer master key seals, every row that is kept is rewrapped, and the old master key is destroyed together with all its
copies, every old backup of the erased payloads is unreadable for good, although nobody has touched it
(crypto-shredding). A backup is thus readable as long as one of the master keys it was made under is kept; let keys live
as long as backups should, and keep the two in different places.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Column, Connection, Table, func, select, text, update

from gateway.ports import Clock
from gateway.sealing.payloads import TOMBSTONE_BYTES, tombstone
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.tables import events, operations, treated_cases

_AT_ONCE: Final = 200
"""Payloads erased in one transaction: small, so that accepting is never held up."""

_ENDED: Final = text("operations.state >= 5")
_A_MINUTE: Final = timedelta(minutes=1)


class Retention:
    """Erases payloads of operations that ended longer than ``keep`` ago."""

    def __init__(self, store: Store, clock: Clock, *, keep: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep

    async def run(self) -> int:
        """Erase all whose time has come; how many. Raises :class:`gateway.store.grouping.StoreUnavailable`."""
        now = self._clock.now()
        before = now - self._keep
        erased = 0
        after: UUID | None = None
        while ids := await self._store.read(partial(expired, before=before, after=after, limit=_AT_ONCE)):
            erased += await self._store.write(partial(shred_payloads, ids=ids, before=before, at=now))
            after = ids[-1]
        while await self._store.write(partial(forget_words, before=before, limit=_AT_ONCE)):
            pass
        for table, ended in _OF_THE_PROGRAMME:
            work = partial(shred_rows, table=table, ended=ended, before=before, at=now, limit=_AT_ONCE)
            while shredded := await self._store.write(work):
                erased += shredded
        return erased


def expired(connection: Connection, *, before: datetime, after: UUID | None, limit: int) -> list[UUID]:
    """Operations past an id, in order of ids, that ended before an instant and still have their payload."""
    query = (
        select(operations.c.id)
        .where(
            # What ended before was accepted before: the primary key leads past all that is younger.
            operations.c.id <= _youngest_id(before),
            _ENDED,
            operations.c.updated_at < before,
            func.length(operations.c.payload) != TOMBSTONE_BYTES,
        )
        .order_by(operations.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(operations.c.id > after)
    return list(connection.execute(query).scalars())


def shred_payloads(connection: Connection, *, ids: Sequence[UUID], before: datetime, at: datetime) -> int:
    """Put tombstones of the instant ``at`` in place of these payloads; how many were.

    An operation that was taken up again since it was looked for keeps its payload.
    """
    erased: int = connection.execute(
        update(operations)
        .where(operations.c.id.in_(ids), _ENDED, operations.c.updated_at < before)
        .values(payload=tombstone(at), rejections=None)
    ).rowcount
    gone = select(operations.c.id).where(operations.c.id.in_(ids), func.length(operations.c.payload) == TOMBSTONE_BYTES)
    connection.execute(
        update(treated_cases)
        .where(
            # The number leads to the row; a case that was corrected since keeps what was said of it.
            treated_cases.c.ksf_number.in_(select(operations.c.business_key).where(operations.c.id.in_(ids))),
            treated_cases.c.operation_id.in_(gone),
        )
        .values(review_reason=None)
    )
    return erased


_OF_THE_PROGRAMME: Final = ((prescriptions, prescriptions.c.ended_at), (dispenses, dispenses.c.recorded_at))
"""Tables whose rows have a payload of their own, each with the column that says since when it is over."""


def shred_rows(
    connection: Connection, *, table: Table, ended: Column[datetime], before: datetime, at: datetime, limit: int
) -> int:
    """Put tombstones in place of payloads of rows that were over before an instant, at most ``limit``; how many."""
    old = (
        select(table.c.id)
        .where(table.c.id <= _youngest_id(before), ended < before, func.length(table.c.payload) != TOMBSTONE_BYTES)
        .limit(limit)
    )
    ids = list(connection.execute(old).scalars())
    if ids:
        connection.execute(update(table).where(table.c.id.in_(ids)).values(payload=tombstone(at)))
    return len(ids)


def forget_words(connection: Connection, *, before: datetime, limit: int) -> int:
    """Take the upstream's words from events older than an instant, at most ``limit`` at once; how many."""
    old = select(events.c.position).where(events.c.words.is_not(None), events.c.at < before)
    positions = list(connection.execute(old.order_by(events.c.position).limit(limit)).scalars())
    if positions:
        connection.execute(update(events).where(events.c.position.in_(positions)).values(words=None))
    return len(positions)


def _youngest_id(accepted_before: datetime) -> UUID:
    """The largest identifier (UUIDv7) of a moment shortly after an instant: id and instant are taken a moment apart."""
    milliseconds = int((accepted_before + _A_MINUTE).timestamp() * 1000)
    return UUID(int=((milliseconds + 1) << 80) - 1)
