"""Something read from ESI and kept: read by one caller for all, never too often, and not lost when reading fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from adapters.esi.sign_in import EsiUnavailable
from gateway.ports import Clock

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps what ``read`` gave last.

    It is read again when older than ``fresh_for``, and on :meth:`renewed`; but whatever is asked, two readings begin at
    least ``apart`` from each other, failed ones included. ``read`` raises :class:`EsiUnavailable`.
    """

    def __init__(
        self, read: Callable[[], Awaitable[T]], *, clock: Clock, fresh_for: timedelta, apart: timedelta
    ) -> None:
        self._read = read
        self._clock = clock
        self._fresh_for = fresh_for
        self._apart = apart
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None

    async def get(self) -> T:
        """What is kept, read now if there is none or it is old; raises :class:`EsiUnavailable` when there is none."""
        if self._value is not None and self._is_younger(self._read_at, self._fresh_for):
            return self._value
        return await self.renewed()

    async def renewed(self) -> T:
        """The newest there can be: read now unless that was just tried, or what was kept; raises as :meth:`get`."""
        async with self._lock:
            if not self._is_younger(self._tried_at, self._apart):
                await self._try()
        if self._value is None:
            raise EsiUnavailable("ESI could not be reached a moment ago")
        return self._value

    async def _try(self) -> None:
        self._tried_at = self._clock.now()
        try:
            self._value = await self._read()
        except EsiUnavailable:
            if self._value is None:
                raise
        else:
            self._read_at = self._tried_at

    def _is_younger(self, then: datetime | None, limit: timedelta) -> bool:
        return then is not None and self._clock.now() - then < limit
