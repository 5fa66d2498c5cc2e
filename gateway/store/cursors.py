"""Durable cursors: how far a follower of a feed has come. Of many nodes, the one with the lease follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, or_, select, text, update

from gateway.store.tables import cursors

ENSURE = text("INSERT INTO cursors (name) VALUES (:name) ON CONFLICT (name) DO NOTHING")
"""Makes sure that a cursor is there."""


def take(connection: Connection, *, name: str, lease: UUID, now: datetime, seconds: float) -> str | None:
    """Take or renew the lease of a cursor.

    Returns its value (empty at the beginning), or ``None`` when another node holds it.
    """
    connection.execute(ENSURE, {"name": name})
    mine = connection.execute(
        update(cursors)
        .where(
            cursors.c.name == name,
            or_(cursors.c.lease.is_(None), cursors.c.lease == lease, cursors.c.lease_until < now),
        )
        .values(lease=lease, lease_until=now + timedelta(seconds=seconds))
    )
    if mine.rowcount != 1:
        return None
    return connection.execute(select(cursors.c.value).where(cursors.c.name == name)).scalar_one() or ""


def advance(connection: Connection, *, name: str, lease: UUID, value: str) -> bool:
    """Move the cursor, if the lease is still held."""
    moved = connection.execute(
        update(cursors).where(cursors.c.name == name, cursors.c.lease == lease).values(value=value)
    )
    return moved.rowcount == 1


def release(connection: Connection, *, name: str, lease: UUID) -> None:
    """Let another node follow at once."""
    connection.execute(
        update(cursors).where(cursors.c.name == name, cursors.c.lease == lease).values(lease=None, lease_until=None)
    )
