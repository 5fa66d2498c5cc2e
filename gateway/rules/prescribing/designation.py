"""Special designation («атайын дайындоо») when a medicine is prescribed (clauses 11(4) and 24 to 26)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gateway.rules.findings import Finding
from gateway.rules.medicines.doses import in_unit
from gateway.rules.prescribing.facts import PrescribingFacts
from gateway.rules.prescribing.forming import course_dose
from schemas.codelists import icd10
from schemas.errors import ErrorCode
from schemas.medicines import Medicine
from schemas.prescriptions import PrescriptionOrder

_MOST_NAMED: Final = 20
"""Allowed values named in a finding; a longer list stands in the reference."""


def check_designation(order: PrescriptionOrder, facts: PrescribingFacts) -> Iterator[Finding]:
    """The order keeps within what the fund's protocol allows of its medicine.

    A restriction without its protocol has no force by clause 25. The import of the reference refuses such a row; should
    one be there all the same, the medicine is not prescribed until the fund has put it right.
    """
    medicine = None if facts.reference is None else facts.reference.find(order.item.medicine)
    designation = None if medicine is None else medicine.special_designation
    if medicine is None or designation is None:
        return
    if designation.protocol_number is None or designation.protocol_date is None:
        yield Finding(ErrorCode.PROTOCOL_REQUIRED, "$.item.medicine")
    if designation.indications and not _is_indicated(order.diagnosis, designation.indications):
        yield _restricted("indications", "$.diagnosis", designation.indications)
    if designation.positions and order.prescriber.position not in designation.positions:
        yield _restricted("positions", "$.prescriber.position", designation.positions)
    if designation.categories and order.patient.category not in designation.categories:
        yield _restricted("categories", "$.patient.category", designation.categories)
    if designation.largest_units is not None and _exceeds(designation.largest_units, order, medicine):
        yield _restricted("units", "$.item.units", (f"≤ {designation.largest_units}",))


def _is_indicated(diagnosis: str, indications: Iterable[str]) -> bool:
    """Whether a code is one of the codes named, or lies in one of the categories: I11.9 in I11."""
    return diagnosis.startswith(tuple(icd10.normalise(indication) for indication in indications))


def _exceeds(largest_units: int, order: PrescriptionOrder, medicine: Medicine) -> bool:
    """Whether the course comes to more than so many units of the medicine, whatever the dose of one is ordered as."""
    leading = medicine.leading
    most = in_unit(leading.strength * largest_units, leading.strength_unit, order.item.dose_unit)
    return most is not None and course_dose(order.item) > most


def _restricted(restriction: str, path: str, allowed: Iterable[str]) -> Finding:
    named = ", ".join([str(value) for value in allowed][:_MOST_NAMED])
    return Finding(ErrorCode.RESTRICTED_DRUG, path, {"restriction": restriction, "allowed": named})
