"""The treated case (form 066/у, КСФ): contract ``/v1``.

The Kyrgyz text of form 066/у is not public, so this field set, taken from the stable core of the 066/у family,
is our own contract. See ``docs/contracts.md``.
"""

from schemas.treated_case.case import TreatedCase
from schemas.treated_case.clinical import Death, Diagnoses, Diagnosis, Doctor, Operation
from schemas.treated_case.patient import IdentityDocument, Patient, PinAbsence, Residence
from schemas.treated_case.stay import Admission, DepartmentMovement, Discharge, Referral, SickLeave
from schemas.treated_case.terms import (
    AdmissionKind,
    Anaesthesia,
    Disability,
    DischargeOutcome,
    InsuredCategory,
    Occurrence,
    PaymentSource,
    PinAbsenceReason,
    ReferralKind,
    Region,
    Settlement,
    Sex,
    SocialStatus,
    TreatmentResult,
)

__all__ = [
    "Admission",
    "AdmissionKind",
    "Anaesthesia",
    "Death",
    "DepartmentMovement",
    "Diagnoses",
    "Diagnosis",
    "Disability",
    "Discharge",
    "DischargeOutcome",
    "Doctor",
    "IdentityDocument",
    "InsuredCategory",
    "Occurrence",
    "Operation",
    "Patient",
    "PaymentSource",
    "PinAbsence",
    "PinAbsenceReason",
    "Referral",
    "ReferralKind",
    "Region",
    "Residence",
    "Settlement",
    "Sex",
    "SickLeave",
    "SocialStatus",
    "TreatedCase",
    "TreatmentResult",
]
