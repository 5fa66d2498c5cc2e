"""Mistakes hospitals make, by name: each spoils a valid synthetic case so that one known rule refuses it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from adapters.sanarip.generator import Case
from schemas.errors import ErrorCode


class Mistake(StrEnum):
    """A kind of mistake."""

    YEAR_OF_ADMISSION = "year-of-admission"
    """The number carries another year than that of the discharge (Annex 3, clause 5)."""
    EIGHTEEN_DIGITS = "eighteen-digits"
    """The number was laid out by the letter of Annex 3, clause 4, with a seven-digit organisation."""
    DEPARTMENT_OF_NUMBER = "department-of-number"
    """The number names a department the organisation does not have (Annex 3, clause 3)."""
    UNKNOWN_ORGANISATION = "unknown-organisation"
    PREGNANT_MAN = "pregnant-man"
    NO_EXTERNAL_CAUSE = "no-external-cause"
    UNKNOWN_DIAGNOSIS = "unknown-diagnosis"
    EXTERNAL_CAUSE_AS_MAIN = "external-cause-as-main"
    ADMITTED_AFTER_DISCHARGE = "admitted-after-discharge"
    MOVEMENT_GAP = "movement-gap"
    IMPOSSIBLE_PIN = "impossible-pin"
    DIED_WITHOUT_CAUSE = "died-without-cause"
    NO_PATIENT_NAME = "no-patient-name"
    UNKNOWN_FIELD = "unknown-field"


EXPECTED: Mapping[Mistake, ErrorCode] = {
    Mistake.YEAR_OF_ADMISSION: ErrorCode.KSF_YEAR_MISMATCH,
    Mistake.EIGHTEEN_DIGITS: ErrorCode.KSF_LENGTH_18,
    Mistake.DEPARTMENT_OF_NUMBER: ErrorCode.KSF_DEPARTMENT_UNKNOWN,
    Mistake.UNKNOWN_ORGANISATION: ErrorCode.ORG_UNKNOWN,
    Mistake.PREGNANT_MAN: ErrorCode.DIAGNOSIS_SEX,
    Mistake.NO_EXTERNAL_CAUSE: ErrorCode.EXTERNAL_CAUSE_REQUIRED,
    Mistake.UNKNOWN_DIAGNOSIS: ErrorCode.ICD_UNKNOWN,
    Mistake.EXTERNAL_CAUSE_AS_MAIN: ErrorCode.DIAGNOSIS_MAIN_EXTERNAL,
    Mistake.ADMITTED_AFTER_DISCHARGE: ErrorCode.CASE_ADMISSION_AFTER_DISCHARGE,
    Mistake.MOVEMENT_GAP: ErrorCode.CASE_MOVEMENT_GAP,
    Mistake.IMPOSSIBLE_PIN: ErrorCode.PIN_DATE,
    Mistake.DIED_WITHOUT_CAUSE: ErrorCode.DEATH_CAUSE_REQUIRED,
    Mistake.NO_PATIENT_NAME: ErrorCode.SCHEMA_REQUIRED,
    Mistake.UNKNOWN_FIELD: ErrorCode.SCHEMA_UNKNOWN_FIELD,
}
"""The code that must be among the findings of a case spoiled so."""


def spoil(case: Case, mistake: Mistake) -> Case:
    """A copy of the valid ``case`` with the mistake in it."""
    spoiled = copy.deepcopy(case)
    _SPOILERS[mistake](spoiled)
    return spoiled


def _discharged(case: Case) -> datetime:
    return datetime.fromisoformat(case["discharge"]["at"])


def _number(case: Case, *, department: str | None = None, organisation: str | None = None, years: int = 0) -> str:
    year = (_discharged(case).year + years) % 100
    return f"9999999{department or case['department']}{organisation or case['organisation']}{year:02d}"


def _year_of_admission(case: Case) -> None:
    case["ksf_number"] = _number(case, years=-1)


def _eighteen_digits(case: Case) -> None:
    case["ksf_number"] = _number(case, organisation=case["organisation"] + "2")


def _department_of_number(case: Case) -> None:
    case["ksf_number"] = _number(case, department="99" if case["department"] != "99" else "98")


def _unknown_organisation(case: Case) -> None:
    case["organisation"] = "000001"


def _pregnant_man(case: Case) -> None:
    patient = case["patient"]
    patient["sex"] = "male"
    if "pin" in patient:
        patient["pin"] = "2" + patient["pin"][1:]
    _main(case, "O80.0")


def _no_external_cause(case: Case) -> None:
    _main(case, "S72.0")
    case["diagnoses"].pop("external_cause", None)


def _unknown_diagnosis(case: Case) -> None:
    _main(case, "J99.9")


def _external_cause_as_main(case: Case) -> None:
    _main(case, "W01")


def _admitted_after_discharge(case: Case) -> None:
    case["admission"]["at"] = (_discharged(case) + timedelta(days=1)).isoformat()


def _movement_gap(case: Case) -> None:
    [whole] = case["movements"]
    entered = datetime.fromisoformat(whole["entered_at"])
    length = _discharged(case) - entered
    first = {**whole, "left_at": (entered + length / 3).isoformat(timespec="seconds")}
    second = {**whole, "entered_at": (entered + length * 2 / 3).isoformat(timespec="seconds")}
    case["movements"] = [first, second]


def _impossible_pin(case: Case) -> None:
    case["patient"].pop("pin_absence", None)
    case["patient"]["pin"] = "23002199012345"


def _died_without_cause(case: Case) -> None:
    case["discharge"].update(outcome="died", result="died")
    case.pop("death", None)


def _no_patient_name(case: Case) -> None:
    del case["patient"]["family_name"]


def _unknown_field(case: Case) -> None:
    case["ward"] = "3"


def _main(case: Case, code: str) -> None:
    case["diagnoses"]["main"] = {"code": code}


_SPOILERS: Mapping[Mistake, Callable[[Case], None]] = {
    Mistake.YEAR_OF_ADMISSION: _year_of_admission,
    Mistake.EIGHTEEN_DIGITS: _eighteen_digits,
    Mistake.DEPARTMENT_OF_NUMBER: _department_of_number,
    Mistake.UNKNOWN_ORGANISATION: _unknown_organisation,
    Mistake.PREGNANT_MAN: _pregnant_man,
    Mistake.NO_EXTERNAL_CAUSE: _no_external_cause,
    Mistake.UNKNOWN_DIAGNOSIS: _unknown_diagnosis,
    Mistake.EXTERNAL_CAUSE_AS_MAIN: _external_cause_as_main,
    Mistake.ADMITTED_AFTER_DISCHARGE: _admitted_after_discharge,
    Mistake.MOVEMENT_GAP: _movement_gap,
    Mistake.IMPOSSIBLE_PIN: _impossible_pin,
    Mistake.DIED_WITHOUT_CAUSE: _died_without_cause,
    Mistake.NO_PATIENT_NAME: _no_patient_name,
    Mistake.UNKNOWN_FIELD: _unknown_field,
}
