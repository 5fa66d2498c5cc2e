"""A batch file as a stream of records, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Protocol

Cell = str | int | float | bool | datetime | date | time | None
"""What a table's cell may hold."""

RECORD_BYTES = 1024 * 1024
"""Largest record in bytes: what the service would take in one request by default."""


@dataclass(frozen=True, slots=True)
class Record:
    """One case of a batch: its position from 1, its place (``line 7``), its JSON and how far into the file it is."""

    number: int
    place: str
    body: bytes
    progress: int


class BatchUnreadable(Exception):
    """The file as a whole cannot be read. ``advice`` says what to do; neither holds content of the file."""

    def __init__(self, problem: str, advice: str) -> None:
        self.advice = advice
        super().__init__(problem)


class TableHeading(Protocol):
    """A table's heading, understood once and applied to every row."""

    def case(self, row: Sequence[Cell]) -> dict[str, object] | None:
        """The row as decoded JSON of a case; ``None`` when it is empty."""
        ...


ReadHeading = Callable[[Sequence[Cell]], TableHeading]
"""Understands a table's first row; raises ``ValueError`` naming every column it does not know."""


class BatchFormat(StrEnum):
    """Formats of batch files, named by their usual suffix."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"


_SUFFIXES = {
    ".json": BatchFormat.JSON,
    ".ndjson": BatchFormat.NDJSON,
    ".jsonl": BatchFormat.NDJSON,
    ".csv": BatchFormat.CSV,
    ".tsv": BatchFormat.CSV,
    ".xlsx": BatchFormat.XLSX,
}


def format_of(path: Path) -> BatchFormat:
    """The format by the file's suffix. Raises :class:`BatchUnreadable`."""
    try:
        return _SUFFIXES[path.suffix.lower()]
    except KeyError:
        known = ", ".join(sorted(_SUFFIXES))
        raise BatchUnreadable(f"The format «{path.suffix}» is not known.", f"Use one of {known}.") from None


@dataclass(frozen=True, slots=True)
class Batch:
    """An opened batch: its records, and the ``progress`` its last one will show (``None`` when not known)."""

    records: Iterator[Record]
    total: int | None
