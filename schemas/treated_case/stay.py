"""The stay itself: referral, admission, movements between departments, discharge, sick leave."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Contract, DepartmentCode, Instant, NameText, OrganisationCode, ShortText
from schemas.treated_case.clinical import DiagnosisCode, Doctor
from schemas.treated_case.terms import (
    AdmissionKind,
    DischargeOutcome,
    Occurrence,
    ReferralKind,
    TreatmentResult,
)

BedProfile = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]
"""Code of the bed profile («профиль койки»): up to four digits."""


class Referral(Contract):
    """Who referred or brought the patient («кем направлен, доставлен»)."""

    kind: ReferralKind
    organisation: OrganisationCode | None = None
    number: ShortText | None = None
    issued_on: date | None = None
    """Day of the referral (Bishkek day)."""


class Admission(Contract):
    """Admission («поступление»)."""

    at: Instant
    kind: AdmissionKind
    hours_since_onset: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Whole hours since the onset of the disease or injury."""
    occurrence: Occurrence


class DepartmentMovement(Contract):
    """A stretch of the stay in one department («движение по отделениям»)."""

    department: DepartmentCode
    bed_profile: BedProfile
    entered_at: Instant
    left_at: Instant
    doctor: Doctor
    diagnosis: DiagnosisCode
    """ICD-10 code of this stretch."""


class Discharge(Contract):
    """The end of the stay («выбытие»)."""

    at: Instant
    """The year of this instant's Bishkek day ends the КСФ number (order on Sanarip Clinic, Annex 3, clause 5)."""
    outcome: DischargeOutcome
    result: TreatmentResult
    transferred_to: NameText | None = None
    """Where the patient was transferred; given exactly when the outcome is ``transferred``."""


class SickLeave(Contract):
    """The temporary disability sheet of the stay («листок нетрудоспособности»)."""

    number: ShortText
    opened_on: date
    closed_on: date | None = None
