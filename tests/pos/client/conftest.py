"""The client, each of its two faces in turn, at gateways on sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.store.sqlite import SqliteStore
from kopuro_pos.client import BlockingPharmacyClient, PharmacyClient
from tests.conftest import migrated_sqlite
from tests.service.dispensing.pharmacy import Pharmacy, open_pharmacy

Open = Callable[..., Any]
"""Opens a client; what it is given is what the client is given."""


class InThread:
    """The blocking client, awaited: each method runs in a thread, and what is listed comes as a whole."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.blocking = BlockingPharmacyClient(*given, **more)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.blocking, name)
        if not callable(found):
            return found

        async def call(*given: Any, **more: Any) -> Any:
            return await asyncio.to_thread(found, *given, **more)

        return call

    def dispenses(self, **wanted: Any) -> AsyncIterator[Any]:
        return _one_by_one(self.blocking.dispenses(**wanted))

    def medicines(self, *given: Any, **more: Any) -> AsyncIterator[Any]:
        return _one_by_one(self.blocking.medicines(*given, **more))

    async def aclose(self) -> None:
        self.blocking.close()


async def _one_by_one(found: Iterator[Any]) -> AsyncIterator[Any]:
    for one in await asyncio.to_thread(list, found):
        yield one


@pytest.fixture(params=[PharmacyClient, InThread], ids=["asynchronous", "blocking"])
async def open_client(request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    opened: list[Any] = []

    def open_one(*given: Any, **more: Any) -> Any:
        opened.append(request.param(*given, **more))
        return opened[-1]

    yield open_one
    for client in opened:
        await client.aclose()


@pytest.fixture
async def store(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(await migrated_sqlite(tmp_path, tmp_path_factory))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def pharmacy(store: SqliteStore) -> AsyncIterator[Pharmacy]:
    async with open_pharmacy(store) as opened:
        yield opened
