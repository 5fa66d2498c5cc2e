"""The reference of medicines: contract v1."""

from schemas.medicines.medicine import (
    AtcCode,
    Compensation,
    Component,
    Gtin,
    Medicine,
    MedicineCode,
    SpecialDesignation,
)
from schemas.medicines.terms import ControlledClass, DoseUnit, Per, Position, Registration
from schemas.medicines.views import MedicinePage, MedicineView, ReferenceVersionView

__all__ = [
    "AtcCode",
    "Compensation",
    "Component",
    "ControlledClass",
    "DoseUnit",
    "Gtin",
    "Medicine",
    "MedicineCode",
    "MedicinePage",
    "MedicineView",
    "Per",
    "Position",
    "ReferenceVersionView",
    "Registration",
    "SpecialDesignation",
]
