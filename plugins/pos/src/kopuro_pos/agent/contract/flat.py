"""What every message of the contract is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints


def _with_two_digits(sum_: Decimal) -> Decimal:
    return sum_.quantize(_TYIYN)


_TYIYN = Decimal("0.01")
_AS_TEXT = PlainSerializer(str, return_type=str)

Som = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2), AfterValidator(_with_two_digits), _AS_TEXT]
"""Money in som, a JSON string with two digits."""
SignedSom = Annotated[Decimal, Field(max_digits=12, decimal_places=2), AfterValidator(_with_two_digits), _AS_TEXT]
"""Money in som; negative on a reversal."""
Key = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{8,255}$")]
"""Made by the caller before its first try; the same key always means the same sale or reversal."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class Flat(BaseModel):
    """A message of this contract: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
