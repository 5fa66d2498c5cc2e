"""Fixtures for all tests."""

from __future__ import annotations

import shutil
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
    with postgres.server(sync=False) as url:
        yield url


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """A new empty database."""
    url = await postgres.create_database(postgres_server)
    yield url
    await postgres.drop_database(url)


_TEMPLATES: dict[str, Path] = {}


async def migrated_sqlite(folder: Path, factory: pytest.TempPathFactory) -> Path:
    """A SQLite file in ``folder`` with empty tables: copying one is far quicker than migrating."""
    if "kopuro" not in _TEMPLATES:
        path = factory.mktemp("template") / "kopuro.db"
        made = SqliteStore(path)
        await made.open()
        await made.close()
        _TEMPLATES["kopuro"] = path
    return Path(shutil.copy(_TEMPLATES["kopuro"], folder / "kopuro.db"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Store]:
    """An open store, of each engine in turn."""
    opened: Store
    url = None
    if request.param == "sqlite":
        opened = SqliteStore(await migrated_sqlite(tmp_path, tmp_path_factory))
    else:
        url = await postgres.create_database(request.getfixturevalue("postgres_server"), migrated=True)
        opened = PostgresStore(url)
    await opened.open()
    yield opened
    await opened.close()
    if url is not None:
        await postgres.drop_database(url)
