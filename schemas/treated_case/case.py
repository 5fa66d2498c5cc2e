"""The treated case as a whole."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from schemas.base import Contract, DepartmentCode, OrganisationCode, ShortText
from schemas.treated_case.clinical import Death, Diagnoses, Doctor, Operation
from schemas.treated_case.patient import Patient
from schemas.treated_case.stay import Admission, DepartmentMovement, Discharge, Referral, SickLeave
from schemas.treated_case.terms import PaymentSource


def without_single_spaces(value: object) -> object:
    """The display form «0 0 0 …» of a КСФ number without its spaces (order on Sanarip Clinic, Annex 3, example)."""
    if isinstance(value, str) and "  " not in value.strip():
        return value.replace(" ", "")
    return value


KsfNumberText = Annotated[str, BeforeValidator(without_single_spaces), StringConstraints(min_length=1, max_length=64)]
"""A КСФ number as sent; its 17 digits are judged by rule, so that the refusal can name positions and clause."""


class Doctors(Contract):
    """Who signs the form («подписи»)."""

    attending: Doctor
    head_of_department: Doctor | None = None


class TreatedCase(Contract):
    """A discharged patient's case («пролеченный случай / дарыланган учур», form 066/у)."""

    ksf_number: KsfNumberText | None = None
    """The КСФ number, when the sender's own system has formed it; else the gateway forms it."""
    external_number: ShortText | None = None
    """The fund database's own number of a case entered directly (order on Sanarip Clinic, clause 10)."""
    card_number: ShortText
    """Number of the inpatient's medical card («№ медицинской карты»)."""
    organisation: OrganisationCode
    department: DepartmentCode
    """The department that forms the КСФ (Annex 3, clause 3)."""
    patient: Patient
    referral: Referral
    admission: Admission
    diagnoses: Diagnoses
    movements: Annotated[tuple[DepartmentMovement, ...], Field(min_length=1, max_length=50)]
    operations: Annotated[tuple[Operation, ...], Field(max_length=50)] = ()
    discharge: Discharge
    death: Death | None = None
    sick_leave: SickLeave | None = None
    payment_source: PaymentSource
    doctors: Doctors
