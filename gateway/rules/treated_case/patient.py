"""Who the patient is: the ПИН, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.identifiers import check_pin, check_pin_agrees
from gateway.rules.treated_case.engine import rule
from gateway.rules.treated_case.facts import CaseFacts
from schemas.errors import ErrorCode
from schemas.treated_case import Doctor, PinAbsenceReason, TreatedCase

_PIN = "$.patient.pin"
_NEWBORN = timedelta(days=28)
"""A newborn is a child of fewer than 28 completed days (WHO, neonatal period)."""
_NAMED_BY_DOCUMENT = frozenset((PinAbsenceReason.FOREIGN_CITIZEN, PinAbsenceReason.STATELESS))


@rule(needs=("patient.pin", "patient.pin_absence"))
def pin_or_reason(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Exactly one of the ПИН and the reason of its absence is given."""
    has_pin, has_reason = case.patient.pin is not None, case.patient.pin_absence is not None
    if has_pin and has_reason:
        yield Finding(ErrorCode.PIN_AND_ABSENCE, "$.patient.pin_absence")
    elif not has_pin and not has_reason:
        yield Finding(ErrorCode.PIN_REQUIRED, _PIN)


@rule(needs=("patient.pin",))
def pin_is_well_formed(case: TreatedCase, _: CaseFacts) -> tuple[Finding, ...]:
    """The ПИН has 14 digits and holds a real date."""
    return () if case.patient.pin is None else check_pin(case.patient.pin, _PIN)


@rule(needs=("patient.pin", "patient.sex", "patient.birth_date"))
def pin_agrees(case: TreatedCase, _: CaseFacts) -> tuple[Finding, ...]:
    """The ПИН agrees with sex and birth date; a warning if not."""
    patient = case.patient
    if patient.pin is None:
        return ()
    return check_pin_agrees(patient.pin, _PIN, sex=patient.sex, birth_date=patient.birth_date)


@rule(needs=("patient.pin_absence", "patient.pin_absence.reason", "patient.pin_absence.document"))
def absence_has_its_document(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """A foreign citizen or stateless person without a ПИН is named by a document."""
    absence = case.patient.pin_absence
    if absence is not None and absence.reason in _NAMED_BY_DOCUMENT and absence.document is None:
        yield Finding(ErrorCode.PIN_ABSENCE_DOCUMENT, "$.patient.pin_absence.document")


@rule(needs=("patient.pin_absence", "patient.pin_absence.reason", "patient.birth_date", "admission.at"))
def newborn_is_one(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """Whoever has no ПИН as a newborn is admitted before the 28th completed day of life (our default)."""
    absence = case.patient.pin_absence
    if absence is None or absence.reason is not PinAbsenceReason.NEWBORN:
        return
    if bishkek_day(case.admission.at) - case.patient.birth_date >= _NEWBORN:
        yield Finding(ErrorCode.PIN_ABSENCE_NOT_NEWBORN, "$.patient.pin_absence.reason")


@rule(
    judges=("doctors.attending.pin", "doctors.head_of_department.pin", "movements.doctor.pin", "operations.surgeon.pin")
)
def doctors_pins_are_well_formed(case: TreatedCase, _: CaseFacts) -> Iterator[Finding]:
    """A doctor's ПИН, where given, has 14 digits and holds a real date."""
    for path, doctor in _doctors(case):
        if doctor.pin is not None:
            yield from check_pin(doctor.pin, path + ".pin")


def _doctors(case: TreatedCase) -> Iterator[tuple[str, Doctor]]:
    yield "$.doctors.attending", case.doctors.attending
    if case.doctors.head_of_department is not None:
        yield "$.doctors.head_of_department", case.doctors.head_of_department
    for number, movement in enumerate(case.movements):
        yield f"$.movements[{number}].doctor", movement.doctor
    for number, operation in enumerate(case.operations):
        yield f"$.operations[{number}].surgeon", operation.surgeon


RULES = (
    pin_or_reason,
    pin_is_well_formed,
    pin_agrees,
    absence_has_its_document,
    newborn_is_one,
    doctors_pins_are_well_formed,
)
