"""Builders of synthetic treated cases. Nobody here exists; the names, numbers and addresses are made up.

``case_json()`` is a valid case of organisation 950174, department 18, discharged on 20 December 2025. Overrides are
merged into it field by field: a dict goes on into the nested object, anything else (lists too) replaces the value, and
:data:`ABSENT` takes the field away::

    case_json(department="05", patient={"pin": ABSENT, "sex": "female"}, diagnoses={"main": {"code": "O80.0"}})
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, Final

from schemas.treated_case import TreatedCase

ABSENT: Final = object()
"""As an override: the field is left out."""

ORGANISATION: Final = "950174"
DEPARTMENT: Final = "18"
ADMITTED_AT: Final = "2025-12-10T08:00:00+06:00"
DISCHARGED_AT: Final = "2025-12-20T12:00:00+06:00"
PIN: Final = "20101199012345"
"""A well-formed PIN of nobody: male, born on 1 January 1990."""

EXAMPLE_NUMBER: Final = "00000011895017425"
"""The КСФ number of the order's example (order on Sanarip Clinic, Annex 3)."""

_DOCTOR: Final = {"full_name": "Асанова Бермет Токтогуловна"}

_CASE: Final[dict[str, Any]] = {
    "card_number": "1234/25",
    "organisation": ORGANISATION,
    "department": DEPARTMENT,
    "patient": {
        "pin": PIN,
        "family_name": "Үсөнов",
        "given_name": "Төлөгөн",
        "patronymic": "Өмүрбекович",
        "birth_date": "1990-01-01",
        "sex": "male",
        "citizenship": "KGZ",
        "residence": {"region": "osh", "settlement": "village", "address": "Өзгөн району, Мырза-Аке айылы"},
        "social_status": "employed",
        "insured_category": "employee",
    },
    "referral": {"kind": "family-doctor"},
    "admission": {"at": ADMITTED_AT, "kind": "emergency", "hours_since_onset": 5, "occurrence": "first"},
    "diagnoses": {
        "admission": {"code": "J18.9"},
        "main": {"code": "J18.1", "text": "Бөлүктүк пневмония"},
        "concomitant": [{"code": "I10"}],
    },
    "movements": [
        {
            "department": DEPARTMENT,
            "bed_profile": "30",
            "entered_at": ADMITTED_AT,
            "left_at": DISCHARGED_AT,
            "doctor": _DOCTOR,
            "diagnosis": "J18.1",
        }
    ],
    "discharge": {"at": DISCHARGED_AT, "outcome": "discharged", "result": "recovered"},
    "payment_source": "mandatory-insurance",
    "doctors": {"attending": _DOCTOR},
}


def case_json(**overrides: Any) -> dict[str, Any]:
    """A treated case as decoded JSON, valid unless ``overrides`` make it otherwise. Every call gives a fresh copy."""
    case = copy.deepcopy(_CASE)
    _merge(case, overrides)
    return case


def case_bytes(**overrides: Any) -> bytes:
    """The same as a request body: UTF-8 JSON."""
    return json.dumps(case_json(**overrides), ensure_ascii=False).encode()


def case_model(**overrides: Any) -> TreatedCase:
    """The same as a model; raises pydantic's ``ValidationError`` when the overrides break the schema."""
    return TreatedCase.model_validate_json(case_bytes(**overrides))


def movement_json(
    department: str = DEPARTMENT, entered_at: str = ADMITTED_AT, left_at: str = DISCHARGED_AT, **overrides: Any
) -> dict[str, Any]:
    """One department movement as decoded JSON; it covers the whole default stay."""
    movement: dict[str, Any] = copy.deepcopy(_CASE["movements"][0])
    _merge(movement, {"department": department, "entered_at": entered_at, "left_at": left_at, **overrides})
    return movement


def operation_json(at: str = "2025-12-11T09:30:00+06:00", **overrides: Any) -> dict[str, Any]:
    """One surgical operation as decoded JSON, within the default stay."""
    operation: dict[str, Any] = {
        "at": at,
        "code": "47.0",
        "name": "Аппендэктомия",
        "surgeon": {"full_name": "Жолдошев Нурлан Эркинович"},
        "anaesthesia": "general",
    }
    _merge(operation, overrides)
    return operation


def _merge(target: dict[str, Any], overrides: Mapping[str, Any]) -> None:
    for name, value in overrides.items():
        if value is ABSENT:
            target.pop(name, None)
        elif isinstance(value, Mapping):
            nested = target.get(name)
            target[name] = nested = dict(nested) if isinstance(nested, dict) else {}
            _merge(nested, value)
        else:
            target[name] = value
