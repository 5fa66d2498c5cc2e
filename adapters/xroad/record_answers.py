"""What a provider answers that keeps a record of every operation, and what each answer means.

Such a provider stores a revision once per operation key, acknowledges it with a record number of its own, and tells by
business key what it holds. Its contract names the elements of the business key; all else is the same. Reasons begin
with ``FUND``: only the fund has services of this kind.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from adapters.xroad.outcomes import Failure, Symptom, of_symptom
from gateway.operations.model import OutboundMessage, Outcome, Rejection, Result

_READABLE: Final = re.compile(r"(?!.*[0-9]{6})[A-Za-z0-9_.:\-]{1,100}")
"""A code in a program's words. What has many digits in a row may be somebody's number."""

_LONGEST_RETRY_AFTER: Final = 86_400.0

Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
RecordNumber = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class SubmissionStatus(StrEnum):
    """What became of a submission."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    DEFERRED = "deferred"
    """Not stored, because what it speaks of has not arrived yet: to be sent again, unchanged.

    Not every contract has it.
    """


def several(value: Any) -> Any:
    """A repeated element; without a schema a single one is indistinguishable from a plain one."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else [value]


class AnswerPart(BaseModel):
    """Part of an answer. Unknown elements are passed over; absent and empty ones must be allowed to be absent."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, hide_input_in_errors=True, str_strip_whitespace=True
    )


class Reason(AnswerPart):
    """One coded reason."""

    code: Text
    message: Text
    path: str | None = None


class Acknowledgement(AnswerPart, ABC):
    """The answer to a submission."""

    revision: int
    status: SubmissionStatus
    operation_key: Text
    record_number: RecordNumber | None = None
    reasons: Annotated[tuple[Reason, ...], BeforeValidator(several), Field(alias="reason")] = ()
    retry_after: Annotated[int, Field(ge=0)] | None = None

    @property
    @abstractmethod
    def business_key(self) -> str:
        """What it speaks of."""


class Record(AnswerPart):
    """The newest revision the provider holds under a business key."""

    record_number: RecordNumber
    revision: int
    operation_key: Text

    @property
    def review(self) -> str | None:
        """How the provider's review of the record stands, where its contract tells."""
        return None


class Inquiry(AnswerPart, ABC):
    """The answer to a question. ``record`` is given exactly when something was found."""

    status: Literal["found", "not-found"]
    record: Record | None = None

    @property
    @abstractmethod
    def business_key(self) -> str:
        """What it speaks of."""

    @model_validator(mode="after")
    def _a_found_record_is_shown(self) -> Self:
        if (self.status == "found") != (self.record is not None):
            raise ValueError("'record' is given exactly when something was found")
        return self


def of_acknowledgement(
    answer: Acknowledgement, message: OutboundMessage, message_id: str, deferred_seconds: float | None = None
) -> Result:
    """What a submission's answer means. Only a whole acknowledgement of this very operation is a delivery.

    ``deferred_seconds`` is when to come again if a deferring provider does not say; without it the contract knows no
    deferring, and an answer that defers is none.
    """
    own = answer.operation_key == str(message.operation_id)
    if (answer.business_key, answer.revision) != (message.business_key, message.revision):
        return of_symptom(Symptom.REPLY_OF_ANOTHER_CASE).result(message_id)
    match answer.status:
        case SubmissionStatus.REJECTED if own and answer.reasons:
            return Result(
                outcome=Outcome.REJECTED,
                reason="FUND_REJECTED",
                rejections=tuple(Rejection(one.code, one.message, one.path or None) for one in answer.reasons),
                message_id=message_id,
            )
        case SubmissionStatus.DEFERRED if own and answer.reasons and deferred_seconds is not None:
            asked = deferred_seconds if answer.retry_after is None else float(answer.retry_after)
            return Result(
                outcome=Outcome.NOT_SENT,
                reason="FUND_DEFERRED",
                detail=", ".join(_readable(one.code) for one in answer.reasons),
                retry_after=min(asked, _LONGEST_RETRY_AFTER),
                message_id=message_id,
            )
        case SubmissionStatus.DUPLICATE if not own:
            return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION", message_id=message_id)
        case SubmissionStatus.ACCEPTED if own and answer.record_number:
            return _delivered("FUND_ACCEPTED", answer.record_number, message_id)
        case SubmissionStatus.DUPLICATE if own and answer.record_number:
            return _delivered("FUND_DUPLICATE", answer.record_number, message_id)
    return of_symptom(Symptom.REPLY_INCOMPLETE).result(message_id)


def of_inquiry(answer: Inquiry, message: OutboundMessage, message_id: str) -> Result:
    """What the answer to a question means: a newer revision settles the doubt about an older one."""
    record = answer.record
    if answer.business_key != message.business_key:
        return of_symptom(Symptom.REPLY_OF_ANOTHER_CASE).result(message_id)
    if record is None:
        return Result(outcome=Outcome.NOT_FOUND, reason="FUND_NOT_FOUND", message_id=message_id)
    if record.revision < message.revision:
        return Result(outcome=Outcome.NOT_FOUND, reason="FUND_OLDER_REVISION", message_id=message_id)
    if record.revision == message.revision and record.operation_key != str(message.operation_id):
        return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION", message_id=message_id)
    return _delivered("FUND_HAS_RECORD", record.record_number, message_id, record.review)


def without_questions(*, recognises_repeats: bool) -> Result:
    """What doubt means at a provider that cannot be asked: one that recognises repeats may be sent it again."""
    if recognises_repeats:
        return Result(outcome=Outcome.NOT_FOUND, reason="FUND_RECOGNISES_REPEATS")
    return Result(outcome=Outcome.CANNOT_ASK, reason="FUND_CANNOT_BE_ASKED")


def of_provider_fault(code: str) -> Failure:
    """What a SOAP fault of the provider's own means.

    A ``Client`` fault is a refusal of the unread message (SOAP 1.1, section 4.4.1): nothing was stored. Any other code
    leaves us in doubt. The fault's text is not kept: it may repeat what we sent.
    """
    shown = _readable(code)
    if code.rpartition(":")[2] == "Client":
        return Failure(outcome=Outcome.REFUSED, reason="FUND_REFUSED_MESSAGE", detail=shown)
    return of_symptom(Symptom.PROVIDER_FAULT, shown)


def _delivered(reason: str, record_number: str, message_id: str, review: str | None = None) -> Result:
    return Result(
        outcome=Outcome.DELIVERED,
        reason=reason,
        record_number=record_number,
        review_state=review,
        message_id=message_id,
    )


def _readable(code: str) -> str:
    return code if _READABLE.fullmatch(code) else "unreadable code"
