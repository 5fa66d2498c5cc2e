"""What a prescriber orders («жеңилдетилген рецепт»; regulation on the additional drug programme, clauses 15 to 26)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.amounts import Dose, PositiveDose
from schemas.base import Contract, Instant, LongText, NameText, OrganisationCode, ShortText
from schemas.medicines import DoseUnit, MedicineCode, Position
from schemas.treated_case.clinical import DiagnosisCode
from schemas.treated_case.terms import InsuredCategory


class InformedWay(StrEnum):
    """How the patient was informed of the prescription (clause 20)."""

    IN_PERSON = "in-person"
    BY_PHONE = "by-phone"


class ContactKind(StrEnum):
    """How medical staff last saw a remote patient (clause 17)."""

    VISIT = "visit"
    HOME_VISIT = "home-visit"


class Prescriber(Contract):
    """Who prescribes (clause 16)."""

    pin: ShortText
    """The prescriber's personal identification number («ИЖН»): 14 digits, checked by rule."""
    family_name: NameText
    given_name: NameText
    patronymic: NameText | None = None
    position: Position


class PrescribedPatient(Contract):
    """For whom (clause 5)."""

    pin: ShortText
    """Personal identification number («ИЖН»): 14 digits, checked by rule."""
    family_name: NameText
    given_name: NameText
    patronymic: NameText | None = None
    birth_date: date
    category: InsuredCategory | None = None
    """Category of the insured, where a restriction asks for it (clause 11(4))."""


class PrescribedItem(Contract):
    """The one name of the reference that the prescription is for (clause 18)."""

    medicine: MedicineCode
    dose: PositiveDose
    """Dose of one unit, in :attr:`dose_unit`, of the leading component."""
    dose_unit: DoseUnit
    units: Annotated[int, Field(ge=1, le=10_000)]
    """Number of units of that dose («бирдиктердин саны»)."""
    course_dose: Dose | None = None
    """The sender's own product of both, only compared: the gateway forms the course dose («курстук доза»)."""
    directions: LongText
    """How to take it («signa»)."""


class CardEntry(Contract):
    """The entry in the outpatient's medical card (clause 19)."""

    number: ShortText
    """Number of the card («амбулаториялык карта»)."""
    on: date
    """Bishkek day of the entry: that of the prescription."""


class Informed(Contract):
    """That the patient was informed (clause 20)."""

    way: InformedWay


class RemoteIssue(Contract):
    """A prescription for a remote patient who takes the medicine all the time and cannot come (clause 17)."""

    reason: LongText
    last_contact: date
    """Bishkek day on which the patient last came, or was visited at home."""
    contact: ContactKind


class PrescriptionOrder(Contract):
    """A subsidised prescription as ordered; number, course dose and validity are the gateway's."""

    organisation: OrganisationCode
    """The prescriber's organisation (clauses 4 and 16)."""
    prescriber: Prescriber
    patient: PrescribedPatient
    item: PrescribedItem
    diagnosis: DiagnosisCode
    """ICD-10 code of the disease it is prescribed for (clause 21(2))."""
    card_entry: CardEntry | None = None
    informed: Informed | None = None
    remote: RemoteIssue | None = None
    paper_copy_requested: bool = False
    """The patient has asked for a printed copy (clause 15)."""
    ordered_at: Instant | None = None
    """When it was ordered by the sender's clock, for its own records; the day of issue is the gateway's."""


class Cancellation(Contract):
    """Why a prescription is taken back while nothing of it is dispensed."""

    reason: LongText
