"""The limit of a patient's year on both engines: what counts on which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gateway.programme.budget.limit_book import Limits
from gateway.store.grouping import Store
from schemas.budget import PatientLimitCommand
from schemas.errors import ErrorCode
from tests.service.contracts.desk import ADMINISTRATOR, DAY, FundDesk, codes_of


@pytest.fixture
def desk(store: Store) -> FundDesk:
    return FundDesk(store)


async def limit(desk: FundDesk, day: date) -> int | None:
    return await desk.store.read(lambda connection: Limits().limit(connection, day))


async def set_limit(desk: FundDesk, effective_on: date, *, norm: str = "12.50", multiplier: int = 300) -> None:
    command = PatientLimitCommand(
        norm=Decimal(norm), multiplier=multiplier, effective_on=effective_on, reason="Пландын калдыгы"
    )
    await desk.limit.set(command, by=ADMINISTRATOR)


@pytest.mark.clause("21(1)")
async def test_clause_21_1_there_is_no_limit_until_it_is_set(desk: FundDesk):
    assert await limit(desk, desk.today) is None
    assert (await desk.limit.history()).current is None


@pytest.mark.clause("21(1)")
async def test_clause_21_1_the_limit_is_three_hundred_norms_and_follows_the_multiplier(desk: FundDesk):
    await set_limit(desk, desk.today)
    await set_limit(desk, desk.today + 10 * DAY, multiplier=310)
    assert await limit(desk, desk.today - DAY) is None
    assert await limit(desk, desk.today) == 375_000
    assert await limit(desk, desk.today + 9 * DAY) == 375_000
    assert await limit(desk, desk.today + 10 * DAY) == 387_500
    assert await desk.actions() == ["limit-changed"] * 2


@pytest.mark.clause("21(1)")
async def test_clause_21_1_the_past_is_not_changed_and_the_history_is_kept(desk: FundDesk):
    await set_limit(desk, desk.today)
    assert await codes_of(set_limit(desk, desk.today - DAY)) == [ErrorCode.MULTIPLIER_DATE]
    desk.clock.move(seconds=1)
    await set_limit(desk, desk.today, norm="13.00")
    await set_limit(desk, desk.today + DAY, norm="14.00")
    history = await desk.limit.history()
    assert [str(one.norm) for one in history.settings] == ["14.00", "13.00", "12.50"]
    assert history.current == history.settings[1]
    assert (history.settings[2].reason, history.settings[2].set_by) == ("Пландын калдыгы", ADMINISTRATOR.id)
    assert await limit(desk, desk.today) == 390_000
    desk.clock.move(days=1)
    assert (await desk.limit.history()).current == history.settings[0]
