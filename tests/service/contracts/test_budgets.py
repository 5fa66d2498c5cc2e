"""Budgets on both engines: never overshot, whoever charges at once; transfers, closing, giving back."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select

from gateway.programme.budget.book import Budgets
from gateway.programme.budget.years import BudgetYear
from gateway.programme.ports import Charge, Split
from gateway.rules.findings import Refused
from gateway.store.contract_tables import budgets
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from schemas.budget import BudgetTransfer, RegionName
from schemas.errors import ErrorCode
from tests.service.contracts.desk import ADMINISTRATOR, FundDesk, codes_of

OSH, CHUI, NARYN = RegionName.OSH, RegionName.CHUI, RegionName.NARYN


@pytest.fixture
def desk(store: Store) -> FundDesk:
    return FundDesk(store)


def charge_each(connection: Connection, batches: Sequence[Sequence[Charge]]) -> Sequence[Sequence[Split]]:
    """As dispensing does: all that waits is charged together."""
    flat = [charge for batch in batches for charge in batch]
    splits = iter(Budgets().charge(connection, flat))
    return [[next(splits) for _ in batch] for batch in batches]


async def charge(store: Store, *charges: Charge) -> list[Split]:
    return list(await store.submit(charge_each, charges))


async def give_back(store: Store, *charged: tuple[Charge, Split]) -> None:
    await store.write(lambda connection: Budgets().give_back(connection, charged))


async def year(desk: FundDesk, number: int) -> BudgetYear:
    return await desk.budgets.year(number)


def of(budget_year: BudgetYear, region: str):
    return next(one for one in budget_year.regions if one.region == region)


def move(amount: str, source: RegionName = OSH, target: RegionName = CHUI) -> BudgetTransfer:
    return BudgetTransfer(year=2026, source=source, target=target, amount=Decimal(amount), analysis="А-3")


@pytest.mark.clause("7")
async def test_clause_7_budgets_are_the_insured_times_the_norm(desk: FundDesk):
    await desk.approve(2026, (OSH, 1_300_123), (CHUI, 0), norm="12.37")
    found = await year(desk, 2026)
    assert [(one.region, one.state.approved, one.insured, one.norm) for one in found.regions] == [
        ("chui", 0, 0, Decimal("12.37")),
        ("osh", 1_608_252_151, 1_300_123, Decimal("12.37")),
    ]
    assert await codes_of(desk.approve(2026, (NARYN, 1), (OSH, 1))) == [ErrorCode.BUDGET_EXISTS]
    assert len((await year(desk, 2026)).regions) == 2
    assert await desk.actions() == ["budget-changed"]


@pytest.mark.clause("8")
async def test_clause_8_what_exceeds_a_budget_is_paid_by_the_next_year(desk: FundDesk):
    await desk.approve(2026, (OSH, 10))
    splits = await charge(desk.store, Charge("osh", 2026, 700), Charge("osh", 2026, 400), Charge("osh", 2026, 5))
    assert splits == [Split(700, 0), Split(300, 100), Split(0, 5)]
    this, following = await year(desk, 2026), await year(desk, 2027)
    assert (of(this, "osh").state.charged, of(this, "osh").overrun, of(this, "osh").state.remaining) == (1000, 105, 0)
    assert (of(following, "osh").state.carried, of(following, "osh").state.charged) == (105, 0)
    await desk.approve(2027, (OSH, 10))
    assert await charge(desk.store, Charge("osh", 2027, 900)) == [Split(895, 5)]


@pytest.mark.clause("8")
async def test_clause_8_one_batch_over_two_years_and_regions_is_split_in_its_order(desk: FundDesk):
    await desk.approve(2026, (OSH, 1), (CHUI, 10))
    await desk.approve(2027, (OSH, 3))
    charges = [
        Charge("osh", 2027, 250),
        Charge("chui", 2026, 999),
        Charge("osh", 2026, 130),
        Charge("chui", 2026, 2),
    ]
    assert await charge(desk.store, *charges) == [Split(250, 0), Split(999, 0), Split(100, 30), Split(1, 1)]
    assert await charge(desk.store, Charge("osh", 2027, 30)) == [Split(20, 10)]


@pytest.mark.clause("8")
async def test_clause_8_without_a_budget_nothing_is_stopped_and_all_is_counted(desk: FundDesk):
    assert await charge(desk.store, Charge("osh", 2026, 700)) == [Split(700, 0)]
    assert of(await year(desk, 2026), "osh").state.unbudgeted == 700
    await desk.approve(2026, (OSH, 10))
    state = of(await year(desk, 2026), "osh").state
    assert (state.charged, state.remaining, state.unbudgeted) == (700, 300, 0)


@pytest.mark.clause("8")
@pytest.mark.parametrize("seed", range(3))
async def test_clause_8_no_budget_is_overshot_and_giving_back_is_exact(desk: FundDesk, seed: int):
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    await desk.approve(2026, (OSH, 300), (CHUI, 500), (NARYN, 0))
    given = [Charge(chance.choice(["osh", "chui", "naryn"]), 2026, chance.randint(1, 900)) for _ in range(300)]
    charged = list(
        zip(given, [one for (one,) in await asyncio.gather(*(charge(desk.store, each) for each in given))], strict=True)
    )
    kept, returned = charged[::2], charged[1::2]
    await asyncio.gather(*(give_back(desk.store, one) for one in returned))
    now, later = Counter[str](), Counter[str]()
    for one, split in kept:
        assert split.now + split.next == one.amount
        now[one.region] += split.now
        later[one.region] += split.next
    this, following = await year(desk, 2026), await year(desk, 2027)
    for region in ("osh", "chui", "naryn"):
        state = of(this, region).state
        assert state.charged == now[region] <= (state.total or 0)
    assert {one.region: one.state.carried for one in following.regions} == +later
    await give_back(desk.store, *kept)
    assert all(one.state.charged == 0 for one in (await year(desk, 2026)).regions)
    assert (await year(desk, 2027)).regions == ()


@pytest.mark.postgres
@pytest.mark.clause("8", "9")
async def test_clause_8_two_nodes_never_overshoot_a_budget(postgres_url: str):
    nodes = [PostgresStore(postgres_url), PostgresStore(postgres_url)]
    for node in nodes:
        await node.open()
    desk, regions = FundDesk(nodes[0]), (OSH, CHUI, NARYN)
    charged: list[tuple[Charge, Split]] = []

    async def terminal(number: int) -> None:
        """One charge after the other, so that the nodes' transactions meet; every fifth sale is taken back."""
        chance = random.Random(number)  # noqa: S311 - as above
        for step in range(40):
            given = [Charge(region, 2026, chance.randint(1, 900)) for region in chance.sample(regions, 2)]
            done = list(zip(given, await charge(nodes[number % 2], *given), strict=True))
            if step % 5 == 0:
                await give_back(nodes[number % 2], *done)
            else:
                charged.extend(done)

    async def administrator() -> None:
        for source, target in [(OSH, CHUI), (CHUI, NARYN), (NARYN, OSH)] * 4:
            with contextlib.suppress(Refused):
                await desk.budgets.transfer(move("1.00", source, target), by=ADMINISTRATOR)

    try:
        await desk.approve(2026, *((region, 300) for region in regions))
        await asyncio.gather(*(terminal(number) for number in range(6)), administrator())
        this, following = await year(desk, 2026), await year(desk, 2027)
        assert all(split.now + split.next == one.amount for one, split in charged)
        for region in regions:
            mine = [split for one, split in charged if one.region == region]
            state = of(this, region).state
            assert state.charged == sum(split.now for split in mine)
            assert state.charged <= (state.total or 0)
            assert of(following, region).state.carried == sum(split.next for split in mine) > 0
        assert sum(one.state.total or 0 for one in this.regions) == 90_000
    finally:
        for node in nodes:
            await node.close()


