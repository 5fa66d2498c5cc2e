"""What the simulated fund has stored: an SQLite file, and a file that only grows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson


class Mode(StrEnum):
    """What the fund can do about repeats."""

    DEDUPE = "dedupe"
    """It recognises a repeated revision and stores it once; it can be asked."""
    QUERY = "query"
    """It stores every request anew; it can be asked."""
    NEITHER = "neither"
    """It stores every request anew and cannot be asked."""


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    ksf_number    TEXT NOT NULL,
    revision      INTEGER NOT NULL,
    operation_key TEXT NOT NULL,
    record_number TEXT NOT NULL,
    organisation  TEXT NOT NULL,
    channel       TEXT NOT NULL,
    pilot         INTEGER NOT NULL,
    stored_at     TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_number ON records (ksf_number, revision);
CREATE TABLE IF NOT EXISTS reviews (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    ksf_number TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    state      TEXT NOT NULL,
    reason     TEXT,
    amount     TEXT,
    decided_at TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A request about to be stored, without anything personal."""

    ksf_number: str
    revision: int
    operation_key: str
    organisation: str
    channel: str
    pilot: bool


class Stored(NamedTuple):
    """A stored request."""

    record_number: str
    revision: int
    operation_key: str


class Review(NamedTuple):
    """A decision of expert control."""

    position: int
    ksf_number: str
    revision: int
    state: str
    reason: str | None
    amount: str | None
    decided_at: str


class FundStore:
    """The fund's store in ``folder``. Every write is synced before the call returns. For one thread at a time."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.mode = mode
        self._database = sqlite3.connect(folder / "fund.sqlite3", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)
        self._accepted_requests = os.open(folder / "accepted.ndjson", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def close(self) -> None:
        """Close both files."""
        self._database.close()
        os.close(self._accepted_requests)

    def store(self, request: Accepted) -> tuple[Stored, bool]:
        """Store a request; the flag says that it was known before and nothing was stored."""
        with self._transaction():
            known = self._revision(request.ksf_number, request.revision) if self.mode is Mode.DEDUPE else None
            if known is not None:
                return known, True
            stored = self._insert(request)
        return stored, False

    def newest(self, ksf_number: str) -> tuple[Stored, str] | None:
        """The newest revision under the number, and its review state."""
        row = self._database.execute(
            "SELECT record_number, revision, operation_key FROM records WHERE ksf_number = ?"
            " ORDER BY revision DESC, id",
            (ksf_number,),
        ).fetchone()
        if row is None:
            return None
        stored = Stored(*row)
        review = self._database.execute(
            "SELECT state FROM reviews WHERE ksf_number = ? AND revision = ? ORDER BY position DESC",
            (ksf_number, stored.revision),
        ).fetchone()
        return stored, "pending" if review is None else review[0]

    def review(self, ksf_number: str, state: str, reason: str | None, amount: str | None) -> bool:
        """Write a decision on the newest revision; false when the number is unknown."""
        found = self.newest(ksf_number)
        if found is None:
            return False
        with self._transaction():
            self._database.execute(
                "INSERT INTO reviews (ksf_number, revision, state, reason, amount, decided_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (ksf_number, found[0].revision, state, reason, amount, _now()),
            )
        return True

    def reviews(self, after: int, limit: int) -> Sequence[Review]:
        """Decisions past the position."""
        rows = self._database.execute(
            "SELECT * FROM reviews WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
        )
        return [Review(*row) for row in rows]

    def records(self) -> dict[str, Any]:
        """Everything stored, per КСФ number and revision, with how many times it was stored."""
        rows = self._database.execute(
            "SELECT ksf_number, revision, MIN(record_number), MIN(operation_key), COUNT(*) FROM records"
            " GROUP BY ksf_number, revision ORDER BY ksf_number, revision"
        ).fetchall()
        names = ("ksfNumber", "revision", "recordNumber", "operationKey", "timesStored")
        return {
            "cases": len({row[0] for row in rows}),
            "revisions": len(rows),
            "stored": sum(row[-1] for row in rows),
            "doubles": sum(row[-1] - 1 for row in rows),
            "records": [dict(zip(names, row, strict=True)) for row in rows],
        }

    def _revision(self, ksf_number: str, revision: int) -> Stored | None:
        row = self._database.execute(
            "SELECT record_number, revision, operation_key FROM records WHERE ksf_number = ? AND revision = ?",
            (ksf_number, revision),
        ).fetchone()
        return None if row is None else Stored(*row)

    def _insert(self, request: Accepted) -> Stored:
        stored_at = _now()
        earlier = self._database.execute(
            "SELECT record_number FROM records WHERE ksf_number = ? ORDER BY id", (request.ksf_number,)
        ).fetchone()
        following = self._database.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM records").fetchone()[0]
        # A corrected case keeps its record number where the fund knows it again.
        keeps = earlier is not None and self.mode is Mode.DEDUPE
        record_number = earlier[0] if keeps else f"PS-{stored_at[:4]}-{following:08d}"
        self._database.execute(
            "INSERT INTO records (ksf_number, revision, operation_key, record_number, organisation, channel, pilot,"
            " stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request.ksf_number,
                request.revision,
                request.operation_key,
                record_number,
                request.organisation,
                request.channel,
                request.pilot,
                stored_at,
            ),
        )
        self._append(request, record_number, stored_at)
        return Stored(record_number, request.revision, request.operation_key)

    def _append(self, request: Accepted, record_number: str, stored_at: str) -> None:
        line = {
            "ksfNumber": request.ksf_number,
            "revision": request.revision,
            "operationKey": request.operation_key,
            "recordNumber": record_number,
            "storedAt": stored_at,
        }
        os.write(self._accepted_requests, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        os.fsync(self._accepted_requests)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:  # whatever ends the work, a half-written record must not stay; it goes on upwards
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
