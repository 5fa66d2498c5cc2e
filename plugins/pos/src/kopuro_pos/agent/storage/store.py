"""The agent's database: SQLite in WAL mode with ``synchronous=FULL``, one process, one connection in one thread.

SQLite 3.7.0 to 3.51.2 can corrupt a database when two connections write or checkpoint at once. Hence a lock file keeps
a second process out, and one thread owns the only connection.
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.storage.schema import MIGRATIONS, migrate

Answer = TypeVar("Answer")

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)
_NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})


class AlreadyRunning(Exception):
    """Another agent has this database open."""


class Store:
    """What is written here outlives a crash of the agent, of the system and of the power."""

    def __init__(self, path: Path, *, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = path
        self._migrations = migrations
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="agent-store")
        self._connection: sqlite3.Connection | None = None
        self._lock: IO[str] | None = None
        self._disk_full = False

    @property
    def disk_full(self) -> bool:
        """Whether the last attempt to write found no room."""
        return self._disk_full

    async def open(self) -> None:
        """Take the lock and migrate; raises :class:`AlreadyRunning`, ``schema.DatabaseTooNew`` or DISK_FULL."""
        await self._do(self._open)

    async def close(self) -> None:
        """Release the file and the lock."""
        await self._do(self._close)
        self._thread.shutdown()

    async def write(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do ``work`` in a transaction and commit; raises ``AgentProblem`` DISK_FULL with nothing written."""
        return await self._do(lambda: self._write(work))

    async def read(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do ``work``, which changes nothing; goes on when the disk is full."""
        return await self._do(lambda: work(self._opened()))

    async def _do(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = self._path.with_suffix(self._path.suffix + ".lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise AlreadyRunning(str(self._path)) from None
        try:
            self._path.touch(mode=0o600)
            self._connection = sqlite3.connect(self._path, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            for pragma in _PRAGMAS:
                self._connection.execute(pragma)
            migrate(self._connection, self._migrations)
        except sqlite3.OperationalError as error:
            self._raise_if_full(error)
            raise

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _opened(self) -> sqlite3.Connection:
        assert self._connection is not None, "the store is not open"
        return self._connection

    def _write(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        connection = self._opened()
        try:
            connection.execute("BEGIN IMMEDIATE")
            answer = work(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            # Why so broad: whatever ends the work, an interrupt too, no transaction may stay open; it is raised again.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                self._raise_if_full(error)
            raise
        self._disk_full = False
        return answer

    def _raise_if_full(self, error: sqlite3.OperationalError) -> None:
        if error.sqlite_errorcode in _NO_ROOM:
            self._disk_full = True
            raise AgentProblem(ProblemCode.DISK_FULL) from error
