"""The simulated fund's side of the contract: what it keeps of requests, and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree

from adapters.foms.simulator.store import Accepted, Review, Stored
from adapters.xroad.simulator.providing import Contract
from schemas.foms import MESSAGES, NAMESPACE

CONTRACT: Final = Contract(NAMESPACE, MESSAGES, prefix="ps")


def accepted(message: etree._Element) -> Accepted:
    """The part of SubmitTreatedCase that is kept."""
    return Accepted(
        ksf_number=CONTRACT.text(message, "ksfNumber"),
        revision=int(CONTRACT.text(message, "revision")),
        operation_key=CONTRACT.text(message, "operationKey"),
        organisation=CONTRACT.text(message, "case/organisation"),
        channel=CONTRACT.text(message, "channel"),
        pilot=CONTRACT.text(message, "pilot") in ("true", "1"),
    )


def submission_answer(
    request: Accepted, status: str, stored: Stored | None, reasons: Sequence[tuple[str, str, str]] = ()
) -> etree._Element:
    """SubmitTreatedCaseResponse. ``reasons`` are code, message and path."""
    answer = CONTRACT.answer("SubmitTreatedCase")
    CONTRACT.add(answer, "ksfNumber", request.ksf_number)
    CONTRACT.add(answer, "revision", str(request.revision))
    CONTRACT.add(answer, "status", status)
    CONTRACT.add(answer, "operationKey", request.operation_key if stored is None else stored.operation_key)
    if stored is not None:
        CONTRACT.add(answer, "recordNumber", stored.record_number)
    for code, message, path in reasons:
        reason = CONTRACT.add(answer, "reason")
        CONTRACT.add(reason, "code", code)
        CONTRACT.add(reason, "message", message)
        CONTRACT.add(reason, "path", path)
    return answer


def inquiry_answer(ksf_number: str, found: tuple[Stored, str] | None) -> etree._Element:
    """GetTreatedCaseResponse."""
    answer = CONTRACT.answer("GetTreatedCase")
    CONTRACT.add(answer, "ksfNumber", ksf_number)
    CONTRACT.add(answer, "status", "not-found" if found is None else "found")
    if found is not None:
        stored, review_state = found
        record = CONTRACT.add(answer, "record")
        CONTRACT.add(record, "recordNumber", stored.record_number)
        CONTRACT.add(record, "revision", str(stored.revision))
        CONTRACT.add(record, "operationKey", stored.operation_key)
        CONTRACT.add(record, "reviewState", review_state)
    return answer


def decisions_answer(reviews: Sequence[Review], *, more: bool) -> etree._Element:
    """ListReviewDecisionsResponse."""
    answer = CONTRACT.answer("ListReviewDecisions")
    for review in reviews:
        decision = CONTRACT.add(answer, "decision")
        CONTRACT.add(decision, "position", str(review.position))
        CONTRACT.add(decision, "ksfNumber", review.ksf_number)
        CONTRACT.add(decision, "revision", str(review.revision))
        CONTRACT.add(decision, "state", review.state)
        if review.reason is not None:
            CONTRACT.add(decision, "reason", review.reason)
        if review.amount is not None:
            CONTRACT.add(decision, "amount", review.amount)
        CONTRACT.add(decision, "decidedAt", review.decided_at)
    CONTRACT.add(answer, "more", "true" if more else "false")
    return answer
