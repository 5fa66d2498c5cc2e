"""Tables for other programs: XLSX (ISO/IEC 29500) and CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from gateway.documents.cells import harmless
from gateway.documents.tables import Cell, Kind, TableDocument
from schemas.amounts import som

_POINTS_A_LETTER: Final = 5.0
_FORMATS: Final = {Kind.SUM: "#,##0.00", Kind.DAY: "dd.mm.yyyy"}


def as_xlsx(document: TableDocument) -> bytes:
    """The document as a workbook; sums are numbers, days are dates, texts are never formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import, needed for this format only
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(document.title[:31].replace("/", " "))
    for number, column in enumerate(document.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(10.0, column.width / _POINTS_A_LETTER)

    def cell(value: Cell, kind: Kind = Kind.TEXT, *, bold: bool = False) -> Any:
        made: Any = WriteOnlyCell(sheet)
        made.value = value
        if isinstance(value, str):
            made.data_type = "s"
        elif kind in _FORMATS:
            made.number_format = _FORMATS[kind]
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(document.title, bold=True)])
    for label, value in document.facts:
        sheet.append([cell(label), cell(value, bold=True)])
    sheet.append([])
    sheet.append([cell(column.heading, bold=True) for column in document.columns])
    kinds = [column.kind for column in document.columns]
    for row in document.rows:
        sheet.append([cell(value, kind) for value, kind in zip(row, kinds, strict=True)])
    sheet.append([cell(value, kind, bold=True) for value, kind in zip(document.totals, kinds, strict=True)])
    for words in _closing(document):
        sheet.append([cell(word) for word in words])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def as_csv(document: TableDocument) -> bytes:
    """The table alone, in UTF-8 with a mark that spreadsheets know; sums are ``540.00``, days ``2026-01-31``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.heading for column in document.columns])
    writer.writerows(_plain_rows(document.rows))
    return text.getvalue().encode("utf-8-sig")


def _plain_rows(rows: Iterable[Sequence[Cell]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_plain(cell) for cell in row]


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return som(cell) if isinstance(cell, Decimal) else str(cell)


def _closing(document: TableDocument) -> Iterator[Sequence[str]]:
    yield ()
    for note in document.notes:
        yield (note,)
    for block in document.signatures:
        yield (block.office, block.signed or "")
