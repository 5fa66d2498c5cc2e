"""Doses and when they can be compared. Amounts are decimal numbers; nothing is rounded here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from schemas.medicines import DoseUnit

_MILLIGRAMS: Final[Mapping[DoseUnit, Decimal]] = MappingProxyType(
    {DoseUnit.MICROGRAM: Decimal("0.001"), DoseUnit.MILLIGRAM: Decimal(1), DoseUnit.GRAM: Decimal(1000)}
)


def in_unit(amount: Decimal, unit: DoseUnit, wanted: DoseUnit) -> Decimal | None:
    """``amount`` of ``unit`` in the unit ``wanted``; ``None`` where the two cannot be compared.

    Masses can be turned into each other; millilitres, international units, doses and pieces only equal themselves.
    """
    if unit is wanted:
        return amount
    if unit in _MILLIGRAMS and wanted in _MILLIGRAMS:
        return amount * _MILLIGRAMS[unit] / _MILLIGRAMS[wanted]
    return None
