"""Identical reads under way at the same moment share one execution."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class _Flight:
    """One execution and how many wait for it."""

    __slots__ = ("task", "waiting")

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self.task = task
        self.waiting = 0


class SharedReads:
    """Runs a read once for all who ask for it while it runs. Nothing is kept after that: it is no cache.

    Reads are shared within one ``owner`` (a client's id), never between two. ``key`` holds all that the answer depends
    on besides: operation, parameters, language.
    """

    def __init__(self) -> None:
        self._flights: dict[str, dict[Hashable, _Flight]] = {}
        self.shared = 0
        """Reads that were answered by the execution of another."""

    async def run(self, owner: str, key: Hashable, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer of ``read``, or of the same read under way; raises what it raises.

        A caller that is cancelled leaves the others in peace; the read itself is cancelled once nobody waits for it.
        """
        flights = self._flights.setdefault(owner, {})
        flight = flights.get(key)
        if flight is None:
            flight = flights[key] = self._take_off(owner, key, read)
        else:
            self.shared += 1
        flight.waiting += 1
        try:
            answer: Answer = await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and not flight.task.done():
                # Taken off at once: who comes now must not board what is about to be cancelled.
                self._land(owner, key, flight)
                flight.task.cancel()
        return answer

    def part(self, owner: str) -> None:
        """After a write of ``owner`` was acknowledged: its next read sees it, and does not join one begun before."""
        self._flights.pop(owner, None)

    def __len__(self) -> int:
        return sum(len(flights) for flights in self._flights.values())

    def _take_off(self, owner: str, key: Hashable, read: Callable[[], Awaitable[Any]]) -> _Flight:
        flight = _Flight(asyncio.create_task(_as_coroutine(read), name="shared-read"))

        def landed(task: asyncio.Task[Any]) -> None:
            self._land(owner, key, flight)
            if not task.cancelled():
                task.exception()  # looked at, so that nothing is complained of when the last caller has just left

        flight.task.add_done_callback(landed)
        return flight

    def _land(self, owner: str, key: Hashable, flight: _Flight) -> None:
        flights = self._flights.get(owner)
        if flights is not None and flights.get(key) is flight:
            del flights[key]
            if not flights:
                del self._flights[owner]


async def _as_coroutine(read: Callable[[], Awaitable[Answer]]) -> Answer:
    return await read()
