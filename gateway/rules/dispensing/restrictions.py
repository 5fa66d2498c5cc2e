"""Special designation when a medicine is given («дайындоодо жана берүүдө», clauses 24 to 26)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.compensation import Reckoning
from gateway.rules.dispensing.facts import PrescriptionFacts
from gateway.rules.findings import Finding
from gateway.rules.medicines.doses import in_unit
from schemas.codelists import icd10
from schemas.errors import ErrorCode
from schemas.medicines import Medicine

_MEDICINE = "$.sale.medicine"


def check_restrictions(medicine: Medicine, prescription: PrescriptionFacts, reckoning: Reckoning) -> Iterator[Finding]:
    """The sold row's designation against what was ordered; only one with the fund's protocol counts (clause 26)."""
    designation = medicine.special_designation
    if designation is None or designation.protocol_number is None or designation.protocol_date is None:
        return
    restricts = {
        "indications": bool(designation.indications)
        and not icd10.normalise(prescription.diagnosis).startswith(
            tuple(map(icd10.normalise, designation.indications))
        ),
        "positions": bool(designation.positions) and prescription.position not in designation.positions,
        "categories": bool(designation.categories) and prescription.category not in designation.categories,
        "units": designation.largest_units is not None
        and _exceeds(designation.largest_units, medicine, prescription, reckoning),
    }
    for restriction, applies in restricts.items():
        if applies:
            yield Finding(ErrorCode.RESTRICTED_DRUG, _MEDICINE, {"restriction": restriction})


def _exceeds(largest_units: int, medicine: Medicine, prescription: PrescriptionFacts, reckoning: Reckoning) -> bool:
    """Whether the course so far and this sale come to more than the most units of one course."""
    course = prescription.course
    most = in_unit(medicine.leading.strength * largest_units, medicine.leading.strength_unit, course.unit)
    return most is not None and course.dispensed + reckoning.dose > most
