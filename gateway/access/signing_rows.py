"""The gateway's signing keys in the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, text, update

from gateway.store.access_tables import signing_keys

_ROTATION_LOCK: Final = 5_072_026_010
"""PostgreSQL advisory lock: of several nodes that would change the keys at once, one does."""


class Overtaken(Exception):
    """Another node has changed the keys meanwhile."""


def load_keys(connection: Connection) -> Sequence[Any]:
    """All rows, in the order in which they begin to sign."""
    return connection.execute(select(signing_keys).order_by(signing_keys.c.signs_from, signing_keys.c.kid)).all()


def replace_keys(connection: Connection, *, current: Collection[str], row: Mapping[str, Any]) -> None:
    """Retire the ``current`` keys at the instant from which the one of ``row`` signs, and put that beside them.

    Raises :class:`Overtaken` when the keys that are not retired are others by now; the caller's work is then undone.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ROTATION_LOCK})
    unretired = signing_keys.c.retired_at.is_(None)
    retired = connection.execute(
        update(signing_keys).where(signing_keys.c.kid.in_(current), unretired).values(retired_at=row["signs_from"])
    )
    left = connection.execute(select(func.count()).select_from(signing_keys).where(unretired)).scalar_one()
    if retired.rowcount != len(current) or left:
        raise Overtaken
    connection.execute(insert(signing_keys).values(row))


def shred_keys(connection: Connection, *, emptied: Mapping[str, bytes]) -> None:
    """Put these sealed contents in place of private parts, by ``kid``; the public parts stay, for what was signed."""
    for kid, sealed in emptied.items():
        connection.execute(update(signing_keys).where(signing_keys.c.kid == kid).values(sealed=sealed))


def delete_key(connection: Connection, *, kid: str) -> None:
    """Remove one key at once."""
    connection.execute(delete(signing_keys).where(signing_keys.c.kid == kid))