@pytest.mark.clause("9")
async def test_clause_9_a_transfer_keeps_the_sum_and_what_is_spent(desk: FundDesk):
    await desk.approve(2026, (OSH, 10), (CHUI, 20))
    await charge(desk.store, Charge("osh", 2026, 700))
    refused = desk.budgets.transfer(move("3.01"), by=ADMINISTRATOR)
    assert await codes_of(refused) == [ErrorCode.BUDGET_TRANSFER_COMMITTED]
    moved = await desk.budgets.transfer(move("3.00"), by=ADMINISTRATOR)
    assert {one.region: one.state.total for one in moved.regions} == {"chui": 2300, "osh": 700}
    assert {one.region: one.state.approved for one in moved.regions} == {"chui": 2000, "osh": 1000}
    (noted,) = moved.transfers
    assert (noted.source, noted.target, noted.amount, noted.analysis) == ("osh", "chui", 300, "А-3")
    assert await charge(desk.store, Charge("osh", 2026, 1)) == [Split(0, 1)]
    assert await desk.actions() == ["budget-changed"] * 2


@pytest.mark.clause("9")
async def test_clause_9_simultaneous_transfers_never_give_what_is_not_there(desk: FundDesk):
    await desk.approve(2026, (OSH, 10), (CHUI, 0))
    answers = await asyncio.gather(
        *(desk.budgets.transfer(move("3.00"), by=ADMINISTRATOR) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, BudgetYear) for one in answers) == 3
    found = await year(desk, 2026)
    assert (of(found, "osh").state.total, of(found, "chui").state.total) == (100, 900)


