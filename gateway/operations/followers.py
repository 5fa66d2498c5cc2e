"""Followers of feeds: the event pump (ours to a sender's callback), the review poller (the fund's to ours)."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import Connection, select, update

from gateway.operations.feed import append_events, event_row, read_events
from gateway.operations.policy import DeliveryPolicy, backoff
from gateway.operations.signals import EVENTS, Signals
from gateway.operations.words import Words, opened_event, seal_words
from gateway.ports import Clock, EventSink, Ids, ReviewDecision, ReviewSource, Sealer
from gateway.store import cursors
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.tables import treated_cases

log = structlog.get_logger(__name__)

_LEASE_SECONDS = 60.0
_BATCH = 100


class _Follower(ABC):
    """The loop both share: take the cursor's lease, make steps while there is something, wait, back off on failure."""

    def __init__(self, *, cursor: str, store: Store, clock: Clock, ids: Ids, policy: DeliveryPolicy) -> None:
        self._cursor = cursor
        self._store = store
        self._clock = clock
        self._policy = policy
        self._lease = ids.new()
        self._failures = 0

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                await self._pause(await self._turn())
        finally:
            await asyncio.shield(self._release())

    async def _release(self) -> None:
        try:
            async with asyncio.timeout(2):
                await self._store.write(partial(cursors.release, name=self._cursor, lease=self._lease))
        except (StoreUnavailable, TimeoutError):
            log.warning("lease_not_released", cursor=self._cursor)

    async def _turn(self) -> float:
        """One look; returns how many seconds to wait."""
        try:
            value = await self._store.write(
                partial(
                    cursors.take,
                    name=self._cursor,
                    lease=self._lease,
                    now=self._clock.now(),
                    seconds=_LEASE_SECONDS,
                )
            )
            if value is None:
                return _LEASE_SECONDS / 4
            took = await self._step(value)
        except StoreUnavailable:
            took = None
        if took is None:
            self._failures += 1
            return backoff(self._failures, self._policy)
        self._failures = 0
        return 0.0 if took else self._idle_seconds()

    @abstractmethod
    async def _step(self, value: str) -> bool | None:
        """Handle what comes after ``value``: whether there was something; ``None`` on failure."""

    def _idle_seconds(self) -> float:
        return self._policy.poll_seconds

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class EventPump(_Follower):
    """Hands our events to a sink, in order, each at least once; the sink recognises repeats by position.

    Only those of operations for ``upstream``, and what that one told by itself: a hospital's system is not told what
    pharmacies do.
    """

    def __init__(
        self,
        *,
        sink: EventSink,
        upstream: str,
        store: Store,
        clock: Clock,
        ids: Ids,
        policy: DeliveryPolicy,
        signals: Signals,
        sealer: Sealer,
    ) -> None:
        super().__init__(cursor=f"sink/{sink.name}", store=store, clock=clock, ids=ids, policy=policy)
        self._sink = sink
        self._upstream = upstream
        self._signals = signals
        self._sealer = sealer

    async def _step(self, value: str) -> bool | None:
        waiting = await self._store.read(partial(read_events, after=int(value or 0), limit=_BATCH))
        if not waiting:
            return False
        concerning = [opened_event(self._sealer, one) for one in waiting if one.upstream in {None, self._upstream}]
        if concerning and not await self._sink.publish(concerning):
            log.warning("events_not_taken", sink=self._sink.name)
            return None
        await self._store.write(
            partial(cursors.advance, name=self._cursor, lease=self._lease, value=str(waiting[-1].position))
        )
        return True

    async def _pause(self, seconds: float) -> None:
        if self._failures:
            await asyncio.sleep(seconds)
        elif seconds > 0:
            await self._signals.wait(self._signals.expect(EVENTS), seconds)


class ReviewPoller(_Follower):
    """Asks the fund for expert control's decisions and puts them beside the cases and into our feed."""

    def __init__(
        self,
        *,
        source: ReviewSource,
        store: Store,
        clock: Clock,
        ids: Ids,
        policy: DeliveryPolicy,
        signals: Signals,
        sealer: Sealer,
        every_seconds: float,
    ) -> None:
        super().__init__(cursor="reviews", store=store, clock=clock, ids=ids, policy=policy)
        self._source = source
        self._signals = signals
        self._sealer = sealer
        self._every_seconds = every_seconds

    def _idle_seconds(self) -> float:
        return self._every_seconds

    async def _step(self, value: str) -> bool | None:
        decisions = await self._source.review_decisions(value or None, _BATCH)
        if decisions is None:
            return None
        if not decisions:
            return False
        await self._store.write(partial(self._apply, decisions=decisions))
        self._signals.fire(EVENTS)
        return True

    def _apply(self, connection: Connection, decisions: Sequence[ReviewDecision]) -> None:
        if not cursors.advance(connection, name=self._cursor, lease=self._lease, value=decisions[-1].position):
            return  # another node follows now, and will apply them
        rows = []
        for decision in decisions:
            case = connection.execute(
                select(treated_cases.c.organisation, treated_cases.c.operation_id, treated_cases.c.record_number).where(
                    treated_cases.c.ksf_number == decision.ksf_number
                )
            ).one_or_none()
            if case is None:
                log.warning("review_of_unknown_case", position=decision.position)
                continue
            words = seal_words(self._sealer, decision.ksf_number, Words(reason=decision.reason))
            connection.execute(
                update(treated_cases)
                .where(treated_cases.c.ksf_number == decision.ksf_number)
                .values(
                    review_state=decision.state,
                    review_reason=words,
                    review_amount=decision.amount,
                    reviewed_at=decision.decided_at,
                )
            )
            rows.append(
                event_row(
                    type_="treated-case.reviewed",
                    at=self._clock.now(),
                    operation_id=case.operation_id,
                    organisation=case.organisation,
                    business_key=decision.ksf_number,
                    revision=decision.revision,
                    state=None,
                    record_number=case.record_number,
                    review_state=decision.state,
                    words=words,
                    amount=decision.amount,
                )
            )
        append_events(connection, rows)
