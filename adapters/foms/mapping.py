"""Between our words and the fund's: requests as plain values, answers as models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from adapters.foms.errors import NotMappable
from adapters.xroad.codec import Values
from gateway.operations.model import OutboundMessage
from gateway.ports import ReviewDecision
from schemas.treated_case import TreatedCase

_NOT_SENT_WITH_THE_CASE: Final = {"ksf_number"}
"""The request carries the КСФ number beside the case."""

_TYIYN: Final = Decimal("0.01")


class SubmissionStatus(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class ReviewState(StrEnum):
    """How the fund's expert control («экспертный контроль») stands to a record."""

    PENDING = "pending"
    ACCEPTED_FOR_PAYMENT = "accepted-for-payment"
    RETURNED = "returned"
    REFUSED = "refused"


def _several(value: Any) -> Any:
    """Without a schema a single repeated element is indistinguishable from a plain one."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else [value]


class _Answer(BaseModel):
    """Part of an answer. Unknown elements are passed over; absent and empty ones must be allowed to be absent."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True, str_strip_whitespace=True
    )


_Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_RecordNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class RejectionReason(_Answer):
    """One coded reason of a rejection."""

    code: _Text
    message: _Text
    path: str | None = None


class Submission(_Answer):
    """SubmitTreatedCaseResponse."""

    ksf_number: _Text
    revision: int
    status: SubmissionStatus
    operation_key: _Text
    record_number: _RecordNumber | None = None
    reasons: Annotated[tuple[RejectionReason, ...], BeforeValidator(_several), Field(alias="reason")] = ()


class Record(_Answer):
    """The newest revision the fund holds under a КСФ number."""

    record_number: _RecordNumber
    revision: int
    operation_key: _Text
    review_state: ReviewState


class Inquiry(_Answer):
    """GetTreatedCaseResponse. ``record`` is given exactly when something was found."""

    ksf_number: _Text
    status: Literal["found", "not-found"]
    record: Record | None = None

    @model_validator(mode="after")
    def _a_found_record_is_shown(self) -> Self:
        if (self.status == "found") != (self.record is not None):
            raise ValueError("'record' is given exactly when something was found")
        return self


class Decision(_Answer):
    """One decision of expert control. ``amount`` is in som."""

    position: _Text
    ksf_number: _Text
    revision: int
    state: ReviewState
    reason: str | None = None
    amount: Decimal | None = None
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


class Decisions(_Answer):
    """ListReviewDecisionsResponse."""

    decisions: Annotated[tuple[Decision, ...], BeforeValidator(_several), Field(alias="decision")] = ()
    more: bool


def submission_values(message: OutboundMessage) -> Values:
    """The body of SubmitTreatedCase for an operation; raises :class:`NotMappable`."""
    try:
        # Read as a model again, since the journal may hold what an earlier version of the gateway has written.
        case = TreatedCase.model_validate_json(message.payload)
    except ValidationError as error:
        raise NotMappable("the payload is no treated case of this contract") from error
    return {
        "operationKey": str(message.operation_id),
        "ksfNumber": message.business_key,
        "revision": message.revision,
        "channel": message.channel.value,
        "pilot": message.pilot,
        "case": case_values(case),
    }


def case_values(case: TreatedCase) -> dict[str, Any]:
    """A case as the contract's element ``case``: names in camelCase, absent values left out."""
    values = case.model_dump(mode="json", exclude_none=True, exclude=_NOT_SENT_WITH_THE_CASE)
    renamed: dict[str, Any] = _renamed(values)
    return renamed


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {_element_name(name): _renamed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item) for item in value]
    return value


@lru_cache(maxsize=1024)
def _element_name(field: str) -> str:
    return to_camel(field)
