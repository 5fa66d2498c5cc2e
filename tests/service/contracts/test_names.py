"""What a pharmacy is called, for those who have nothing but its code."""

from __future__ import annotations

import pytest

from gateway.programme.contracts.applications import ApplicationDesk
from gateway.store.grouping import Store
from tests.service.contracts.desk import DAY, OTHER_PHARMACY, PHARMACY, FundDesk
from tests.support.doubles import SystemIds
from tests.support.sealing import make_sealer


@pytest.fixture
def desk(store: Store) -> FundDesk:
    return FundDesk(store)


async def test_the_latest_contract_tells(desk: FundDesk):
    await desk.file(OTHER_PHARMACY)
    await desk.contracted()
    assert await desk.applications.legal_name(PHARMACY) == "ОсОО «Шипаа»"
    assert await desk.applications.legal_name(OTHER_PHARMACY) is None
    desk.clock.move(days=400)
    filed = await desk.file(legal_name="ОсОО «Дары»")
    await desk.decide(filed.stored.id, desk.contract("ДА-2", starts_on=desk.today + DAY))
    await desk.file(legal_name="ОсОО «Жаңы»")
    assert await desk.applications.legal_name(PHARMACY) == "ОсОО «Дары»"


async def test_what_cannot_be_read_is_no_name(desk: FundDesk, store: Store):
    await desk.contracted()
    stranger = ApplicationDesk(store, make_sealer(), desk.clock, SystemIds(), lambda *_: None)
    assert await stranger.legal_name(PHARMACY) is None
