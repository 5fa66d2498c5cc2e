"""``/health``: ``application/health+json`` for probes and people (draft-inadarei-api-health-check-06).

Our own store and disk decide readiness. An upstream that is down or paused is a warning: we go on accepting into the
journal. Strangers may read this, so it carries no versions, host names or names of upstreams.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar

from aiohttp import web

from gateway.api.answers import answer
from gateway.api.views import View
from gateway.operations.model import UpstreamStatus
from gateway.services import Limits, Phase, Services
from gateway.store.grouping import StoreHealth
from gateway.telemetry.lag import LoopLag
from schemas.api import HealthStatus

HEALTH_TYPE: Final = "application/health+json"
PROBE_SECONDS: Final = 2.0
"""A store that says nothing for so long counts as failing."""
LAG_WARN_SECONDS: Final = 0.5
LAG_FAIL_SECONDS: Final = 5.0

T = TypeVar("T")
Checks = dict[str, list[View]]
_ORDER: Final = (HealthStatus.PASS, HealthStatus.WARN, HealthStatus.FAIL)
_UNKNOWN_STORE: Final = StoreHealth(
    writable=False, migrated=False, disk_free_fraction=None, latency_seconds=PROBE_SECONDS
)


class Kept(Generic[T]):
    """A result that is kept for a while, and found out once however many ask."""

    def __init__(self, find_out: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._find_out = find_out
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._result: tuple[float, T] | None = None

    async def get(self) -> T:
        """The result, at most ``seconds`` old."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._result is None or now - self._result[0] >= self._seconds:
                self._result = (now, await self._find_out())
            return self._result[1]


class HealthReport:
    """What the health routes tell."""

    def __init__(self, services: Services, lag: LoopLag) -> None:
        self._services = services
        self._lag = lag
        self._store = Kept(self._probe_store, services.limits.health_seconds)
        self._upstreams = Kept(services.dispatcher.statuses, services.limits.health_seconds)

    def live(self) -> Checks:
        """Whether the event loop turns. Depends on nothing else, so that nothing else gets us restarted."""
        lag = self._lag.seconds()
        status = _graded(failed=lag >= LAG_FAIL_SECONDS, warned=lag >= LAG_WARN_SECONDS)
        return {"eventloop:lag": [_check(status, self._now(), value=round(lag, 3), unit="s")]}

    async def ready(self) -> Checks:
        """Whether requests should be sent here."""
        serving = self._services.lifecycle.phase is Phase.SERVING
        checks = {"process:serving": [_check(_pass_if(good=serving), self._now(), value=serving)]}
        return checks | store_checks(await self._store.get(), self._services.limits, self._now())

    async def startup(self) -> Checks:
        """Whether the start is over, the store's migrations included."""
        store = await self._store.get()
        return {"store:migrations": [_check(_pass_if(good=store.migrated), self._now(), value=store.migrated)]}

    async def everything(self) -> Checks:
        """All checks together, the upstreams' too."""
        return self.live() | await self.ready() | upstream_checks(await self._upstreams.get(), self._now())

    async def _probe_store(self) -> StoreHealth:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return await self._services.store_probe.check()
        except TimeoutError:
            return _UNKNOWN_STORE

    def _now(self) -> datetime:
        return self._services.clock.now()


HEALTH: Final = web.AppKey("health", HealthReport)


async def live(request: web.Request) -> web.Response:
    """``GET /health/live``."""
    return _answer(request.app[HEALTH].live())


async def ready(request: web.Request) -> web.Response:
    """``GET /health/ready``."""
    return _answer(await request.app[HEALTH].ready())


async def startup(request: web.Request) -> web.Response:
    """``GET /health/startup``."""
    return _answer(await request.app[HEALTH].startup())


async def everything(request: web.Request) -> web.Response:
    """``GET /health``."""
    return _answer(await request.app[HEALTH].everything())


def store_checks(store: StoreHealth, limits: Limits, now: datetime) -> Checks:
    """What our own store and its disk say; these decide readiness."""
    checks = {
        "store:writable": [_check(_pass_if(good=store.writable), now, value=store.writable)],
        "store:migrations": [_check(_pass_if(good=store.migrated), now, value=store.migrated)],
        "store:responseTime": [_check(HealthStatus.PASS, now, value=round(store.latency_seconds * 1000, 3), unit="ms")],
    }
    free = store.disk_free_fraction
    if free is not None:
        status = _graded(failed=free < limits.disk_fail, warned=free < limits.disk_warn)
        checks["disk:free"] = [_check(status, now, value=round(free * 100, 1), unit="percent")]
    return checks


def upstream_checks(statuses: Sequence[UpstreamStatus], now: datetime) -> Checks:
    """What the upstreams say; at worst a warning."""
    return {"upstreams:availability": [_check(_usable(status), now) for status in statuses]}


def _usable(status: UpstreamStatus) -> HealthStatus:
    return _graded(failed=False, warned=status.paused or status.breaker != "closed")


def _graded(*, failed: bool, warned: bool) -> HealthStatus:
    if failed:
        return HealthStatus.FAIL
    return HealthStatus.WARN if warned else HealthStatus.PASS


def _pass_if(*, good: bool) -> HealthStatus:
    return HealthStatus.PASS if good else HealthStatus.FAIL


def _check(status: HealthStatus, now: datetime, *, value: float | None = None, unit: str | None = None) -> View:
    return {"status": status.value, "observedValue": value, "observedUnit": unit, "time": now}


def _answer(checks: Checks) -> web.Response:
    """The worst check decides: 503 for fail, else 200."""
    found = [HealthStatus(check["status"]) for group in checks.values() for check in group]
    worst = max(found, key=_ORDER.index, default=HealthStatus.PASS)
    status = 503 if worst is HealthStatus.FAIL else 200
    return answer({"status": worst.value, "checks": checks}, status=status, media_type=HEALTH_TYPE)
