"""Dispensing on a subsidised prescription: contract v1."""

from schemas.dispensing.requests import (
    Box,
    BoxCode,
    Choice,
    DispenseOrder,
    ExpectedSums,
    LookUp,
    PatientAndNumber,
    PrescriptionNumber,
    QuoteRequest,
    Receipt,
    ReversalOrder,
    ReversalReason,
    Sale,
    StockItem,
)

__all__ = [
    "Box",
    "BoxCode",
    "Choice",
    "DispenseOrder",
    "ExpectedSums",
    "LookUp",
    "PatientAndNumber",
    "PrescriptionNumber",
    "QuoteRequest",
    "Receipt",
    "ReversalOrder",
    "ReversalReason",
    "Sale",
    "StockItem",
]
