"""Prices, the till's own sums and the receipt (clauses 37 to 39)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.compensation import Reckoning
from gateway.rules.dispensing.facts import DispensingSettings
from gateway.rules.findings import Finding
from schemas.amounts import som
from schemas.dispensing import ExpectedSums, Receipt, Sale
from schemas.errors import ErrorCode
from schemas.medicines import Medicine

_PRICE = "$.sale.pack_price"


def check_prices(sale: Sale, medicine: Medicine | None, settings: DispensingSettings) -> Iterator[Finding]:
    """The price is that of the showcase, and not above the approved maximum retail price (clause 39).

    It is never capped in silence.
    """
    if sale.pack_price > sale.shelf_price:
        yield Finding(ErrorCode.PRICE_ABOVE_SHELF, _PRICE, {"shelf": som(sale.shelf_price)})
    elif sale.pack_price < sale.shelf_price:
        lower = ErrorCode.PRICE_BELOW_SHELF if settings.lower_than_shelf_allowed else ErrorCode.PRICE_NOT_AS_SHELF
        yield Finding(lower, _PRICE, {"shelf": som(sale.shelf_price)})
    if medicine is None:
        return
    if medicine.largest_retail_price is None:
        yield Finding(ErrorCode.PRICE_MAX_UNKNOWN, _PRICE)
    elif sale.pack_price > medicine.largest_retail_price:
        yield Finding(ErrorCode.PRICE_ABOVE_MAX, _PRICE, {"largest": som(medicine.largest_retail_price)})


def check_amounts(expected: ExpectedSums | None, reckoning: Reckoning) -> Iterator[Finding]:
    """The sums are reckoned here; the till's are only compared (clause 37)."""
    ours = (reckoning.retail, reckoning.compensation, reckoning.patient)
    if expected is not None and (expected.retail, expected.compensation, expected.patient) != ours:
        retail, compensation, patient = map(som, ours)
        parameters = {"retail": retail, "compensation": compensation, "patient": patient}
        yield Finding(ErrorCode.AMOUNT_MISMATCH, "$.sale.expected", parameters)


def check_receipt(receipt: Receipt | None) -> Iterator[Finding]:
    """The patient is given a receipt («товардык чек», clause 38); its sum is compared in the reckoning."""
    if receipt is None:
        yield Finding(ErrorCode.RECEIPT_REQUIRED, "$.receipt")
