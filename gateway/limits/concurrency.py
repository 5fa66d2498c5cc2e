"""Load shedding: so many requests at once, a short queue, and a quick refusal for the rest."""

from __future__ import annotations

import asyncio
from collections import deque

from gateway.limits.policy import ConcurrencyPolicy
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode


class ConcurrencyGate:
    """Lets in as many as may work at once; the next few wait, first come, first served; all others are refused.

    Health probes, metrics and operators do not pass through the gate: they are needed most when it is shut. A handler
    that waits for something else (``Prefer: wait``, a poll for events) steps out while it waits.
    """

    def __init__(self, policy: ConcurrencyPolicy) -> None:
        self._policy = policy
        self._queue: deque[asyncio.Future[None]] = deque()
        self.in_flight = 0
        self.shed = 0
        """Requests refused so far."""

    @property
    def queued(self) -> int:
        """Requests waiting for a place."""
        return len(self._queue)

    async def enter(self) -> None:
        """Take a place, waiting for it if need be; raises ``Refused`` (OVERLOADED). Pair it with :meth:`leave`."""
        if self.in_flight < self._policy.in_flight:
            self.in_flight += 1
            return
        if len(self._queue) >= self._policy.queue:
            raise self._overloaded()
        await self._wait()

    def leave(self) -> None:
        """Give the place up; it goes to whoever has waited longest."""
        while self._queue:
            waiting = self._queue.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return
        self.in_flight -= 1

    def step_back_in(self) -> None:
        """After :meth:`leave`, for one who only stepped out to wait: the work is half done, so it is not refused."""
        self.in_flight += 1

    async def _wait(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._queue.append(waiting)
        try:
            async with asyncio.timeout(self._policy.wait_seconds):
                await waiting
        except TimeoutError:
            if not self._was_given(waiting):
                raise self._overloaded() from None
        except asyncio.CancelledError:
            if self._was_given(waiting):
                self.leave()
            raise

    def _was_given(self, waiting: asyncio.Future[None]) -> bool:
        """Whether a place was handed over in the very moment the waiting ended otherwise."""
        if waiting.done() and not waiting.cancelled():
            return True
        if waiting in self._queue:
            self._queue.remove(waiting)
        return False

    def _overloaded(self) -> Refused:
        self.shed += 1
        return Refused.because(ErrorCode.OVERLOADED, retry_after=self._policy.retry_after)
