"""The patient of a treated case."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from schemas.base import Contract, LongText, NameText, ShortText
from schemas.treated_case.terms import (
    Disability,
    InsuredCategory,
    PinAbsenceReason,
    Region,
    Settlement,
    Sex,
    SocialStatus,
)

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 3166-1 alpha-3, for example ``KGZ``."""


class IdentityDocument(Contract):
    """A document that names a person who has no PIN."""

    kind: ShortText
    """For example ``passport`` or ``residence-permit``."""
    number: ShortText
    """Series and number as printed."""
    country: CountryCode


class PinAbsence(Contract):
    """Why the patient's PIN is missing; a foreign citizen is named by a document."""

    reason: PinAbsenceReason
    document: IdentityDocument | None = None


class Residence(Contract):
    """Where the patient lives («место жительства»)."""

    region: Region
    settlement: Settlement
    address: LongText | None = None


class Patient(Contract):
    """The patient («пациент / бейтап»). Exactly one of ``pin`` and ``pin_absence`` is given."""

    pin: ShortText | None = None
    """Personal identification number («ПИН / ИЖН»): 14 digits, checked by rule."""
    pin_absence: PinAbsence | None = None
    family_name: NameText
    given_name: NameText
    patronymic: NameText | None = None
    birth_date: date
    sex: Sex
    citizenship: CountryCode
    residence: Residence
    social_status: SocialStatus
    disability: Disability = Disability.NONE
    insured_category: InsuredCategory
