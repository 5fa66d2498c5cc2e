"""Real gateways on sockets, and a counter in front of one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store.sqlite import SqliteStore
from tests.conftest import migrated_sqlite
from tests.pos.agent.house import House, open_house
from tests.pos.client.guarded import Guarded, open_guarded
from tests.service.dispensing.pharmacy import Pharmacy, open_pharmacy


@pytest.fixture
async def store(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(await migrated_sqlite(tmp_path, tmp_path_factory))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def pharmacy(store: SqliteStore) -> AsyncIterator[Pharmacy]:
    """It believes names."""
    async with open_pharmacy(store) as opened:
        yield opened


@pytest.fixture
async def guarded(store: SqliteStore) -> AsyncIterator[Guarded]:
    """It asks for proof."""
    async with open_guarded(store) as opened:
        yield opened


@pytest.fixture
async def house(tmp_path: Path, pharmacy: Pharmacy) -> AsyncIterator[House]:
    async with open_house(tmp_path / "till", pharmacy) as opened:
        yield opened
