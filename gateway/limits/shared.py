"""Buckets that all nodes on one PostgreSQL share.

A node does not ask the database for every request. It takes a *lease*: a few requests in advance, counted as used in
the shared bucket from that moment, and spent in memory. A lease grows while it is used up quickly and shrinks while it
lasts, so a busy client costs a few round trips a second and a quiet one none that it would not need.

How exact this is. Everything spent was granted by the shared bucket before, so the sum over all nodes in any stretch of
``w`` seconds stays within what one bucket would allow, plus what nodes had in hand at its beginning: at most a tenth
of the quota for each node (see :func:`largest_lease`). A quota below twenty is leased one by one and exact. The other
way round a client may be refused while another node still holds requests for it: at most the same tenth.

The database's clock counts; those of the nodes need not agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, cast, delete, extract, func, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.limits.buckets import SECOND, Quota, Standing, level, seconds_up, standing
from gateway.limits.local import MOST_BUCKETS, Microseconds, monotonic_microseconds
from gateway.store.access_tables import rate_buckets
from gateway.store.grouping import Store, StoreUnavailable

_QUICK: Final = SECOND // 4
"""A lease used up sooner than this is doubled."""
_SLOW: Final = SECOND
"""A lease that lasted longer than this is halved."""
_PAUSE: Final = SECOND // 5
"""An empty shared bucket is not asked again sooner than this."""
_AWAY: Final = SECOND
"""A database that did not answer is not asked again sooner than this."""
_PATIENCE_SECONDS: Final = 1.0
"""How long a lease may take; the client waits for it."""
_BUSY_SECONDS: Final = 0.02
"""Before a bucket that another node is just taking from is tried again."""

_DATABASE_NOW: Final = cast(extract("epoch", func.clock_timestamp()) * SECOND, BigInteger)


class LeaseWanted(NamedTuple):
    """A node asks for ``wanted`` requests of the bucket called ``name``."""

    name: str
    quota: Quota
    wanted: int


class LeaseGranted(NamedTuple):
    """What it got. ``busy`` are the microseconds after which the shared bucket will be full again."""

    granted: int
    busy: int


def largest_lease(quota: Quota) -> int:
    """Most requests a node takes in advance: a tenth of the quota; more only for windows of a second or two."""
    return max(1, quota.requests // min(10, 4 * quota.seconds))


def grant_leases(connection: Connection, wanted: Sequence[LeaseWanted]) -> Sequence[LeaseGranted | None]:
    """Batch function: lease from shared buckets (PostgreSQL); ``None`` for a bucket that another node holds locked.

    A locked bucket is passed over, not waited for: a node that stands still in its transaction must not stop the
    others, whose accepted cases may share this transaction.
    """
    names = sorted({one.name for one in wanted})
    rows = [{"name": name, "tat": 0} for name in names]
    connection.execute(insert(rate_buckets).on_conflict_do_nothing(), rows)
    found = connection.execute(
        select(rate_buckets.c.name, rate_buckets.c.tat, _DATABASE_NOW)
        .where(rate_buckets.c.name.in_(names))
        .order_by(rate_buckets.c.name)
        .with_for_update(skip_locked=True)
    ).all()
    tats = {name: tat for name, tat, _ in found}
    now = max((at for _, _, at in found), default=0)
    answers = [_grant(one, tats, now) for one in wanted]
    if tats:
        connection.execute(
            update(rate_buckets).where(rate_buckets.c.name == bindparam("which")).values(tat=bindparam("until")),
            [{"which": name, "until": tat} for name, tat in tats.items()],
        )
    return answers


def _grant(one: LeaseWanted, tats: dict[str, int], now: int) -> LeaseGranted | None:
    if one.name not in tats:
        return None
    tat = max(tats[one.name], now)
    granted = min(one.wanted, level(one.quota, tat, now))
    tats[one.name] = tat + granted * one.quota.interval
    return LeaseGranted(granted, tats[one.name] - now)


def forget_full_buckets(connection: Connection) -> int:
    """Delete buckets that have been full for an hour; how many they were. For housekeeping (PostgreSQL)."""
    stale = delete(rate_buckets).where(rate_buckets.c.tat < _DATABASE_NOW - 3600 * SECOND)
    return connection.execute(stale).rowcount


class _Lease:
    """What this node has in hand of one bucket, and what it last heard of it. Instants are of this node's clock."""

    __slots__ = ("left", "shut_until", "size", "taken_at", "tat", "under_way", "waiting")

    def __init__(self) -> None:
        self.left = 0
        self.size = 1
        self.tat = 0
        self.taken_at = 0
        self.shut_until = 0
        self.waiting = 0
        self.under_way: asyncio.Task[None] | None = None


