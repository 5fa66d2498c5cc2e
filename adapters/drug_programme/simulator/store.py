"""What the simulated fund has stored of prescriptions and dispenses, without anything personal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from adapters.xroad.simulator.keeping import DurableStore, Mode, now_written, summary

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    number        TEXT NOT NULL,
    fill          INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    operation_key TEXT NOT NULL,
    record_number TEXT NOT NULL,
    happened_at   TEXT NOT NULL,
    dispense      TEXT,
    pharmacy      TEXT,
    sold_on       TEXT,
    compensation  TEXT,
    settled       TEXT,
    stored_at     TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_key ON records (number, fill, revision);
CREATE INDEX IF NOT EXISTS records_by_pharmacy ON records (pharmacy, sold_on, id);
"""

NO_FILL: Final = 0
"""In place of a dispense's ordinal number: the record is the prescription's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A request about to be stored. ``fill`` is :data:`NO_FILL` for prescriptions; sums are som as written.

    ``happened_at`` is when it was issued, cancelled, sold or reversed, in UTC.
    """

    number: str
    fill: int
    revision: int
    operation_key: str
    happened_at: datetime
    dispense: str | None = None
    pharmacy: str | None = None
    sold_on: str | None = None
    compensation: str | None = None
    settled: str | None = None


class Stored(NamedTuple):
    """A stored request."""

    record_number: str
    revision: int
    operation_key: str
    happened_at: datetime
    dispense: str | None
    compensation: str | None
    settled: str | None


class Listed(NamedTuple):
    """A dispense of a pharmacy's list."""

    position: int
    dispense: str
    record_number: str
    sold_on: str
    compensation: str
    settled: str
    reversed: int
    """1 once its reversal is stored."""


_STORED: Final = "record_number, revision, operation_key, happened_at, dispense, compensation, settled"


class ProgrammeStore(DurableStore):
    """The fund's store in ``folder``."""

    def __init__(self, folder: Path, mode: Mode) -> None:
        super().__init__(folder, _SCHEMA)
        self.mode = mode

    def newest(self, number: str, fill: int = NO_FILL) -> Stored | None:
        """The newest revision of a prescription or dispense; of those stored several times the first."""
        return self._one("ORDER BY revision DESC, id", number, fill)

    def revision(self, number: str, fill: int, revision: int) -> Stored | None:
        """One revision."""
        return self._one("AND revision = ? ORDER BY id", number, fill, revision)

    def standing_dispenses(self, number: str) -> int:
        """How many dispenses of a prescription are not reversed."""
        found: int = self.database.execute(
            "SELECT COUNT(*) FROM (SELECT fill FROM records WHERE number = ? AND fill > 0"
            " GROUP BY fill HAVING MAX(revision) = 1)",
            (number,),
        ).fetchone()[0]
        return found

    def insert(self, request: Accepted) -> Stored:
        """Store a request within a transaction. A later revision keeps the record number of the first."""
        stored_at = now_written()
        earlier = self.newest(request.number, request.fill)
        following = self.database.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM records").fetchone()[0]
        keeps = earlier is not None and (self.mode is Mode.DEDUPE or earlier.revision < request.revision)
        kind = "DR" if request.fill == NO_FILL else "DD"
        record_number = earlier.record_number if earlier and keeps else f"{kind}-{stored_at[:4]}-{following:08d}"
        self.database.execute(
            "INSERT INTO records (number, fill, revision, operation_key, record_number, happened_at, dispense,"
            " pharmacy, sold_on, compensation, settled, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request.number,
                request.fill,
                request.revision,
                request.operation_key,
                record_number,
                request.happened_at.isoformat(),
                request.dispense,
                request.pharmacy,
                request.sold_on,
                request.compensation,
                request.settled,
                stored_at,
            ),
        )
        self.append(
            {
                "number": request.number,
                "fill": request.fill,
                "revision": request.revision,
                "operationKey": request.operation_key,
                "recordNumber": record_number,
                "storedAt": stored_at,
            }
        )
        return Stored(
            record_number,
            request.revision,
            request.operation_key,
            request.happened_at,
            request.dispense,
            request.compensation,
            request.settled,
        )

    def dispenses(self, pharmacy: str, first: str, last: str, after: int, limit: int) -> Sequence[Listed]:
        """Dispenses of a pharmacy sold within Bishkek days, past the position."""
        rows = self.database.execute(
            "SELECT id, dispense, record_number, sold_on, compensation, settled, EXISTS (SELECT 1 FROM records later"
            " WHERE later.number = records.number AND later.fill = records.fill AND later.revision = 2)"
            " FROM records WHERE pharmacy = ? AND sold_on BETWEEN ? AND ? AND id > ? ORDER BY id LIMIT ?",
            (pharmacy, first, last, after, limit),
        )
        return [Listed(*row) for row in rows]

    def records(self) -> dict[str, Any]:
        """Everything stored, by prescription, dispense and revision, with how many times it was stored."""
        rows = self.database.execute(
            "SELECT number, fill, revision, MIN(record_number), MIN(operation_key), COUNT(*) FROM records"
            " GROUP BY number, fill, revision ORDER BY number, fill, revision"
        ).fetchall()
        names = ("number", "fill", "revision", "recordNumber", "operationKey", "timesStored")
        return {
            "prescriptions": len({row[0] for row in rows if row[1] == NO_FILL}),
            "dispenses": len({row[:2] for row in rows if row[1] != NO_FILL}),
            **summary(names, rows),
        }

    def _one(self, condition: str, *values: object) -> Stored | None:
        row = self.database.execute(
            f"SELECT {_STORED} FROM records WHERE number = ? AND fill = ? {condition} LIMIT 1",  # noqa: S608 - our own words
            values,
        ).fetchone()
        if row is None:
            return None
        stored = Stored(*row)
        return stored._replace(happened_at=datetime.fromisoformat(row[3]))
