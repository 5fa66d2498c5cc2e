"""From a table's row to a treated case of contract ``/v1``.

A table (CSV, XLSX) has one case a row. A column is named by the field's dotted path, list items by their index from 0
(``patient.pin``, ``diagnoses.main.code``, ``movements[0].department``), or by a Russian name of :data:`RUSSIAN_NAMES`.
The paths and the type of each field come from the contract's models. An empty cell leaves the field out.
Instants without an offset are Bishkek time; ``20.12.2025`` and ``20.12.2025 12:00`` are understood too.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from adapters.sanarip.cells import Cell, FieldKind, value_of
from schemas.treated_case import TreatedCase

RUSSIAN_NAMES: Mapping[str, str] = {
    "номер ксф": "ksf_number",
    "номер в бд фонда": "external_number",
    "№ карты": "card_number",
    "код организации": "organisation",
    "код отделения": "department",
    "пин": "patient.pin",
    "причина отсутствия пин": "patient.pin_absence.reason",
    "вид документа": "patient.pin_absence.document.kind",
    "номер документа": "patient.pin_absence.document.number",
    "страна документа": "patient.pin_absence.document.country",
    "фамилия": "patient.family_name",
    "имя": "patient.given_name",
    "отчество": "patient.patronymic",
    "дата рождения": "patient.birth_date",
    "пол": "patient.sex",
    "гражданство": "patient.citizenship",
    "регион": "patient.residence.region",
    "город или село": "patient.residence.settlement",
    "адрес": "patient.residence.address",
    "социальное положение": "patient.social_status",
    "инвалидность": "patient.disability",
    "категория застрахованности": "patient.insured_category",
    "кем направлен": "referral.kind",
    "поступление": "admission.at",
    "вид госпитализации": "admission.kind",
    "часов от начала заболевания": "admission.hours_since_onset",
    "впервые или повторно": "admission.occurrence",
    "диагноз направления": "diagnoses.referral.code",
    "диагноз при поступлении": "diagnoses.admission.code",
    "основной диагноз": "diagnoses.main.code",
    "формулировка диагноза": "diagnoses.main.text",
    "осложнение": "diagnoses.complications[0].code",
    "сопутствующий диагноз": "diagnoses.concomitant[0].code",
    "внешняя причина": "diagnoses.external_cause.code",
    "отделение движения": "movements[0].department",
    "профиль койки": "movements[0].bed_profile",
    "поступление в отделение": "movements[0].entered_at",
    "выбытие из отделения": "movements[0].left_at",
    "врач отделения": "movements[0].doctor.full_name",
    "диагноз отделения": "movements[0].diagnosis",
    "выбытие": "discharge.at",
    "исход": "discharge.outcome",
    "результат": "discharge.result",
    "переведён в": "discharge.transferred_to",
    "причина смерти": "death.cause.code",
    "вскрытие": "death.autopsy",
    "№ листка нетрудоспособности": "sick_leave.number",
    "листок открыт": "sick_leave.opened_on",
    "листок закрыт": "sick_leave.closed_on",
    "источник оплаты": "payment_source",
    "лечащий врач": "doctors.attending.full_name",
    "заведующий отделением": "doctors.head_of_department.full_name",
}
"""Readable Russian column names («ё» and «е», letter case and repeated spaces make no difference)."""

_INDEX = re.compile(r"\[([0-9]{1,2})\]")


class ColumnsUnusable(ValueError):
    """The table's heading cannot be used; ``problems`` names every column that is unknown or repeated."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


class Columns:
    """A table's heading, understood once and then applied to every row. Raises :class:`ColumnsUnusable`."""

    def __init__(self, heading: Sequence[Cell]) -> None:
        problems: list[str] = []
        self._columns: list[tuple[int, tuple[str | int, ...], FieldKind]] = []
        seen: dict[str, str] = {}
        for position, cell in enumerate(heading):
            name = str(cell).strip() if cell is not None else ""
            if not name:
                continue
            path = path_of(name)
            if path is None:
                problems.append(f"column «{name}» is unknown{_suggestion(name)}")
            elif path in seen:
                problems.append(f"column «{name}» repeats «{seen[path]}»")
            else:
                seen[path] = name
                self._columns.append((position, _parts(path), fields()[_INDEX.sub("[]", path)]))
        if not seen and not problems:
            problems.append("the first row holds no column names")
        if problems:
            raise ColumnsUnusable(problems)

    def case(self, row: Sequence[Cell]) -> dict[str, Any] | None:
        """The row as a treated case, ``None`` when it is empty. Unreadable values go through for the rules to judge."""
        case: dict[str, Any] = {}
        for position, parts, kind in self._columns:
            cell = row[position] if position < len(row) else None
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                continue
            _place(case, parts, value_of(cell, kind, str(parts[-1])))
        return {name: _without_index_keys(value) for name, value in case.items()} or None


def path_of(name: str) -> str | None:
    """The field path a column name stands for, if any."""
    plain = " ".join(name.casefold().replace("ё", "е").split())
    path = _russian_paths().get(plain, name)
    return path if _INDEX.sub("[]", path) in fields() else None


@cache
def fields() -> Mapping[str, FieldKind]:
    """Every leaf of the contract: its path with ``[]`` for list items, and what it holds."""
    found: dict[str, FieldKind] = {}
    _collect(TreatedCase, "", found)
    return found


@cache
def _russian_paths() -> Mapping[str, str]:
    return {name.replace("ё", "е"): path for name, path in RUSSIAN_NAMES.items()}


def _collect(model: type[BaseModel], prefix: str, found: dict[str, FieldKind]) -> None:
    for name, field in model.model_fields.items():
        _collect_type(field.annotation, prefix + name, found)


def _collect_type(annotation: object, path: str, found: dict[str, FieldKind]) -> None:
    origin = get_origin(annotation)
    if origin is Annotated:
        _collect_type(get_args(annotation)[0], path, found)
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            if part is not NoneType:
                _collect_type(part, path, found)
    elif origin is tuple:
        _collect_type(get_args(annotation)[0], path + "[]", found)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        _collect(annotation, path + ".", found)
    else:
        found[path] = _kind(annotation)


def _kind(annotation: object) -> FieldKind:
    kinds: Mapping[object, FieldKind] = {
        bool: FieldKind.FLAG,
        int: FieldKind.WHOLE,
        date: FieldKind.DAY,
        datetime: FieldKind.INSTANT,
        AwareDatetime: FieldKind.INSTANT,
    }
    return kinds.get(annotation, FieldKind.TEXT)


def _parts(path: str) -> tuple[str | int, ...]:
    pieces = _INDEX.sub(r".\1", path).split(".")
    return tuple(int(piece) if piece.isdigit() else piece for piece in pieces)


def _suggestion(name: str) -> str:
    known = [path.replace("[]", "[0]") for path in fields()] + list(RUSSIAN_NAMES)
    near = difflib.get_close_matches(name.casefold(), known, n=1, cutoff=0.75)
    return f" (did you mean «{near[0]}»?)" if near else ""


def _place(case: dict[Any, Any], parts: tuple[str | int, ...], value: object) -> None:
    for part in parts[:-1]:
        case = case.setdefault(part, {})
    case[parts[-1]] = value


def _without_index_keys(value: object) -> object:
    """Tables keyed by list indices become lists; indices left out close up."""
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_without_index_keys(value[key]) for key in sorted(value)]
    return {key: _without_index_keys(part) for key, part in value.items()}
