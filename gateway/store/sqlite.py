"""The embedded engine: SQLite in WAL mode with ``synchronous=FULL``, one process, one connection that writes.

SQLite 3.7.0 to 3.51.2 can corrupt a database when two connections write or checkpoint at once. Hence a lock file keeps
a second process out, one thread owns the only connection that writes and checkpoints, and readers are ``query_only``.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool, StaticPool

from gateway.store.grouping import (
    LARGEST_BATCH,
    Answer,
    BatchFunction,
    StoreHealth,
    StoreUnavailable,
    SupposedTooMuch,
    Waiting,
    is_engine_trouble,
    run_each,
    run_singly,
    run_together,
    settle,
    unavailable,
)
from gateway.store.migrate import is_current, migrate

_CHECKPOINT_PAGES = 2000
"""Pages of write-ahead log before a checkpoint: larger ones make rare long pauses, smaller ones cost throughput."""

_STOP = None


class AlreadyInUse(Exception):
    """Another process has this SQLite database open. Stop it, or use PostgreSQL for more than one node."""


class SqliteStore:
    """A :class:`gateway.store.grouping.Store` in one file."""

    def __init__(self, path: Path, *, readers: int = 2) -> None:
        self._path = path
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Waiting] = []
        self._handover: queue.SimpleQueue[list[Waiting] | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_batches, name="sqlite-writer", daemon=True)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")
        self._write_engine = _engine(path, writes=True)
        self._read_engine = _engine(path, writes=False, connections=readers)
        self._lock: Any = None

    async def open(self) -> None:
        """Take the lock, migrate, start the writer; raises :class:`AlreadyInUse`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = self._path.with_suffix(self._path.suffix + ".lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise AlreadyInUse(str(self._path)) from None
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._migrate)
        self._writer.start()

    async def close(self) -> None:
        """Write what waits, stop the threads, release the lock."""
        if self._writer.is_alive():
            self._hand_over()
            self._handover.put(_STOP)
            await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        self._read_engine.dispose()
        self._write_engine.dispose()
        if self._lock is not None:
            self._lock.close()

    async def submit(self, function: BatchFunction, item: Any) -> Any:
        """See :class:`gateway.store.grouping.Store`."""
        assert self._loop is not None, "the store is not open"
        if not self._waiting:
            # Handed over at the end of this turn of the event loop, so that all who ask within it share a transaction.
            self._loop.call_soon(self._hand_over)
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append(Waiting(function, item, future))
        return await future

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        """See :class:`gateway.store.grouping.Store`."""
        answer: Answer = await self.submit(run_each, work)
        return answer

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        """See :class:`gateway.store.grouping.Store`."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query)

    async def check(self) -> StoreHealth:
        """See :class:`gateway.store.grouping.Store`."""
        begun = time.monotonic()
        migrated = writable = False
        with contextlib.suppress(StoreUnavailable):
            await self.write(lambda connection: connection.execute(_PROBE, {"value": str(time.time_ns())}))
            writable = True
            migrated = await self.read(is_current)
        usage = shutil.disk_usage(self._path.parent)
        return StoreHealth(writable, migrated, time.monotonic() - begun, usage.free / usage.total)

    def _migrate(self) -> None:
        with self._write_engine.begin() as connection:
            migrate(connection)

    def _read(self, query: Callable[[Connection], Answer]) -> Answer:
        try:
            with self._read_engine.connect() as connection:
                return query(connection)
        except DBAPIError as error:
            if is_engine_trouble(error):
                raise StoreUnavailable from error
            raise

    def _hand_over(self) -> None:
        if self._waiting:
            batch, self._waiting = self._waiting, []
            self._handover.put(batch)

    def _write_batches(self) -> None:
        assert self._loop is not None
        with self._write_engine.connect() as connection:
            while (first := self._handover.get()) is not _STOP:
                batch = first
                stopping = False
                while len(batch) < LARGEST_BATCH:
                    try:
                        more = self._handover.get_nowait()
                    except queue.Empty:
                        break
                    if more is _STOP:
                        stopping = True
                        break
                    batch.extend(more)
                answers = _commit(connection, batch)
                with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                    self._loop.call_soon_threadsafe(settle, batch, answers)
                if stopping:
                    break


_PROBE = text(
    "INSERT INTO cursors (name, value) VALUES ('health', :value) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


def _commit(connection: Connection, batch: Sequence[Waiting]) -> list[Any]:
    """Run and commit a batch; every answer is a result or an exception, and nothing is raised."""
    try:
        with connection.begin():
            return run_together(connection, batch)
    except SupposedTooMuch as error:
        return _commit(connection, error.corrected(batch))
    except Exception as error:  # noqa: BLE001 - each waiting caller gets an exception of its own below
        if is_engine_trouble(error):
            return unavailable(batch, error)
    try:
        with connection.begin():
            return run_singly(connection, batch)
    except Exception as error:  # noqa: BLE001 - the engine failed or a commit did; nobody gets a success
        return unavailable(batch, error)


def _engine(path: Path, *, writes: bool, connections: int = 1) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool if writes else QueuePool,
        connect_args={"check_same_thread": False, "timeout": 5.0, "cached_statements": 256},
        **({} if writes else {"pool_size": connections, "max_overflow": 0}),
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by us, below
        for pragma in _WRITER_PRAGMAS if writes else _READER_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


_WRITER_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=FAST",
    f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA cache_size=-32768",
    "PRAGMA temp_store=MEMORY",
)
_READER_PRAGMAS = ("PRAGMA query_only=ON", "PRAGMA cache_size=-8192", "PRAGMA temp_store=MEMORY")
