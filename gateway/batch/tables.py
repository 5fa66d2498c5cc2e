"""Cases from tables: CSV in UTF-8, and the first sheet of an XLSX workbook."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

import orjson

from gateway.batch.records import Batch, BatchFormat, BatchUnreadable, Cell, ReadHeading, Record, format_of

if TYPE_CHECKING:
    from openpyxl import Workbook

_DELIMITERS = ",;\t"


Rows = Iterator[tuple[Sequence[Cell], int]]
"""A table's rows, the heading first, each with how far into the file it is."""


def table_cases(path: Path, read_heading: ReadHeading) -> Batch:
    """The cases of a table file, one a row."""
    rows, total = read_table(path)
    return Batch(_records(rows, read_heading), total)


def read_table(path: Path) -> tuple[Rows, int | None]:
    """The rows of a CSV file or of an XLSX workbook's first sheet, and the last one's progress.

    Raises :class:`gateway.batch.records.BatchUnreadable`, also while the rows are read, and ``OSError``.
    """
    match format_of(path):
        case BatchFormat.CSV:
            return _csv_rows(path), path.stat().st_size
        case BatchFormat.XLSX:
            return _open_workbook(path)
        case _:
            raise BatchUnreadable("A table is needed here.", "Save it as .csv or .xlsx.")


def _csv_rows(path: Path) -> Rows:
    """Commas, semicolons or tabs separate, whichever the first line holds most of."""
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        try:
            first = text.readline()
            reader = csv.reader(itertools.chain([first], text), delimiter=max(_DELIMITERS, key=first.count))
            for row in reader:
                yield row, raw.tell()
        except UnicodeDecodeError:
            raise BatchUnreadable("The file is not UTF-8 text.", "Save it as «CSV UTF-8».") from None
        except csv.Error as error:
            raise BatchUnreadable(f"The table breaks off: {error}.", "Check the quotes of the last rows.") from None


def _open_workbook(path: Path) -> tuple[Rows, int | None]:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to import, needed for this format only
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - as above

    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        raise BatchUnreadable("The file is not an XLSX workbook.", "Save it as .xlsx or .csv.") from None
    return _sheet_rows(workbook), workbook.worksheets[0].max_row if workbook.worksheets else None


def _sheet_rows(workbook: Workbook) -> Rows:
    with closing(workbook):
        if workbook.worksheets:
            rows = cast("Iterable[Sequence[Cell]]", workbook.worksheets[0].iter_rows(values_only=True))
            for number, row in enumerate(rows, start=1):
                yield row, number


def _records(rows: Rows, read_heading: ReadHeading) -> Iterator[Record]:
    first, _ = next(rows, ((), 0))
    try:
        heading = read_heading(first)
    except ValueError as error:
        advice = (
            "Name columns by field paths such as patient.pin, or by their Russian names (adapters/sanarip/README.md)."
        )
        raise BatchUnreadable(f"The heading cannot be used: {error}.", advice) from None
    number = 0
    for row_number, (row, progress) in enumerate(rows, start=2):
        case = heading.case(row)
        if case is not None:
            number += 1
            yield Record(number, f"row {row_number}", orjson.dumps(case), progress)
