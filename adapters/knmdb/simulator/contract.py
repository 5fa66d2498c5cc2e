"""The simulated KNMDB's side of the contract: requests checked as strictly as its published description allows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Request = TypeVar("Request", bound="Message")


class Message(BaseModel):
    """A request. ``additionalProperties`` is false everywhere, and numbers are numbers."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, hide_input_in_errors=True)


class SaleDetail(Message):
    """SalesDeclarationDetail."""

    qr_code: str
    price: Decimal
    is_partial_sale: bool = False
    partial_sale_amount: Decimal = Decimal(0)


class SalesRequest(Message):
    """SalesDeclarationRequest; the flag is spelt as published."""

    prescription_id: str | None = None
    patient_id: str | None = None
    request_number: str | None = None
    department_name: str | None = None
    is_pharmacy_consuption: bool
    details: list[SaleDetail] | None = None


class CancelRequest(Message):
    """SalesDeclarationCancelRequest."""

    declaration_id: int


class InquiryRequest(Message):
    """ProductInquiryWithQrCodeRequest."""

    qr_code: str


def envelope(code: int, message: str, result: Any) -> dict[str, Any]:
    """The envelope of every answer."""
    return {"resultCode": code, "resultMessage": message, "actionResult": result}
