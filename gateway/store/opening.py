"""Which engine a setting means. Each is imported only when it is the one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gateway.store.announce import Signals
from gateway.store.grouping import Store


def store_for(sqlite_path: Path | None, postgresql_url: Callable[[], str], signals: Signals | None = None) -> Store:
    """A store, not opened yet: the SQLite file if there is one, else the PostgreSQL database."""
    if sqlite_path is not None:
        from gateway.store.sqlite import SqliteStore  # noqa: PLC0415 - one engine is needed, not both

        return SqliteStore(sqlite_path)
    from gateway.store.postgres import PostgresStore  # noqa: PLC0415 - as above

    return PostgresStore(postgresql_url(), signals=signals)
