"""Reading a pharmacy's own list from CSV: ``dispense``, ``receipt``, ``sold_on``, ``settled`` in any order."""

from __future__ import annotations

import csv
import io
from typing import Final

from pydantic import ValidationError

from gateway.rules.findings import Finding
from schemas.errors import ErrorCode
from schemas.settlement.requests import LARGEST_LIST, ListedSale

COLUMNS: Final = tuple(ListedSale.model_fields)
_MOST_FINDINGS: Final = 100
"""A hopeless list is not answered with a longer one."""


def read_listing(body: bytes) -> tuple[ListedSale, ...] | tuple[Finding, ...]:
    """The rows, or all that is wrong: RECONCILIATION_ROW with the row's number, counted from 1 after the headings.

    UTF-8, with commas or semicolons. Row 0 is the line of headings, or the file itself.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (_finding(0, "UTF-8"),)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    rows: list[ListedSale] = []
    findings: list[Finding] = []
    try:
        headings = [heading.strip().lower() for heading in next(reader, [])]
        if "settled" not in headings or len(set(headings)) != len(headings) or not set(headings) <= set(COLUMNS):
            return (_finding(0, ", ".join(COLUMNS)),)
        for number, cells in enumerate((cells for cells in reader if any(cells)), 1):
            if number > LARGEST_LIST:
                return (_finding(number, f"≤ {LARGEST_LIST}"),)
            read = _row(number, headings, cells)
            if isinstance(read, ListedSale):
                rows.append(read)
            else:
                findings.append(read)
    except csv.Error:
        return (_finding(0, "CSV"),)
    return tuple(findings[:_MOST_FINDINGS]) or tuple(rows)


def _row(number: int, headings: list[str], cells: list[str]) -> ListedSale | Finding:
    if len(cells) != len(headings):
        return _finding(number, ", ".join(headings))
    given = {name: cell.strip() for name, cell in zip(headings, cells, strict=True) if cell.strip()}
    try:
        return ListedSale.model_validate_strings(given)
    except ValidationError as refusal:
        location = refusal.errors(include_input=False, include_url=False, include_context=False)[0]["loc"]
        return _finding(number, str(location[0]) if location else "dispense | receipt, sold_on")


def _finding(row: int, column: str) -> Finding:
    return Finding(ErrorCode.RECONCILIATION_ROW, f"row:{row}", {"row": row, "column": column})
