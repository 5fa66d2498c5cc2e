"""The reference of medicines as a table: read from a file, every mistake found in one pass.

Columns, in English or Russian, are listed in :data:`COLUMNS`. Several substances stand
as ``amoxicillin + clavulanic acid`` with the strengths ``875 mg + 125 mg``; lists within a cell are set apart by ``;``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import orjson
from pydantic import ValidationError

from gateway.batch.records import Cell
from gateway.rules.findings import Finding, errors
from gateway.rules.medicines.rows import Row, check_row, check_table
from schemas.errors import ErrorCode
from schemas.medicines import Medicine

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "code": ("код",),
        "inn": ("мнн", "эпа"),
        "strength": ("дозировка", "доза"),
        "trade_name": ("торговое название", "торговое наименование"),
        "form": ("лекарственная форма", "форма"),
        "form_class": ("класс форм",),
        "pack_size": ("единиц в упаковке", "фасовка"),
        "manufacturer": ("производитель",),
        "country": ("страна",),
        "atc": ("атх",),
        "gtin": ("штрихкод",),
        "reference_price": ("референтная цена", "внутренняя референтная цена"),
        "compensation": ("компенсация", "размер компенсации"),
        "per": ("за",),
        "largest_retail_price": ("предельная розничная цена",),
        "controlled": ("контроль",),
        "registration": ("регистрация",),
        "indications": ("показания",),
        "positions": ("должности",),
        "categories": ("категории",),
        "largest_units": ("предельное количество",),
        "protocol_number": ("номер протокола",),
        "protocol_date": ("дата протокола",),
    }
)
"""Columns with their other names; those of clause 11 (1) to (3) must be there."""

_REQUIRED: Final = (
    "code", "inn", "strength", "trade_name", "form", "form_class", "pack_size", "manufacturer", "country",
    "reference_price", "compensation", "per",
)  # fmt: skip
_NAMES: Final = {name: column for column, others in COLUMNS.items() for name in (column, *others)}
_SPECIAL: Final = ("indications", "positions", "categories", "largest_units", "protocol_number", "protocol_date")
_LISTS: Final = frozenset({"indications", "positions", "categories"})
_WHOLE: Final = frozenset({"pack_size", "largest_units"})
_SUMS: Final = frozenset({"reference_price", "compensation", "largest_retail_price"})
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})


@dataclass(frozen=True, slots=True)
class ParsedReference:
    """What a table came to. With any error among ``findings`` nothing of it may be used."""

    medicines: tuple[Medicine, ...]
    findings: tuple[Finding, ...]


def parse_medicines(rows: Iterable[Sequence[Cell]], before: Container[str] = ()) -> ParsedReference:
    """The medicines of a table, whose first row names the columns. Paths are ``$[row].column``, rows from 1.

    ``before`` holds the codes of the version before (see :func:`gateway.rules.medicines.rows.check_table`).
    """
    iterator = iter(rows)
    heading = [_NAMES.get(" ".join(str(cell or "").casefold().split()), "") for cell in next(iterator, ())]
    missing = [_wrong(1, column) for column in _REQUIRED if column not in heading]
    if missing:
        return ParsedReference((), tuple(missing))
    findings: list[Finding] = []
    sound: list[Row] = []
    for number, cells in _filled(iterator, heading):
        medicine, wrong = _medicine(number, cells)
        findings += wrong
        if medicine is not None:
            row = Row(number, medicine)
            sound.append(row)
            findings += check_row(row)
    findings += check_table(sound, before)
    if not sound and not findings:
        findings.append(_wrong(2, "code"))
    medicines = () if errors(findings) else tuple(row.medicine for row in sound)
    return ParsedReference(medicines, tuple(findings))


def _filled(rows: Iterator[Sequence[Cell]], heading: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, cells in enumerate(rows, start=2):
        row = {column: _text(cell) for column, cell in zip(heading, cells, strict=False) if column}
        if any(row.values()):
            yield number, row


def _medicine(number: int, cells: Mapping[str, str]) -> tuple[Medicine | None, list[Finding]]:
    """The medicine of a row, judged by the contract's own model, so that table and contract cannot drift apart."""
    raw = {column: _value(column, text) for column, text in cells.items() if text and column not in _SPECIAL}
    components = _components(cells.get("inn", ""), cells.get("strength", ""))
    if components is None:
        return None, [_wrong(number, "strength")]
    raw.pop("inn", None)
    raw.pop("strength", None)
    raw["components"] = components
    raw["compensation"] = {"per": raw.pop("per", None), "amount": raw.pop("compensation", None)}
    if special := {column: _value(column, cells[column]) for column in _SPECIAL if cells.get(column)}:
        raw["special_designation"] = special
    try:
        return Medicine.model_validate_json(orjson.dumps(raw)), []
    except ValidationError as failed:
        columns = [_column_of(error["loc"]) for error in failed.errors(include_input=False, include_url=False)]
        return None, [_wrong(number, column) for column in dict.fromkeys(columns)]


def _column_of(location: tuple[int | str, ...]) -> str:
    match location:
        case ("components", _, "inn"):
            return "inn"
        case ("components", *_):
            return "strength"
        case ("compensation", "per"):
            return "per"
        case ("special_designation", str() as column, *_):
            return column
        case _:
            return str(location[0])


def _components(inn: str, strength: str) -> list[dict[str, Any]] | None:
    """The substances of a row; ``None`` when there are not as many strengths, or one has no unit."""
    names = [name.strip().casefold() for name in inn.split("+")]
    strengths = [part.split() for part in strength.split("+")]
    if len(names) != len(strengths) or any(len(part) != 2 for part in strengths):
        return None
    return [
        {"inn": name, "strength": amount.replace(",", "."), "strength_unit": unit}
        for name, (amount, unit) in zip(names, strengths, strict=True)
    ]


def _value(column: str, text: str) -> object:
    if column in _LISTS:
        return [part.strip() for part in text.split(";") if part.strip()]
    if column in _WHOLE:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if column in _SUMS:
        return "".join(text.split()).replace(",", ".")
    if column == "gtin" and text.isascii() and text.isdigit() and len(text) not in _GTIN_LENGTHS:
        return text.zfill(13)  # a spreadsheet drops the leading zeros of what it takes for a number
    if column == "protocol_date" and text.count(".") == 2:
        return "-".join(reversed(text.split(".")))
    return text


def _text(cell: Cell) -> str:
    """A cell as text. A sum that a spreadsheet keeps as a float is its shortest decimal form, as the sheet shows it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    text = "" if cell is None else str(cell).strip()
    return text.removeprefix("'")


def _wrong(number: int, column: str) -> Finding:
    return Finding(ErrorCode.MEDICINE_ROW, f"$[{number}].{column}", {"row": number, "column": column})
