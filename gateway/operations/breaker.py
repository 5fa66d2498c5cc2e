"""The circuit breaker of one upstream: it pauses claims, so nothing is tried that is likely to fail."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from gateway.operations.policy import BreakerPolicy


class Breaker:
    """Closed lets everything through; open nothing; after a while one probe decides.

    ``now`` gives seconds of a monotonic clock.
    """

    def __init__(self, policy: BreakerPolicy, now: Callable[[], float]) -> None:
        self._policy = policy
        self._now = now
        self._consecutive = 0
        self._window: deque[bool] = deque(maxlen=policy.window)
        self._opened_at: float | None = None
        self._probing = False

    @property
    def state(self) -> str:
        """``closed``, ``open`` or ``half-open``."""
        if self._opened_at is None:
            return "closed"
        return "half-open" if self._probing or self.seconds_until_probe() <= 0 else "open"

    def permits(self, wanted: int) -> int:
        """How many of ``wanted`` attempts may begin now."""
        if self._opened_at is None:
            return wanted
        return min(wanted, 1) if not self._probing and self.seconds_until_probe() <= 0 else 0

    def seconds_until_probe(self) -> float:
        """Seconds until a probe is allowed; zero when nothing is to be waited for."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._policy.probe_seconds - self._now())

    def began(self) -> None:
        """An attempt begins; when the breaker is not closed, it is the probe."""
        if self._opened_at is not None:
            self._probing = True

    def gave_up(self) -> None:
        """The probe could not be made after all."""
        self._probing = False

    def succeeded(self) -> None:
        """The upstream answered."""
        self._consecutive = 0
        self._window.append(True)
        if self._opened_at is not None:
            self._window.clear()
        self._opened_at = None
        self._probing = False

    def failed(self) -> None:
        """The upstream, or the way to it, failed."""
        self._consecutive += 1
        self._window.append(False)
        if self._opened_at is not None or self._is_too_much():
            self._opened_at = self._now()
        self._probing = False

    def _is_too_much(self) -> bool:
        if self._consecutive >= self._policy.consecutive_failures:
            return True
        full = len(self._window) == self._policy.window
        return full and self._window.count(False) >= self._policy.failure_share * self._policy.window
