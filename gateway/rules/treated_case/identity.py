"""What the journal knows a case by: its year, its stay, its content."""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter

from gateway.rules.days import bishkek_day
from gateway.rules.treated_case.facts import CaseFacts
from schemas.treated_case import Patient, TreatedCase

_CASE: Final[TypeAdapter[TreatedCase]] = TypeAdapter(TreatedCase)
_NOT_CONTENT: Final = {"ksf_number"}

_SEPARATOR = "\x1f"
"""No text of a case can hold it."""


def discharge_year(case: TreatedCase) -> int:
    """The year of the Bishkek day of discharge (order on Sanarip Clinic, Annex 3, clause 5)."""
    return bishkek_day(case.discharge.at).year


def is_pilot(case: TreatedCase, facts: CaseFacts) -> bool:
    """Whether the patient left before the order's duty began (clauses 1 and 3(4)); the day of discharge decides."""
    return bishkek_day(case.discharge.at) < facts.pilot_until


def stay_key(case: TreatedCase) -> bytes:
    """The stay: SHA-256 over organisation, patient, admission and discharge, 32 bytes.

    The same stay must not count twice, under whatever number and by whatever channel (order on Sanarip Clinic, clause
    10).
    """
    instants = (case.admission.at.isoformat(), case.discharge.at.isoformat())
    return sha256(_SEPARATOR.join((case.organisation, *_person(case), *instants)).encode()).digest()


def canonical_payload(case: TreatedCase) -> bytes:
    """The content of the case in one fixed form: compact UTF-8 JSON, fields in the contract's order.

    Left out are fields without a value and the КСФ number, which names the content but is no part of it. Instants are
    UTC.
    """
    return _CASE.dump_json(case, exclude=_NOT_CONTENT, exclude_none=True)


def _person(case: TreatedCase) -> tuple[str, ...]:
    """The patient by the best identification there is.

    Without ПИН and document, names, birth date and sex are not enough, since unnamed twins share them all: the number
    of the medical card tells them apart.
    """
    patient = case.patient
    if patient.pin is not None:
        return ("pin", patient.pin)
    if patient.pin_absence is not None and patient.pin_absence.document is not None:
        document = patient.pin_absence.document
        return ("document", document.country, _folded(document.kind), _folded(document.number))
    return ("names", *_names(patient), patient.birth_date.isoformat(), patient.sex.value, _folded(case.card_number))


def _names(patient: Patient) -> tuple[str, ...]:
    return tuple(_folded(name) for name in (patient.family_name, patient.given_name, patient.patronymic or ""))


def _folded(text: str) -> str:
    """Spelled the same whatever the case of letters and the way accents are composed."""
    return unicodedata.normalize("NFC", text).casefold()
