"""Selling with the gateway at hand: written first, sent once, told as the gateway says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from uuid import uuid4

import pytest

from kopuro_pos.agent.contract import FundState, SaleState
from kopuro_pos.agent.counter.quoting import next_number
from kopuro_pos.agent.problems import ProblemCode
from tests.pos.agent.house import PHARMACIST, House, on_disk, orders_kept, problem_answer, quotes_kept, refusal
from tests.pos.agent.wire import ASK, DISPENSE
from tests.support.doubles import NOON
from tests.support.programme import OTHER_PHARMACY, TODAY


async def test_a_sale_is_recorded_with_the_sums_that_were_quoted(house: House) -> None:
    issued = await house.issue()
    quote = await house.quote(issued)
    sale = await house.sell(quote)
    assert sale.state is SaleState.RECORDED
    assert (sale.sequence, sale.made_offline, sale.at, sale.pharmacist) == (1, False, NOON, PHARMACIST)
    assert (sale.retail, sale.compensation, sale.patient) == (quote.retail, quote.compensation, quote.patient)
    assert (sale.units, sale.remaining_units, sale.fund) == (60, 0, FundState.UNDER_WAY)
    (recorded,) = await house.at_gateway()
    assert str(sale.dispense) == recorded["id"]
    assert recorded["receipt_number"] == "Ч-1"
    assert recorded["choice"] == "as-prescribed"
    assert await house.counter.sale(sale.id) == sale
    assert (await house.counter.sales(sale.on)).items == [sale]
    assert (await house.counter.state()).queue.waiting == 0


async def test_the_same_key_is_the_same_sale(house: House) -> None:
    quote = await house.quote(await house.issue())
    order = house.order(quote)
    first = await house.counter.sell(order, "ru")
    again = await house.counter.sell(order, "ru")
    assert first == again
    assert house.wire.passed.count(DISPENSE) == 1


async def test_enter_pressed_twice_sells_once(house: House) -> None:
    quote = await house.quote(await house.issue())
    order = house.order(quote)
    first, second = await asyncio.gather(house.counter.sell(order, "ru"), house.counter.sell(order, "ru"))
    assert first == second
    assert house.wire.passed.count(DISPENSE) == 1
    assert len(await house.recorded()) == 1


async def test_a_key_means_one_order(house: House) -> None:
    issued = await house.issue()
    quote = await house.quote(issued, units=30)
    order = house.order(quote)
    sale = await house.counter.sell(order, "ru")
    other = order.model_copy(update={"receipt_number": "Ч-77"})
    assert (await refusal(house.counter.sell(other, "ru"))).code is ProblemCode.KEY_REUSED
    assert (await refusal(house.reverse(sale, key=order.key))).code is ProblemCode.KEY_REUSED


async def test_a_quote_is_sold_once(house: House) -> None:
    quote = await house.quote(await house.issue(), units=30)
    house.wire.faults[DISPENSE] = "hold"
    first = asyncio.create_task(house.sell(quote))
    await house.wire.held.wait()
    assert (await refusal(house.sell(quote))).code is ProblemCode.QUOTE_GONE
    house.wire.gate.set()
    assert (await first).state is SaleState.RECORDED
    assert (await refusal(house.sell(quote))).code is ProblemCode.QUOTE_GONE


async def test_a_refusal_while_the_pharmacist_waits_is_told_and_nothing_stays_open(house: House) -> None:
    issued = await house.issue()
    quote = await house.quote(issued, hold=False)
    assert (await house.pharmacy.dispense(issued, sender="other", pharmacy=OTHER_PHARMACY)).status == 201
    order = house.order(quote)
    problem = await refusal(house.counter.sell(order, "ru"))
    assert (problem.code, problem.status) == (ProblemCode.GATEWAY_REFUSED, 409)
    assert "RX_DISPENSED" in {finding.code for finding in problem.findings}
    (sale,) = (await house.counter.sales(TODAY)).items
    assert (sale.state, sale.findings) == (SaleState.REFUSED, list(problem.findings))
    queue = (await house.counter.state()).queue
    assert (queue.waiting, queue.refused) == (0, 0)
    assert orders_kept(house) == 0


async def test_what_was_refused_at_once_may_be_tried_again_under_its_key(house: House) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    quote = await house.quote(issued, hold=False, found=found)
    held = await house.pharmacy.quote(issued, sender="other", pharmacy=OTHER_PHARMACY, hold=True)
    order = house.order(quote)
    assert "RX_HELD" in {one.code for one in (await refusal(house.counter.sell(order, "ru"))).findings}
    released = await house.pharmacy.command(f"/v1/holds/{held.json['hold']['id']}/release", {}, sender="other")
    assert released.status == 200
    sale = await house.counter.sell(order, "ru")
    assert (sale.state, sale.sequence) == (SaleState.RECORDED, 1)


async def test_a_reversal_is_the_exact_negative(house: House) -> None:
    sale = await house.sell(await house.quote(await house.issue()))
    reversal = await house.reverse(sale)
    assert reversal.state is SaleState.RECORDED
    assert (reversal.units, reversal.patient, reversal.reversal_of) == (-60, -sale.patient, sale.id)
    assert (await house.counter.sale(sale.id)).reversed_by == reversal.id
    assert sorted(units for _, units in await house.recorded()) == [-60, 60]
    assert [one.sequence for one in (await house.counter.sales(TODAY)).items] == [2, 1]
    assert (await refusal(house.reverse(sale))).code is ProblemCode.SALE_REVERSED
    assert (await refusal(house.reverse(reversal))).code is ProblemCode.SALE_REVERSED


async def test_only_what_is_known_here_is_taken_back(house: House) -> None:
    sale = await house.sell(await house.quote(await house.issue()))
    unknown = sale.model_copy(update={"id": uuid4()})
    assert (await refusal(house.reverse(unknown))).code is ProblemCode.SALE_NOT_FOUND


async def test_a_reversal_that_the_gateway_refuses_leaves_the_sale_as_it_is(house: House) -> None:
    sale = await house.sell(await house.quote(await house.issue()))
    await house.pharmacy.reverse(str(sale.dispense))
    problem = await refusal(house.reverse(sale, key="reversal-1"))
    assert "DISPENSE_REVERSED" in {finding.code for finding in problem.findings}
    assert (await house.counter.sale(sale.id)).reversed_by is None
    assert (await house.counter.state()).queue.refused == 0


async def test_a_reply_that_was_lost_is_recovered_by_asking(house: House) -> None:
    quote = await house.quote(await house.issue())
    house.wire.faults[DISPENSE] = "lose-reply"
    sale = await house.sell(quote)
    assert (sale.state, sale.made_offline) == (SaleState.WAITING, False)
    await house.drained()
    recovered = await house.counter.sale(sale.id)
    ((dispense, _),) = await house.recorded()
    assert (recovered.state, recovered.dispense) == (SaleState.RECORDED, dispense)
    assert house.wire.passed.count(DISPENSE) == 1


async def test_a_reversal_whose_reply_was_lost_is_recovered_by_asking(house: House) -> None:
    sale = await house.sell(await house.quote(await house.issue()))
    path = f"POST /v1/dispenses/{sale.dispense}/reversal"
    house.wire.faults[path] = "lose-reply"
    reversal = await house.reverse(sale)
    assert reversal.state is SaleState.WAITING
    await house.drained()
    assert (await house.counter.sale(reversal.id)).state is SaleState.RECORDED
    assert house.wire.passed.count(path) == 1
    assert len(await house.recorded()) == 2


async def test_a_request_that_was_lost_is_sent_again_under_the_same_key(house: House) -> None:
    quote = await house.quote(await house.issue(), hold=False)
    house.wire.faults[DISPENSE] = "swallow"
    sale = await house.sell(quote)
    assert sale.state is SaleState.WAITING
    del house.wire.faults[DISPENSE]
    await house.drained()
    assert (await house.counter.sale(sale.id)).state is SaleState.RECORDED
    assert house.wire.passed.count(ASK) >= 1
    assert len(await house.recorded()) == 1


async def test_where_asking_is_forbidden_the_key_alone_keeps_it_from_being_recorded_twice(house: House) -> None:
    quote = await house.quote(await house.issue())
    house.wire.faults[DISPENSE] = "lose-reply"
    house.wire.answers[ASK] = problem_answer(403, "ACCESS_DENIED")
    sale = await house.sell(quote)
    del house.wire.faults[DISPENSE]
    await house.drained()
    assert (await house.counter.sale(sale.id)).state is SaleState.RECORDED
    assert house.wire.passed.count(DISPENSE) == 2
    assert len(await house.recorded()) == 1


async def test_asking_does_not_take_another_sale_for_this_one(house: House) -> None:
    """Two sales with one receipt, in one second, of the same medicine: what is known is not taken twice."""
    first = await house.issue()
    found = await house.look_up(first)
    sale = await house.sell(await house.quote(first, units=30, found=found), receipt="Ч-9")
    second = await house.quote(first, units=30, hold=False)
    house.wire.faults[DISPENSE] = "swallow"
    waiting = await house.sell(second, receipt="Ч-9")
    del house.wire.faults[DISPENSE]
    await house.drained()
    settled = await house.counter.sale(waiting.id)
    assert settled.state is SaleState.RECORDED
    assert settled.dispense != sale.dispense
    assert len(await house.recorded()) == 2


async def test_what_the_fund_says_later_is_learnt(house: House) -> None:
    sale = await house.sell(await house.quote(await house.issue()))
    (view,) = await house.at_gateway()
    view["operations"][0] |= {"state": "delivered", "record_number": "ФОМС-7"}
    house.wire.answers[f"GET /v1/dispenses/{sale.dispense}"] = (
        200,
        {"Content-Type": "application/json"},
        json.dumps(view).encode(),
    )
    house.settings = replace(house.settings, fund_poll_seconds=0.01)
    await house.restart()
    now = await house.until_sale(sale, lambda sale: sale.fund is FundState.TAKEN)
    assert now.fund_record == "ФОМС-7"


async def test_the_next_receipt_is_suggested(house: House) -> None:
    issued = await house.issue()
    assert (await house.quote(issued, units=10)).receipt_suggestion is None
    await house.sell(await house.quote(issued, units=10), receipt="Ч-0099")
    assert (await house.quote(issued, units=10)).receipt_suggestion == "Ч-0100"


@pytest.mark.parametrize(
    ("receipt", "following"),
    [("7", "8"), ("A-0099", "A-0100"), ("99", "100"), ("12/A", None), ("", None), (None, None), ("٣", None)],
)
def test_receipts_count_on(receipt: str | None, following: str | None) -> None:
    assert next_number(receipt) == following


async def test_events_tell_what_moved_and_nothing_personal(house: House) -> None:
    issued = await house.issue()
    changes = house.counter.changes.subscribe()
    sale = await house.sell(await house.quote(issued))
    house.counter.changes.close()
    told = [change async for change in changes]
    moved = [change.payload for change in told if change.kind == "sale"]
    assert [one.state for one in moved] == [SaleState.WAITING, SaleState.RECORDED]  # type: ignore[union-attr]
    text = "".join(change.payload.model_dump_json() for change in told)
    for personal in (issued.pin, issued.number, PHARMACIST, sale.receipt_number):
        assert personal not in text


async def test_nothing_personal_is_readable_on_the_disk_and_the_pin_is_erased(house: House) -> None:
    issued = await house.issue()
    house.wire.faults[DISPENSE] = "swallow"
    sale = await house.sell(await house.quote(issued))
    assert orders_kept(house) == 1
    assert sale.state is SaleState.WAITING
    for personal in (issued.pin, issued.number, sale.display_number, PHARMACIST, "Ч-1"):
        assert personal.encode() not in on_disk(house)
    del house.wire.faults[DISPENSE]
    await house.drained()
    assert orders_kept(house) == 0
    assert quotes_kept(house) == 0
