"""A journal and a dispatcher at work on a store, with an upstream in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.operations.dispatcher import Dispatcher
from gateway.operations.journal import Journal
from gateway.operations.model import OperationRecord
from gateway.operations.policy import BreakerPolicy, DeliveryPolicy
from gateway.operations.signals import Signals
from gateway.store.grouping import Store
from tests.support.doubles import ScriptedUpstream, SilentObserver, SystemClock, SystemIds
from tests.support.journal import SEALER, make_journal, submission

QUICK = DeliveryPolicy(
    concurrency=4,
    attempt_seconds=5,
    backoff_seconds=0.01,
    backoff_cap_seconds=0.02,
    ask_after_seconds=0.01,
    strikes=4,
    lease_seconds=30,
    poll_seconds=0.05,
    breaker=BreakerPolicy(consecutive_failures=3, probe_seconds=0.05),
)


@dataclass
class House:
    journal: Journal
    dispatcher: Dispatcher
    upstream: ScriptedUpstream
    observer: SilentObserver
    store: Store

    async def submit(self, *marks: object) -> list[OperationRecord]:
        accepted = await asyncio.gather(*(self.journal.submit_case(submission(mark)) for mark in marks))
        return [one.operation for one in accepted]

    async def end_of(self, operation: OperationRecord) -> OperationRecord:
        record = await self.journal.wait_for_end(operation.id, 10)
        assert record is not None
        return record

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def house(store: Store, policy: DeliveryPolicy = QUICK, upstream: ScriptedUpstream | None = None):
    signals = Signals()
    upstream = upstream or ScriptedUpstream()
    observer = SilentObserver()
    dispatcher = Dispatcher(
        store=store,
        signals=signals,
        clock=SystemClock(),
        ids=SystemIds(),
        destinations=[(upstream, policy)],
        observer=observer,
        exclusive=True,
        sealer=SEALER,
    )
    journal = make_journal(store, clock=SystemClock(), signals=signals)
    await dispatcher.start()
    try:
        yield House(journal, dispatcher, upstream, observer, store)
    finally:
        await dispatcher.drain(2)
