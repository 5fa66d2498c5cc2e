"""Buckets in this process's memory: the whole truth on SQLite, the stopgap of one node while PostgreSQL is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

from gateway.limits.buckets import Quota, Standing, give_back, take

MOST_BUCKETS: Final = 100_000
"""Buckets kept; those nearest to full go first. A full bucket is never missed: it is what an unknown client has."""

Microseconds = Callable[[], int]
"""A clock that does not go back, in whole microseconds."""


def monotonic_microseconds() -> int:
    """The system's monotonic clock."""
    return time.monotonic_ns() // 1000


class Buckets(Protocol):
    """Counts requests by quota and key (a client's id, or an address)."""

    async def take(self, quota: Quota, key: str) -> Standing:
        """Take one request; raises ``gateway.store.grouping.StoreUnavailable`` when the count cannot be had."""
        ...

    def give_back(self, quota: Quota, key: str) -> None:
        """Undo one that was taken: another quota has refused the same request."""
        ...


class LocalBuckets:
    """Buckets in memory, at most ``most`` of them."""

    def __init__(self, now: Microseconds = monotonic_microseconds, most: int = MOST_BUCKETS) -> None:
        self._now = now
        self._most = most
        self._tats: dict[tuple[str, str], int] = {}

    def __len__(self) -> int:
        return len(self._tats)

    async def take(self, quota: Quota, key: str) -> Standing:
        """See :class:`Buckets`; never raises."""
        name = (quota.name, key)
        now = self._now()
        tats = self._tats
        tat, standing = take(quota, tats.get(name, 0), now)
        tats[name] = tat
        if len(tats) > self._most:
            self._forget(now)
        return standing

    def give_back(self, quota: Quota, key: str) -> None:
        """See :class:`Buckets`."""
        name = (quota.name, key)
        if name in self._tats:
            self._tats[name] = give_back(quota, self._tats[name])

    def _forget(self, now: int) -> None:
        busy = [(tat, name) for name, tat in self._tats.items() if tat > now]
        # The nearest to full lose least. A quarter goes, so that the next look is far away.
        busy.sort(reverse=True)
        self._tats = {name: tat for tat, name in busy[: self._most * 3 // 4]}
