"""What the fund's information system owes the core: run over the real client and over the fund in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest

from adapters.drug_programme.fake import InMemoryDrugProgramme
from gateway.operations.model import OutboundMessage, Outcome, Result
from gateway.ports import Upstream
from gateway.programme.ports import FundLedger
from tests.contract.drug_programme import (
    DAY,
    EVENING,
    FIRST_DISPENSE,
    NUMBER,
    OTHER_PHARMACY,
    PHARMACY,
    cancelled,
    dispensed,
    issued,
    message,
    reversed_,
    simulators,
)


class FundUnderTest(Upstream, FundLedger, Protocol):
    """What both implementations are."""


@dataclass
class World:
    """A fund and the means to disturb it."""

    fund: FundUnderTest
    lose_next_reply: Callable[[], Awaitable[None]]
    lose_next_request: Callable[[], Awaitable[None]]
    reject_next: Callable[[], Awaitable[None]]
    times_stored: Callable[[str, int], Awaitable[int]]


@pytest.fixture(params=["zeep", "compiled", "in-memory"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    if request.param == "in-memory":
        yield _in_memory()
        return
    async with simulators(tmp_path / "fund") as running:
        client = running.client(codec=request.param, page_size=2)

        async def reject_next() -> None:
            order = {"number_prefix": NUMBER, "code": "PERIOD_CLOSED"}
            assert (await running.tell_fund("refusals", order)).status_code == 204

        yield World(
            fund=client,
            lose_next_reply=lambda: running.fault("lost-reply-after-store", count=1),
            lose_next_request=lambda: running.fault("lost-before-store", count=1),
            reject_next=reject_next,
            times_stored=running.times_stored,
        )
        await client.close()


def _in_memory() -> World:
    fund = InMemoryDrugProgramme()
    lost = Result(outcome=Outcome.IN_DOUBT, reason="CONNECTION_LOST", unavailable=True)

    async def end_next(result: Result, *, stored: bool) -> None:
        fund.end_next_delivery(result, stored=stored)

    async def times_stored(key: str, revision: int) -> int:
        return fund.times_stored.get((key, revision), 0)

    async def reject_next() -> None:
        fund.reject_next("PERIOD_CLOSED", "Отчеттук мезгил жабылган, күнү өтүп кетти", "soldOn")

    return World(
        fund=fund,
        lose_next_reply=lambda: end_next(lost, stored=True),
        lose_next_request=lambda: end_next(lost, stored=False),
        reject_next=reject_next,
        times_stored=times_stored,
    )


async def delivered(world: World, *messages: OutboundMessage) -> list[str]:
    results = [await world.fund.deliver(one) for one in messages]
    assert [one.outcome for one in results] == [Outcome.DELIVERED] * len(messages), results
    return [one.record_number or "" for one in results]


STORY = (issued(), dispensed(), reversed_(), cancelled())
"""A prescription that is dispensed, taken back and cancelled."""


def before(content: object) -> list[OutboundMessage]:
    """What must have arrived for ``content`` to be taken."""
    needed = {0: [], 1: [0], 2: [0, 1], 3: [0]}[[type(one) for one in STORY].index(type(content))]
    return [message(STORY[position]) for position in needed]


@pytest.fixture(params=STORY, ids=lambda one: type(one).__name__)
async def operation(request: pytest.FixtureRequest, world: World) -> OutboundMessage:
    """One operation of each kind, at a fund that has what it speaks of."""
    await delivered(world, *before(request.param))
    return message(request.param)


async def test_what_is_delivered_has_the_funds_record_number_and_is_stored_once(
    world: World, operation: OutboundMessage
):
    result = await world.fund.deliver(operation)
    assert result.outcome is Outcome.DELIVERED
    assert result.record_number
    assert not result.unavailable
    assert await world.times_stored(operation.business_key, operation.revision) == 1


async def test_a_repeat_gives_the_same_record_number(world: World, operation: OutboundMessage):
    first = await world.fund.deliver(operation)
    again = await world.fund.deliver(replace(operation, attempt=2))
    assert (again.outcome, again.record_number) == (Outcome.DELIVERED, first.record_number)
    assert await world.times_stored(operation.business_key, operation.revision) == 1


async def test_another_operation_under_the_same_key_and_revision_is_a_conflict(
    world: World, operation: OutboundMessage
):
    await delivered(world, operation)
    other = replace(operation, operation_id=uuid4())
    assert (await world.fund.deliver(other)).outcome is Outcome.CONFLICT
    assert (await world.fund.ask(other)).outcome is Outcome.CONFLICT
    assert await world.times_stored(operation.business_key, operation.revision) == 1


async def test_a_lost_reply_is_in_doubt_and_asking_finds_the_record(world: World, operation: OutboundMessage):
    await world.lose_next_reply()
    lost = await world.fund.deliver(operation)
    assert (lost.outcome, lost.record_number, lost.unavailable) == (Outcome.IN_DOUBT, None, True)
    found = await world.fund.ask(operation)
    assert found.outcome is Outcome.DELIVERED
    assert found.record_number
    assert await world.times_stored(operation.business_key, operation.revision) == 1


async def test_a_lost_request_is_in_doubt_and_asking_says_that_it_may_be_sent_again(
    world: World, operation: OutboundMessage
):
    await world.lose_next_request()
    assert (await world.fund.deliver(operation)).outcome is Outcome.IN_DOUBT
    assert (await world.fund.ask(operation)).outcome is Outcome.NOT_FOUND
    await delivered(world, operation)
    assert await world.times_stored(operation.business_key, operation.revision) == 1


async def test_a_business_refusal_has_coded_reasons_and_stores_nothing(world: World, operation: OutboundMessage):
    await world.reject_next()
    result = await world.fund.deliver(operation)
    assert result.outcome is Outcome.REJECTED
    assert [(reason.code, reason.path) for reason in result.rejections] == [("PERIOD_CLOSED", "soldOn")]
    assert "мезгил" in result.rejections[0].message
    assert (await world.fund.ask(operation)).outcome is Outcome.NOT_FOUND


async def test_a_reversal_and_a_cancellation_keep_the_record_number(world: World):
    numbers = await delivered(world, *(message(one) for one in STORY))
    assert numbers[2] == numbers[1]
    assert numbers[3] == numbers[0]
    assert numbers[0] != numbers[1]


async def test_a_later_revision_at_the_fund_settles_the_earlier_ones_doubt(world: World):
    story = [message(one) for one in STORY]
    await delivered(world, *story)
    for early in story[:2]:
        assert (await world.fund.ask(early)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("first", "missing"),
    [
        (dispensed(), "PRESCRIPTION_UNKNOWN"),
        (cancelled(), "PRESCRIPTION_UNKNOWN"),
        (reversed_(), "DISPENSE_UNKNOWN"),
    ],
    ids=["dispense", "cancellation", "reversal"],
)
async def test_what_comes_before_what_it_speaks_of_is_not_sent_and_comes_again(
    world: World, first: object, missing: str
):
    early = message(first)
    result = await world.fund.deliver(early)
    assert (result.outcome, result.reason, result.detail) == (Outcome.NOT_SENT, "FUND_DEFERRED", missing)
    assert result.retry_after == 1.0
    assert not result.unavailable, "one prescription's trouble must not open the breaker for all"
    assert (await world.fund.ask(early)).outcome is Outcome.NOT_FOUND
    await delivered(world, *before(first), early)
    assert await world.times_stored(early.business_key, early.revision) == 1


async def test_a_cancellation_waits_until_the_dispense_is_reversed(world: World):
    await delivered(world, message(issued()), message(dispensed()))
    cancellation = message(cancelled())
    waiting = await world.fund.deliver(cancellation)
    assert (waiting.outcome, waiting.detail) == (Outcome.NOT_SENT, "DISPENSE_STANDS")
    await delivered(world, message(reversed_()), cancellation)


async def test_the_fund_lists_a_pharmacys_dispenses_over_pages(world: World):
    sales = [
        dispensed(fill=fill, dispense=uuid4(), settled=Decimal(fill) / 4, sold_on=DAY.replace(day=fill))
        for fill in range(1, 6)
    ]
    elsewhere = dispensed(fill=6, dispense=uuid4(), pharmacy=OTHER_PHARMACY)
    records = await delivered(world, message(issued()), *(message(one) for one in (*sales, elsewhere)))
    third = sales[2]
    await delivered(world, message(reversed_(fill=3, dispense=third.dispense, settled=-third.settled)))
    listed = await world.fund.dispenses(PHARMACY, date(2026, 3, 1), date(2026, 3, 31))
    assert listed is not None
    assert [(one.dispense, one.record_number) for one in listed] == [
        (sale.dispense, record) for sale, record in zip(sales, records[1:6], strict=True)
    ]
    assert [(one.sold_on, one.compensation, one.settled) for one in listed] == [
        (sale.sold_on, sale.compensation, sale.settled) for sale in sales
    ]
    assert [one.reversed for one in listed] == [False, False, True, False, False]
    inner = await world.fund.dispenses(PHARMACY, date(2026, 3, 2), date(2026, 3, 4))
    assert inner == listed[1:4], "both days are included"
    assert await world.fund.dispenses(PHARMACY, date(2026, 4, 1), date(2026, 4, 30)) == []
    assert await world.fund.dispenses("499999", date(2026, 3, 1), date(2026, 3, 31)) == []


async def test_a_dispense_sold_before_the_cancellation_is_taken_after_it(tmp_path: Path):
    async with simulators(tmp_path) as running:
        client = running.client()
        prescription, cancellation = message(issued()), message(cancelled())
        for one in (prescription, cancellation, message(dispensed()), message(reversed_())):
            assert (await client.deliver(one)).outcome is Outcome.DELIVERED
        late = dispensed(fill=2, dispense=uuid4(), sold_at=EVENING)
        result = await client.deliver(message(late))
        assert (result.outcome, result.rejections[0].code) == (Outcome.REJECTED, "PRESCRIPTION_CANCELLED")
        await client.close()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (reversed_(dispense=uuid4()), "DISPENSE_DIFFERS"),
        (reversed_(settled=Decimal("-29.99")), "SUMS_DIFFER"),
    ],
    ids=["another dispense", "other sums"],
)
async def test_a_reversal_that_is_not_the_exact_negative_is_rejected(tmp_path: Path, wrong: object, code: str):
    async with simulators(tmp_path) as running:
        client = running.client()
        await client.deliver(message(issued()))
        await client.deliver(message(dispensed(dispense=FIRST_DISPENSE)))
        result = await client.deliver(message(wrong))
        assert (result.outcome, [one.code for one in result.rejections]) == (Outcome.REJECTED, [code])
        await client.close()
