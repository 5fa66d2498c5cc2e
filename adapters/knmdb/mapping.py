"""Between our words and KNMDB's: requests as JSON, answers as models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from types import MappingProxyType
from typing import Annotated, Any, Final

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from gateway.programme.ports import BoxStanding
from gateway.rules.days import bishkek_day
from schemas.programme.messages import BoxesSold, SoldBox

SALE: Final = "/api/TrackAndTrace/SalesDeclaration"
CANCELLATION: Final = "/api/TrackAndTrace/SalesDeclarationCancel"
INQUIRY: Final = "/api/TrackAndTrace/ProductInquiryQRCode"

_BRACKETS: Final = re.compile(r"[()]")
"""Around application identifiers, where a code is given as people read it."""
_PRICE: Final = re.compile(r"\s*([0-9]{1,10}(?:[.,][0-9]{1,4})?)\s*", re.ASCII)


class ProductState(IntEnum):
    """The last event of a box. What is added to KNMDB's list later reads as ``OTHER``."""

    OTHER = 0
    PRODUCTION = 1
    IMPORT = 2
    SALES = 3
    DEACTIVATION = 4
    EXPORT = 5
    SALES_RETURN = 6
    PURCHASE_CONFIRMATION = 7
    SALES_CANCELLED = 8
    TRANSFER_INITIATED = 9
    TRANSFER_ACCEPTED = 10
    TRANSFER_CANCELLED = 11
    PARTIAL_SALES = 12
    STOCK = 13
    RETURN_TRANSFER_INITIATED = 14
    RETURN_TRANSFER_ACCEPTED = 15
    RETURN_TRANSFER_CANCELLED = 16
    PARTIAL_SALES_CANCELLED = 17
    DEACTIVATION_CANCELLED = 18


_STATE_NAMES: Final[Mapping[str, ProductState]] = MappingProxyType(
    {state.name.replace("_", "").casefold(): state for state in ProductState}
)
_STATE_NUMBERS: Final[Mapping[int, ProductState]] = MappingProxyType({state.value: state for state in ProductState})


def _state(value: Any) -> ProductState:
    """Enumerations come as numbers; names, should they ever come, are read as well."""
    if isinstance(value, str) and not value.isdigit():
        return _STATE_NAMES.get("".join(filter(str.isalpha, value)).casefold(), ProductState.OTHER)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise PydanticCustomError("state", "neither a number nor a name")
    return _STATE_NUMBERS.get(int(value), ProductState.OTHER)


def _day(value: Any) -> date:
    """The Bishkek day of an event. Instants without an offset, as KNMDB writes them, are taken for local."""
    if not isinstance(value, str):
        raise PydanticCustomError("day", "no date")
    instant = datetime.fromisoformat(value)
    return instant.date() if instant.tzinfo is None else bishkek_day(instant)


def _several(value: Any) -> Any:
    return () if value is None else value


State = Annotated[ProductState, PlainValidator(_state)]
_Identifier = Annotated[int, Field(ge=1)]


class _Answer(BaseModel):
    """Part of an answer. Unknown members are passed over."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True, str_strip_whitespace=True
    )


class Declaration(_Answer):
    """The acknowledgement of a sale or of its cancellation. Zero stands for no number."""

    declaration_id: _Identifier


class BoxEvent(_Answer):
    """One event in the history of a box. ``partial_sale_amount`` is in units."""

    declaration_number: int
    stake_holder: str | None = None
    state: State
    day: Annotated[date, PlainValidator(_day), Field(alias="stateDate")]
    price: Decimal | None = None
    partial_sale_amount: Decimal | None = None


class BoxAnswer(_Answer):
    """ProductInquiryResult, as far as it is used."""

    gtin: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,14}$")]
    serial_number: str | None = None
    is_expired: bool
    is_available_for_sale: bool
    is_suspended_or_recalled: bool
    product_state: State
    overall_retail_price: str | None = None
    partial_sale_remaining_amount: Decimal | None = None
    history: Annotated[
        tuple[BoxEvent, ...], BeforeValidator(_several), Field(alias="productInquiryHistory", default=())
    ]

    def is_of(self, code: str) -> bool:
        """Whether the answer speaks of the box with this code: the code holds its GTIN and its serial number."""
        spellings = (code, _BRACKETS.sub("", code))
        parts = (self.gtin.rjust(14, "0"), self.serial_number or "")
        return all(any(part in spelling for spelling in spellings) for part in parts)

    def standing(self) -> BoxStanding:
        """The answer in the core's words."""
        remaining = self.partial_sale_remaining_amount
        return BoxStanding(
            gtin=self.gtin.rjust(14, "0"),
            for_sale=self.is_available_for_sale,
            sold=self.product_state is ProductState.SALES,
            expired=self.is_expired,
            recalled=self.is_suspended_or_recalled,
            largest_retail_price=_price(self.overall_retail_price),
            remaining_units=None if remaining is None else int(remaining),
        )


def _price(text: str | None) -> Decimal | None:
    """KNMDB gives the largest retail price as text; what is no plain number is taken for none."""
    found = _PRICE.fullmatch(text or "")
    return Decimal(found[1].replace(",", ".")) if found else None


def inquiry_body(code: str) -> bytes:
    """The body of ProductInquiryQRCode."""
    return orjson.dumps({"qrCode": code})


def cancellation_body(declaration: int) -> bytes:
    """The body of SalesDeclarationCancel."""
    return orjson.dumps({"declarationId": declaration})


def sale_body(sale: BoxesSold) -> bytes:
    """The body of SalesDeclaration. ``isPharmacyConsuption`` is spelt as KNMDB spells it."""
    return orjson.dumps(
        {
            "prescriptionId": sale.number,
            "patientId": sale.pin,
            "isPharmacyConsuption": True,
            "details": [_detail(box) for box in sale.boxes],
        }
    )


def _detail(box: SoldBox) -> dict[str, Any]:
    return {
        "qrCode": box.code,
        # A JSON number with the digits of the decimal, which no float has been in between of.
        "price": orjson.Fragment(format(box.price, "f").encode()),
        "isPartialSale": box.units is not None,
        "partialSaleAmount": box.units or 0,
    }
