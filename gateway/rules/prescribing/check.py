"""One order against every rule of prescribing (regulation on the additional drug programme, clauses 4, 5, 15 to 26)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.findings import Finding
from gateway.rules.money import to_tyiyn
from gateway.rules.prescribing.designation import check_designation
from gateway.rules.prescribing.facts import PrescribingFacts
from gateway.rules.prescribing.forming import form
from gateway.rules.prescribing.item import check_item
from gateway.rules.prescribing.limit import check_limit
from gateway.rules.prescribing.patient import check_insurance, check_patient, open_already
from gateway.rules.prescribing.prescriber import check_prescriber
from schemas.prescriptions import PrescriptionOrder


def check_order(order: PrescriptionOrder, facts: PrescribingFacts) -> tuple[Finding, ...]:
    """Everything the rules have to say of an order, in one pass; never raises.

    What can be corrected in the order comes first, what is for others to put right (limit, insurance) last.
    """
    return (
        *check_prescriber(order, facts),
        *check_patient(order, facts),
        *check_item(order, facts),
        *check_designation(order, facts),
        *_check_standing(order, facts),
        *check_insurance(order, facts),
    )


def _check_standing(order: PrescriptionOrder, facts: PrescribingFacts) -> Iterator[Finding]:
    """What the patient has already: an open prescription of the name, and the year's limit."""
    if facts.history.open_until is not None:
        yield open_already(facts.history.open_until)
    formed = form(order, facts)
    if formed is not None:
        exceeded = check_limit(facts.limit, to_tyiyn(formed.expected_compensation))
        if exceeded is not None:
            yield exceeded
