"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from tests.support import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL server, one for the whole run."""
    with postgres.server() as url:
        yield url


@pytest.fixture
async def postgres_url(postgres_server: str) -> str:
    """A new empty database."""
    return await postgres.create_database(postgres_server)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An open store, of each engine in turn."""
    opened: Store
    if request.param == "sqlite":
        opened = SqliteStore(tmp_path / "kopuro.db")
    else:
        url = await postgres.create_database(request.getfixturevalue("postgres_server"))
        opened = PostgresStore(url)
    await opened.open()
    yield opened
    await opened.close()
