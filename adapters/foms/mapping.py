"""Between our words and the fund's: requests as plain values, answers as models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator, Field

from adapters.xroad.codec import Values
from adapters.xroad.record_answers import Acknowledgement, AnswerPart, Inquiry, Record, Text, several
from adapters.xroad.record_keeper import element_values, payload_of
from gateway.operations.model import OutboundMessage
from gateway.ports import ReviewDecision
from schemas.treated_case import TreatedCase

_NOT_SENT_WITH_THE_CASE: Final = frozenset(("ksf_number",))
"""The request carries the КСФ number beside the case."""

_TYIYN: Final = Decimal("0.01")


class ReviewState(StrEnum):
    """How the fund's expert control («экспертный контроль») stands to a record."""

    PENDING = "pending"
    ACCEPTED_FOR_PAYMENT = "accepted-for-payment"
    RETURNED = "returned"
    REFUSED = "refused"


class CaseAcknowledgement(Acknowledgement):
    """SubmitTreatedCaseResponse."""

    ksf_number: Text

    @property
    def business_key(self) -> str:
        """The КСФ number."""
        return self.ksf_number


class CaseRecord(Record):
    """The newest revision the fund holds under a КСФ number."""

    review_state: ReviewState

    @property
    def review(self) -> str:
        """How expert control stands to it."""
        return self.review_state.value


class CaseInquiry(Inquiry):
    """GetTreatedCaseResponse."""

    ksf_number: Text
    record: CaseRecord | None = None

    @property
    def business_key(self) -> str:
        """The КСФ number."""
        return self.ksf_number


class Decision(AnswerPart):
    """One decision of expert control. ``amount`` is in som."""

    position: Text
    ksf_number: Text
    revision: int
    state: ReviewState
    reason: str | None = None
    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    decided_at: AwareDatetime

    def as_review_decision(self) -> ReviewDecision:
        """The decision in the core's words."""
        decided_at: datetime = self.decided_at
        return ReviewDecision(
            position=self.position,
            ksf_number=self.ksf_number,
            revision=self.revision,
            state=self.state.value,
            reason=self.reason or None,
            amount=None if self.amount is None else str(self.amount.quantize(_TYIYN)),
            decided_at=decided_at,
        )


class Decisions(AnswerPart):
    """ListReviewDecisionsResponse."""

    decisions: Annotated[tuple[Decision, ...], BeforeValidator(several), Field(alias="decision")] = ()
    more: bool


def submission_values(message: OutboundMessage) -> Values:
    """The body of SubmitTreatedCase for an operation; raises :class:`adapters.xroad.record_keeper.NotMappable`."""
    return {
        "operationKey": str(message.operation_id),
        "ksfNumber": message.business_key,
        "revision": message.revision,
        "channel": message.channel.value,
        "pilot": message.pilot,
        "case": case_values(payload_of(message, TreatedCase)),
    }


def case_values(case: TreatedCase) -> dict[str, Any]:
    """A case as the contract's element ``case``: names in camelCase, absent values left out."""
    return element_values(case, exclude=_NOT_SENT_WITH_THE_CASE)
