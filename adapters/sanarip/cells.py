"""Reads the cells of a table: what a person or a spreadsheet wrote becomes the wire value of a field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

Cell = str | int | float | bool | datetime | date | time | None
"""What a cell may hold: text in CSV, typed values in XLSX."""

BISHKEK = ZoneInfo("Asia/Bishkek")


class FieldKind(StrEnum):
    """What a field holds, as far as reading a cell goes."""

    TEXT = "text"
    WHOLE = "whole number"
    FLAG = "yes or no"
    DAY = "day"
    INSTANT = "instant"


_WIDTHS: Mapping[str, int] = {"organisation": 6, "department": 2}
"""Fields with leading zeros, which a spreadsheet drops when it takes the code for a number."""

_EXACT_WHOLE = 10**15
"""From here on a spreadsheet no longer keeps every digit of a number."""

_TRUE = frozenset({"true", "yes", "да", "ооба", "1"})
_FALSE = frozenset({"false", "no", "нет", "жок", "0"})
_INSTANT_FORMATS = ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S")


def value_of(cell: Cell, kind: FieldKind, field: str) -> object:
    """The wire value of a cell of ``field``; what cannot be read goes through as text, for the rules to judge."""
    match kind:
        case FieldKind.INSTANT:
            return _instant(cell)
        case FieldKind.DAY:
            return _day(cell)
        case FieldKind.FLAG:
            return _flag(cell)
        case FieldKind.WHOLE:
            return _whole(cell)
        case FieldKind.TEXT:
            return _plain_text(cell, _WIDTHS.get(field, 0))


def _plain_text(cell: Cell, width: int) -> object:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, (int, float)):
        if cell != int(cell):
            return str(cell)
        # A spreadsheet rounds longer numbers, so the digits cannot be trusted: left a number, the schema refuses it.
        return str(int(cell)).zfill(width) if abs(cell) < _EXACT_WHOLE else int(cell)
    return cell.isoformat()


def _whole(cell: Cell) -> object:
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, str) and re.fullmatch(r"[0-9]{1,9}", cell.strip()):
        return int(cell.strip())
    return cell if isinstance(cell, (int, float, str)) else str(cell)


def _flag(cell: Cell) -> object:
    word = str(cell).strip().casefold()
    if word in _TRUE:
        return True
    return False if word in _FALSE else word


def _day(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    try:
        return datetime.strptime(text, "%d.%m.%Y").date().isoformat()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        return text


def _instant(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return _with_zone(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell).strip()
    for form in _INSTANT_FORMATS:
        try:
            return _with_zone(datetime.strptime(text, form))  # noqa: DTZ007 - the zone is added at once
        except ValueError:
            continue
    try:
        return _with_zone(datetime.fromisoformat(text)) if len(text) > len("YYYY-MM-DD") else text
    except ValueError:
        return text


def _with_zone(instant: datetime) -> str:
    return (instant if instant.tzinfo is not None else instant.replace(tzinfo=BISHKEK)).isoformat()
