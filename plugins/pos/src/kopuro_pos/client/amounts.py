"""Sums and doses: ``Decimal`` in Python, a JSON string on the wire, never a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_SOM: Final = r"[0-9]{1,10}(?:\.[0-9]{1,2})?"
_DOSE: Final = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
_TYIYN: Final = Decimal("0.01")


def _plain(value: Decimal) -> str:
    """Without exponent and without trailing zeros: ``10``, ``0.5``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _som(value: Decimal) -> str:
    """With two digits: ``540.00``."""
    return format(value.quantize(_TYIYN), "f")


def _reader(pattern: str) -> BeforeValidator:
    wanted = re.compile(pattern, re.ASCII)

    def read(value: Any) -> Decimal:
        text = _plain(value) if isinstance(value, Decimal) else value
        if not isinstance(text, str) or wanted.fullmatch(text) is None:
            raise PydanticCustomError("decimal_text", "a decimal number, as Decimal or in a string")
        return value if isinstance(value, Decimal) else Decimal(text)

    return BeforeValidator(read)


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise PydanticCustomError("decimal_text", "a decimal number above zero")
    return value


def _schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Som = Annotated[Decimal, _reader(_SOM), PlainSerializer(_som, return_type=str), _schema(_SOM)]
"""A sum in som, zero or more, at most two digits after the point."""

PositiveSom = Annotated[
    Decimal, _reader(_SOM), AfterValidator(_positive), PlainSerializer(_som, return_type=str), _schema(_SOM)
]
"""A sum in som above zero."""

SignedSom = Annotated[
    Decimal, _reader(f"-?{_SOM}"), PlainSerializer(_som, return_type=str), _schema(f"-?{_SOM}")
]  # fmt: skip
"""A sum in som, below zero in a reversal."""

Dose = Annotated[Decimal, _reader(_DOSE), PlainSerializer(_plain, return_type=str), _schema(_DOSE)]
"""An amount of a medicine in its dose unit, zero or more, at most six digits after the point."""

SignedDose = Annotated[
    Decimal, _reader(f"-?{_DOSE}"), PlainSerializer(_plain, return_type=str), _schema(f"-?{_DOSE}")
]  # fmt: skip
"""The same, below zero in a reversal."""
