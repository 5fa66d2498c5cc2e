"""What a till asks for, as the client's own messages."""

from __future__ import annotations

from typing import Any

from kopuro_pos.client import DispenseOrder, LookUp, QuoteRequest
from tests.service.dispensing.counter import SUBSTITUTE, look_up_json, order_json, quote_json
from tests.support.programme import MEDICINE, Issued

STOCK = [{"medicine": MEDICINE, "pack_price": "450.00"}, {"medicine": SUBSTITUTE, "pack_price": "360.00"}]


def look_up(issued: Issued, **overrides: Any) -> LookUp:
    return LookUp.model_validate(look_up_json(issued, stock=STOCK, **overrides))


def quote(issued: Issued, **overrides: Any) -> QuoteRequest:
    return QuoteRequest.model_validate(quote_json(issued, **overrides))


def order(issued: Issued, **overrides: Any) -> DispenseOrder:
    return DispenseOrder.model_validate(order_json(issued, **overrides))
