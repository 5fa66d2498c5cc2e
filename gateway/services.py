"""What the HTTP layer is given: everything handlers need, injected, and the small protocols behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum
from typing import Final, Protocol

from aiohttp import web

from gateway.access.permissions import Ownership, Permission
from gateway.access.principal import PrincipalKind
from gateway.checking.checks import CaseChecks, ChecksHere
from gateway.limits.coalescing import SharedReads
from gateway.limits.concurrency import ConcurrencyGate
from gateway.limits.policy import ConcurrencyPolicy, StormPolicy
from gateway.limits.storm import StormGuard
from gateway.operations.journal import Journal
from gateway.operations.model import Channel, UpstreamStatus
from gateway.ports import AuditTrail, BlindIndex, Clock, Ids, OrganisationRegister
from gateway.reference.medicine_register import MedicinesInMemory
from gateway.rules.findings import Refused
from gateway.rules.ksf import DEFAULT_LAYOUT, KsfLayout
from gateway.store.grouping import StoreHealth
from gateway.telemetry.access import AccessLog
from gateway.telemetry.metrics import Metrics
from schemas.errors import ErrorCode

SENDER_HEADER: Final = "Gateway-Sender"
"""Names the sender while clients are not authenticated and only this machine can reach the service."""


class Phase(IntEnum):
    """Where the process stands in its life."""

    SERVING = 1
    LEAVING = 2
    """Told to stop: readiness fails, so that nobody new is sent here; everything else goes on."""
    DRAINING = 3
    """Requests are still answered, each connection is closed with its answer, long waits end."""
    STOPPING = 4
    """Requests are refused with SERVICE_STOPPING."""


class Lifecycle:
    """The phase of the process; composition moves it on, the HTTP layer obeys."""

    def __init__(self) -> None:
        self.phase = Phase.SERVING
        self._draining = asyncio.Event()

    def leave(self) -> None:
        """Enter LEAVING."""
        self.phase = max(self.phase, Phase.LEAVING)

    def drain(self) -> None:
        """Enter DRAINING: long waits end at once."""
        self.phase = max(self.phase, Phase.DRAINING)
        self._draining.set()

    def stop(self) -> None:
        """Enter STOPPING."""
        self.phase = Phase.STOPPING
        self._draining.set()

    async def draining(self) -> None:
        """Return once the process is told to stop."""
        await self._draining.wait()


class Dispatcher(Protocol):
    """What operators see and do about upstreams."""

    async def statuses(self) -> Sequence[UpstreamStatus]:
        """How every upstream stands."""
        ...

    async def pause(self, name: str, *, by: str, reason: str) -> None:
        """Stop delivering to an upstream; raises ``Refused`` (UPSTREAM_NOT_FOUND)."""
        ...

    async def resume(self, name: str, *, by: str, reason: str) -> None:
        """Deliver again; raises ``Refused`` (UPSTREAM_NOT_FOUND)."""
        ...


class StoreProbe(Protocol):
    """Tries the store."""

    async def check(self) -> StoreHealth:
        """How the store stands now. Never raises for a failing store: that is its answer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends a request, and over whose data it may do what it asks for.

    ``name`` is the client's id or the person's id in our register. ``organisations`` are those it answers for here,
    ``None`` for all of them. ``key`` is the thumbprint of the key that signed the request, where one did.
    """

    name: str
    organisations: frozenset[str] | None
    channel: Channel
    kind: PrincipalKind = PrincipalKind.MACHINE
    key: str | None = None

    def may_see(self, organisation: str) -> bool:
        """Whether data of this organisation are the sender's own."""
        return self.organisations is None or organisation in self.organisations


class Access(Protocol):
    """Decides who gets in."""

    async def admit(self, request: web.Request, permission: Permission) -> Sender | None:
        """The proven sender of a request that it may make; ``None`` where everybody may and nobody is asked.

        Raises ``Refused``.
        """
        ...


class NamedSenders:
    """Access while nothing is configured: senders by the name they give in :data:`SENDER_HEADER`, else the default one.

    Fit only while the service listens on loopback: a name proves nothing.
    """

    def __init__(self, senders: Mapping[str, Sender], default: str) -> None:
        self._senders = dict(senders)
        self._default = self._senders[default]

    async def admit(self, request: web.Request, permission: Permission) -> Sender | None:
        """The named sender; raises ``Refused``: SENDER_UNKNOWN, or ACCESS_DENIED for what only concerns the country."""
        if permission.public:
            return None
        name = request.headers.get(SENDER_HEADER)
        sender = self._default if name is None else self._senders.get(name)
        if sender is None:
            raise Refused.because(ErrorCode.SENDER_UNKNOWN, f"header:{SENDER_HEADER}")
        if permission.ownership is Ownership.COUNTRY and sender.organisations is not None:
            raise Refused.because(ErrorCode.ACCESS_DENIED)
        return sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request may cost."""

    body_bytes: int = 1024 * 1024
    """Largest body of one message, decompressed; in a batch, largest line."""
    body_seconds: float = 10.0
    """How long a body may take to arrive; in a batch, the longest silence."""
    batch_records: int = 100_000
    wait_seconds: int = 25
    """Longest ``Prefer: wait`` and longest poll for events."""
    page: int = 500
    """Most items on a page."""
    health_seconds: float = 2.0
    """How long a health result is kept."""
    disk_fail: float = 0.10
    """Below this free fraction of the disk the gateway is not ready."""
    disk_warn: float = 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSettings:
    """What the rules of the treated case are told."""

    layout: KsfLayout = DEFAULT_LAYOUT
    pilot_until: date = date(2026, 1, 1)
    """First Bishkek day of regular work."""
    clock_tolerance: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the HTTP layer works with."""

    journal: Journal
    dispatcher: Dispatcher
    store_probe: StoreProbe
    register: OrganisationRegister
    clock: Clock
    ids: Ids
    index: BlindIndex
    audit: AuditTrail
    access: Access
    checks: CaseChecks = field(default_factory=ChecksHere)
    medicines: MedicinesInMemory = field(default_factory=MedicinesInMemory)
    audit_head_age: Callable[[], float] = float
    """Seconds for which entries of the audit have been without a signed head."""
    gate: ConcurrencyGate = field(default_factory=lambda: ConcurrencyGate(ConcurrencyPolicy()))
    reads: SharedReads = field(default_factory=SharedReads)
    storms: StormGuard = field(default_factory=lambda: StormGuard(StormPolicy()))
    case: CaseSettings = field(default_factory=CaseSettings)
    limits: Limits = field(default_factory=Limits)
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    metrics: Metrics = field(default_factory=Metrics)
    access_log: AccessLog = field(default_factory=AccessLog)


SERVICES: Final = web.AppKey("services", Services)
