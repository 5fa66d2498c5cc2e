"""Sums of money: som as decimal numbers in the rules, whole tyiyn (a hundredth of a som) in the store."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

_TYIYN: Final = Decimal("0.01")


def to_som(value: Fraction | Decimal) -> Decimal:
    """A sum rounded to whole tyiyn, half up, as once a line is done with an exact product (domain rules, 2.5)."""
    if isinstance(value, Fraction):
        tyiyn, rest = divmod(abs(value) * 100, 1)
        whole = Decimal(tyiyn + (rest >= Fraction(1, 2))).scaleb(-2)
        return whole if value >= 0 else -whole
    return value.quantize(_TYIYN, rounding=ROUND_HALF_UP)


def to_tyiyn(som: Decimal) -> int:
    """A sum in whole tyiyn. It has no more than two digits after the point, else this is a programming error."""
    tyiyn = som.scaleb(2)
    if tyiyn != tyiyn.to_integral_value():
        raise ValueError("a sum has parts of a tyiyn")
    return int(tyiyn)


def from_tyiyn(tyiyn: int) -> Decimal:
    """The inverse of :func:`to_tyiyn`, with two digits."""
    return Decimal(tyiyn).scaleb(-2).quantize(_TYIYN)
