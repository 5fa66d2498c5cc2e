"""Where simulated providers keep what they accept: an SQLite file, and a file that only grows. Both are synced."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import orjson

_Taken = TypeVar("_Taken")


class Mode(StrEnum):
    """What a provider can do about repeats."""

    DEDUPE = "dedupe"
    """It recognises a repeated revision and stores it once; it can be asked."""
    QUERY = "query"
    """It stores every request anew; it can be asked."""
    NEITHER = "neither"
    """It stores every request anew and cannot be asked."""


class DurableStore:
    """A store in ``folder``. Every write is synced before its transaction ends. For one thread at a time."""

    def __init__(self, folder: Path, schema: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(folder / "store.sqlite3", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.executescript(schema)
        self._accepted = os.open(folder / "accepted.ndjson", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def append(self, line: Mapping[str, Any]) -> None:
        """Write one line of JSON about what is accepted, and sync it."""
        os.write(self._accepted, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        os.fsync(self._accepted)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within it, or nothing."""
        self.database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:  # whatever ends the work, a half-written record must not stay; it goes on upwards
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")

    def close(self) -> None:
        """Close both files."""
        self.database.close()
        os.close(self._accepted)


def now_written() -> str:
    """The present instant as it is written into a store, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def summary(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """What is stored, a row for each revision, and the counts. The last of ``names`` is how often it was stored."""
    return {
        "revisions": len(rows),
        "stored": sum(row[-1] for row in rows),
        "doubles": sum(row[-1] - 1 for row in rows),
        "records": [dict(zip(names, row, strict=True)) for row in rows],
    }


class OneThread:
    """Runs work on a store in one thread, so that syncing does not hold up the loop and writes stay in order."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "provider-store")

    async def run(self, work: Callable[[], _Taken]) -> _Taken:
        """The outcome of ``work``."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def close(self) -> None:
        """Wait for what is under way."""
        self._executor.shutdown()