@pytest.mark.clause("9")
async def test_clause_9_a_transfer_is_made_within_the_year_between_budgets(desk: FundDesk):
    refused = desk.budgets.transfer(move("1.00"), by=ADMINISTRATOR)
    assert await codes_of(refused) == [ErrorCode.BUDGET_NOT_FOUND] * 2
    await desk.approve(2026, (OSH, 10), (CHUI, 20))
    desk.clock.at = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)  # 2027 has begun in Bishkek
    assert await codes_of(desk.budgets.transfer(move("1.00"), by=ADMINISTRATOR)) == [ErrorCode.BUDGET_TRANSFER_YEAR]


@pytest.mark.clause("8")
async def test_clause_8_closing_lets_the_remainder_lapse_and_hands_on_what_no_budget_covers(desk: FundDesk):
    await charge(desk.store, Charge("naryn", 2026, 600), Charge("chui", 2026, 100))
    await desk.approve(2026, (OSH, 10), (CHUI, 20), (NARYN, 5))
    await charge(desk.store, Charge("osh", 2026, 1300))
    assert await codes_of(desk.budgets.close(2026, by=ADMINISTRATOR)) == [ErrorCode.BUDGET_YEAR_OPEN]
    desk.clock.at = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)
    closed = await desk.budgets.close(2026, by=ADMINISTRATOR)
    assert closed.closed
    assert len(closed.regions) == len(RegionName)
    lapsed = {one.region: one.lapsed for one in closed.regions if one.lapsed}
    overrun = {one.region: one.overrun for one in closed.regions if one.overrun}
    assert (lapsed, overrun) == ({"chui": 1900}, {"osh": 300, "naryn": 100})
    following = {one.region: one.state.carried for one in (await year(desk, 2027)).regions}
    assert following == {"osh": 300, "naryn": 100}


@pytest.mark.clause("8")
async def test_clause_8_closing_twice_changes_nothing(desk: FundDesk):
    await charge(desk.store, Charge("naryn", 2026, 600))
    await desk.approve(2026, (OSH, 10), (NARYN, 5))
    desk.clock.move(days=365)
    first = await desk.budgets.close(2026, by=ADMINISTRATOR)
    written = await desk.store.read(lambda connection: connection.execute(select(budgets)).all())
    done = await desk.actions()
    desk.clock.move(days=1)
    assert await desk.budgets.close(2026, by=ADMINISTRATOR) == first
    assert await desk.store.read(lambda connection: connection.execute(select(budgets)).all()) == written
    assert await desk.actions() == done


