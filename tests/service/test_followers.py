"""Followers: events handed on in order and at least once, review decisions taken over; old keys forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from gateway.operations.followers import EventPump, ReviewPoller
from gateway.operations.housekeeping import Housekeeping
from gateway.operations.model import Event
from gateway.operations.signals import Signals
from gateway.ports import ReviewDecision
from gateway.reference.organisations import OrganisationsInMemory
from gateway.store.grouping import Store
from gateway.store.tables import operations
from tests.support.doubles import NOON, ClockIds, SettableClock, SystemClock, SystemIds
from tests.support.house import QUICK, house
from tests.support.journal import SEALER, make_journal, submission


class Sink:
    name = "sink"

    def __init__(self, failures: int = 0) -> None:
        self.taken: list[Event] = []
        self.failures = failures

    async def publish(self, events: Sequence[Event]) -> bool:
        if self.failures:
            self.failures -= 1
            return False
        self.taken += events
        return True


class Fund:
    def __init__(self, decisions: Sequence[ReviewDecision]) -> None:
        self.decisions = list(decisions)
        self.asked: list[str | None] = []

    async def review_decisions(self, after: str | None, limit: int) -> Sequence[ReviewDecision] | None:
        self.asked.append(after)
        if len(self.asked) == 1:
            return None  # the first question goes wrong
        return [one for one in self.decisions if after is None or one.position > after][:limit]


async def until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def pump_of(store: Store, sink: Sink) -> EventPump:
    return EventPump(
        sink=sink,
        upstream="foms",
        store=store,
        clock=SystemClock(),
        ids=SystemIds(),
        policy=QUICK,
        signals=Signals(),
        sealer=SEALER,
    )


async def test_events_reach_a_sink_that_fails_at_first_in_order_and_once(store: Store):
    async with house(store) as home:
        for operation in await home.submit(*range(25)):
            await home.end_of(operation)
        sink = Sink(failures=2)
        pump = pump_of(store, sink)
        task = asyncio.create_task(pump.run())
        await until(lambda: len(sink.taken) == 25)
        await stopped(task)
        assert [event.position for event in sink.taken] == sorted({event.position for event in sink.taken})
        again = pump_of(store, sink)
        (late,) = await home.submit("late")
        await home.end_of(late)
        task = asyncio.create_task(again.run())
        await until(lambda: len(sink.taken) == 26)
        await stopped(task)
        assert sink.taken[-1].business_key == late.business_key


async def test_a_sink_hears_nothing_of_other_upstreams(store: Store):
    async with house(store) as home:
        sink = Sink()
        (case,) = await home.submit("case")
        await home.end_of(case)

        def elsewhere(connection: Connection) -> None:
            connection.execute(update(operations).values(upstream="drug-programme"))

        await store.write(elsewhere)
        (other,) = await home.submit("other")
        await home.end_of(other)
        pump = pump_of(store, sink)
        task = asyncio.create_task(pump.run())
        await until(lambda: bool(sink.taken))
        await stopped(task)
        assert [event.business_key for event in sink.taken] == [other.business_key]


async def test_of_two_pumps_one_follows(store: Store):
    async with house(store) as home:
        sink = Sink()
        pumps = [pump_of(store, sink) for _ in range(2)]
        tasks = [asyncio.create_task(pump.run()) for pump in pumps]
        for operation in await home.submit(*range(40)):
            await home.end_of(operation)
        await until(lambda: len(sink.taken) >= 40)
        for task in tasks:
            await stopped(task)
        assert len(sink.taken) == 40


async def test_review_decisions_stand_beside_the_case_and_in_the_feed(store: Store):
    async with house(store) as home:
        (operation,) = await home.submit("a")
        await home.end_of(operation)
        number = operation.business_key
        decisions = [
            ReviewDecision(
                position="0001", ksf_number=number, revision=1, state="refused", reason="Диагноз далилденген эмес",
                amount="1250.00", decided_at=NOON,
            ),
            ReviewDecision(
                position="0002", ksf_number="99999999999999999", revision=1, state="accepted", reason=None,
                amount=None, decided_at=NOON,
            ),
        ]  # fmt: skip
        fund = Fund(decisions)
        poller = ReviewPoller(
            source=fund, store=store, clock=SystemClock(), ids=SystemIds(), policy=QUICK, signals=Signals(),
            sealer=SEALER, every_seconds=0.02,
        )  # fmt: skip
        task = asyncio.create_task(poller.run())
        await until(lambda: fund.asked[-1:] == ["0002"])
        await stopped(task)
        case = await home.journal.case(number)
        assert case is not None
        assert (case.review_state, case.review_amount) == ("refused", "1250.00")
        told = [event for event in await home.journal.events(0, 100) if event.type == "treated-case.reviewed"]
        assert [(event.review_state, event.reason, event.amount) for event in told] == [
            ("refused", "Диагноз далилденген эмес", "1250.00")
        ]


async def test_a_key_is_forgotten_after_its_time_and_the_natural_key_is_not(store: Store):
    clock = SettableClock()
    journal = make_journal(store, clock=clock, ids=ClockIds(clock))
    await journal.submit_case(submission("a"))
    house_keeping = Housekeeping(store, clock, OrganisationsInMemory(), idempotency_days=45)
    clock.move(days=44, hours=23)
    assert await house_keeping.forget_old_keys() == 0
    assert (await journal.submit_case(submission("a"))).repeated
    await journal.submit_case(submission("b"))
    clock.move(days=1, hours=2)
    assert await house_keeping.forget_old_keys() == 1
    assert await house_keeping.forget_old_keys() == 0
    keys = await store.read(lambda c: list(c.execute(select(operations.c.idempotency_key)).scalars()))
    assert sorted(key is None for key in keys) == [False, True]
    assert (await journal.submit_case(submission("a"))).repeated
