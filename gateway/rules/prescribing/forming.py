"""What the gateway forms of an order: course dose, last day, expected compensation (clauses 18, 21(1) and 40)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.rules.compensation import Course, expected_compensation
from gateway.rules.medicines.doses import in_unit
from gateway.rules.prescribing.facts import PrescribingFacts
from gateway.rules.validity import last_day
from schemas.medicines import DoseUnit, Medicine
from schemas.prescriptions import PrescribedItem, PrescriptionOrder

LARGEST_COURSE: Final = Decimal(999_999_999)
"""The largest course dose that the contract can tell, in the order's dose unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormedPrescription:
    """What an order comes to. ``course_dose`` is in ``dose_unit``, ``expected_compensation`` in som.

    ``valid_until`` is the last Bishkek day on which it can be dispensed, ``medicine`` the row of version
    ``reference_version`` that is prescribed.
    """

    medicine: Medicine
    reference_version: int
    course_dose: Decimal
    dose_unit: DoseUnit
    valid_until: date
    expected_compensation: Decimal


def course_dose(item: PrescribedItem) -> Decimal:
    """The course dose («курстук доза», clause 18): the dose of one unit × the number of units, exact."""
    return item.dose * item.units


def form(order: PrescriptionOrder, facts: PrescribingFacts) -> FormedPrescription | None:
    """What is formed of an order; ``None`` where it cannot be told, for which the rules then have a finding."""
    item, reference = order.item, facts.reference
    medicine = None if reference is None else reference.find(item.medicine)
    course = course_dose(item)
    if reference is None or medicine is None or course > LARGEST_COURSE or not is_comparable(item, medicine):
        return None
    until = last_day(facts.today, medicine, facts.policy)
    if not isinstance(until, date):
        return None
    return FormedPrescription(
        medicine=medicine,
        reference_version=reference.number,
        course_dose=course,
        dose_unit=item.dose_unit,
        valid_until=until,
        expected_compensation=expected_compensation(Course(dose=course, unit=item.dose_unit), medicine),
    )


def is_comparable(item: PrescribedItem, medicine: Medicine) -> bool:
    """Whether the dose is in a unit of the same dimension as the medicine's strength."""
    return in_unit(item.dose, item.dose_unit, medicine.leading.strength_unit) is not None
