"""The consumer's side of a SOAP service that keeps a record of every operation: one for any contract of that kind."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from lxml import etree
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from adapters.xroad.codec import Codec, NotDecodable, Values, ZeepCodec, plain_values
from adapters.xroad.compiled import CompiledCodec
from adapters.xroad.identifiers import IdentifierPart, Subsystem
from adapters.xroad.outcomes import ExchangeFailed, Symptom, of_symptom
from adapters.xroad.record_answers import (
    Acknowledgement,
    Inquiry,
    of_acknowledgement,
    of_inquiry,
    of_provider_fault,
    without_questions,
)
from adapters.xroad.replies import ProviderFault
from adapters.xroad.settings import XRoadSettings
from adapters.xroad.soap import Answer, SoapConsumer
from adapters.xroad.transport import open_http
from gateway.operations.model import OutboundMessage, Result
from gateway.ports import Ids

_Model = TypeVar("_Model", bound=BaseModel)


class RecordKeeperSettings(BaseModel):
    """Where such a service is within X-Road and what it can do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Subsystem
    """The provider's subsystem."""
    service_version: IdentifierPart | None = "v1"
    """Version of the X-Road services."""
    can_be_asked: bool = True
    """The provider tells by business key what it holds."""
    recognises_repeats: bool = True
    """The provider recognises a repeated operation key and stores it once."""
    codec: Literal["zeep", "compiled"] = "compiled"
    """How messages are written and read: by zeep, or by a codec compiled from zeep's types.

    Both write the same XML; the compiled one takes about a tenth of zeep's time.
    """
    connect_tries: Annotated[int, Field(ge=1, le=2)] = 2
    """Tries to connect within one attempt; anything further is for the next attempt."""


class NotMappable(Exception):
    """The operation is none of the contract, or its payload is not its message."""

    def result(self) -> Result:
        """Refused, and nothing was sent."""
        return of_symptom(Symptom.REQUEST_INVALID, str(self)).result(None)


class RecordKeeper:
    """Calls the services of one provider and says what its answers mean. Never raises for what the other side does.

    ``deferred_seconds`` is as for :func:`adapters.xroad.record_answers.of_acknowledgement`.
    """

    def __init__(
        self,
        *,
        settings: RecordKeeperSettings,
        soap: SoapConsumer,
        codec: Codec,
        deferred_seconds: float | None = None,
    ) -> None:
        self._settings = settings
        self._soap = soap
        self._codec = codec
        self._deferred_seconds = deferred_seconds

    async def submit(
        self, operation: str, values: Values, message: OutboundMessage, answered: type[Acknowledgement]
    ) -> Result:
        """Send one operation once. See :meth:`gateway.ports.Upstream.deliver`."""
        answer = await self._call(operation, values, issue=str(message.operation_id))
        if isinstance(answer, Result):
            return answer
        acknowledgement = self._read(answer, answered)
        if acknowledgement is None:
            return of_symptom(Symptom.REPLY_INCOMPLETE).result(answer.message_id)
        return of_acknowledgement(acknowledgement, message, answer.message_id, self._deferred_seconds)

    async def inquire(
        self, operation: str, values: Values, message: OutboundMessage, answered: type[Inquiry]
    ) -> Result:
        """Ask by business key. See :meth:`gateway.ports.Upstream.ask`."""
        if not self._settings.can_be_asked:
            return without_questions(recognises_repeats=self._settings.recognises_repeats)
        answer = await self._call(operation, values, issue=str(message.operation_id))
        if isinstance(answer, Result):
            return answer
        inquiry = self._read(answer, answered)
        if inquiry is None:
            return of_symptom(Symptom.REPLY_INCOMPLETE).result(answer.message_id)
        return of_inquiry(inquiry, message, answer.message_id)

    async def read(self, operation: str, values: Values, answered: type[_Model]) -> _Model | None:
        """Ask what changes nothing; ``None`` without a usable answer."""
        answer = await self._call(operation, values, issue=None)
        return None if isinstance(answer, Result) else self._read(answer, answered)

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

        An answer zeep does not take, because the provider has added an element, is read again without the schema.
        """
        try:
            values = self._codec.decode(answer.body)
        except NotDecodable:
            values = plain_values(answer.body)
        try:
            return model.model_validate(values)
        except ValidationError:
            return None


def open_record_keeper(
    settings: RecordKeeperSettings,
    xroad: XRoadSettings,
    ids: Ids,
    *,
    wsdl: Path,
    messages: Path,
    deferred_seconds: float | None = None,
) -> RecordKeeper:
    """A keeper ready for use, by its contract's WSDL and the schema of its messages.

    Raises ``OSError`` for unusable TLS files. Close it in the event loop that used it.
    """
    codec: Codec = ZeepCodec(wsdl) if settings.codec == "zeep" else CompiledCodec(wsdl)
    soap = SoapConsumer(
        settings=xroad,
        http=open_http(xroad),
        codec=codec,
        schema=etree.XMLSchema(etree.parse(str(messages))),
        new_id=ids.new,
        connect_tries=settings.connect_tries,
    )
    return RecordKeeper(settings=settings, soap=soap, codec=codec, deferred_seconds=deferred_seconds)


def payload_of(message: OutboundMessage, model: type[_Model]) -> _Model:
    """An operation's payload as its message; raises :class:`NotMappable`."""
    try:
        # Read as a model again, since the journal may hold what an earlier version of the gateway has written.
        return model.model_validate_json(message.payload)
    except ValidationError as error:
        raise NotMappable("the payload is no message of this contract") from error


def element_values(model: BaseModel, *, exclude: AbstractSet[str] = frozenset()) -> dict[str, Any]:
    """A model as elements: names in camelCase, absent values left out, ``exclude`` of the model's own fields too."""
    values = model.model_dump(mode="json", exclude_none=True, exclude=set(exclude))
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
