"""The client of the fund's service: an :class:`gateway.ports.Upstream` and :class:`gateway.ports.ReviewSource`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from lxml import etree
from pydantic import BaseModel, ValidationError

from adapters.foms.errors import NotMappable, of_provider_fault
from adapters.foms.mapping import Decisions, Inquiry, Record, Submission, SubmissionStatus, submission_values
from adapters.foms.settings import FomsSettings
from adapters.xroad.codec import Codec, NotDecodable, Values, ZeepCodec, plain_values
from adapters.xroad.compiled import CompiledCodec
from adapters.xroad.outcomes import ExchangeFailed, Failure, Symptom, of_symptom
from adapters.xroad.replies import ProviderFault
from adapters.xroad.settings import XRoadSettings
from adapters.xroad.soap import Answer, SoapConsumer
from adapters.xroad.transport import PooledTransport, http_client
from gateway.operations.model import OutboundMessage, Outcome, Rejection, Result
from gateway.ports import Ids, ReviewDecision
from schemas.foms import MESSAGES, WSDL

SUBMIT: Final = "SubmitTreatedCase"
GET: Final = "GetTreatedCase"
LIST_DECISIONS: Final = "ListReviewDecisions"

_Model = TypeVar("_Model", bound=BaseModel)


class FomsClient:
    """Delivers treated cases, asks for them by КСФ number and reads review decisions."""

    name: Final = "foms"

    def __init__(self, *, settings: FomsSettings, soap: SoapConsumer, codec: Codec) -> None:
        self._settings = settings
        self._soap = soap
        self._codec = codec

    async def deliver(self, message: OutboundMessage) -> Result:
        """Send one operation once. See :meth:`gateway.ports.Upstream.deliver`."""
        try:
            values = submission_values(message)
        except NotMappable as error:
            return of_symptom(Symptom.REQUEST_INVALID, str(error)).result(None)
        answer = await self._call(SUBMIT, values, issue=str(message.operation_id))
        if isinstance(answer, Result):
            return answer
        submission = self._read(answer, Submission)
        if submission is None:
            return _incomplete(answer)
        return _of_submission(submission, message, answer.message_id)

    async def ask(self, message: OutboundMessage) -> Result:
        """Ask by КСФ number. See :meth:`gateway.ports.Upstream.ask`.

        A fund that cannot be asked but recognises repeats may safely be sent the operation again.
        """
        if not self._settings.can_be_asked:
            if self._settings.recognises_repeats:
                return Result(outcome=Outcome.NOT_FOUND, reason="FUND_RECOGNISES_REPEATS")
            return Result(outcome=Outcome.CANNOT_ASK, reason="FUND_CANNOT_BE_ASKED")
        answer = await self._call(GET, {"ksfNumber": message.business_key}, issue=str(message.operation_id))
        if isinstance(answer, Result):
            return answer
        inquiry = self._read(answer, Inquiry)
        if inquiry is None:
            return _incomplete(answer)
        if inquiry.ksf_number != message.business_key:
            return _of_another_case(answer.message_id)
        if inquiry.record is None:
            return Result(outcome=Outcome.NOT_FOUND, reason="FUND_NOT_FOUND", message_id=answer.message_id)
        return _of_record(inquiry.record, message, answer.message_id)

    async def review_decisions(self, after: str | None, limit: int) -> Sequence[ReviewDecision] | None:
        """Decisions of expert control after the cursor. See :meth:`gateway.ports.ReviewSource.review_decisions`."""
        values: Values = {"limit": limit} if after is None else {"since": after, "limit": limit}
        answer = await self._call(LIST_DECISIONS, values, issue=None)
        if isinstance(answer, Result):
            return None
        decisions = self._read(answer, Decisions)
        return None if decisions is None else [decision.as_review_decision() for decision in decisions.decisions]

    async def close(self) -> None:
        """Release connections."""
        await self._soap.close()

    async def _call(self, operation: str, values: Values, *, issue: str | None) -> Answer | Result:
        service = self._settings.provider.service(operation, self._settings.service_version)
        try:
            return await self._soap.call(service, values, issue=issue)
        except ExchangeFailed as error:
            return error.failure.result(error.message_id)
        except ProviderFault as error:
            return of_provider_fault(error.code).result(error.message_id)

    def _read(self, answer: Answer, model: type[_Model]) -> _Model | None:
        """The answer as ``model``; ``None`` unless it has everything the model must have.

        An answer zeep does not take, because the fund has added an element, is read again without the schema.
        """
        try:
            values = self._codec.decode(answer.body)
        except NotDecodable:
            values = plain_values(answer.body)
        try:
            return model.model_validate(values)
        except ValidationError:
            return None


def open_foms_client(foms: FomsSettings, xroad: XRoadSettings, ids: Ids) -> FomsClient:
    """A client ready for use. Raises ``OSError`` for unusable TLS files. Close it in the event loop that used it."""
    codec: Codec = ZeepCodec(WSDL) if foms.codec == "zeep" else CompiledCodec(WSDL)
    transport = PooledTransport(
        deadlines=xroad.deadlines,
        connections=xroad.connections,
        reply_limit=xroad.reply_limit,
        tls=xroad.tls_context(),
    )
    soap = SoapConsumer(
        settings=xroad,
        http=http_client(transport),
        codec=codec,
        schema=etree.XMLSchema(etree.parse(str(MESSAGES))),
        new_id=ids.new,
        connect_tries=foms.connect_tries,
    )
    return FomsClient(settings=foms, soap=soap, codec=codec)


def _of_submission(submission: Submission, message: OutboundMessage, message_id: str) -> Result:
    own = submission.operation_key == str(message.operation_id)
    if (submission.ksf_number, submission.revision) != (message.business_key, message.revision):
        return _of_another_case(message_id)
    match submission.status:
        case SubmissionStatus.REJECTED if own and submission.reasons:
            return Result(
                outcome=Outcome.REJECTED,
                reason="FUND_REJECTED",
                rejections=tuple(Rejection(one.code, one.message, one.path or None) for one in submission.reasons),
                message_id=message_id,
            )
        case SubmissionStatus.DUPLICATE if not own:
            return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION", message_id=message_id)
        case SubmissionStatus.ACCEPTED | SubmissionStatus.DUPLICATE if own and submission.record_number:
            return Result(
                outcome=Outcome.DELIVERED,
                reason=f"FUND_{submission.status.name}",
                record_number=submission.record_number,
                message_id=message_id,
            )
    return _failed(of_symptom(Symptom.REPLY_INCOMPLETE), message_id)


def _of_record(record: Record, message: OutboundMessage, message_id: str) -> Result:
    if record.revision < message.revision:
        return Result(outcome=Outcome.NOT_FOUND, reason="FUND_OLDER_REVISION", message_id=message_id)
    if record.revision == message.revision and record.operation_key != str(message.operation_id):
        return Result(outcome=Outcome.CONFLICT, reason="FUND_OTHER_OPERATION", message_id=message_id)
    return Result(
        outcome=Outcome.DELIVERED,
        reason="FUND_HAS_RECORD",
        record_number=record.record_number,
        review_state=record.review_state.value,
        message_id=message_id,
    )


def _incomplete(answer: Answer) -> Result:
    return _failed(of_symptom(Symptom.REPLY_INCOMPLETE), answer.message_id)


def _of_another_case(message_id: str) -> Result:
    return _failed(of_symptom(Symptom.REPLY_OF_ANOTHER_CASE), message_id)


def _failed(failure: Failure, message_id: str) -> Result:
    return failure.result(message_id)
