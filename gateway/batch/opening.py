"""Opening a batch file of whatever format."""

from __future__ import annotations

from pathlib import Path

from gateway.batch import json_files, tables
from gateway.batch.records import Batch, BatchFormat, ReadHeading, format_of


def open_batch(path: Path, read_heading: ReadHeading) -> Batch:
    """Open a batch file. Raises ``BatchUnreadable``, also while the records are read, and ``OSError``."""
    match format_of(path):
        case BatchFormat.NDJSON:
            return Batch(json_files.lines(path), path.stat().st_size)
        case BatchFormat.JSON:
            return Batch(json_files.document(path), path.stat().st_size)
        case BatchFormat.CSV | BatchFormat.XLSX:
            return tables.table_cases(path, read_heading)
