"""Who prescribes (clauses 4 and 16)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.rules.findings import Finding
from gateway.rules.identifiers import check_pin
from gateway.rules.prescribing.facts import PrescribingFacts
from schemas.errors import ErrorCode
from schemas.medicines import Position
from schemas.prescriptions import PrescriptionOrder


def check_prescriber(order: PrescriptionOrder, facts: PrescribingFacts) -> Iterator[Finding]:
    """Position, personal number and organisation of the prescriber."""
    own = facts.sender_organisations is None or order.organisation in facts.sender_organisations
    if not (own and facts.organisation_known):
        yield Finding(ErrorCode.PRESCRIBER_ORGANISATION, "$.organisation", {"organisation": order.organisation})
    yield from check_pin(order.prescriber.pin, "$.prescriber.pin")
    if order.prescriber.position is Position.OTHER:
        yield Finding(ErrorCode.PRESCRIBER_NOT_ALLOWED, "$.prescriber.position")
