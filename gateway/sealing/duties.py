"""What a running gateway does for its keys and payloads by itself: look at the key source, rewrap, erase."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from gateway.ports import Clock
from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.retention import Retention
from gateway.sealing.rotation import Rewrapping
from gateway.store.grouping import StoreUnavailable
from gateway.system import spread

log = structlog.get_logger(__name__)

_SWEEPS = 2
"""Sweeps after a change of master keys: the second finds what other nodes sealed before they had seen it."""


class SealingDuties:
    """Runs the duties until cancelled.

    ``refresh_seconds`` is how often the key source is looked at: give new keys to all nodes earlier than that before
    they seal. ``retention`` may be absent: then nothing is erased.
    """

    def __init__(
        self,
        keeper: KeyKeeper,
        rewrapping: Rewrapping,
        retention: Retention | None,
        clock: Clock,
        *,
        refresh_seconds: float = 60.0,
        retention_every: timedelta = timedelta(hours=6),
    ) -> None:
        self._keeper = keeper
        self._rewrapping = rewrapping
        self._retention = retention
        self._clock = clock
        self._refresh_seconds = refresh_seconds
        self._retention_every = retention_every
        self._erase_at: datetime = clock.now()
        self._sweeps_due = _SWEEPS

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self._refresh_seconds / 2 + spread(self._refresh_seconds / 2))
            try:
                await self.turn()
            except KeyRingUnusable as error:
                log.warning("key_ring_unusable", reason=str(error))
            except StoreUnavailable:
                log.warning("store_unavailable", task="sealing")

    async def turn(self) -> None:
        """Do what is due. Raises ``KeyRingUnusable`` (the ring in use stays) and ``StoreUnavailable``."""
        if await self._keeper.refresh():
            log.info("master_key_changed")
            self._sweeps_due = _SWEEPS
        await self._rewrap()
        await self._erase()

    async def _rewrap(self) -> None:
        if self._sweeps_due == 0 or len(self._keeper.ring.masters) == 1:
            return  # with one key in the ring there is nothing to rewrap from
        done = await self._rewrapping.run()
        self._sweeps_due -= 1
        log.info("rewrapped", count=done.rewrapped)
        if done.unopenable:
            log.warning("envelopes_unopenable", count=done.unopenable)

    async def _erase(self) -> None:
        now = self._clock.now()
        if self._retention is None or now < self._erase_at:
            return
        erased = await self._retention.run()
        self._erase_at = now + self._retention_every
        log.info("payloads_erased", count=erased)
