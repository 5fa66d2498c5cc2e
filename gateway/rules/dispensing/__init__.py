"""Rules of dispensing (regulation on the additional drug programme, chapters 7 and 8)."""

from gateway.rules.dispensing.check import SaleVerdict, check_quote, check_sale
from gateway.rules.dispensing.facts import (
    BoxStanding,
    DispensingSettings,
    PrescriptionFacts,
    SaleFacts,
    sale_day,
    sale_instant,
)
from gateway.rules.dispensing.offers import Offer, offers
from gateway.rules.dispensing.quoting import RULES_VERSION, quote_digest

__all__ = [
    "RULES_VERSION",
    "BoxStanding",
    "DispensingSettings",
    "Offer",
    "PrescriptionFacts",
    "SaleFacts",
    "SaleVerdict",
    "check_quote",
    "check_sale",
    "offers",
    "quote_digest",
    "sale_day",
    "sale_instant",
]
