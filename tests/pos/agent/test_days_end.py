"""The day's end: three columns, and every difference named once."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopuro_pos.agent.book import Book
from kopuro_pos.agent.contract import Day, DayColumn, Sale, SaleState
from kopuro_pos.agent.day.balancing import MESSAGES, balance
from kopuro_pos.agent.day.days_end import DaysEnd
from kopuro_pos.agent.storage.sealing import FileSealer
from kopuro_pos.client.models import DispenseView, OperationState
from tests.pos.agent.days import AT, DAY, dispense, sale
from tests.pos.agent.house import House, problem_answer
from tests.support.doubles import SettableClock
from tests.support.programme import PHARMACY

ZERO = Decimal("0.00")


def compared(agent: list[Sale], gateway: list[DispenseView] | None, language: str = "ru") -> Day:
    return balance(DAY, agent, gateway, language=language, checked_at=AT)


def kinds(day: Day) -> list[tuple[str | None, str]]:
    return [(one.receipt_number, one.kind) for one in day.differences]


# ---------------------------------------------------------------------------------------------------- the comparison


def test_a_day_on_which_all_agree_is_balanced() -> None:
    agent = [sale(1), sale(2), sale(3, units=-30, reversal_of=UUID(int=1002))]
    day = compared(agent, [dispense(1), dispense(2), dispense(3, units=-30, reversal_of=UUID(int=2002))])
    column = DayColumn(
        sales=2, reversals=1, retail=Decimal("450.00"), compensation=Decimal("180.00"), patient=Decimal("270.00")
    )
    assert (day.agent, day.gateway, day.fund) == (column, column, column)
    assert day.balanced
    assert day.differences == []


def test_an_empty_day_is_balanced() -> None:
    assert compared([], []).balanced


@pytest.mark.parametrize(
    ("agent", "gateway", "kind", "shares"),
    [
        ([sale(state=SaleState.WAITING, dispense=None)], [], "not-at-gateway", ("180.00", None, None)),
        ([sale()], [], "not-at-gateway", ("180.00", None, None)),
        ([], [dispense()], "not-here", (None, "180.00", "180.00")),
        ([sale()], [dispense(units=60)], "sums-differ", ("180.00", "360.00", "360.00")),
        ([sale()], [dispense(patient=Decimal("1.00"))], "sums-differ", ("180.00", "180.00", "180.00")),
        ([sale()], [dispense(fund=OperationState.QUEUED)], "fund-under-way", ("180.00", "180.00", None)),
        ([sale()], [dispense(fund=OperationState.IN_DOUBT)], "fund-under-way", ("180.00", "180.00", None)),
        ([sale()], [dispense(fund=OperationState.PARKED)], "fund-under-way", ("180.00", "180.00", None)),
        ([sale()], [dispense(fund=OperationState.REJECTED)], "fund-refused", ("180.00", "180.00", None)),
        ([sale()], [dispense(fund=OperationState.CANCELLED)], "fund-refused", ("180.00", "180.00", None)),
        ([sale()], [dispense(fund=None)], "fund-refused", ("180.00", "180.00", None)),
        ([sale(state=SaleState.REFUSED, dispense=None)], [], "refused", ("180.00", None, None)),
    ],
)
def test_each_difference_is_named_with_what_every_side_has(
    agent: list[Sale], gateway: list[DispenseView], kind: str, shares: tuple[str | None, ...]
) -> None:
    day = compared(agent, gateway)
    (found,) = day.differences
    assert found.kind == kind
    assert (found.agent, found.gateway, found.fund) == tuple(None if one is None else Decimal(one) for one in shares)
    assert not day.balanced
    assert found.message == MESSAGES[found.kind].ru


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_difference_says_what_to_do_in_each_language(language: str) -> None:
    assert len({text.of(language) for text in MESSAGES.values()}) == len(MESSAGES)
    day = compared([sale(state=SaleState.WAITING, dispense=None)], [], language)
    assert day.differences[0].message == MESSAGES["not-at-gateway"].of(language)


def test_without_the_gateway_only_what_the_agent_knows_is_told() -> None:
    agent = [sale(1), sale(2, state=SaleState.WAITING, dispense=None), sale(3, state=SaleState.REFUSED, dispense=None)]
    day = compared(agent, None)
    assert (day.gateway, day.fund, day.balanced) == (None, None, False)
    assert day.agent.sales == 3
    assert kinds(day) == [("Ч-2", "not-at-gateway"), ("Ч-3", "refused")]


def test_a_sale_that_waits_but_has_arrived_agrees() -> None:
    day = compared([sale(state=SaleState.WAITING, dispense=None)], [dispense()])
    assert day.balanced


@pytest.mark.parametrize(
    "other", [{"receipt_number": "Ч-2"}, {"prescription": UUID(int=8)}, {"medicine": "X"}, {"units": 60}]
)
def test_a_sale_that_waits_is_no_other_sale(other: dict[str, Any]) -> None:
    day = compared([sale(state=SaleState.WAITING, dispense=None)], [dispense(**other)])
    assert {one.kind for one in day.differences} == {"not-at-gateway", "not-here"}


def test_two_sales_on_one_receipt_are_two() -> None:
    waiting = [sale(number, state=SaleState.WAITING, dispense=None, receipt_number="Ч-1") for number in (1, 2)]
    day = compared(waiting, [dispense(1)])
    assert [(one.sale, one.kind) for one in day.differences] == [(UUID(int=1002), "not-at-gateway")]


def test_what_the_fund_refused_and_was_taken_back_is_done_with() -> None:
    agent = [sale(1), sale(2, units=-30, reversal_of=UUID(int=1001))]
    taken_back = dispense(2, units=-30, reversal_of=UUID(int=2001), fund=OperationState.CANCELLED)
    day = compared(agent, [dispense(1, fund=OperationState.REJECTED), taken_back])
    assert day.balanced
    assert day.fund is not None
    assert (day.fund.sales, day.fund.compensation) == (0, ZERO)


# -------------------------------------------------------------------------------------------------------- properties

_STATES = st.sampled_from([*OperationState])


@st.composite
def _days(draw: st.DrawFn) -> tuple[list[Sale], list[DispenseView]]:
    """A day as it may go wrong: each entry on one side or both, whole or not, and whatever the fund says."""
    agent, gateway = [], []
    for number in range(draw(st.integers(0, 8))):
        units = draw(st.sampled_from([30, 30, 7, -30, -7]))
        back: dict[str, Any] = {"receipt_number": draw(st.sampled_from(["Ч-1", "Ч-2"]))}
        if units < 0:
            back["reversal_of"] = UUID(int=9000 + number)
        where = draw(st.sampled_from(["both", "agent", "gateway", "waiting", "arrived", "refused", "other sums"]))
        if where in {"both", "agent", "other sums"}:
            agent.append(sale(number, units=units, **back))
        elif where in {"waiting", "arrived", "refused"}:
            state = SaleState.REFUSED if where == "refused" else SaleState.WAITING
            agent.append(sale(number, units=units, state=state, dispense=None, **back))
        if where in {"both", "gateway", "arrived", "other sums"}:
            more = {"compensation": Decimal(draw(st.integers(-99999, 99999))) / 100} if where == "other sums" else {}
            gateway.append(dispense(number, units=units, fund=draw(_STATES), **back, **more))
    return agent, gateway


@given(_days())
def test_columns_differ_by_what_the_named_differences_differ_by(day: tuple[list[Sale], list[DispenseView]]) -> None:
    done = compared(*day)
    assert done.gateway is not None
    assert done.fund is not None
    named = [(one.agent or ZERO, one.gateway or ZERO, one.fund or ZERO) for one in done.differences]
    assert done.agent.compensation - done.gateway.compensation == sum((a - g for a, g, _ in named), ZERO)
    assert done.gateway.compensation - done.fund.compensation == sum((g - f for _, g, f in named), ZERO)
    assert done.balanced == (not named)
    if done.balanced:
        assert done.agent == done.gateway == done.fund


@given(_days())
def test_columns_are_the_sums_of_what_each_side_holds(day: tuple[list[Sale], list[DispenseView]]) -> None:
    agent, gateway = day
    done = compared(agent, gateway)
    assert done.gateway is not None
    for column, held in ((done.agent, agent), (done.gateway, gateway)):
        assert column.retail == sum((one.retail for one in held), ZERO)
        assert column.patient == sum((one.patient for one in held), ZERO)
        assert (column.sales, column.reversals) == (
            sum(one.units > 0 for one in held),
            sum(one.units < 0 for one in held),
        )


@given(_days(), st.randoms(use_true_random=False))
def test_the_order_of_what_came_does_not_matter(
    day: tuple[list[Sale], list[DispenseView]], chance: random.Random
) -> None:
    agent, gateway = (chance.sample(side, len(side)) for side in day)
    assert compared(agent, gateway) == compared(*day)


@given(_days())
def test_no_entry_is_named_twice_and_all_sums_have_two_digits(day: tuple[list[Sale], list[DispenseView]]) -> None:
    done = compared(*day)
    named = [(one.sale, one.dispense) for one in done.differences]
    assert len(set(named)) == len(named)
    assert Day.model_validate_json(done.model_dump_json()) == done


# ------------------------------------------------------------------------------------------- with a gateway behind it


@pytest.fixture
def days(house: House) -> DaysEnd:
    made = DaysEnd(_book(house), house.clock)
    made.connect(house.client, PHARMACY)
    return made


def _book(house: House) -> Book:
    return Book(house.counter._store, FileSealer.at(house.folder / "sealing.key"))


def _later(house: House, **by: float) -> date:
    house.clock.move(**by)
    return DAY + timedelta(days=int(by.get("days", 0)))


async def test_a_day_of_sales_and_a_reversal(house: House, days: DaysEnd) -> None:
    first = await house.sell(await house.quote(await house.issue()))
    await house.sell(await house.quote(await house.issue(), units=30))
    await house.reverse(first)
    day = await days.day(DAY, "ru")
    assert day.gateway == day.agent
    assert (day.agent.sales, day.agent.reversals) == (2, 1)
    assert day.agent.compensation == Decimal("180.00")
    assert {one.kind for one in day.differences} == {"fund-under-way"}, "no fund stands behind this gateway"
    assert day.fund is not None
    assert day.fund.sales == 0


async def test_a_reversal_of_an_earlier_days_sale_belongs_to_the_day_it_was_made(house: House, days: DaysEnd) -> None:
    sold = await house.sell(await house.quote(await house.issue()))
    today = _later(house, days=2)
    await house.reverse(sold)
    before, now = await days.day(DAY, "ru"), await days.day(today, "ru")
    assert before.agent == before.gateway
    assert (before.agent.sales, before.agent.reversals) == (1, 0)
    assert now.agent == now.gateway
    assert (now.agent.sales, now.agent.reversals) == (0, 1)
    assert now.agent.compensation == Decimal("-360.00")


async def test_a_reversal_made_without_the_line_stays_with_its_day_when_it_is_recorded_on_another(
    house: House, days: DaysEnd
) -> None:
    sold = await house.sell(await house.quote(await house.issue()))
    await house.wire.cut()
    await house.reverse(sold)
    alone = await days.day(DAY, "ru")
    assert alone.gateway is None
    assert [(one.kind, one.agent) for one in alone.differences] == [("not-at-gateway", Decimal("-360.00"))]
    _later(house, days=1)
    await house.wire.mend()
    await house.drained()
    day, next_day = await days.day(DAY, "ru"), await days.day(DAY + timedelta(days=1), "ru")
    assert day.agent == day.gateway
    assert (day.agent.reversals, day.agent.compensation) == (1, ZERO)
    assert next_day.balanced
    assert next_day.agent.reversals == 0


async def test_what_another_till_of_the_pharmacy_sold_is_named(house: House, days: DaysEnd) -> None:
    issued = await house.issue()
    assert (await house.pharmacy.dispense(issued)).status == 201
    day = await days.day(DAY, "ru")
    assert day.agent.sales == 0
    assert [(one.kind, one.sale) for one in day.differences] == [("not-here", None)]


async def test_what_another_till_took_back_today_of_an_earlier_day_is_named_today(house: House, days: DaysEnd) -> None:
    sold = await house.pharmacy.dispense(await house.issue())
    today = _later(house, days=2)
    taken_back = await house.pharmacy.reverse(sold.json["id"])
    before, now = await days.day(DAY, "ru"), await days.day(today, "ru")
    assert [str(one.dispense) for one in before.differences] == [sold.json["id"]]
    assert [(str(one.dispense), one.kind) for one in now.differences] == [(taken_back.json["id"], "not-here")]


async def test_a_sale_refused_before_the_goods_were_handed_over_is_no_sale(house: House, days: DaysEnd) -> None:
    quote = await house.quote(await house.issue())
    house.wire.answers["POST /v1/dispenses"] = problem_answer(422, "RECEIPT_REQUIRED")
    with pytest.raises(Exception, match="GATEWAY_REFUSED"):
        await house.sell(quote)
    day = await days.day(DAY, "ru")
    assert day.balanced
    assert day.agent.sales == 0


async def test_a_sale_refused_after_the_goods_were_handed_over_is_named(house: House, days: DaysEnd) -> None:
    quote = await house.quote(await house.issue())
    await house.wire.cut()
    sold = await house.sell(quote)
    house.wire.answers["POST /v1/dispenses"] = problem_answer(409, "RX_DISPENSED")
    await house.wire.mend()
    await house.drained()
    day = await days.day(DAY, "ru")
    assert [(one.sale, one.kind) for one in day.differences] == [(sold.id, "refused")]
    assert day.agent.sales == 1


async def test_a_gateway_that_refuses_the_list_is_as_good_as_none(house: House, days: DaysEnd) -> None:
    await house.sell(await house.quote(await house.issue()))
    house.wire.answers["GET /v1/dispenses"] = problem_answer(503, "STORE_UNAVAILABLE")
    assert (await days.day(DAY, "ru")).gateway is None


async def test_before_the_terminal_is_enrolled_there_is_no_gateway(house: House) -> None:
    day = await DaysEnd(_book(house), SettableClock()).day(DAY, "ky")
    assert (day.gateway, day.balanced) == (None, False)
