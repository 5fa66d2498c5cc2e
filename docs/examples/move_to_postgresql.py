# ruff: noqa: INP001 - a program of its own, not a package
"""Copy a stopped gateway's SQLite journal into an empty PostgreSQL database.

    python docs/examples/move_to_postgresql.py data/kopuro.db postgresql://kopuro@db.example:5432/kopuro

The password comes from PGPASSWORD or ~/.pgpass. The SQLite file is read under the gateway's own lock and not changed.
Everything is copied in one transaction, or nothing is. Numbers, keys, events, counters, clients, staff and the audit
stay as they are, and so do the keys of [sealing]: what was sealed is copied sealed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, insert, select, text

from gateway.store.access_tables import metadata  # with it, those of access are among the tables
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import events

ROWS_AT_ONCE = 1000


class TargetNotEmpty(Exception):
    """The PostgreSQL database already holds something."""


async def move(path: Path, url: str) -> Mapping[str, int]:
    """Copy every table; answers the rows copied by table. Raises :class:`TargetNotEmpty`."""
    source, target = SqliteStore(path), PostgresStore(url)
    await source.open()  # takes the lock and brings the file to this version's tables
    try:
        await target.open()
        try:
            return await target.write(partial(copy_all, path=path))
        finally:
            await target.close()
    finally:
        await source.close()


def copy_all(target: Connection, *, path: Path) -> Mapping[str, int]:
    """Copy every table within the target's transaction."""
    copied = {}
    engine = create_engine(f"sqlite:///file:{path.resolve()}?mode=ro&uri=true")
    try:
        with engine.connect() as source:
            for table in metadata.sorted_tables:
                if target.execute(select(func.count()).select_from(table)).scalar_one():
                    raise TargetNotEmpty(f"The table {table.name} of the PostgreSQL database is not empty.")
                rows = source.execution_options(stream_results=True).execute(select(table)).mappings()
                copied[table.name] = 0
                for part in rows.partitions(ROWS_AT_ONCE):
                    target.execute(insert(table), [dict(row) for row in part])
                    copied[table.name] += len(part)
    finally:
        engine.dispose()
    newest = target.execute(select(func.max(events.c.position))).scalar_one()
    if newest is not None:
        target.execute(text("SELECT setval(pg_get_serial_sequence('events', 'position'), :newest)"), {"newest": newest})
    return copied


def main() -> None:
    """Copy and print how many rows each table had."""
    path, url = Path(sys.argv[1]), sys.argv[2]
    if not path.is_file():
        sys.exit(f"{path} does not exist.")
    for table, rows in asyncio.run(move(path, url)).items():
        sys.stdout.write(f"{table}: {rows}\n")


if __name__ == "__main__":
    main()
