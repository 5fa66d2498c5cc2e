"""Stand-ins for the outside: a clock that is set by hand, counted identifiers, an upstream that does as it is told."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

from gateway.operations.model import OutboundMessage, Outcome, Result, State, Step
from gateway.ports import AuditEvent

NOON = datetime(2026, 1, 15, 6, 0, tzinfo=UTC)
"""Noon in Bishkek on 15 January 2026."""


class SettableClock:
    """A clock that stands still unless moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemIds:
    """Real time-ordered identifiers."""

    def new(self) -> UUID:
        return uuid_utils.compat.uuid7()


class ClockIds:
    """Time-ordered identifiers by a clock that may be moved."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock

    def new(self) -> UUID:
        milliseconds = int(self.clock.now().timestamp() * 1000)
        return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | secrets.randbits(62))


class ScriptedUpstream:
    """An upstream in memory: stores what it is sent, answers by script, can be asked."""

    def __init__(self, name: str = "foms") -> None:
        self._name = name
        self.stored: dict[tuple[str, int], str] = {}
        self.sent: Counter[UUID] = Counter()
        self.asked: Counter[UUID] = Counter()
        self.order: list[tuple[str, int]] = []
        self.script: Callable[[OutboundMessage, Step], Result | None] = lambda _message, _step: None
        self.gate: asyncio.Event | None = None
        self.under_way = 0
        self.most_under_way = 0

    @property
    def name(self) -> str:
        return self._name

    def store(self, message: OutboundMessage) -> str:
        return self.stored.setdefault((message.business_key, message.revision), f"F-{len(self.stored) + 1:06d}")

    async def deliver(self, message: OutboundMessage) -> Result:
        self.sent[message.operation_id] += 1
        self.order.append((message.business_key, message.revision))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if (scripted := self.script(message, Step.SEND)) is not None:
                return scripted
            return Result(outcome=Outcome.DELIVERED, reason="OK", record_number=self.store(message))
        finally:
            self.under_way -= 1

    async def ask(self, message: OutboundMessage) -> Result:
        self.asked[message.operation_id] += 1
        if (scripted := self.script(message, Step.ASK)) is not None:
            return scripted
        number = self.stored.get((message.business_key, message.revision))
        if number is None:
            return Result(outcome=Outcome.NOT_FOUND, reason="NOT_FOUND")
        return Result(outcome=Outcome.DELIVERED, reason="FOUND", record_number=number)

    async def close(self) -> None:
        return None


class SilentObserver:
    """Counts what lanes report."""

    def __init__(self) -> None:
        self.attempts: Counter[tuple[Step, Outcome]] = Counter()
        self.ends: Counter[State] = Counter()
        self.breakers: list[str] = []

    def attempt_ended(self, upstream: str, step: Step, outcome: Outcome, seconds: float) -> None:
        assert upstream
        assert seconds >= 0
        self.attempts[step, outcome] += 1

    def operation_ended(self, upstream: str, state: State) -> None:
        assert upstream
        self.ends[state] += 1

    def breaker_changed(self, upstream: str, state: str) -> None:
        assert upstream
        self.breakers.append(state)


class ListedAudit:
    """An audit trail in memory."""

    def __init__(self) -> None:
        self.events: list[AuditEvent] = []

    async def record(self, event: AuditEvent) -> None:
        self.events.append(event)
