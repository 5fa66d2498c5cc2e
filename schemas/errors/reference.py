"""Entries of the catalogue: reference data that is loaded from a file."""

from __future__ import annotations

from typing import Final

from schemas.errors.codes import ErrorCode
from schemas.errors.content import refused
from schemas.errors.model import Actor, ErrorEntry, Text

_REGISTER: Final = Text("уюмдардын реестри", "реестр организаций", "register of organisations")

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.REFERENCE_ROW: refused(
        _REGISTER,
        Text(
            "{row}-сап, «{column}» тилкеси: мааниси жок же туура эмес.",
            "Строка {row}, столбец «{column}»: значения нет или оно недопустимо.",
            "Row {row}, column “{column}”: the value is missing or not allowed.",
        ),
        Text(
            "Сапты оңдоп, файлды бүтүндөй кайра жүктөңүз.",
            "Исправьте строку и загрузите весь файл снова.",
            "Correct the row and load the whole file again.",
        ),
        actor=Actor.OPERATOR,
    ),
    ErrorCode.REFERENCE_REPEATED: refused(
        _REGISTER,
        Text(
            "{row}-сап: бул код {first}-сапта бар.",
            "Строка {row}: этот код уже стоит в строке {first}.",
            "Row {row}: this code already stands in row {first}.",
        ),
        Text(
            "Эки саптын туурасын калтырыңыз.",
            "Оставьте ту из двух строк, которая верна.",
            "Keep whichever of the two rows is right.",
        ),
        actor=Actor.OPERATOR,
    ),
}