@pytest.mark.clause("8")
async def test_clause_8_a_closed_year_takes_neither_approval_nor_transfer_nor_charge(desk: FundDesk):
    await desk.approve(2025, (OSH, 10), (CHUI, 10))
    (before,) = await charge(desk.store, Charge("osh", 2025, 400))
    await desk.budgets.close(2025, by=ADMINISTRATOR)
    assert await codes_of(desk.approve(2025, (NARYN, 5), (OSH, 5))) == [ErrorCode.BUDGET_CLOSED] * 2
    late = Charge("osh", 2025, 50)
    (after,) = await charge(desk.store, late)
    assert (before, after) == (Split(400, 0), Split(0, 50))
    assert of(await year(desk, 2026), "osh").state.carried == 50
    await give_back(desk.store, (Charge("osh", 2025, 400), before), (late, after))
    assert of(await year(desk, 2025), "osh").state.remaining == 0
    assert (await year(desk, 2026)).regions == ()
    transfer = move("1.00").model_copy(update={"year": 2025})
    found = await codes_of(desk.budgets.transfer(transfer, by=ADMINISTRATOR))
    assert found == [ErrorCode.BUDGET_TRANSFER_YEAR, ErrorCode.BUDGET_CLOSED, ErrorCode.BUDGET_CLOSED]


@pytest.mark.clause("8")
async def test_clause_8_years_are_closed_in_order_and_with_budgets(desk: FundDesk):
    await desk.approve(2024, (OSH, 10))
    await desk.approve(2025, (OSH, 10))
    await charge(desk.store, Charge("chui", 2025, 1))
    assert await codes_of(desk.budgets.close(2025, by=ADMINISTRATOR)) == [ErrorCode.BUDGET_NOT_FOUND]
    await desk.approve(2025, (CHUI, 10))
    assert await codes_of(desk.budgets.close(2025, by=ADMINISTRATOR)) == [ErrorCode.BUDGET_YEAR_OPEN]
    await desk.budgets.close(2024, by=ADMINISTRATOR)
    assert (await desk.budgets.close(2025, by=ADMINISTRATOR)).closed


@pytest.mark.postgres
@pytest.mark.clause("8")
async def test_clause_8_a_year_is_closed_once_while_others_charge(postgres_url: str):
    nodes = [PostgresStore(postgres_url), PostgresStore(postgres_url)]
    for node in nodes:
        await node.open()
    desks = [FundDesk(node) for node in nodes]
    try:
        await desks[0].approve(2025, (OSH, 50), (CHUI, 1))
        splits: list[Split] = []
        under_way = asyncio.Event()

        async def terminal(number: int) -> None:
            for _ in range(25):
                both = [Charge("osh", 2025, 10), Charge("chui", 2025, 7)][:: 1 if number % 4 < 2 else -1]
                splits.extend(await charge(nodes[number % 2], *both))
                if len(splits) > 150:
                    under_way.set()

        async def administrator(desk: FundDesk) -> None:
            await under_way.wait()
            await desk.budgets.close(2025, by=ADMINISTRATOR)

        await asyncio.gather(*(terminal(number) for number in range(8)), *(administrator(desk) for desk in desks))
        closed, following = await year(desks[0], 2025), await year(desks[0], 2026)
        assert sum(one.state.charged for one in closed.regions) == sum(split.now for split in splits)
        assert sum(one.state.carried for one in following.regions) == sum(split.next for split in splits)
        for one in closed.regions:
            assert (one.lapsed or 0) + one.state.charged == (one.state.total or 0)
        assert (await desks[1].actions()).count("budget-changed") == 2
    finally:
        for node in nodes:
            await node.close()
