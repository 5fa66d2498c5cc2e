"""A consumer of SOAP services behind the security server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

import httpx
import structlog
from lxml import etree
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from adapters.xroad.codec import Codec, Envelope, NotEncodable, Values
from adapters.xroad.headers import RequestHeader
from adapters.xroad.identifiers import Service
from adapters.xroad.outcomes import ExchangeFailed, Symptom, of_symptom, of_transport_error
from adapters.xroad.replies import ProviderFault, SentRequest, answer_in
from adapters.xroad.settings import XRoadSettings

_HEADERS: Final = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
_JITTER_SECONDS: Final = 0.25

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of a reply's body, and the id of the message it answers."""

    message_id: str
    body: etree._Element


class SoapConsumer:
    """Sends requests of one contract and hands back answers, never exceptions of HTTP or XML libraries.

    ``schema`` is the contract's XML Schema; every request is checked against it before it leaves, since zeep does not
    check facets. ``connect_tries`` counts tries within one call; only a failure to connect is tried again.
    """

    def __init__(
        self,
        *,
        settings: XRoadSettings,
        http: httpx.AsyncClient,
        codec: Codec,
        schema: etree.XMLSchema,
        new_id: Callable[[], UUID],
        connect_tries: int = 2,
    ) -> None:
        self._settings = settings
        self._http = http
        self._url = httpx.URL(settings.soap_url)  # taken apart once, and not for every message
        self._codec = codec
        self._schema = schema
        self._new_id = new_id
        self._connecting = AsyncRetrying(
            retry=retry_if_exception_type((httpx.ConnectError, httpx.ConnectTimeout)),
            stop=stop_after_attempt(connect_tries),
            wait=wait_random(0, _JITTER_SECONDS),
            reraise=True,
        )

    async def call(self, service: Service, values: Values, *, issue: str | None = None) -> Answer:
        """Call ``service`` once with a new message id.

        Raises :class:`ExchangeFailed`, which says what is known of execution, or :class:`ProviderFault`.
        """
        message_id = str(self._new_id())
        try:
            envelope = self._envelope(service, values, message_id, issue)
            response = await self._post(envelope.content)
            return Answer(message_id, answer_in(response, SentRequest(message_id, envelope.content)))
        except ExchangeFailed as error:
            error.message_id = message_id
            if error.failure.alarm is not None:
                _log.warning(
                    "upstream_alarm", alarm=error.failure.alarm, reason=error.failure.reason, message_id=message_id
                )
            raise
        except ProviderFault as error:
            error.message_id = message_id
            raise

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _envelope(self, service: Service, values: Values, message_id: str, issue: str | None) -> Envelope:
        header = RequestHeader(
            client=self._settings.client,
            service=service,
            message_id=message_id,
            issue=issue,
            user_id=self._settings.user_id,
        )
        try:
            envelope = self._codec.encode(service.code, header, values)
        except NotEncodable as error:
            raise ExchangeFailed(of_symptom(Symptom.REQUEST_INVALID, str(error))) from None
        if not self._schema.validate(envelope.body):
            raise ExchangeFailed(of_symptom(Symptom.REQUEST_INVALID, _first_violation(self._schema)))
        return envelope

    async def _post(self, content: bytes) -> httpx.Response:
        try:
            return await self._connecting(self._http.post, self._url, content=content, headers=_HEADERS)
        except httpx.TransportError as error:
            raise ExchangeFailed(of_transport_error(error)) from error


def _first_violation(schema: etree.XMLSchema) -> str:
    """Which element breaks which rule. The schema's own message would repeat the value, which may be personal."""
    violations = cast("Iterable[Any]", schema.error_log)
    violation = next(iter(violations))
    path = "/".join(step.rpartition(":")[2] for step in str(violation.path).split("/"))
    return f"{path}: {violation.type_name}"
