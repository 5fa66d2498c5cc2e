"""A counter in front of a real gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store.sqlite import SqliteStore
from tests.conftest import migrated_sqlite
from tests.pos.agent.house import House, open_house
from tests.service.dispensing.pharmacy import Pharmacy, open_pharmacy


@pytest.fixture
async def pharmacy(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pharmacy]:
    store = SqliteStore(await migrated_sqlite(tmp_path, tmp_path_factory))
    await store.open()
    try:
        async with open_pharmacy(store) as opened:
            yield opened
    finally:
        await store.close()


@pytest.fixture
async def house(tmp_path: Path, pharmacy: Pharmacy) -> AsyncIterator[House]:
    async with open_house(tmp_path / "till", pharmacy) as opened:
        yield opened
