"""Between our words and the fund's: requests as plain values, answers as models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from adapters.xroad.codec import Values
from adapters.xroad.record_answers import Acknowledgement, AnswerPart, Inquiry, Record, RecordNumber, Text, several
from adapters.xroad.record_keeper import NotMappable, element_values, payload_of
from gateway.operations.model import OperationKind, OutboundMessage
from gateway.programme.ports import FundDispense
from schemas.programme.messages import CancelledPrescription, DispensedMedicine, IssuedPrescription, ReversedDispense

_KEY_FIELDS: Final = frozenset(("number", "fill"))
"""The request carries them beside the message."""


class PrescriptionState(StrEnum):
    """Where a prescription stands at the fund."""

    ISSUED = "issued"
    CANCELLED = "cancelled"


class DispenseState(StrEnum):
    """Where a dispense stands at the fund."""

    DISPENSED = "dispensed"
    REVERSED = "reversed"


class PrescriptionAcknowledgement(Acknowledgement):
    """SubmitPrescriptionResponse and CancelPrescriptionResponse."""

    number: Text

    @property
    def business_key(self) -> str:
        """The prescription's number."""
        return self.number


class DispenseAcknowledgement(Acknowledgement):
    """SubmitDispenseResponse and ReverseDispenseResponse."""

    number: Text
    fill: int

    @property
    def business_key(self) -> str:
        """Number and ordinal number of the dispense."""
        return _dispense_key(self.number, self.fill)


class PrescriptionRecord(Record):
    """What the fund holds of a prescription. Its state agrees with its revision: else nothing is known."""

    state: PrescriptionState

    @model_validator(mode="after")
    def _the_second_revision_is_the_cancellation(self) -> Self:
        _check_agreement(self, ended=self.state is PrescriptionState.CANCELLED)
        return self


class DispenseRecord(Record):
    """What the fund holds of a dispense. Its state agrees with its revision: else nothing is known."""

    state: DispenseState

    @model_validator(mode="after")
    def _the_second_revision_is_the_reversal(self) -> Self:
        _check_agreement(self, ended=self.state is DispenseState.REVERSED)
        return self


class PrescriptionInquiry(Inquiry):
    """GetPrescriptionResponse."""

    number: Text
    record: PrescriptionRecord | None = None

    @property
    def business_key(self) -> str:
        """The prescription's number."""
        return self.number


class DispenseInquiry(Inquiry):
    """GetDispenseResponse."""

    number: Text
    fill: int
    record: DispenseRecord | None = None

    @property
    def business_key(self) -> str:
        """Number and ordinal number of the dispense."""
        return _dispense_key(self.number, self.fill)


_Som = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class ListedDispense(AnswerPart):
    """One dispense of the fund's list. Sums are som."""

    dispense: UUID
    record_number: RecordNumber
    sold_on: date
    compensation: _Som
    settled: _Som
    state: DispenseState

    def as_fund_dispense(self) -> FundDispense:
        """The dispense in the core's words."""
        return FundDispense(
            dispense=self.dispense,
            record_number=self.record_number,
            sold_on=self.sold_on,
            compensation=self.compensation,
            settled=self.settled,
            reversed=self.state is DispenseState.REVERSED,
        )


class DispensePage(AnswerPart):
    """ListDispensesResponse. ``cursor`` is given exactly when more wait."""

    pharmacy: Text
    first_day: date
    last_day: date
    dispenses: Annotated[tuple[ListedDispense, ...], BeforeValidator(several), Field(alias="dispense")] = ()
    more: bool
    cursor: Text | None = None

    @model_validator(mode="after")
    def _the_page_is_whole(self) -> Self:
        if self.more != (self.cursor is not None):
            raise ValueError("'cursor' is given exactly when more wait")
        if not all(self.first_day <= one.sold_on <= self.last_day for one in self.dispenses):
            raise ValueError("a dispense of another day")
        return self


@dataclass(frozen=True, slots=True)
class Subject:
    """What is recorded: a prescription or a dispense."""

    inquire: str
    """The service that is asked."""
    inquiry: type[Inquiry]
    acknowledgement: type[Acknowledgement]


@dataclass(frozen=True, slots=True)
class Service:
    """The service that takes one kind of operation, and its message as the element ``element``."""

    name: str
    element: str
    message: type[BaseModel]
    subject: Subject


_PRESCRIPTION: Final = Subject("GetPrescription", PrescriptionInquiry, PrescriptionAcknowledgement)
_DISPENSE: Final = Subject("GetDispense", DispenseInquiry, DispenseAcknowledgement)

_SERVICES: Final[Mapping[OperationKind, Service]] = MappingProxyType(
    {
        OperationKind.SUBMIT_PRESCRIPTION: Service("SubmitPrescription", "issued", IssuedPrescription, _PRESCRIPTION),
        OperationKind.CANCEL_PRESCRIPTION: Service(
            "CancelPrescription", "cancelled", CancelledPrescription, _PRESCRIPTION
        ),
        OperationKind.SUBMIT_DISPENSE: Service("SubmitDispense", "dispensed", DispensedMedicine, _DISPENSE),
        OperationKind.REVERSE_DISPENSE: Service("ReverseDispense", "reversed", ReversedDispense, _DISPENSE),
    }
)


def service_of(message: OutboundMessage) -> Service:
    """The service for an operation; raises :class:`NotMappable`."""
    try:
        return _SERVICES[message.kind]
    except KeyError:
        raise NotMappable("the fund does not take operations of this kind") from None


def key_values(message: OutboundMessage) -> Values:
    """The business key as elements: what a question asks for; raises :class:`NotMappable`."""
    if service_of(message).subject is _PRESCRIPTION:
        return {"number": message.business_key}
    number, _, fill = message.business_key.rpartition("/")
    if not (fill.isascii() and fill.isdigit()):
        raise NotMappable("the business key is no number with the ordinal number of a dispense")
    return {"number": number, "fill": int(fill)}


def submission_values(message: OutboundMessage) -> Values:
    """The body of a submission; raises :class:`NotMappable`."""
    service = service_of(message)
    key = key_values(message)
    content = payload_of(message, service.message)
    if any(getattr(content, name) != value for name, value in key.items()):
        raise NotMappable("the payload speaks of something else than the business key")
    return {
        "operationKey": str(message.operation_id),
        **key,
        "revision": message.revision,
        service.element: element_values(content, exclude=_KEY_FIELDS),
    }


def _dispense_key(number: str, fill: int) -> str:
    return f"{number}/{fill}"


def _check_agreement(record: Record, *, ended: bool) -> None:
    if ended != (record.revision > 1):
        raise ValueError("revision 2 and the state it brings belong together")