class SharedBuckets:
    """Fulfils :class:`gateway.limits.local.Buckets` over all nodes on one PostgreSQL."""

    def __init__(self, store: Store, now: Microseconds = monotonic_microseconds, most: int = MOST_BUCKETS) -> None:
        self._store = store
        self._now = now
        self._most = most
        self._leases: dict[tuple[str, str], _Lease] = {}
        self._away_until = 0
        self.trips = 0
        """Leases asked for so far."""

    async def take(self, quota: Quota, key: str) -> Standing:
        """Take one request, from memory if possible; raises ``StoreUnavailable``."""
        lease = self._leases.get((quota.name, key)) or self._new(quota, key)
        while not lease.left:
            now = self._now()
            if now < lease.shut_until:
                wait = seconds_up(lease.shut_until - now)
                return Standing(allowed=False, remaining=0, reset_seconds=wait, retry_after=wait)
            if now < self._away_until:
                raise StoreUnavailable
            await self._renewed(lease, quota, key)
        lease.left -= 1
        return standing(quota, lease.tat, self._now(), lease.left)

    def give_back(self, quota: Quota, key: str) -> None:
        """Keep it for the next request on this node."""
        lease = self._leases.get((quota.name, key))
        if lease is not None:
            lease.left += 1

    def _new(self, quota: Quota, key: str) -> _Lease:
        if len(self._leases) >= self._most:
            # Only what was in hand is lost; the shared buckets go on counting.
            for name in list(self._leases)[: self._most // 4]:
                del self._leases[name]
        lease = self._leases[quota.name, key] = _Lease()
        return lease

    async def _renewed(self, lease: _Lease, quota: Quota, key: str) -> None:
        """Wait for one renewal, which all who wait share, and which goes on when one of them is cancelled."""
        lease.waiting += 1
        try:
            if lease.under_way is None:
                lease.under_way = asyncio.create_task(self._renew(lease, quota, key), name="rate-lease")
            await asyncio.shield(lease.under_way)
        finally:
            lease.waiting -= 1

    async def _renew(self, lease: _Lease, quota: Quota, key: str) -> None:
        lasted = self._now() - lease.taken_at
        most = largest_lease(quota)
        if lasted < _QUICK:
            lease.size = min(lease.size * 2, most)
        elif lasted > _SLOW:
            lease.size = max(lease.size // 2, 1)
        wanted = LeaseWanted(f"{quota.name}:{key}", quota, min(max(lease.size, lease.waiting), most))
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                granted = await self._granted(wanted)
        except (StoreUnavailable, TimeoutError):
            self._away_until = self._now() + _AWAY
        else:
            self._note(lease, quota, granted)
        finally:
            lease.under_way = None

    async def _granted(self, wanted: LeaseWanted) -> LeaseGranted:
        while True:
            self.trips += 1
            granted: LeaseGranted | None = await self._store.submit(grant_leases, wanted)
            if granted is not None:
                return granted
            await asyncio.sleep(_BUSY_SECONDS)

    def _note(self, lease: _Lease, quota: Quota, granted: LeaseGranted) -> None:
        now = self._now()
        lease.left += granted.granted
        lease.tat = now + granted.busy
        lease.taken_at = now
        if not granted.granted:
            lease.shut_until = max(now + _PAUSE, lease.tat + quota.interval - quota.span)
