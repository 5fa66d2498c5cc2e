"""Selling while the gateway cannot be reached: only under a hold that was taken before, and everything in order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from kopuro_pos.agent.book import Book, Entry
from kopuro_pos.agent.contract import Release, Sale, SaleState, Seen
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from tests.pos.agent.house import PHARMACIST, House, orders_kept, problem_answer, refusal
from tests.pos.agent.wire import DISPENSE, LOOK_UP
from tests.support.programme import OTHER_PHARMACY, TODAY


async def test_without_a_hold_nothing_is_sold_and_nothing_stays(house: House) -> None:
    quote = await house.quote(await house.issue(), hold=False)
    await house.wire.cut()
    order = house.order(quote)
    assert (await refusal(house.counter.sell(order, "ru"))).code is ProblemCode.OFFLINE_WITHOUT_HOLD
    state = await house.counter.state()
    assert (state.queue.waiting, state.queue.refused, state.gateway.reachable) == (0, 0, False)
    (sale,) = (await house.counter.sales(TODAY)).items
    assert (sale.state, [one.code for one in sale.findings]) == (SaleState.REFUSED, ["OFFLINE_WITHOUT_HOLD"])
    assert orders_kept(house) == 0
    await house.wire.mend()
    assert (await house.counter.sell(order, "ru")).state is SaleState.RECORDED


async def test_under_a_hold_the_sale_waits_and_is_told_so(house: House) -> None:
    quote = await house.quote(await house.issue())
    await house.wire.cut()
    order = house.order(quote)
    sale = await house.counter.sell(order, "ru")
    assert (sale.state, sale.made_offline) == (SaleState.WAITING, True)
    queue = (await house.counter.state()).queue
    assert (queue.waiting, queue.under_hold, queue.oldest_at) == (1, 1, sale.at)
    (waiting,) = (await house.counter.queue()).waiting
    assert (waiting.sale, waiting.last_problem) == (sale.id, "GATEWAY_UNREACHABLE")
    async with asyncio.timeout(house.settings.commit_seconds / 2):
        again = await house.counter.sell(order, "ru")
    assert (again.id, again.state) == (sale.id, SaleState.WAITING)
    await house.wire.mend()
    await house.drained()
    recorded = await house.counter.sale(sale.id)
    assert (recorded.state, recorded.made_offline) == (SaleState.RECORDED, True)
    assert len(await house.recorded()) == 1


async def test_a_hold_serves_one_sale(house: House) -> None:
    issued = await house.issue()
    first, second = await house.quote(issued, units=30), await house.quote(issued, units=20)
    assert first.hold is not None
    assert second.hold is not None
    assert first.hold.id == second.hold.id
    await house.wire.cut()
    assert (await house.sell(first)).state is SaleState.WAITING
    assert (await refusal(house.sell(second))).code is ProblemCode.OFFLINE_WITHOUT_HOLD
    await house.wire.mend()
    await house.drained()
    assert [units for _, units in await house.recorded()] == [30]


async def test_two_sales_at_once_under_one_hold_leave_one(house: House) -> None:
    issued = await house.issue()
    quotes = [await house.quote(issued, units=30), await house.quote(issued, units=20)]
    await house.wire.cut()
    answers = await asyncio.gather(*(house.sell(quote) for quote in quotes), return_exceptions=True)
    assert sum(not isinstance(one, AgentProblem) for one in answers) == 1
    assert (await house.counter.state()).queue.waiting == 1


@pytest.mark.parametrize(("hours", "sold"), [(71.9, True), (72.1, False)])
async def test_a_hold_is_good_for_72_hours(house: House, hours: float, sold: bool) -> None:  # noqa: FBT001
    quote = await house.quote(await house.issue())
    await house.wire.cut()
    house.clock.move(hours=hours)
    if sold:
        assert (await house.sell(quote)).state is SaleState.WAITING
        await house.wire.mend()
        await house.drained()
        assert len(await house.recorded()) == 1
    else:
        assert (await refusal(house.sell(quote))).code is ProblemCode.HOLD_TOO_OLD
        assert (await house.counter.queue()).waiting == []


async def test_no_hold_outlives_the_last_day(house: House) -> None:
    quote = await house.quote(await house.issue(valid_days=1))
    await house.wire.cut()
    house.clock.move(days=2)
    assert (await refusal(house.sell(quote))).code is ProblemCode.HOLD_TOO_OLD


async def test_what_waits_is_sold_when_it_was_sold(house: House) -> None:
    quote = await house.quote(await house.issue())
    await house.wire.cut()
    sale = await house.sell(quote)
    house.clock.move(hours=50)
    await house.wire.mend()
    await house.drained()
    (recorded,) = await house.at_gateway()
    assert recorded["sold_at"] == sale.at.isoformat().replace("+00:00", "Z")


async def test_quotes_and_what_waits_survive_a_restart(house: House) -> None:
    sold = await house.quote(await house.issue())
    later = await house.quote(await house.issue())
    await house.wire.cut()
    sale = await house.sell(sold)
    await house.restart()
    assert (await house.counter.queue()).waiting[0].sale == sale.id
    second = await house.sell(later)
    assert (second.state, second.sequence) == (SaleState.WAITING, 2)
    await house.wire.mend()
    await house.drained()
    assert len(await house.recorded()) == 2


async def test_a_look_up_does_not_survive_a_restart(house: House) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    await house.restart()
    assert (await refusal(house.quote(issued, found=found))).code is ProblemCode.LOOKUP_GONE


async def test_reversals_wait_behind_their_sales_and_everything_drains_in_order(house: House) -> None:
    quotes = [await house.quote(await house.issue()) for _ in range(3)]
    recorded = await house.sell(await house.quote(await house.issue()))
    await house.wire.cut()
    first = await house.sell(quotes[0])
    reversals = [await house.reverse(first), await house.reverse(recorded)]
    sales = [await house.sell(quote) for quote in quotes[1:]]
    assert {one.state for one in (*reversals, *sales)} == {SaleState.WAITING}
    assert (await refusal(house.reverse(first))).code is ProblemCode.SALE_REVERSED
    assert [one.sequence for one in (await house.counter.queue()).waiting] == [2, 3, 4, 5, 6]
    house.wire.passed.clear()
    await house.wire.mend()
    await house.drained()
    sent = [one for one in house.wire.passed if one.startswith("POST /v1/dispenses")]
    reversed_ids = [(await house.counter.sale(one)).dispense for one in (first.id, recorded.id)]
    assert sent == [
        DISPENSE,
        f"POST /v1/dispenses/{reversed_ids[0]}/reversal",
        f"POST /v1/dispenses/{reversed_ids[1]}/reversal",
        DISPENSE,
        DISPENSE,
    ]
    assert sorted(units for _, units in await house.recorded()) == [-60, -60, 60, 60, 60, 60]


async def test_a_refusal_after_the_goods_are_gone_is_for_a_person_to_see(house: House) -> None:
    issued = await house.issue()
    quote, other = await house.quote(issued), await house.quote(await house.issue())
    await house.wire.cut()
    gone, fine = await house.sell(quote), await house.sell(other)
    taken_back = await house.reverse(gone)
    house.clock.move(hours=1)
    assert (await house.pharmacy.dispense(issued, sender="other", pharmacy=OTHER_PHARMACY)).status == 201
    await house.wire.mend()
    await house.drained()
    refused = await house.counter.sale(gone.id)
    assert refused.state is SaleState.REFUSED
    assert "RX_DISPENSED" in {finding.code for finding in refused.findings}
    withdrawn = await house.counter.sale(taken_back.id)
    assert (withdrawn.state, [one.code for one in withdrawn.findings]) == (SaleState.REFUSED, ["SALE_REFUSED"])
    assert (await house.counter.sale(fine.id)).state is SaleState.RECORDED
    assert (await house.counter.state()).queue.refused == 1
    assert (await house.counter.queue()).refused == [refused], "however long ago it was sold"
    assert orders_kept(house) == 1
    await house.counter.seen(gone.id, Seen(pharmacist=PHARMACIST))
    assert (await house.counter.state()).queue.refused == 0
    assert (await house.counter.queue()).refused == []
    assert orders_kept(house) == 0
    assert (await refusal(house.reverse(refused))).code is ProblemCode.SALE_REFUSED


async def test_a_refusal_that_nobody_was_there_to_hear_is_for_a_person_to_see(house: House) -> None:
    quote = await house.quote(await house.issue(), hold=False)
    house.wire.faults[DISPENSE] = "hold"
    selling = asyncio.create_task(house.sell(quote))
    await house.wire.held.wait()
    selling.cancel()
    house.wire.answers[DISPENSE] = problem_answer(409, "RX_DISPENSED")
    await house.restart()
    house.wire.gate.set()
    await house.drained()
    assert (await house.counter.state()).queue.refused == 1


async def test_what_waits_cannot_be_seen_off(house: House) -> None:
    quote = await house.quote(await house.issue())
    await house.wire.cut()
    sale = await house.sell(quote)
    assert (await refusal(house.counter.seen(sale.id, Seen(pharmacist=PHARMACIST)))).code is ProblemCode.SALE_OPEN


async def test_a_prescription_held_elsewhere_waits_aside_and_lets_others_pass(house: House) -> None:
    issued = await house.issue()
    quote, other = await house.quote(issued), await house.quote(await house.issue())
    await house.wire.cut()
    held, fine = await house.sell(quote), await house.sell(other)
    house.clock.move(hours=1)
    assert (await house.pharmacy.quote(issued, sender="other", pharmacy=OTHER_PHARMACY, hold=True)).status == 201
    await house.wire.mend()
    await house.until_sale(fine, lambda sale: sale.state is not SaleState.WAITING)
    (waiting,) = (await house.counter.queue()).waiting
    assert (waiting.sale, waiting.last_problem) == (held.id, "RX_HELD")
    house.clock.move(hours=1)
    await house.restart()
    await house.drained()
    assert (await house.counter.sale(held.id)).state is SaleState.RECORDED


async def test_a_key_that_was_changed_while_offline_keeps_the_queue(house: House) -> None:
    quotes = [await house.quote(await house.issue()) for _ in range(2)]
    await house.wire.cut()
    sale = await house.sell(quotes[0])
    house.wire.answers[DISPENSE] = problem_answer(401, "AUTH_TOKEN_INVALID")
    await house.wire.mend()
    await house.until_state(lambda state: state.terminal.must_enrol_again)
    assert (await refusal(house.sell(quotes[1]))).code is ProblemCode.ENROL_AGAIN
    assert [one.sale for one in (await house.counter.queue()).waiting] == [sale.id]
    await house.restart()
    assert [one.sale for one in (await house.counter.queue()).waiting] == [sale.id]
    house.wire.answers.clear()
    house.connect()
    await house.drained()
    assert not (await house.counter.state()).terminal.must_enrol_again
    assert len(await house.recorded()) == 1


async def test_a_gateway_that_is_overloaded_is_no_gateway(house: House) -> None:
    issued = await house.issue()
    held, free = await house.quote(await house.issue()), await house.quote(issued, hold=False)
    house.wire.answers[DISPENSE] = problem_answer(503, "OVERLOADED")
    problem = await refusal(house.sell(free))
    assert (problem.code, problem.status) == (ProblemCode.GATEWAY_REFUSED, 503)
    assert (await house.counter.queue()).waiting == []
    assert (await house.sell(held)).state is SaleState.WAITING
    house.wire.answers.clear()
    await house.drained()
    assert len(await house.recorded()) == 1


async def test_a_sale_that_the_gateway_fails_again_and_again_is_told_and_holds_up_those_behind_it(house: House) -> None:
    quotes = [await house.quote(await house.issue()) for _ in range(2)]
    free = await house.quote(await house.issue(), hold=False)
    house.wire.answers[DISPENSE] = problem_answer(500, "INTERNAL_ERROR")
    head, behind = [await house.sell(quote) for quote in quotes]
    problem = await refusal(house.sell(free))
    assert (problem.code, problem.status) == (ProblemCode.GATEWAY_REFUSED, 500)
    async with asyncio.timeout(30):
        while (first := (await house.counter.queue()).waiting[0]).tries < 20:
            await asyncio.sleep(0)
    assert (first.sale, first.last_problem) == (head.id, "INTERNAL_ERROR")
    state = await house.counter.state()
    assert (state.queue.waiting, state.queue.oldest_at) == (2, head.at)
    assert state.gateway.reachable, "it answers: it is not the line"
    house.wire.answers.clear()
    await house.drained()
    assert [(await house.counter.sale(one.id)).state for one in (head, behind)] == [SaleState.RECORDED] * 2
    assert len(await house.recorded()) == 2


async def test_behind_an_older_sale_that_does_not_come_through_nothing_is_let_wait(house: House) -> None:
    first, second = await house.quote(await house.issue()), await house.quote(await house.issue(), hold=False)
    house.wire.faults[DISPENSE] = "hold"
    house.settings = replace(house.settings, commit_seconds=0.2)
    await house.restart()
    sale = await house.sell(first)
    assert (sale.state, sale.made_offline) == (SaleState.WAITING, False)
    assert (await refusal(house.sell(second))).code is ProblemCode.OFFLINE_WITHOUT_HOLD
    house.wire.gate.set()
    await house.drained()
    assert len(await house.recorded()) == 1


async def test_a_look_up_gives_up_and_says_so(house: House) -> None:
    issued = await house.issue()
    house.settings = replace(house.settings, lookup_seconds=0.1)
    await house.restart()
    house.wire.faults[LOOK_UP] = "hold"
    assert (await refusal(house.look_up(issued))).code is ProblemCode.GATEWAY_UNREACHABLE
    assert (await house.counter.state()).gateway.reachable is False


async def test_the_line_is_looked_for_and_found_again(house: House) -> None:
    issued = await house.issue()
    await house.wire.cut()
    assert (await refusal(house.look_up(issued))).code is ProblemCode.GATEWAY_UNREACHABLE
    assert (await house.counter.state()).gateway.offline_since is not None
    await house.wire.mend()
    await house.until_state(lambda state: state.gateway.reachable is True)
    assert (await house.counter.state()).gateway.offline_since is None


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
async def test_a_wrong_clock_blocks_but_what_is_written_drains(house: House, seconds: int) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    quote, other = await house.quote(issued, found=found), await house.quote(await house.issue())
    await house.wire.cut()
    await house.sell(quote)
    house.wire.ahead = timedelta(seconds=seconds)
    await house.wire.mend()
    await house.drained()
    clock = (await house.counter.state()).clock
    assert clock.blocked
    assert clock.offset_seconds is not None
    assert abs(clock.offset_seconds + seconds) < 2
    assert len(await house.recorded()) == 1
    assert (await refusal(house.look_up(issued))).code is ProblemCode.CLOCK_WRONG
    assert (await refusal(house.quote(issued, found=found))).code is ProblemCode.CLOCK_WRONG
    assert (await refusal(house.sell(other))).code is ProblemCode.CLOCK_WRONG
    await house.restart()
    assert (await refusal(house.sell(other))).code is ProblemCode.CLOCK_WRONG
    house.wire.ahead = timedelta()
    await house.until_state(lambda state: not state.clock.blocked)
    assert (await house.sell(other)).state is SaleState.RECORDED


async def test_a_clock_that_is_a_little_off_is_reckoned_with(house: House) -> None:
    quote = await house.quote(await house.issue())
    house.wire.ahead = timedelta(seconds=-120)
    await house.look_up(await house.issue())
    sale = await house.sell(quote)
    assert timedelta(seconds=115) < house.clock.now() - sale.at < timedelta(seconds=125)


async def test_a_clock_set_back_offline_is_noticed(house: House) -> None:
    quote = await house.quote(await house.issue())
    await house.wire.cut()
    house.clock.move(minutes=-6)
    assert (await refusal(house.sell(quote))).code is ProblemCode.CLOCK_WRONG


async def test_a_released_prescription_is_not_sold_any_more(house: House) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    quote = await house.quote(issued, found=found)
    await house.counter.release(Release(lookup=found.lookup), "ru")
    assert (await refusal(house.sell(quote))).code is ProblemCode.QUOTE_GONE
    assert (await house.pharmacy.quote(issued, sender="other", pharmacy=OTHER_PHARMACY, hold=True)).status == 201


async def test_a_release_that_may_have_arrived_ends_the_quote(house: House) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    quote = await house.quote(issued, found=found)
    await house.wire.cut()
    problem = await refusal(house.counter.release(Release(lookup=found.lookup), "ru"))
    assert problem.code is ProblemCode.GATEWAY_UNREACHABLE
    assert (await refusal(house.sell(quote))).code is ProblemCode.QUOTE_GONE


async def test_a_hold_under_which_a_sale_waits_is_not_released(house: House) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    quote = await house.quote(issued, found=found)
    await house.wire.cut()
    await house.sell(quote)
    assert (await refusal(house.counter.release(Release(lookup=found.lookup), "ru"))).code is ProblemCode.SALE_OPEN


async def test_before_it_is_enrolled_nothing_is_sold_and_the_book_can_be_read(house: House) -> None:
    issued = await house.issue()
    quote = await house.quote(issued)
    house.connected = False
    await house.restart()
    assert (await refusal(house.look_up(issued))).code is ProblemCode.NOT_ENROLLED
    assert (await refusal(house.sell(quote))).code is ProblemCode.NOT_ENROLLED
    assert (await house.counter.sales(TODAY)).items == []
    assert not (await house.counter.state()).terminal.enrolled


async def test_a_failure_nobody_foresaw_leaves_a_mark_and_the_queue_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway has recorded the sale when writing its answer down fails: it is asked for, and not sent again."""
    quote = await house.quote(await house.issue())
    recorded, failed = Book.recorded, asyncio.Event()

    async def once(book: Book, entry: Entry, sale: Sale) -> None:
        if not failed.is_set():
            failed.set()
            raise ZeroDivisionError
        await recorded(book, entry, sale)

    monkeypatch.setattr(Book, "recorded", once)
    sale = await house.counter.sell(house.order(quote), "ru")
    await house.drained()
    assert failed.is_set()
    assert (await house.counter.sale(sale.id)).state is SaleState.RECORDED
    assert len(await house.recorded()) == 1
    assert house.wire.passed.count(DISPENSE) == 1, "what may have been recorded is asked for"
