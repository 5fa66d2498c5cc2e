"""The simulated fund's side of the contract: what it keeps of requests, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from adapters.drug_programme.simulator.store import NO_FILL, Accepted, Listed, Stored
from adapters.xroad.simulator.providing import Contract
from schemas.drug_programme import MESSAGES, NAMESPACE

CONTRACT: Final = Contract(NAMESPACE, MESSAGES, prefix="dp")

_HAPPENED: Final = {
    "SubmitPrescription": "issued/issuedAt",
    "CancelPrescription": "cancelled/cancelledAt",
    "SubmitDispense": "dispensed/soldAt",
    "ReverseDispense": "reversed/reversedAt",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a request is not stored: ``status`` is ``rejected`` or ``deferred``; ``retry_after`` is in seconds."""

    status: str
    code: str
    message: str
    path: str = ""
    retry_after: int | None = None


def accepted(operation: str, message: etree._Element) -> Accepted:
    """The part of a submission that is kept."""
    content = _HAPPENED[operation].partition("/")[0]

    def told(name: str) -> str | None:
        return CONTRACT.text(message, f"{content}/{name}") or None

    return Accepted(
        number=CONTRACT.text(message, "number"),
        fill=int(CONTRACT.text(message, "fill") or NO_FILL),
        revision=int(CONTRACT.text(message, "revision")),
        operation_key=CONTRACT.text(message, "operationKey"),
        happened_at=datetime.fromisoformat(CONTRACT.text(message, _HAPPENED[operation])),
        dispense=told("dispense"),
        pharmacy=told("pharmacy"),
        sold_on=told("soldOn"),
        compensation=told("compensation"),
        settled=told("settled"),
    )


def acknowledgement(operation: str, request: Accepted, status: str, stored: Stored) -> etree._Element:
    """The answer to a submission that is stored."""
    answer = _about(operation, request.number, request.fill)
    CONTRACT.add(answer, "revision", str(request.revision))
    CONTRACT.add(answer, "status", status)
    CONTRACT.add(answer, "operationKey", stored.operation_key)
    CONTRACT.add(answer, "recordNumber", stored.record_number)
    return answer


def refusal(operation: str, request: Accepted, verdict: Verdict) -> etree._Element:
    """The answer to a submission that is not stored."""
    answer = _about(operation, request.number, request.fill)
    CONTRACT.add(answer, "revision", str(request.revision))
    CONTRACT.add(answer, "status", verdict.status)
    CONTRACT.add(answer, "operationKey", request.operation_key)
    reason = CONTRACT.add(answer, "reason")
    CONTRACT.add(reason, "code", verdict.code)
    CONTRACT.add(reason, "message", verdict.message)
    if verdict.path:
        CONTRACT.add(reason, "path", verdict.path)
    if verdict.retry_after is not None:
        CONTRACT.add(answer, "retryAfter", str(verdict.retry_after))
    return answer


def inquiry_answer(operation: str, number: str, fill: int, found: Stored | None) -> etree._Element:
    """GetPrescriptionResponse or GetDispenseResponse."""
    answer = _about(operation, number, fill)
    CONTRACT.add(answer, "status", "not-found" if found is None else "found")
    if found is not None:
        states = ("issued", "cancelled") if fill == NO_FILL else ("dispensed", "reversed")
        record = CONTRACT.add(answer, "record")
        CONTRACT.add(record, "recordNumber", found.record_number)
        CONTRACT.add(record, "revision", str(found.revision))
        CONTRACT.add(record, "operationKey", found.operation_key)
        CONTRACT.add(record, "state", states[found.revision > 1])
    return answer


def list_answer(pharmacy: str, first: str, last: str, found: Sequence[Listed], *, more: bool) -> etree._Element:
    """ListDispensesResponse."""
    answer = CONTRACT.answer("ListDispenses")
    for name, value in (("pharmacy", pharmacy), ("firstDay", first), ("lastDay", last)):
        CONTRACT.add(answer, name, value)
    for one in found:
        dispense = CONTRACT.add(answer, "dispense")
        CONTRACT.add(dispense, "dispense", one.dispense)
        CONTRACT.add(dispense, "recordNumber", one.record_number)
        CONTRACT.add(dispense, "soldOn", one.sold_on)
        CONTRACT.add(dispense, "compensation", one.compensation)
        CONTRACT.add(dispense, "settled", one.settled)
        CONTRACT.add(dispense, "state", "reversed" if one.reversed else "dispensed")
    CONTRACT.add(answer, "more", "true" if more else "false")
    if more:
        CONTRACT.add(answer, "cursor", str(found[-1].position))
    return answer


def _about(operation: str, number: str, fill: int) -> etree._Element:
    answer = CONTRACT.answer(operation)
    CONTRACT.add(answer, "number", number)
    if fill != NO_FILL:
        CONTRACT.add(answer, "fill", str(fill))
    return answer
