"""The engine for many nodes: PostgreSQL 15 or newer through asyncpg, the same functions on the same tables."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gateway.store.announce import Listener, Signals
from gateway.store.driver import in_transaction
from gateway.store.grouping import (
    LARGEST_BATCH,
    Answer,
    BatchFunction,
    StoreHealth,
    StoreUnavailable,
    SupposedTooMuch,
    Waiting,
    is_engine_trouble,
    is_worth_another_try,
    run_each,
    run_singly,
    run_together,
    settle,
    unavailable,
)
from gateway.store.migrate import is_current, migrate

_TRIES = 5
"""How often a transaction is run again after a deadlock or a serialisation failure."""


_SESSION = {
    "application_name": "kopuro",
    "synchronous_commit": "on",
    # A node that is stopped in the middle of a transaction must not keep its rows locked for the others.
    "idle_in_transaction_session_timeout": "15000",
}


class PostgresStore:
    """A :class:`gateway.store.grouping.Store` on PostgreSQL; any number of nodes may share the database."""

    def __init__(
        self, url: str, *, connections: int = 8, connect_seconds: float = 5.0, signals: Signals | None = None
    ) -> None:
        self._engine = _engine(url, connections, connect_seconds)
        self._writing = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._listener = Listener(url, signals) if signals is not None else None
        self._waiting: list[Waiting] = []
        self._something = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._stopping = False

    async def open(self) -> None:
        """Migrate (one node of many at a time) and start taking writes."""
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(migrate)
        except (OSError, DBAPIError) as error:
            raise StoreUnavailable from error
        self._flusher = asyncio.create_task(self._flush(), name="postgres-flusher")
        if self._listener is not None:
            self._listener.start()

    async def close(self) -> None:
        """Write what waits and disconnect."""
        self._stopping = True
        self._something.set()
        if self._flusher is not None:
            await self._flusher
        if self._listener is not None:
            await self._listener.stop()
        await self._engine.dispose()

    async def submit(self, function: BatchFunction, item: Any) -> Any:
        """See :class:`gateway.store.grouping.Store`."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(function, item, future))
        self._something.set()
        return await future

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """See :class:`gateway.store.grouping.Store`."""
        answer: Answer = await self.submit(run_each, work)
        return answer

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """See :class:`gateway.store.grouping.Store`."""
        try:
            async with self._engine.connect() as connection:
                return await connection.run_sync(query)
        except (OSError, DBAPIError) as error:
            if is_engine_trouble(error):
                raise StoreUnavailable from error
            raise

    async def check(self) -> StoreHealth:
        """See :class:`gateway.store.grouping.Store`. The disk of a database server is not ours to see."""
        begun = time.monotonic()
        migrated = writable = False
        with contextlib.suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(5):
                await self.write(_probe)
                writable = True
                migrated = await self.read(is_current)
        return StoreHealth(writable, migrated, time.monotonic() - begun, None)

    async def _flush(self) -> None:
        while True:
            await self._something.wait()
            if not self._waiting:
                if self._stopping:
                    return
                self._something.clear()
                continue
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            settle(batch, await self._commit(batch))

    async def _commit(self, batch: list[Waiting]) -> list[Any]:
        """Run and commit a batch; every answer is a result or an exception, and nothing is raised."""
        failure: Exception | None = None
        asked: Sequence[Waiting] = batch
        for run in (run_together, run_singly):
            tries = 0
            while tries < _TRIES:
                try:
                    async with self._writing.connect() as connection:
                        return await connection.run_sync(in_transaction, partial(run, batch=asked))
                except SupposedTooMuch as error:
                    asked = error.corrected(asked)
                except Exception as error:  # noqa: BLE001 - each waiting caller gets an exception of its own
                    failure = error
                    tries += 1
                    if is_engine_trouble(error):
                        return unavailable(batch, error)
                    if not is_worth_another_try(error):
                        break
        assert failure is not None
        return unavailable(batch, failure)


def _probe(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO cursors (name, value) VALUES ('health', :value) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ),
        {"value": str(time.time_ns())},
    )


def _engine(url: str, connections: int, connect_seconds: float) -> AsyncEngine:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=connect_seconds,
        connect_args={"timeout": connect_seconds, "server_settings": _SESSION},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _plain_identifiers(connection: Any, _record: Any) -> None:
        """The driver gives identifiers of a class of its own, which writers of JSON do not take for a UUID."""
        connection.run_async(
            lambda asyncpg: asyncpg.set_type_codec(
                "uuid",
                schema="pg_catalog",
                format="binary",
                encoder=lambda identifier: identifier.bytes,
                decoder=lambda data: UUID(bytes=bytes(data)),
            )
        )

    return engine
