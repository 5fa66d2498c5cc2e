"""Sums and doses on the wire: decimal numbers as JSON strings, never as JSON numbers, which readers take for floats."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_SUM: Final = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,2})?", re.ASCII)
_SIGNED_SUM: Final = re.compile(r"-?[0-9]{1,10}(?:\.[0-9]{1,2})?", re.ASCII)
_DOSE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?", re.ASCII)
_TYIYN: Final = Decimal("0.01")


def _reader(pattern: re.Pattern[str]) -> BeforeValidator:
    def read(value: Any) -> Any:
        if isinstance(value, Decimal):
            return value
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise PydanticCustomError("decimal_text", "a decimal number in a string")
        return Decimal(value)

    return BeforeValidator(read)


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise PydanticCustomError("decimal_text", "a decimal number above zero in a string")
    return value


def plain(value: Decimal) -> str:
    """A decimal number without exponent and without trailing zeros: ``10``, ``0.5``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def som(value: Decimal) -> str:
    """A sum in som with its two digits: ``540.00``. The value has no more than two."""
    return format(value.quantize(_TYIYN), "f")


def _schema(pattern: re.Pattern[str], example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern.pattern}$", "examples": [example]})


Money = Annotated[Decimal, _reader(_SUM), PlainSerializer(som, return_type=str), _schema(_SUM, "540.00")]
"""A sum in som, zero or more, at most two digits after the point: ``"540.00"``."""

PositiveMoney = Annotated[
    Decimal,
    _reader(_SUM),
    AfterValidator(_positive),
    PlainSerializer(som, return_type=str),
    _schema(_SUM, "540.00"),
]
"""A sum in som above zero."""

SignedMoney = Annotated[
    Decimal, _reader(_SIGNED_SUM), PlainSerializer(som, return_type=str), _schema(_SIGNED_SUM, "-540.00")
]
"""A sum in som that may be below zero: a reversal, a difference."""

Dose = Annotated[Decimal, _reader(_DOSE), PlainSerializer(plain, return_type=str), _schema(_DOSE, "10")]
"""An amount of a medicine in its dose unit, zero or more, at most six digits after the point: ``"0.5"``."""

PositiveDose = Annotated[
    Decimal,
    _reader(_DOSE),
    AfterValidator(_positive),
    PlainSerializer(plain, return_type=str),
    _schema(_DOSE, "10"),
]
"""An amount of a medicine above zero."""
