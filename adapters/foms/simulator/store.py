"""What the simulated fund has stored of treated cases, without anything personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from adapters.xroad.simulator.keeping import DurableStore, Mode, now_written, summary

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


class FundStore(DurableStore):
    """The fund's store in ``folder``."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        super().__init__(folder, _SCHEMA)
        self.mode = mode

    def store(self, request: Accepted) -> tuple[Stored, bool]:
        """Store a request; the flag says that it was known before and nothing was stored."""
        with self.transaction():
            known = self._revision(request.ksf_number, request.revision) if self.mode is Mode.DEDUPE else None
            if known is not None:
                return known, True
            stored = self._insert(request)
        return stored, False

    def newest(self, ksf_number: str) -> tuple[Stored, str] | None:
        """The newest revision under the number, and its review state."""
        row = self.database.execute(
            "SELECT record_number, revision, operation_key FROM records WHERE ksf_number = ?"
            " ORDER BY revision DESC, id",
            (ksf_number,),
        ).fetchone()
        if row is None:
            return None
        stored = Stored(*row)
        review = self.database.execute(
            "SELECT state FROM reviews WHERE ksf_number = ? AND revision = ? ORDER BY position DESC",
            (ksf_number, stored.revision),
        ).fetchone()
        return stored, "pending" if review is None else review[0]

    def review(self, ksf_number: str, state: str, reason: str | None, amount: str | None) -> bool:
        """Write a decision on the newest revision; false when the number is unknown."""
        found = self.newest(ksf_number)
        if found is None:
            return False
        with self.transaction():
            self.database.execute(
                "INSERT INTO reviews (ksf_number, revision, state, reason, amount, decided_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (ksf_number, found[0].revision, state, reason, amount, now_written()),
            )
        return True

    def reviews(self, after: int, limit: int) -> Sequence[Review]:
        """Decisions past the position."""
        rows = self.database.execute(
            "SELECT * FROM reviews WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
        )
        return [Review(*row) for row in rows]

    def records(self) -> dict[str, Any]:
        """Everything stored, per КСФ number and revision, with how many times it was stored."""
        rows = self.database.execute(
            "SELECT ksf_number, revision, MIN(record_number), MIN(operation_key), COUNT(*) FROM records"
            " GROUP BY ksf_number, revision ORDER BY ksf_number, revision"
        ).fetchall()
        names = ("ksfNumber", "revision", "recordNumber", "operationKey", "timesStored")
        return {"cases": len({row[0] for row in rows}), **summary(names, rows)}

    def _revision(self, ksf_number: str, revision: int) -> Stored | None:
        row = self.database.execute(
            "SELECT record_number, revision, operation_key FROM records WHERE ksf_number = ? AND revision = ?",
            (ksf_number, revision),
        ).fetchone()
        return None if row is None else Stored(*row)

    def _insert(self, request: Accepted) -> Stored:
        stored_at = now_written()
        earlier = self.database.execute(
            "SELECT record_number FROM records WHERE ksf_number = ? ORDER BY id", (request.ksf_number,)
        ).fetchone()
        following = self.database.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM records").fetchone()[0]
        # A corrected case keeps its record number where the fund knows it again.
        keeps = earlier is not None and self.mode is Mode.DEDUPE
        record_number = earlier[0] if keeps else f"PS-{stored_at[:4]}-{following:08d}"
        self.database.execute(
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
        self.append(
            {
                "ksfNumber": request.ksf_number,
                "revision": request.revision,
                "operationKey": request.operation_key,
                "recordNumber": record_number,
                "storedAt": stored_at,
            }
        )
        return Stored(record_number, request.revision, request.operation_key)
