"""What was used once is never used again: the durable memory of assertions, proofs and logout tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from gateway.access.purging import purge
from gateway.ports import Clock
from gateway.store.access_tables import replays
from gateway.store.grouping import Store
from gateway.store.types import to_microseconds

REMEMBERED: Final = 50_000
"""Digests kept in memory besides, about 8 MB: a flood of repeats is answered without the database."""

_KEPT_LONGER: Final = timedelta(hours=1)
"""Beyond their time: another node's clock may be behind ours, and to it a use is not stale yet."""

_SQLITE_INSERT = "INSERT INTO replays (digest, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
_POSTGRES_INSERT = (
    "INSERT INTO replays (digest, expires_at) SELECT * FROM unnest($1::bytea[], $2::timestamptz[]) "
    "ON CONFLICT DO NOTHING RETURNING digest"
)


class Use(NamedTuple):
    """One use: SHA-256 of what is used, and when it is stale anyway."""

    digest: bytes
    expires_at: datetime


class ReplayMemory:
    """A :class:`gateway.access.once.Replays` in the store, one for all nodes and over restarts."""

    def __init__(self, store: Store, clock: Clock, *, remembered: int = REMEMBERED) -> None:
        self._store = store
        self._clock = clock
        self._remembered = remembered
        self._seen: dict[bytes, None] = {}

    async def first_use(self, digest: bytes, expires_at: datetime) -> bool:
        """Whether nobody has used this before; true is answered only after COMMIT.

        What is stale already may have been forgotten, so it is no first use. Raises ``StoreUnavailable``: who cannot
        be sure must refuse.
        """
        if expires_at <= self._clock.now() or digest in self._seen:
            return False
        first: bool = await self._store.submit(note_uses, Use(digest, expires_at))
        self._seen[digest] = None
        if len(self._seen) > self._remembered:
            del self._seen[next(iter(self._seen))]
        return first

    async def forget(self, limit: int = 500) -> int:
        """Forget up to ``limit`` uses that are long stale; returns how many."""
        before = self._clock.now() - _KEPT_LONGER
        return await self._store.write(partial(purge, ends=replays.c.expires_at, before=before, limit=limit))


def note_uses(connection: Connection, uses: Sequence[Use]) -> Sequence[bool]:
    """The batch function: notes the uses and says of each whether it was the first. Of twins, only one is."""
    # In one order on every node: two that insert the same digests crosswise would wait for each other for ever.
    wanted = sorted({use.digest: use for use in reversed(uses)}.values())
    new = _insert(connection, wanted)
    answers = []
    for use in uses:
        answers.append(use.digest in new)
        new.discard(use.digest)
    return answers


def _insert(connection: Connection, uses: Sequence[Use]) -> set[bytes]:
    """In each engine's quickest words, since every request with a proof comes by here; returns what was new."""
    if connection.dialect.name == "postgresql":
        columns = ([use.digest for use in uses], [use.expires_at for use in uses])
        return set(connection.exec_driver_sql(_POSTGRES_INSERT, columns).scalars())
    cursor: Any = connection.connection.cursor()
    try:
        return {use.digest for use in uses if cursor.execute(_SQLITE_INSERT, _sqlite_row(use)).rowcount == 1}
    finally:
        cursor.close()


def _sqlite_row(use: Use) -> tuple[bytes, int]:
    return use.digest, to_microseconds(use.expires_at)
