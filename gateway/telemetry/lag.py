"""Event loop lag: how late the loop runs what it should have run by now. The one thing liveness depends on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

TICK_SECONDS: Final = 0.5


class LoopLag:
    """Measures the lag of the running event loop."""

    def __init__(self, observe: Callable[[float], None], tick_seconds: float = TICK_SECONDS) -> None:
        self._observe = observe
        self._tick = tick_seconds
        self._last = 0.0
        self._expected: float | None = None

    def seconds(self) -> float:
        """The present lag: that of the last tick, or how overdue the next tick is when that is more."""
        overdue = 0.0 if self._expected is None else asyncio.get_running_loop().time() - self._expected
        return max(self._last, overdue, 0.0)

    async def run(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._expected = loop.time() + self._tick
            await asyncio.sleep(self._tick)
            self._last = max(loop.time() - self._expected, 0.0)
            self._observe(self._last)
