"""Keeps sealer and index up to date with the key source, without a restart."""

from __future__ import annotations

import asyncio
import hmac

from gateway.ports import Clock
from gateway.sealing.envelope import EnvelopeSealer
from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.index import HmacIndex
from gateway.sealing.keyring import KeyRing
from gateway.sealing.sources import KeySource


class KeyKeeper:
    """``sealer`` and ``index`` of a key source, for the whole life of the process.

    Raises :class:`gateway.sealing.errors.KeyRingUnusable` when the ring cannot be used at the start.
    """

    def __init__(self, source: KeySource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._ring = source.load()
        self.sealer = EnvelopeSealer(self._ring, clock.now())
        self.index = HmacIndex(self._ring.index)

    @property
    def ring(self) -> KeyRing:
        """The ring in use."""
        return self._ring

    async def refresh(self) -> bool:
        """Read the source again; whether another master key seals from now on.

        Raises :class:`gateway.sealing.errors.KeyRingUnusable`; the ring in use then stays in use.
        """
        ring = await asyncio.to_thread(self._source.load)
        if not hmac.compare_digest(ring.index, self._ring.index):
            raise KeyRingUnusable(
                "The index key is another one than before, so nothing would be found any more.",
                "Bring the old index key back; it is never exchanged.",
            )
        before = self.sealer.head
        self.sealer.use(ring, self._clock.now())
        self._ring = ring
        return self.sealer.head != before
