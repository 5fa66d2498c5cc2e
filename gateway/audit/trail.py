"""The audit trail: events are tied to the chain and written, many at once.

On PostgreSQL the chain has one end for all nodes. An advisory lock, taken last in a transaction and held to its COMMIT,
lets no two transactions extend the same end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from gateway.audit.chain import Link, Row, extend
from gateway.audit.entries import to_bytes
from gateway.ports import AuditEvent, Clock
from gateway.store.driver import run, run_many
from gateway.store.grouping import Store, do_last
from gateway.store.types import from_microseconds, to_microseconds

_CHAIN_LOCK = 5_072_026_002
"""PostgreSQL advisory lock of the chain's end."""

_END = "SELECT position, digest FROM audit_entries ORDER BY position DESC LIMIT 1"
_SQLITE_INSERT = "INSERT INTO audit_entries (position, at, subject, entry, digest) VALUES (?, ?, ?, ?, ?)"
_POSTGRES_INSERT = (
    "INSERT INTO audit_entries (position, at, subject, entry, digest) "
    "SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::bytea[], $4::bytea[], $5::bytea[])"
)


class AppendAudit(Protocol):
    """Writes events down in the caller's transaction (:meth:`ChainedTrail.append`)."""

    def __call__(self, connection: Connection, events: Sequence[AuditEvent], /) -> None:
        """Write them; if that fails, the transaction fails."""
        ...


class Happening(NamedTuple):
    """An event and when it was."""

    event: AuditEvent
    at: datetime


class ChainedTrail:
    """A :class:`gateway.ports.AuditTrail` in the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(self, event: AuditEvent) -> None:
        """Write down one event; returns after COMMIT.

        Raises ``ValueError`` on an event that is not of the vocabulary, and
        :class:`gateway.store.grouping.StoreUnavailable`.
        """
        await self._store.submit(_append_each, Happening(event, self._clock.now()))

    def append(self, connection: Connection, events: Sequence[AuditEvent]) -> None:
        """Write events down in the caller's transaction: they are committed with what they tell of, or not at all.

        Raises ``ValueError`` on an event that is not of the vocabulary.
        """
        at = self._clock.now()
        append(connection, [Happening(event, at) for event in events])


def append(connection: Connection, happenings: Sequence[Happening]) -> None:
    """Tie what happened to the end of the chain, in this order, at the end of the caller's transaction."""
    if not happenings:
        return
    contents = [(to_microseconds(one.at), one.event.subject, to_bytes(one.event)) for one in happenings]
    do_last(connection, _CHAIN_LOCK, _extend, contents)


def _extend(connection: Connection, contents: Sequence[tuple[int, bytes | None, bytes]]) -> Sequence[None]:
    _insert(connection, extend(chain_end(connection), contents))
    return [None] * len(contents)


def chain_end(connection: Connection) -> Link:
    """The last position and its digest; the beginning when there is no entry."""
    found = run(connection, _END)
    return Link(*found[0]) if found else Link()


def _append_each(connection: Connection, happenings: Sequence[Happening]) -> Sequence[None]:
    append(connection, happenings)
    return [None] * len(happenings)


def _insert(connection: Connection, rows: Sequence[Row]) -> None:
    """One statement for all rows, in each engine's quickest words."""
    if connection.dialect.name == "postgresql":
        positions, instants, subjects, entries, digests = (list(column) for column in zip(*rows, strict=True))
        instants = [from_microseconds(instant) for instant in instants]
        run(connection, _POSTGRES_INSERT, (positions, instants, subjects, entries, digests))
    else:
        run_many(connection, _SQLITE_INSERT, rows)
