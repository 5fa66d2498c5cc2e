"""What is prescribed (clauses 15, 18, 35 and 40)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.findings import Finding
from gateway.rules.medicines.doses import in_unit
from gateway.rules.prescribing.facts import PrescribingFacts
from gateway.rules.prescribing.forming import LARGEST_COURSE, course_dose, is_comparable
from gateway.rules.validity import last_day
from schemas.amounts import plain
from schemas.errors import ErrorCode
from schemas.medicines import Medicine
from schemas.prescriptions import PrescribedItem, PrescriptionOrder


def check_item(order: PrescriptionOrder, facts: PrescribingFacts) -> Iterator[Finding]:
    """The medicine is in the reference in force, its term known, the course dose the product of dose and units."""
    item = order.item
    medicine = None if facts.reference is None else facts.reference.find(item.medicine)
    yield from _check_course(item)
    if medicine is None:
        yield Finding(ErrorCode.NOT_IN_REFERENCE, "$.item.medicine", {"medicine": item.medicine})
        return
    until = last_day(facts.today, medicine, facts.policy)
    if isinstance(until, Finding):
        yield until
    yield from _check_dose(item, medicine)


def _check_course(item: PrescribedItem) -> Iterator[Finding]:
    """The gateway forms the course dose (clause 18); a sender who has another is asked which is meant."""
    course = course_dose(item)
    if course > LARGEST_COURSE:
        yield Finding(ErrorCode.SCHEMA_VALUE, "$.item.dose", {"allowed": f"× units ≤ {plain(LARGEST_COURSE)}"})
    elif item.course_dose is not None and item.course_dose != course:
        formed = {"course_dose": plain(course), "unit": item.dose_unit.value}
        yield Finding(ErrorCode.COURSE_DOSE_MISMATCH, "$.item.course_dose", formed)


def _check_dose(item: PrescribedItem, medicine: Medicine) -> Iterator[Finding]:
    leading = medicine.leading
    if not is_comparable(item, medicine):
        units = {"unit": leading.strength_unit.value, "course_unit": item.dose_unit.value}
        yield Finding(ErrorCode.DOSE_NOT_COMPARABLE, "$.item.dose_unit", units)
        return
    strength = in_unit(leading.strength, leading.strength_unit, item.dose_unit)
    if strength is not None and course_dose(item) < strength:
        yield Finding(ErrorCode.COURSE_BELOW_ONE_UNIT, "$.item.units")
