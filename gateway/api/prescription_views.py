"""Prescriptions as the plain values the answers are written from; their models stand in ``schemas.prescriptions``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import orjson

from gateway.api.views import View, finding_views
from gateway.programme.common import Opened
from gateway.programme.prescribing.cancelling import STATE_NAMES
from gateway.programme.prescribing.model import IssuedAnswer, JudgedOrder
from gateway.rules.findings import Finding, errors
from gateway.rules.money import from_tyiyn
from gateway.rules.prescribing import LimitFacts
from gateway.rules.prescription_number import display
from schemas.amounts import plain, som
from schemas.errors import Language


def issued_view(issued: IssuedAnswer, language: Language) -> View:
    """``IssuedPrescriptionView``."""
    message = issued.message
    return {
        "id": issued.id,
        "number": message.number,
        "display_number": display(message.number),
        "issued_at": message.issued_at,
        "issued_on": message.issued_on,
        "valid_until": message.valid_until,
        "course_dose": plain(message.course_dose),
        "dose_unit": message.dose_unit,
        "expected_compensation": som(message.expected_compensation),
        "reference_version": message.reference_version,
        "findings": finding_views(issued.remarks, language),
        "operation": issued.operation_id,
    }


def check_view(judged: JudgedOrder, language: Language) -> View:
    """``PrescriptionCheck`` of an order."""
    formed = judged.formed
    return {
        "accepted": not errors(judged.findings),
        "findings": finding_views(judged.findings, language),
        "course_dose": None if formed is None else plain(formed.course_dose),
        "dose_unit": None if formed is None else formed.dose_unit,
        "valid_until": None if formed is None else formed.valid_until,
        "expected_compensation": None if formed is None else som(formed.expected_compensation),
        "limit": _limit_view(judged.limit),
    }


def broken_view(findings: Sequence[Finding], language: Language) -> View:
    """``PrescriptionCheck`` of what is no order."""
    unknown = dict.fromkeys(("course_dose", "dose_unit", "valid_until", "expected_compensation", "limit"))
    return {"accepted": False, "findings": finding_views(findings, language)} | unknown


def prescription_view(found: Opened, now: datetime, today: date, language: Language) -> View:
    """``PrescriptionView`` at an instant of a Bishkek day."""
    row, kept = found.row, found.kept
    message = kept.message
    return {
        "id": row.id,
        "number": row.number,
        "display_number": display(row.number),
        "state": STATE_NAMES[row.state_on(today)],
        "issued_at": row.issued_at,
        "issued_on": row.issued_on,
        "valid_until": row.valid_until,
        "order": orjson.Fragment(message.order.model_dump_json()),
        "medicine": orjson.Fragment(message.medicine.model_dump_json()),
        "reference_version": row.reference_version,
        "attached_organisation": message.attached_organisation,
        "course_dose": plain(row.course_dose),
        "dose_unit": row.dose_unit,
        "dispensed_dose": plain(row.dispensed_dose),
        "fills": row.fills,
        "held_until": row.held_until if row.is_held(now) else None,
        "ended_at": row.ended_at,
        "printed_at": kept.printed_at,
        "findings": finding_views(kept.remarks, language),
        "operation": row.operation_id,
    }


def _limit_view(limit: LimitFacts) -> View | None:
    if limit.limit is None:
        return None
    return {
        "limit": som(from_tyiyn(limit.limit)),
        "used": som(from_tyiyn(limit.used)),
        "reserved": som(from_tyiyn(limit.reserved)),
    }
