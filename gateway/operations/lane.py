"""One upstream's lane: claims within the agreed concurrency, sends or asks, writes down the end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog

from gateway.operations.breaker import Breaker
from gateway.operations.claims import Claim, Ended, TakenUp, Wanted, claim, finish, next_due
from gateway.operations.model import Outcome, Result, State, Step
from gateway.operations.policy import GUARD_SECONDS, DeliveryPolicy, Standing, decide
from gateway.operations.signals import EVENTS, Signals, ended, work
from gateway.operations.words import Words, seal_words
from gateway.ports import Clock, Ids, Sealer, Upstream
from gateway.rules.findings import Refused
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import open_payload
from gateway.store.grouping import Store, StoreUnavailable
from gateway.system import spread
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)

_UNANSWERED = {Outcome.NOT_SENT, Outcome.IN_DOUBT, Outcome.REFUSED}


class LaneObserver(Protocol):
    """Who counts what lanes do (metrics)."""

    def attempt_ended(self, upstream: str, step: Step, outcome: Outcome, seconds: float) -> None:
        """One attempt has ended."""
        ...

    def operation_ended(self, upstream: str, state: State) -> None:
        """An operation has reached a final state or was parked."""
        ...

    def breaker_changed(self, upstream: str, state: str) -> None:
        """The breaker is now closed, open or half-open."""
        ...


class Lane:
    """Delivers one upstream's operations."""

    def __init__(
        self,
        *,
        upstream: Upstream,
        policy: DeliveryPolicy,
        breaker: Breaker,
        store: Store,
        signals: Signals,
        clock: Clock,
        ids: Ids,
        observer: LaneObserver,
        sealer: Sealer,
    ) -> None:
        self.upstream = upstream
        self.policy = policy
        self.breaker = breaker
        self.last_success_at: datetime | None = None
        self._store = store
        self._signals = signals
        self._clock = clock
        self._ids = ids
        self._observer = observer
        self._sealer = sealer
        self._paused: str | None = None
        self._draining = False
        self._calls = 0
        """Attempts that use the upstream at this moment: what the agreed concurrency bounds."""
        self._under_way: set[asyncio.Task[None]] = set()
        """Attempts not yet written down."""
        self._topic = work(upstream.name)

    def set_paused(self, reason: str | None) -> None:
        """Pause with a reason, or resume with ``None``."""
        self._paused = reason

    async def run(self) -> None:
        """Deliver until drained."""
        while not self._draining:
            woken = self._signals.expect(self._topic)
            try:
                wait = await self._take_up()
            except StoreUnavailable:
                log.warning("store_unavailable", task="claim", upstream=self.upstream.name)
                wait = self.policy.poll_seconds
            if wait > 0:
                await self._signals.wait(woken, wait)
            else:
                woken.cancel()

    async def drain(self, seconds: float) -> None:
        """Begin nothing more; wait for what is under way; stop what takes longer, leaving it in doubt."""
        self._draining = True
        self._signals.fire(self._topic)
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)
        late = tuple(self._under_way)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _take_up(self) -> float:
        """Claim and begin what may be begun now; returns how long to wait before looking again."""
        free = self.policy.concurrency - self._calls
        allowed = 0 if self._paused is not None or self._draining else self.breaker.permits(free)
        if allowed == 0:
            until_probe = self.breaker.seconds_until_probe()
            return max(0.01, min(until_probe, self.policy.poll_seconds)) if until_probe else self.policy.poll_seconds
        taken_at = time.monotonic()
        wanted = Wanted(self.upstream.name, allowed, self._ids.new(), self.policy.lease_seconds, self._clock.now())
        taken: TakenUp = await self._store.submit(claim, wanted)
        for operation in taken.idle:
            self._observer.operation_ended(self.upstream.name, State.CANCELLED)
            self._signals.fire(ended(operation))
        if taken.idle:
            self._signals.fire(EVENTS)
        claimed = taken.claims
        for one in claimed:
            self.breaker.began()
            self._calls += 1
            task = asyncio.create_task(self._attempt(one, taken_at), name=f"attempt-{one.message.operation_id}")
            self._under_way.add(task)
            task.add_done_callback(self._attempt_done)
        if claimed:
            return 0.0
        due = await self._store.read(partial(next_due, upstream=self.upstream.name))
        pause = self.policy.poll_seconds / 2 + spread(self.policy.poll_seconds / 2)
        return pause if due is None else min(pause, max(0.005, (due - self._clock.now()).total_seconds()))

    def _attempt_done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._signals.fire(self._topic)
        if not task.cancelled() and (error := task.exception()) is not None:
            # A defect in an adapter. The operation stays SENDING until its lease ends, and then is in doubt.
            self.breaker.gave_up()
            log.error("attempt_failed", upstream=self.upstream.name, error_type=type(error).__name__, exc_info=error)

    async def _attempt(self, claimed: Claim, taken_at: float) -> None:
        """Send or ask once. ``taken_at`` is when the claim was asked for, by the monotonic clock."""
        started = self._clock.now()
        try:
            if self._is_stale(taken_at):
                self.breaker.gave_up()
                log.warning("lease_lost", upstream=self.upstream.name, operation_id=str(claimed.message.operation_id))
                return
            result = await self._call(claimed)
        except asyncio.CancelledError:
            self.breaker.gave_up()
            stopped = Result(outcome=Outcome.IN_DOUBT, reason="GATEWAY_STOPPED", unavailable=True)
            async with asyncio.timeout(GUARD_SECONDS):  # if even this fails, recovery at the next start finds it
                await self._write_end(claimed, started, stopped)
            raise
        finally:
            # The upstream is free for the next one, while the end of this one is still being written down.
            self._calls -= 1
            self._signals.fire(self._topic)
        self._tell_breaker(result)
        await self._write_end(claimed, started, result)

    def _is_stale(self, taken_at: float) -> bool:
        """Whether this process was stopped for so long that another may hold the claim before the attempt would end."""
        longest = self.policy.attempt_seconds + GUARD_SECONDS
        return time.monotonic() - taken_at > self.policy.lease_seconds - longest

    async def _call(self, claimed: Claim) -> Result:
        sealed = claimed.message
        try:
            message = replace(sealed, payload=open_payload(self._sealer, sealed.operation_id, sealed.payload))
        except CannotOpen:
            log.error("payload_unreadable", alarm=True, operation_id=str(sealed.operation_id))  # noqa: TRY400 - says it all
            return Result(outcome=Outcome.REFUSED, reason="PAYLOAD_UNREADABLE")
        except Refused:
            return Result(outcome=Outcome.REFUSED, reason=ErrorCode.CONTENT_ERASED.value)
        try:
            async with asyncio.timeout(self.policy.attempt_seconds + GUARD_SECONDS):
                if claimed.step is Step.SEND:
                    return await self.upstream.deliver(message)
                return await self.upstream.ask(message)
        except TimeoutError:
            return Result(outcome=Outcome.IN_DOUBT, reason="ATTEMPT_DEADLINE", unavailable=True)

    async def _write_end(self, claimed: Claim, started: datetime, result: Result) -> None:
        now = self._clock.now()
        standing = Standing(claimed.accepted_at, claimed.message.attempt, claimed.strikes)
        transition = decide(standing, claimed.step, result, now, self.policy)
        words = seal_words(self._sealer, claimed.message.business_key, Words(result.rejections))
        end = Ended(claimed, result, transition, started, now, words)
        name = self.upstream.name
        self._observer.attempt_ended(name, claimed.step, result.outcome, (now - started).total_seconds())
        while True:
            try:
                written: bool = await self._store.submit(finish, end)
                break
            except StoreUnavailable:
                log.warning("store_unavailable", task="finish", upstream=name)
                await asyncio.sleep(self.policy.poll_seconds)
        if not written:
            log.warning("lease_lost", upstream=name, operation_id=str(claimed.message.operation_id))
            return
        if transition.state.is_final or transition.state is State.PARKED:
            self._observer.operation_ended(name, transition.state)
            self._signals.fire(ended(claimed.message.operation_id))
            self._signals.fire(EVENTS)

    def _tell_breaker(self, result: Result) -> None:
        before = self.breaker.state
        if result.unavailable and result.outcome in _UNANSWERED:
            self.breaker.failed()
        else:
            self.breaker.succeeded()
            self.last_success_at = self._clock.now()
        if (after := self.breaker.state) != before:
            self._observer.breaker_changed(self.upstream.name, after)
            log.warning("breaker_changed", upstream=self.upstream.name, breaker=after, reason=result.reason)
