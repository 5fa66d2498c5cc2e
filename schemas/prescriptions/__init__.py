"""The subsidised prescription: contract v1."""

from schemas.prescriptions.order import (
    Cancellation,
    CardEntry,
    ContactKind,
    Informed,
    InformedWay,
    PrescribedItem,
    PrescribedPatient,
    Prescriber,
    PrescriptionOrder,
    RemoteIssue,
)
from schemas.prescriptions.views import (
    IssuedPrescriptionView,
    LimitView,
    PrescriptionCheck,
    PrescriptionState,
    PrescriptionView,
)

__all__ = [
    "Cancellation",
    "CardEntry",
    "ContactKind",
    "Informed",
    "InformedWay",
    "IssuedPrescriptionView",
    "LimitView",
    "PrescribedItem",
    "PrescribedPatient",
    "Prescriber",
    "PrescriptionCheck",
    "PrescriptionOrder",
    "PrescriptionState",
    "PrescriptionView",
    "RemoteIssue",
]
