"""The guard against loops: a client that sends the same request over and over and is refused the same way each time.

Such loops are faults of programs, not attacks: a retry rule without an end, a queue that puts its head back in front.
They come from clients that are known, so the client is named, once when it begins and once when it is over.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

import structlog

from gateway.limits.policy import StormPolicy
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode, Retry, entry

MOST_CLIENTS: Final = 2000
MOST_REQUESTS: Final = 64
"""Requests remembered of one client. A client cannot push another's out."""
_SWEEP_SECONDS: Final = 5.0
_DIGEST_BYTES: Final = 12

_log = structlog.get_logger(__name__)


class Repeated(NamedTuple):
    """What makes two requests the same. ``route`` is the template of the path."""

    method: str
    route: str
    fingerprint: bytes


class StormObserver(Protocol):
    """Who is told, besides the log."""

    def storm_began(self, route: str) -> None:
        """A client has begun to loop."""
        ...

    def storm_ended(self, route: str) -> None:
        """It has stopped."""
        ...


class _Trail:
    """How the latest requests of one kind were refused."""

    __slots__ = ("blocked_until", "code", "count", "last_at", "looping", "since", "times")

    def __init__(self, code: ErrorCode, now: float) -> None:
        self.code = code
        self.since = now
        self.last_at = now
        self.count = 0
        """Refusals since ``since``, those by the guard included."""
        self.looping = False
        self.blocked_until = 0.0
        self.times = 0
        """Blocks so far."""


class StormGuard:
    """Counts refusals by client and request; bounded in memory. ``now`` gives seconds of a monotonic clock."""

    def __init__(
        self, policy: StormPolicy, observer: StormObserver | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._policy = policy
        self._observer = observer
        self._now = now
        self._clients: OrderedDict[str, OrderedDict[Repeated, _Trail]] = OrderedDict()
        self._secret = secrets.token_bytes(16)

    def fingerprint(self, *parts: str) -> bytes:
        """A digest of what tells one request from another (its ``Idempotency-Key``, the values in its path).

        Keyed with a random secret of this process, so that nothing can be found out from it.
        """
        digest = hashlib.blake2b(key=self._secret, digest_size=_DIGEST_BYTES)
        for part in parts:
            digest.update(b"%d:" % len(part))
            digest.update(part.encode("utf-8", "surrogateescape"))
        return digest.digest()

    def knows(self, client: str) -> bool:
        """Whether the client was refused lately. If not, there is no need to make a fingerprint, check or pass."""
        return client in self._clients

    def check(self, client: str, request: Repeated) -> None:
        """Before the request is worked on; raises ``Refused`` (CLIENT_LOOPING)."""
        trails = self._clients.get(client)
        if trails is None:
            return
        trail = trails.get(request)
        if trail is None or not trail.looping:
            return
        now = self._now()
        if now >= trail.blocked_until:
            return
        trail.count += 1
        trail.last_at = now
        wait = math.ceil(trail.blocked_until - now)
        raise Refused.because(ErrorCode.CLIENT_LOOPING, retry_after=wait, client=client)

    def refused(self, client: str, request: Repeated, code: ErrorCode) -> None:
        """The request was worked on and refused for this reason.

        A refusal that asks for the same request again later is no sign of a loop; other limits bound who overdoes it.
        """
        if entry(code).retry is Retry.SAME_KEY_LATER:
            return
        now = self._now()
        trails = self._trails(client)
        trail = trails.get(request)
        if trail is not None and (trail.code is not code or self._is_over(trail, now)):
            self._end(client, request, trails.pop(request))
            trail = None
        if trail is None:
            trail = trails[request] = _Trail(code, now)
            if len(trails) > MOST_REQUESTS:
                self._end(client, *trails.popitem(last=False))
        trails.move_to_end(request)
        trail.count += 1
        trail.last_at = now
        if trail.looping or trail.count >= self._policy.refusals:
            self._block(client, request, trail, now)

    def passed(self, client: str, request: Repeated) -> None:
        """The request was not refused: whatever was wrong is mended."""
        trails = self._clients.get(client)
        if trails is not None and (trail := trails.pop(request, None)) is not None:
            self._end(client, request, trail)

    def sweep(self) -> None:
        """Forget what is over, and say so of storms."""
        now = self._now()
        for client, trails in list(self._clients.items()):
            for request, trail in list(trails.items()):
                if self._is_over(trail, now):
                    self._end(client, request, trails.pop(request))
            if not trails:
                del self._clients[client]

    async def run(self) -> None:
        """Sweep at an interval until cancelled, so that the end of a storm is told though nobody asks any more."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self.sweep()

    @property
    def looping(self) -> int:
        """Storms there are now."""
        return sum(trail.looping for trails in self._clients.values() for trail in trails.values())

    def _trails(self, client: str) -> OrderedDict[Repeated, _Trail]:
        trails = self._clients.get(client)
        if trails is None:
            trails = self._clients[client] = OrderedDict()
            if len(self._clients) > MOST_CLIENTS:
                name, forgotten = self._clients.popitem(last=False)
                for request, trail in forgotten.items():
                    self._end(name, request, trail)
        self._clients.move_to_end(client)
        return trails

    def _is_over(self, trail: _Trail, now: float) -> bool:
        """A run of refusals ends with its window; a storm with a silence as long as its latest block."""
        if not trail.looping:
            return now - trail.since > self._policy.window_seconds
        return now - max(trail.last_at, trail.blocked_until) > self._block_seconds(trail.times)

    def _block_seconds(self, times: int) -> float:
        policy = self._policy
        return min(policy.block_seconds * 2.0 ** min(times - 1, 20), policy.longest_block_seconds)

    def _block(self, client: str, request: Repeated, trail: _Trail, now: float) -> None:
        trail.times += 1
        trail.blocked_until = now + self._block_seconds(trail.times)
        if trail.looping:
            return
        trail.looping = True
        if self._observer is not None:
            self._observer.storm_began(request.route)
        self._tell("client_looping", client, request, trail)

    def _end(self, client: str, request: Repeated, trail: _Trail) -> None:
        if trail.looping:
            if self._observer is not None:
                self._observer.storm_ended(request.route)
            self._tell("client_loop_ended", client, request, trail)

    def _tell(self, event: str, client: str, request: Repeated, trail: _Trail) -> None:
        _log.warning(
            event,
            alarm=True,
            sender=client,
            method=request.method,
            route=request.route,
            codes=[trail.code.value],
            count=trail.count,
            seconds=round(trail.last_at - trail.since, 3),
        )
