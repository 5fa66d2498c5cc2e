"""Wake-ups within one process. They only hasten what would be found by looking: nothing depends on one arriving."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Signals:
    """Topics that can be waited for; a signal wakes all who wait at that moment."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Future[None]]] = defaultdict(set)

    def fire(self, topic: str) -> None:
        """Wake everyone who waits for ``topic``."""
        for future in self._waiting.pop(topic, ()):
            if not future.done():
                future.set_result(None)

    def expect(self, topic: str) -> asyncio.Future[None]:
        """A future for the next signal; take it before looking, so that none is missed between."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(future)
        future.add_done_callback(lambda done: self._waiting[topic].discard(done) if topic in self._waiting else None)
        return future

    async def wait(self, expected: asyncio.Future[None], seconds: float) -> bool:
        """Wait for an expected signal at most ``seconds``; whether it came."""
        try:
            async with asyncio.timeout(seconds):
                await expected
        except TimeoutError:
            return False
        return True


def ended(operation_id: object) -> str:
    """The topic of one operation reaching its end."""
    return f"ended/{operation_id}"


def work(upstream: str) -> str:
    """The topic of new work for an upstream."""
    return f"work/{upstream}"


EVENTS = "events"
"""The topic of new events in the feed."""
