"""Rules of prescribing (regulation on the additional drug programme, chapters 4 and 5)."""

from gateway.rules.prescribing.check import check_order
from gateway.rules.prescribing.facts import HistoryFacts, InsuranceFacts, LimitFacts, PrescribingFacts
from gateway.rules.prescribing.forming import FormedPrescription, form
from gateway.rules.prescribing.limit import check_limit
from gateway.rules.prescribing.patient import open_already

__all__ = [
    "FormedPrescription",
    "HistoryFacts",
    "InsuranceFacts",
    "LimitFacts",
    "PrescribingFacts",
    "check_limit",
    "check_order",
    "form",
    "open_already",
]
