"""Circumstances in which everything is well, to be changed one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from gateway.rules.prescribing import HistoryFacts, InsuranceFacts, LimitFacts, PrescribingFacts, check_order
from schemas.errors import ErrorCode
from schemas.medicines import Medicine
from schemas.prescriptions import PrescriptionOrder
from tests.support.doubles import NOON
from tests.support.programme import CLINIC, medicine, order, reference

WELL: Final = PrescribingFacts(
    now=NOON,
    sender_organisations=frozenset({CLINIC}),
    organisation_known=True,
    reference=reference(),
    insurance=InsuranceFacts(insured=True, organisation=CLINIC, organisation_known=True),
    history=HistoryFacts(),
    limit=LimitFacts(limit=375_000),
)


def facts(**changes: Any) -> PrescribingFacts:
    return replace(WELL, **changes)


def about(prescribed: Medicine, **changes: Any) -> PrescribingFacts:
    """Of a reference that has this medicine alone."""
    return facts(reference=reference(prescribed), **changes)


def prescribed(**overrides: Any) -> Medicine:
    """The usual medicine under its usual code, with changes."""
    return medicine(**overrides)


def codes(ordered: PrescriptionOrder | None = None, circumstances: PrescribingFacts = WELL) -> list[ErrorCode]:
    return [finding.code for finding in check_order(ordered or order(), circumstances)]


def paths(ordered: PrescriptionOrder, circumstances: PrescribingFacts = WELL) -> list[tuple[ErrorCode, str]]:
    return [(finding.code, finding.path) for finding in check_order(ordered, circumstances)]
