"""Delivering: outcomes, doubt, order, outages, crashes, drains; on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import Connection, select, update

from gateway.operations.claims import Wanted, claim
from gateway.operations.model import OutboundMessage, Outcome, Rejection, Result, State, Step
from gateway.operations.policy import BreakerPolicy
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from gateway.store.tables import interventions, operations
from schemas.errors import ErrorCode
from tests.support.doubles import ScriptedUpstream, SystemClock, SystemIds
from tests.support.house import QUICK, House, house
from tests.support.journal import make_journal, submission


@pytest.fixture
async def home(store: Store) -> AsyncIterator[House]:
    async with house(store) as built:
        yield built


def always(result: Result, *, step: Step = Step.SEND, times: int = 1_000_000):
    left = [times]

    def script(_message: OutboundMessage, now: Step) -> Result | None:
        if now is step and left[0] > 0:
            left[0] -= 1
            return result
        return None

    return script


DOUBT = Result(outcome=Outcome.IN_DOUBT, reason="READ_TIMEOUT", unavailable=True)


async def test_an_accepted_case_is_delivered_with_the_upstreams_record_number(home: House):
    (operation,) = await home.submit("a")
    record = await home.end_of(operation)
    assert (record.state, record.record_number, record.attempts) == (State.DELIVERED, "F-000001", 1)
    case = await home.journal.case(operation.business_key)
    assert case is not None
    assert (case.delivered_revision, case.record_number) == (1, "F-000001")


async def test_a_lost_reply_is_asked_about_and_not_sent_again(home: House):
    def store_then_lose(message: OutboundMessage, step: Step) -> Result | None:
        if step is Step.SEND:
            home.upstream.store(message)
            return DOUBT
        return None

    home.upstream.script = store_then_lose
    (operation,) = await home.submit("a")
    record = await home.end_of(operation)
    assert (record.state, record.record_number) == (State.DELIVERED, "F-000001")
    assert home.upstream.sent[operation.id] == 1
    steps = [(attempt.step, attempt.outcome) for attempt in await home.journal.attempts(operation.id)]
    assert steps == [(Step.SEND, Outcome.IN_DOUBT), (Step.ASK, Outcome.DELIVERED)]


async def test_a_lost_request_is_sent_again_only_after_asking(home: House):
    home.upstream.script = always(DOUBT, times=1)
    (operation,) = await home.submit("a")
    record = await home.end_of(operation)
    assert record.state is State.DELIVERED
    steps = [attempt.step for attempt in await home.journal.attempts(operation.id)]
    assert steps == [Step.SEND, Step.ASK, Step.SEND]


async def test_what_cannot_be_asked_waits_for_a_person(home: House):
    def script(_message: OutboundMessage, step: Step) -> Result:
        return DOUBT if step is Step.SEND else Result(outcome=Outcome.CANNOT_ASK, reason="CANNOT_ASK")

    home.upstream.script = script
    (operation,) = await home.submit("a")
    record = await home.end_of(operation)
    assert record.state is State.PARKED
    assert home.upstream.sent[operation.id] == 1


async def test_a_rejection_is_final_and_keeps_its_reasons(home: House):
    reasons = (Rejection("F-12", "Койка-дни не совпадают", "$.movements"),)
    home.upstream.script = always(Result(outcome=Outcome.REJECTED, reason="REJECTED", rejections=reasons))
    (operation,) = await home.submit("a")
    record = await home.end_of(operation)
    assert record.state is State.REJECTED
    assert record.rejections == reasons


async def test_what_was_not_sent_is_tried_again(home: House):
    home.upstream.script = always(Result(outcome=Outcome.NOT_SENT, reason="CONNECT", unavailable=True), times=2)
    (operation,) = await home.submit("a")
    record = await home.end_of(operation)
    assert (record.state, record.attempts) == (State.DELIVERED, 3)
    assert not home.upstream.asked


async def test_a_poison_case_is_parked_after_its_strikes_and_others_go_on(home: House):
    def script(message: OutboundMessage, _step: Step) -> Result | None:
        if b"poison" in message.payload:
            return Result(outcome=Outcome.NOT_SENT, reason="MAINTENANCE")
        return None

    home.upstream.script = script
    poison, *others = await home.submit("poison", *range(20))
    assert (await home.end_of(poison)).state is State.PARKED
    assert home.upstream.sent[poison.id] == QUICK.strikes
    for operation in others:
        assert (await home.end_of(operation)).state is State.DELIVERED


async def test_an_outage_parks_nothing_and_drains_afterwards(home: House):
    home.upstream.script = always(Result(outcome=Outcome.NOT_SENT, reason="CONNECT", unavailable=True))
    operations = await home.submit(*range(30))
    await home.until(lambda: sum(home.upstream.sent.values()) > 12)
    assert home.observer.breakers[0] == "open"
    home.upstream.script = lambda _message, _step: None
    for operation in operations:
        assert (await home.end_of(operation)).state is State.DELIVERED
    assert home.observer.breakers[-1] == "closed"


async def test_an_open_breaker_lets_one_probe_through_at_a_time(store: Store):
    policy = QUICK.model_copy(update={"breaker": BreakerPolicy(consecutive_failures=1, probe_seconds=0.02)})
    async with house(store, policy) as home:
        home.upstream.script = always(Result(outcome=Outcome.NOT_SENT, reason="CONNECT", unavailable=True), times=8)
        operations = await home.submit(*range(12))
        await home.until(lambda: sum(home.upstream.sent.values()) >= 5)
        home.upstream.most_under_way = home.upstream.under_way
        await home.until(lambda: sum(home.upstream.sent.values()) >= 8)
        assert home.upstream.most_under_way <= 1
        for operation in operations:
            await home.end_of(operation)


async def test_no_more_attempts_are_under_way_than_agreed(home: House):
    home.upstream.gate = asyncio.Event()
    operations = await home.submit(*range(20))
    await home.until(lambda: home.upstream.under_way == QUICK.concurrency)
    home.upstream.gate.set()
    for operation in operations:
        await home.end_of(operation)
    assert home.upstream.most_under_way == QUICK.concurrency


async def test_revisions_are_delivered_in_order_and_hold_up_nobody_else(home: House):
    number = "00000011895017425"

    def hold_the_first(message: OutboundMessage, step: Step) -> Result | None:
        if step is Step.SEND and message.business_key == number and not release.is_set():
            return Result(outcome=Outcome.NOT_SENT, reason="LATER", unavailable=False, retry_after=0.01)
        return None

    release = asyncio.Event()
    home.upstream.script = hold_the_first
    (first,) = await home.submit("a")
    second = submission("a", idempotency_key="put", correction_of=number, fingerprint=b"2")
    corrected = (await home.journal.submit_case(second)).operation
    (other,) = await home.submit("b")
    assert (await home.end_of(other)).state is State.DELIVERED
    release.set()
    assert (await home.end_of(first)).state is State.DELIVERED
    assert (await home.end_of(corrected)).state is State.DELIVERED
    revisions = [revision for key, revision in home.upstream.order if key == number]
    assert revisions == sorted(revisions)


async def test_a_pause_stops_new_attempts_and_resuming_goes_on(home: House):
    await home.dispatcher.pause("foms", by="operator", reason="agreed maintenance")
    (operation,) = await home.submit("a")
    status = (await home.dispatcher.statuses())[0]
    assert (status.paused, status.pause_reason, status.open_operations) == (True, "agreed maintenance", 1)
    assert not home.upstream.sent
    await home.dispatcher.resume("foms", by="operator", reason="over")
    assert (await home.end_of(operation)).state is State.DELIVERED
    with pytest.raises(Refused) as refused:
        await home.dispatcher.pause("nobody", by="operator", reason="?")
    assert refused.value.findings[0].code is ErrorCode.UPSTREAM_NOT_FOUND


async def test_a_crash_while_sending_is_doubt_and_is_asked_about(store: Store):
    journal = make_journal(store, clock=SystemClock())
    upstream = ScriptedUpstream()
    operation = (await journal.submit_case(submission("a"))).operation
    wanted = Wanted("foms", 5, SystemIds().new(), 60, SystemClock().now())
    (claimed,) = (await store.submit(claim, wanted)).claims
    upstream.store(claimed.message)  # the request arrived; then the gateway was killed
    async with house(store, upstream=upstream) as home:
        record = await home.end_of(operation)
    assert record.state is State.DELIVERED
    assert upstream.sent[operation.id] == 0
    assert upstream.asked[operation.id] == 1


async def test_an_operation_that_kills_gateways_is_set_aside(store: Store):
    journal = make_journal(store, clock=SystemClock())
    operation = (await journal.submit_case(submission("a"))).operation
    policy = QUICK.model_copy(update={"crashes": 1})
    await store.submit(claim, Wanted("foms", 5, SystemIds().new(), 60, SystemClock().now()))
    async with house(store, policy) as home:
        record = await home.end_of(operation)
    assert (record.state, record.reason) == (State.PARKED, "CRASHED_TOO_OFTEN")


async def test_an_outcome_under_a_lost_lease_is_not_written(home: House):
    home.upstream.gate = asyncio.Event()
    (operation,) = await home.submit("a")
    await home.until(lambda: home.upstream.under_way == 1)

    def take_away(connection: Connection) -> None:
        connection.execute(update(operations).values(lease=SystemIds().new(), state=State.IN_DOUBT.value))

    await home.store.write(take_away)
    home.upstream.gate.set()
    await home.until(lambda: home.upstream.under_way == 0)
    await home.until(lambda: home.observer.attempts[Step.SEND, Outcome.DELIVERED] == 1)
    await home.dispatcher.drain(2)
    record = await home.journal.operation(operation.id)
    assert record is not None
    assert record.state is State.IN_DOUBT


async def test_a_drain_lets_attempts_end(store: Store):
    async with house(store) as home:
        home.upstream.gate = asyncio.Event()
        (operation,) = await home.submit("a")
        await home.until(lambda: home.upstream.under_way == 1)
        draining = asyncio.create_task(home.dispatcher.drain(5))
        home.upstream.gate.set()
        await draining
        record = await home.journal.operation(operation.id)
        assert record is not None
        assert record.state is State.DELIVERED


async def test_what_outlasts_the_drain_is_in_doubt(store: Store):
    async with house(store) as home:
        home.upstream.gate = asyncio.Event()
        (operation,) = await home.submit("a")
        await home.until(lambda: home.upstream.under_way == 1)
        await home.dispatcher.drain(0.05)
        record = await home.journal.operation(operation.id)
        assert record is not None
        assert (record.state, record.reason) == (State.IN_DOUBT, "GATEWAY_STOPPED")


async def test_a_defect_in_an_adapter_stops_neither_the_lane_nor_the_truth(home: House):
    def broken(message: OutboundMessage, _step: Step) -> Result | None:
        if b"broken" in message.payload:
            raise ZeroDivisionError
        return None

    home.upstream.script = broken
    bad, good = await home.submit("broken", "fine")
    assert (await home.end_of(good)).state is State.DELIVERED
    record = await home.journal.operation(bad.id)
    assert record is not None
    assert record.state is State.SENDING


async def test_people_retry_park_and_resolve_with_reasons(home: House):
    home.upstream.script = always(Result(outcome=Outcome.REFUSED, reason="ACCESS_DENIED"), times=2)
    first, second = await home.submit("a", "b")
    assert (await home.end_of(first)).state is State.PARKED
    assert (await home.end_of(second)).state is State.PARKED
    await home.journal.retry(first.id, by="operator", reason="access was granted")
    assert (await home.end_of(first)).state in {State.PARKED, State.DELIVERED}
    await home.until(lambda: home.upstream.sent[first.id] == 2)
    resolved = await home.journal.resolve(
        second.id, by="operator", reason="the fund confirmed by letter", state=State.DELIVERED, record_number="F-9"
    )
    assert (resolved.state, resolved.record_number) == (State.DELIVERED, "F-9")
    with pytest.raises(Refused) as refused:
        await home.journal.park(second.id, by="operator", reason="too late")
    assert refused.value.findings[0].code is ErrorCode.OPERATION_STATE
    notes = await home.store.read(lambda c: c.execute(select(interventions).order_by(interventions.c.at)).all())
    assert [(note.action, note.by) for note in notes] == [("retry", "operator"), ("resolve", "operator")]


async def test_a_doubtful_parked_operation_is_asked_about_before_it_is_sent_again(home: House):
    home.upstream.script = always(Result(outcome=Outcome.CONFLICT, reason="OTHER_KEY"), times=1)
    (operation,) = await home.submit("a")
    assert (await home.end_of(operation)).state is State.PARKED
    await home.journal.retry(operation.id, by="operator", reason="the other record was removed")
    await home.until(lambda: home.upstream.asked[operation.id] == 1)


async def test_every_end_is_told_once_in_the_feed(home: House):
    operations = await home.submit(*range(10))
    for operation in operations:
        await home.end_of(operation)
    told = await home.journal.events(0, 100)
    assert sorted(event.business_key for event in told) == sorted(operation.business_key for operation in operations)
    assert [event.position for event in told] == sorted(event.position for event in told)
    assert {event.type for event in told} == {"operation.delivered"}
    assert await home.journal.events(told[-1].position, 100) == []
    assert await home.journal.events(0, 100, frozenset({"000000"})) == []


async def test_waiting_for_events_ends_when_one_comes(home: House):
    waiting = asyncio.create_task(home.journal.wait_for_events(0, 10))
    await home.submit("a")
    async with asyncio.timeout(5):
        await waiting
    assert len(await home.journal.events(0, 10)) == 1


async def test_a_claimed_operation_is_not_claimed_by_another(store: Store):
    journal = make_journal(store, clock=SystemClock())
    for n in range(30):
        await journal.submit_case(submission(n))
    now = SystemClock().now()
    batches = await asyncio.gather(
        *(store.write(partial(claim, requests=[Wanted("foms", 7, SystemIds().new(), 60, now)])) for _ in range(6))
    )
    taken = [one.message.operation_id for (batch,) in batches for one in batch.claims]
    assert len(taken) == len(set(taken)) == 30


async def test_a_cancelled_case_sent_again_is_delivered_as_the_next_revision(home: House):
    await home.dispatcher.pause("foms", by="operator", reason="look first")
    (operation,) = await home.submit("a")
    await home.journal.park(operation.id, by="operator", reason="a mistake of the ward")
    await home.journal.resolve(
        operation.id, by="operator", reason="withdrawn", state=State.CANCELLED, record_number=None
    )
    await home.dispatcher.resume("foms", by="operator", reason="over")
    assert (await home.journal.submit_case(submission("a"))).repeated  # the same key, the same answer
    again = await home.journal.submit_case(submission("a", idempotency_key="sent anew"))
    assert (again.repeated, again.operation.business_key, again.operation.revision) == (
        False, operation.business_key, 2,
    )  # fmt: skip
    assert (await home.end_of(again.operation)).state is State.DELIVERED
