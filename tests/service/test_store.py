"""The engines: isolation within a batch, one process on SQLite, tables as the migrations make them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import OperationalError

from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import AlreadyInUse, SqliteStore
from gateway.store.tables import cursors, metadata


def put(name: str, value: str = "x"):
    return lambda connection: connection.execute(insert(cursors).values(name=name, value=value)).rowcount


async def names(store: Store) -> list[str]:
    return await store.read(lambda c: list(c.execute(select(cursors.c.name).order_by(cursors.c.name)).scalars()))


async def test_the_migrations_make_exactly_the_tables(store: Store):
    def differences(connection: Connection) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    assert await store.read(differences) == []


async def test_writes_of_one_batch_fail_alone(store: Store):
    answers = await asyncio.gather(
        store.write(put("a")), store.write(put("a")), store.write(put("b")), return_exceptions=True
    )
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, False]
    assert await names(store) == ["a", "b"]


async def test_a_programming_error_reaches_only_its_caller(store: Store):
    def broken(_connection: Connection) -> None:
        raise ZeroDivisionError

    good, bad = await asyncio.gather(store.write(put("a")), store.write(broken), return_exceptions=True)
    assert good == 1
    assert isinstance(bad, ZeroDivisionError)


async def test_readers_cannot_write(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    with pytest.raises((OperationalError, StoreUnavailable)):
        await store.read(put("a"))
    assert await names(store) == []
    await store.close()


async def test_health_is_a_real_commit(store: Store):
    health = await store.check()
    assert health.writable
    assert health.migrated
    assert await names(store) == ["health"]


async def test_a_second_process_is_kept_out_of_a_sqlite_file(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    other = SqliteStore(tmp_path / "k.db")
    with pytest.raises(AlreadyInUse):
        await other.open()
    await store.close()
    await other.close()
    again = SqliteStore(tmp_path / "k.db")
    await again.open()
    await again.close()


async def test_sqlite_is_synced_on_every_commit(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()

    def settings(connection: Connection) -> tuple[str, int, int]:
        return tuple(  # type: ignore[return-value]
            connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in _SETTINGS
        )

    assert await store.write(settings) == ("wal", 2, 1)
    await store.close()


@pytest.mark.postgres
async def test_postgres_waits_for_its_disk(postgres_url: str):
    store = PostgresStore(postgres_url)
    await store.open()
    assert await store.write(lambda c: c.execute(text("SHOW synchronous_commit")).scalar_one()) == "on"
    await store.close()


@pytest.mark.postgres
async def test_nodes_that_start_together_migrate_once(postgres_url: str):
    stores = [PostgresStore(postgres_url) for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    for store in stores:
        assert (await store.check()).migrated
        await store.close()


async def test_a_database_that_is_gone_is_told_as_unavailable():
    store = PostgresStore("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable):
        await store.open()
    await store.close()


async def test_a_full_disk_is_refused_and_forgotten_once_there_is_room(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    pages = await store.write(lambda c: c.execute(text("PRAGMA page_count")).scalar_one())
    await store.write(lambda c: c.execute(text(f"PRAGMA max_page_count={pages}")).scalar_one())
    with pytest.raises(StoreUnavailable):
        await store.write(_large)
    assert not await names(store)
    await store.write(lambda c: c.execute(text("PRAGMA max_page_count=1000000")).scalar_one())
    await store.write(put("a"))
    assert await names(store) == ["a"]
    await store.close()


def _large(connection: Connection) -> None:
    for n in range(2000):
        connection.execute(insert(cursors).values(name=f"large-{n}", value="x" * 180))


_SETTINGS = ("journal_mode", "synchronous", "foreign_keys")

_KILLED = """
import asyncio, os, sys
from pathlib import Path
from sqlalchemy import insert
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import cursors

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    await store.open()
    async def writer(n):
        for m in range(1_000_000):
            name = f"{n}-{m}"
            await store.write(lambda c: c.execute(insert(cursors).values(name=name)))
            sys.stdout.write(name + "\\n"); sys.stdout.flush()
    await asyncio.gather(*(writer(n) for n in range(16)))

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path):
    path = tmp_path / "k.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, str(path), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    acknowledged = set()
    async with asyncio.timeout(60):
        while len(acknowledged) < 500:
            acknowledged.add((await process.stdout.readline()).decode().strip())
    process.kill()
    rest = await process.stdout.read()
    acknowledged |= {line for line in rest.decode().split("\n")[:-1] if line}
    await process.wait()
    store = SqliteStore(path)
    await store.open()
    assert acknowledged <= set(await names(store))
    assert await store.read(lambda c: c.execute(text("PRAGMA integrity_check")).scalar_one()) == "ok"
    await store.close()
