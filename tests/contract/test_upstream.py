"""What every upstream of treated cases owes the core: run over the real client and over the in-memory fund."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from gateway.operations.model import Outcome
from tests.builders import EXAMPLE_NUMBER
from tests.contract.conftest import World
from tests.contract.parts import message

LATER = EXAMPLE_NUMBER.replace("0000001", "0000002", 1)


async def test_a_delivered_case_has_the_funds_record_number_and_is_stored_once(world: World):
    result = await world.fund.deliver(message())
    assert result.outcome is Outcome.DELIVERED
    assert result.record_number
    assert not result.unavailable
    assert await world.times_stored(EXAMPLE_NUMBER, 1) == 1


async def test_a_repeat_of_the_same_operation_gives_the_same_record_number(world: World):
    operation = message()
    first = await world.fund.deliver(operation)
    again = await world.fund.deliver(replace(operation, attempt=2))
    assert (again.outcome, again.record_number) == (Outcome.DELIVERED, first.record_number)
    assert await world.times_stored(EXAMPLE_NUMBER, 1) == 1


async def test_another_operation_under_the_same_number_and_revision_is_a_conflict(world: World):
    await world.fund.deliver(message())
    other = message()
    assert (await world.fund.deliver(other)).outcome is Outcome.CONFLICT
    assert (await world.fund.ask(other)).outcome is Outcome.CONFLICT
    assert await world.times_stored(EXAMPLE_NUMBER, 1) == 1


async def test_a_lost_reply_is_in_doubt_and_asking_finds_the_record(world: World):
    operation = message()
    await world.lose_next_reply()
    lost = await world.fund.deliver(operation)
    assert (lost.outcome, lost.record_number) == (Outcome.IN_DOUBT, None)
    assert lost.unavailable
    found = await world.fund.ask(operation)
    assert found.outcome is Outcome.DELIVERED
    assert found.record_number
    assert await world.times_stored(EXAMPLE_NUMBER, 1) == 1


async def test_a_lost_request_is_in_doubt_and_asking_says_that_it_may_be_sent_again(world: World):
    operation = message()
    await world.lose_next_request()
    assert (await world.fund.deliver(operation)).outcome is Outcome.IN_DOUBT
    assert (await world.fund.ask(operation)).outcome is Outcome.NOT_FOUND
    assert (await world.fund.deliver(operation)).outcome is Outcome.DELIVERED
    assert await world.times_stored(EXAMPLE_NUMBER, 1) == 1


async def test_a_business_refusal_has_coded_reasons_and_stores_nothing(world: World):
    await world.reject_next()
    operation = message()
    result = await world.fund.deliver(operation)
    assert result.outcome is Outcome.REJECTED
    assert [(reason.code, reason.path) for reason in result.rejections] == [("PERIOD_CLOSED", "discharge/at")]
    assert result.rejections[0].message
    assert (await world.fund.ask(operation)).outcome is Outcome.NOT_FOUND


async def test_a_correction_is_delivered_as_the_next_revision_of_the_same_record(world: World):
    first = await world.fund.deliver(message())
    correction = message(revision=2)
    assert (await world.fund.ask(correction)).outcome is Outcome.NOT_FOUND
    second = await world.fund.deliver(correction)
    assert (second.outcome, second.record_number) == (Outcome.DELIVERED, first.record_number)


async def test_a_newer_revision_at_the_fund_settles_the_older_ones_doubt(world: World):
    first = message(operation_id=uuid4())
    await world.fund.deliver(first)
    await world.fund.deliver(message(revision=2))
    assert (await world.fund.ask(first)).outcome is Outcome.DELIVERED


async def test_review_decisions_come_in_order_and_past_the_cursor(world: World):
    await world.fund.deliver(message())
    await world.fund.deliver(message(LATER))
    await world.decide(EXAMPLE_NUMBER, "accepted-for-payment", None, "12500.50")
    await world.decide(LATER, "returned", "Диагноз нуждается в обосновании", None)
    decisions = await world.fund.review_decisions(None, 10)
    assert decisions is not None
    assert [(one.ksf_number, one.state, one.reason, one.amount) for one in decisions] == [
        (EXAMPLE_NUMBER, "accepted-for-payment", None, "12500.50"),
        (LATER, "returned", "Диагноз нуждается в обосновании", None),
    ]
    assert all(one.decided_at.tzinfo is not None and one.revision == 1 for one in decisions)
    assert await world.fund.review_decisions(None, 1) == decisions[:1]
    assert await world.fund.review_decisions(decisions[0].position, 10) == decisions[1:]
    assert await world.fund.review_decisions(decisions[1].position, 10) == []


async def test_what_is_asked_shows_the_review_state(world: World):
    operation = message()
    await world.fund.deliver(operation)
    assert (await world.fund.ask(operation)).review_state == "pending"
    await world.decide(EXAMPLE_NUMBER, "refused", "Не подтверждено", "0.00")
    assert (await world.fund.ask(operation)).review_state == "refused"
